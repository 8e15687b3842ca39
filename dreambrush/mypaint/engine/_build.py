"""Builds the compiled half of the engine (cffi in API mode, stable ABI).

``pip install`` runs this through ``setup.py``; ``python -m dreambrush.mypaint.engine._build`` builds it in place.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cffi import FFI

HERE = Path("dreambrush") / "mypaint" / "engine"  # setuptools wants paths relative to setup.py
PACKAGES = "Debian, Ubuntu: libmypaint-dev; Fedora: libmypaint-devel; Arch, Homebrew: libmypaint"


def pkg_config(option: str) -> list[str]:
    """The words that ``pkg-config OPTION libmypaint`` prints.  Exits with advice if the headers are missing."""
    command = [os.environ.get("PKG_CONFIG", "pkg-config"), option, "libmypaint >= 1.6"]
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        raise SystemExit(
            "dreambrush cannot be built because pkg-config does not find libmypaint 1.6 or newer. "
            f"Install pkg-config and libmypaint's headers ({PACKAGES}) and try again."
        ) from None


def words(option: str, prefix: str) -> list[str]:
    """The words after PREFIX (-I, -l, -L) in pkg-config's answer."""
    return [word.removeprefix(prefix) for word in pkg_config(option) if word.startswith(prefix)]


SOURCES = ("engine.c", "beyond.c", "brush.c", "room.c", "pixels.c", "pigment.c", "blending.c", "trace.c", "messages.c")
HEADERS = ("engine.h", "brush.h", "room.h", "tiles.h", "fixed.h", "blending.h")


def declarations() -> str:
    """The declarations of engine.h, without lines for the preprocessor, which cffi does not understand."""
    lines = (Path(__file__).parent / "engine.h").read_text().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#"))


ffibuilder = FFI()
ffibuilder.cdef(declarations())
ffibuilder.set_source(
    "dreambrush.mypaint.engine._engine",
    '#include "engine.h"',
    sources=[str(HERE / name) for name in SOURCES],
    define_macros=[("DB_LIBMYPAINT_VERSION", '"{}"'.format(*pkg_config("--modversion")))],
    depends=[str(HERE / name) for name in HEADERS],
    include_dirs=[str(HERE), *words("--cflags", "-I")],
    libraries=["mypaint", "m"],  # not what it depends on itself: their packages may be absent
    library_dirs=words("--libs", "-L"),
    # No fused operations: MyPaint's own blending, which ours must equal to the last bit, has none.
    extra_compile_args=["-O2", "-std=gnu11", "-ffp-contract=off"],
    py_limited_api=True,
)

if __name__ == "__main__":
    # By way of setup.py: cffi's own compile() stumbles over a pyproject.toml that names no packages.
    subprocess.run([sys.executable, "setup.py", "build_ext", "--inplace"], check=True)
