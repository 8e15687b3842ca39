"""Finds the compiled kernel, says with which instructions it runs, and hands it arrays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from dreambrush.arrays import Float32, Float64, Int64

VARIABLE = "DREAMBRUSH_KERNEL"
LEVELS = ("baseline", "avx2", "avx512")
"""Instructions by the kernel's numbers for them: those of every machine of its kind, AVX2, AVX-512."""
NONE = "none"
FLOAT32, FLOAT64, INT64 = (np.dtype(kind) for kind in (np.float32, np.float64, np.int64))


@cache
def kernel() -> tuple[Any, Any] | None:
    """The cffi pair ``(ffi, lib)`` of the compiled kernel; None if it is not there, or was not compiled."""
    try:
        from dreambrush.kernel import _kernel  # type: ignore[attr-defined]
    except ImportError:
        return None
    return _kernel.ffi, _kernel.lib


def instructions() -> str:
    """The instructions that dreams are run with: one of LEVELS, or "none" for onnxruntime instead of the kernel.

    They are the best that the processor has.  The environment variable DREAMBRUSH_KERNEL may ask for less; what it asks
    for that the processor does not have, and all other words, count for nothing.  The answers do not depend on it,
    but for "none".
    """
    return _instructions(_asked or _environment())


_asked = ""  # instead of what the environment asks for


@contextmanager
def using(asked: str) -> Iterator[None]:
    """Within it, the kernel runs with the instructions asked for; for tests and measurements, on one thread."""
    global _asked
    before, _asked = _asked, asked
    try:
        yield
    finally:
        _asked = before


@cache
def _environment() -> str:
    """What the environment asks for.  It is looked at once, for the kernel is asked for very often."""
    return os.environ.get(VARIABLE, "")


def _instructions(asked: str) -> str:
    found, asked = kernel(), asked.lower()
    if found is None or asked == NONE:
        return NONE
    best = int(found[1].db_best_instructions())
    return LEVELS[min(best, LEVELS.index(asked))] if asked in LEVELS else LEVELS[best]


class Compiled(NamedTuple):
    """The kernel, as it may be used now.

    Attributes:
        ffi: of cffi.
        lib: its functions.
        level: the number of the instructions that it runs with, as its functions want it.
    """

    ffi: Any
    lib: Any
    level: int

    def floats(self, array: Float32) -> Any:
        """A pointer to the numbers of a float32 array, contiguous in memory; C reads and writes them."""
        return self._pointer("float[]", array, FLOAT32)

    def doubles(self, array: Float64) -> Any:
        """The same for float64."""
        return self._pointer("double[]", array, FLOAT64)

    def integers(self, array: Int64) -> Any:
        """The same for int64."""
        return self._pointer("int64_t[]", array, INT64)

    def _pointer(self, kind: str, array: Any, dtype: np.dtype[Any]) -> Any:
        if array.dtype is not dtype and array.dtype != dtype:
            raise TypeError(f"Expected an array of {dtype} but it was of {array.dtype}")
        return self.ffi.from_buffer(kind, array)  # which refuses what is not contiguous


def compiled(asked: str | None = None) -> Compiled | None:
    """The kernel, to be used with the instructions asked for or the best; None where it cannot or must not be used."""
    return _compiled(asked or _asked or _environment())


@cache
def _compiled(asked: str) -> Compiled | None:
    found, level = kernel(), _instructions(asked)
    if found is None or level == NONE:
        return None
    return Compiled(*found, LEVELS.index(level))
