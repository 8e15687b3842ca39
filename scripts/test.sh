#!/bin/sh
# Checks everything on a fresh Debian or Ubuntu machine: sh scripts/test.sh [ARGUMENT OF PYTEST]...
# MyPaint itself is installed too, because tests compare what it paints with what dreambrush paints.
# -m "not slow" leaves out what takes long: kills and parity with MyPaint over and over, trainings, the real window.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/scripts/setup.sh"

install_packages gcc libc6-dev make pkg-config xz-utils libmypaint-dev python3-venv python3-dev mypaint mypaint-brushes \
    xvfb xdotool librsvg2-common groff-base zsh fish
install_if_there_is chromium-headless-shell # pages are tested in it; Ubuntu has it only as a snap
install_dreambrush test -c .ci/constraints.txt -e '.[train,research,jxl,raw,psd,test,dev]'

cd "$root"
"$venv/bin/ruff" check
"$venv/bin/ruff" format --check
"$venv/bin/mypy"
# Two processes, each test file in one of them: some files prepare something costly for all their tests.  They come in
# the order of tests/conftest.py.
exec "$venv/bin/pytest" -n 2 --dist loadfile --no-loadscope-reorder "$@"
