"""The modes in which MyPaint 2.0.1 lays a layer over what is below, as OpenRaster names them (lib/modes.py).

blending.c has the list.  It is read when it is first needed, so this module can be imported without libmypaint.
"""

from __future__ import annotations

from functools import cache

from dreambrush.mypaint.engine.library import engine

MODES: tuple[str, ...]
"""All modes.  The place of each is its number in blending.c."""

CLEARING = ("svg:dst-in", "svg:dst-atop")
"""The modes in which a layer erases what is below wherever it has no paint, also beyond its edges."""


def mode_number(composite_op: str) -> int:
    """The number of a mode in blending.c.

    Raises:
        ValueError: the mode is none of ``MODES``.
    """
    number = _numbers().get(composite_op)
    if number is None:
        raise ValueError(f"Expected composite_op to be one of MyPaint's modes but it was {composite_op!r}.")
    return number


@cache
def _numbers() -> dict[str, int]:
    ffi, lib = engine()
    return {ffi.string(lib.db_mode_name(number)).decode(): number for number in range(lib.db_mode_count())}


def __getattr__(name: str) -> tuple[str, ...]:
    if name == "MODES":
        return tuple(_numbers())
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
