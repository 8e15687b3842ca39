"""Finds the compiled kernel, and with which instructions it runs."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

VARIABLE = "DREAMBRUSH_KERNEL"
LEVELS = ("baseline", "avx2", "avx512")
"""Instructions by the kernel's numbers for them: those of every machine of its kind, AVX2, AVX-512."""
NONE = "none"


@cache
def kernel() -> tuple[Any, Any] | None:
    """The cffi pair ``(ffi, lib)`` of the compiled kernel; None if it is not there, or was not compiled."""
    try:
        from dreambrush.dream.kernel import _kernel  # type: ignore[attr-defined]
    except ImportError:
        return None
    return _kernel.ffi, _kernel.lib


def instructions() -> str:
    """The instructions that dreams are run with: one of LEVELS, or "none" for onnxruntime instead of the kernel.

    They are the best that the processor has.  The environment variable DREAMBRUSH_KERNEL may ask for less; what it asks
    for that the processor does not have, and all other words, count for nothing.  The answers do not depend on it,
    but for "none".
    """
    found = kernel()
    asked = os.environ.get(VARIABLE, "").lower()
    if found is None or asked == NONE:
        return NONE
    best = int(found[1].db_best_instructions())
    return LEVELS[min(best, LEVELS.index(asked))] if asked in LEVELS else LEVELS[best]
