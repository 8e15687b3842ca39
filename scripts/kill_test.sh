#!/bin/sh
# Kills paintings at random moments, 200 times or as often as asked: scripts/kill_test.sh [TIMES]
# Each must leave a whole file, from which --resume goes on to the same bytes.  See tests/cli/paint/test_resume.py.
set -eu
cd "$(dirname -- "$0")/.."
python=.venv/bin/python
[ -x "$python" ] || python=python3
KILLS="${1:-200}" exec "$python" -m pytest -n 0 tests/cli/paint/test_resume.py -k killed_at_random
