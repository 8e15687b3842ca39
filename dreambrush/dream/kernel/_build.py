"""Builds the kernel (cffi in API mode, stable ABI).

``pip install`` runs this through ``setup.py``; ``python -m dreambrush.dream.kernel._build`` builds it in place, and the
engine's binding with it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from cffi import FFI

HERE = Path("dreambrush") / "dream" / "kernel"  # setuptools wants paths relative to setup.py
DECLARATIONS = """
int db_best_instructions(void);
int db_weights_count(void);
void db_dream_values(int instructions, const float *dream, int64_t count, const float *strokes,
                     const int64_t *starts, const float *points, float *mean, float *variance);
void db_dream_vjp(int instructions, const float *dream, int64_t count, const float *strokes, const int64_t *starts,
                  const float *points, const float *by_mean, const float *by_variance, float *by_strokes);
"""

ffibuilder = FFI()
ffibuilder.cdef(DECLARATIONS)
ffibuilder.set_source(
    "dreambrush.dream.kernel._kernel",
    '#include "kernel.h"',
    sources=[str(HERE / "kernel.c")],
    depends=[str(HERE / name) for name in ("kernel.h", "stroke.h", "lanes.h", "points.h")],
    include_dirs=[str(HERE)],
    libraries=["m"],
    # No fused operations: they would give other last bits where a processor has them.  And a root that need not set
    # errno is one instruction.
    extra_compile_args=["-O2", "-std=gnu11", "-ffp-contract=off", "-fno-math-errno"],
    optional=True,  # a compiler that cannot must not keep anybody from painting
    py_limited_api=True,
)

if __name__ == "__main__":
    # By way of setup.py: cffi's own compile() stumbles over a pyproject.toml that names no packages.
    subprocess.run([sys.executable, "setup.py", "build_ext", "--inplace"], check=True)
