#!/bin/sh
# Runs dreambrush on files whose decoded structures were mutated, each case judged: no bug shown, no signal, valid JSON,
# bounded time and memory.  Prints one JSON table.  Interrupt it as you like: the same command goes on.
#
#   scripts/fuzz.sh [CASES] [SEED]        by default 20,000 cases of seed 1, on two cores
#
# One case again, with its files kept:  python -m tests.fuzz.run --seed SEED --case NUMBER --keep FOLDER
set -eu
cd "$(dirname "$0")/.."
cases=${1:-20000}
seed=${2:-1}
python=${PYTHON:-python}
status=0
"$python" -m tests.fuzz.run --cases "$cases" --seed "$seed" --jobs "${JOBS:-2}" || status=$?
if [ -e tests/fuzz/brushes.py ]; then # hostile brushes, each in a process of its own
    brushes=$((cases / 10))
    "$python" -m tests.fuzz.brushes --cases "$brushes" --seed "$seed" || status=$?
fi
exit "$status"
