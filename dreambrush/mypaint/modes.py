"""The modes in which MyPaint 2.0.1 lays a layer over what is below, as OpenRaster names them (lib/modes.py)."""

from __future__ import annotations

from dreambrush.mypaint.layer import NORMAL, PIGMENT

MODES = (  # in the order of blending.c
    *(NORMAL, PIGMENT),
    *("svg:multiply", "svg:screen", "svg:overlay", "svg:darken", "svg:lighten", "svg:hard-light", "svg:soft-light"),
    *("svg:color-burn", "svg:color-dodge", "svg:difference", "svg:exclusion"),
    *("svg:hue", "svg:saturation", "svg:color", "svg:luminosity"),
    *("svg:plus", "svg:dst-in", "svg:dst-out", "svg:src-atop", "svg:dst-atop"),
)

CLEARING = ("svg:dst-in", "svg:dst-atop")
"""The modes in which a layer erases what is below wherever it has no paint, beyond its edges too."""

_NUMBERS = {mode: number for number, mode in enumerate(MODES)}


def mode_number(composite_op: str) -> int:
    """A mode's number in blending.c.

    Raises:
        ValueError: it is none of ``MODES``.
    """
    if composite_op not in _NUMBERS:
        raise ValueError(f"Expected composite_op to be one of MyPaint's modes but it was {composite_op!r}.")
    return _NUMBERS[composite_op]
