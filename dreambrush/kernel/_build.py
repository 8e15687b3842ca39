"""Builds the kernel (cffi in API mode, stable ABI).

``pip install`` runs this through ``setup.py``; ``python -m dreambrush.kernel._build`` builds it in place, and the
engine's binding with it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from cffi import FFI

HERE = Path("dreambrush") / "kernel"  # setuptools wants paths relative to setup.py
DECLARED = ("dream.h", "wet_dream.h", "cells.h", "wet.h", "controller.h", "scaling.h", "steady.h")
SOURCES = ("dream.c", "wet_dream.c", "cells.c", "wet.c", "controller.c", "scaling.c", "steady.c")
INCLUDED = (
    "common.h",
    "levels.h",
    "lanes.h",
    "lanes_end.h",
    "dream_stroke.h",
    "dream_look.h",
    "dream_look_end.h",
    "dream_points.h",
    "wet_dream_stroke.h",
    "wet_dream_points.h",
    "wet_paint.h",
    "cells_near.h",
    "controller_rows.h",
    "scaling_rows.h",
    "steady_power.h",
)


def declarations() -> str:
    """What the headers declare between their marks, which is all that Python calls."""
    texts = [(Path(__file__).parent / name).read_text() for name in DECLARED]
    return "\n".join(text.partition("// For Python:\n")[2] for text in texts)


ffibuilder = FFI()
ffibuilder.cdef(declarations())
ffibuilder.set_source(
    "dreambrush.kernel._kernel",
    "\n".join(f'#include "{name}"' for name in DECLARED),
    sources=[str(HERE / name) for name in SOURCES],
    depends=[str(HERE / name) for name in (*DECLARED, *INCLUDED)],
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
