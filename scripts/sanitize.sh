#!/bin/sh
# Runs what works with the engine's C, and with the kernel's, under AddressSanitizer and UndefinedBehaviorSanitizer:
#   sh scripts/sanitize.sh [--all | ARGUMENT OF PYTEST...]
# Without arguments: what continuous integration runs, in less than a minute on two cores.  --all: all of
# tests/mypaint but test_parity.py, and 400 hostile brushes.  libmypaint itself, and the Python in which MyPaint runs,
# are not instrumented.  Needs a C compiler with libasan (Debian: gcc) and the environment in which
# the tests run; PYTHON names its interpreter.
#
# The instrumented binding is built in build/sanitized, beside a copy of the package, and takes no other's place.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
python=${PYTHON:-$root/.venv/bin/python}
[ -x "$python" ] || python=$(command -v python3)
place=$root/build/sanitized

mkdir -p "$place/dreambrush"
for name in dreambrush brushes pretrained tests scripts benchmarks research man setup.py pyproject.toml README.md LICENSE; do
    rm -rf "${place:?}/$name"
done
cp -R "$root/dreambrush" "$root/tests" "$root/setup.py" "$root/pyproject.toml" "$root/README.md" "$root/LICENSE" "$place"
for name in brushes pretrained scripts benchmarks research man; do
    ln -s "$root/$name" "$place/$name"
done
rm -f "$place"/dreambrush/mypaint/engine/_engine* "$place"/dreambrush/kernel/_kernel*

# Even with -O1, gcc takes more than twice as long to instrument the kernel, and with -O2 four times as long as that.
sed -i 's/"-O2"/"-O0"/' "$place/dreambrush/kernel/_build.py" "$place/dreambrush/mypaint/engine/_build.py"
# Python asks for -fwrapv, under which nothing overflows.  A float that no integer can hold is one of the findings.
flags="-g1 -fno-omit-frame-pointer -fno-wrapv -fsanitize=address,undefined,float-cast-overflow"
flags="$flags -fno-sanitize-recover=all"
cd "$place"
CFLAGS="$flags" LDFLAGS="-fsanitize=address,undefined" "$python" setup.py -q build_ext --inplace

LD_PRELOAD="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)"
# Python itself leaves memory behind when it ends; what the engine leaves, tests/mypaint/engine/test_memory.py finds.
ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=1:handle_sigfpe=0
UBSAN_OPTIONS=print_stacktrace=1
PYTHONPATH=$place
PYTHONMALLOC=malloc # so that the bounds of Python's own objects are watched as well
export LD_PRELOAD ASAN_OPTIONS UBSAN_OPTIONS PYTHONPATH PYTHONMALLOC

run() {
    "$python" -m pytest -q -n 0 -p no:cacheprovider --capture=sys "$@" # what a sanitizer says must not be captured
}

"$python" -c 'import dreambrush.mypaint.engine._engine as engine; assert "/sanitized/" in engine.__file__, engine.__file__'
"$python" -c 'import dreambrush.kernel._kernel as kernel; assert "/sanitized/" in kernel.__file__, kernel.__file__'
case ${1:-} in
'')
    # What draws, reads and blends; not what starts many processes, each of which takes seconds here.
    run tests/mypaint/engine/test_engine.py tests/mypaint/engine/test_canvas.py tests/mypaint/engine/test_brush.py tests/mypaint/engine/test_trace.py \
        tests/mypaint/blend/test_blending.py tests/mypaint/blend/test_modes.py tests/mypaint/engine/test_eotf.py \
        -k "not mypaints and not of_mypaint and not other_processes and not threads and not python_goes and not wgm-2.2"
    run tests/dream/kernel tests/kernel -k "not onnxruntime and not torch and not wet and not without_it" # a wet one exports with torch
    exec "$python" -m tests.fuzz.brushes --cases 20
    ;;
--all)
    shift
    run tests/mypaint "$@" --ignore tests/mypaint/engine/test_parity.py
    exec "$python" -m tests.fuzz.brushes --cases 400
    ;;
*) run "$@" ;;
esac
