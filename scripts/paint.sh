#!/bin/sh
# Paints a picture on a fresh Debian or Ubuntu machine: sh scripts/paint.sh [PICTURE] [OPTION]...
# Without arguments it paints the sample picture.  Options are those of "dreambrush paint".
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/scripts/setup.sh"

install_packages gcc libc6-dev pkg-config libmypaint-dev python3-venv python3-dev
install_dreambrush paint -e .

[ $# -gt 0 ] || set -- --sample
exec "$venv/bin/dreambrush" paint "$@"
