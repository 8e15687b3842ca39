"""A painting layer of a MyPaint document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Pixels
from dreambrush.mypaint.strokemap import TILE_SIZE as TILE_SIZE
from dreambrush.mypaint.strokemap import RecordedStroke

NORMAL = "svg:src-over"  # MyPaint's "Normal" mode
PIGMENT = "mypaint:spectral-wgm"  # its "Pigment" mode, that of new layers in MyPaint 2 (lib/modes.py)


@dataclass(frozen=True, eq=False)
class Layer:
    """One painting layer, as large as the picture's frame.

    Args:
        name: the name in MyPaint's layer list.
        pixels: straight (not premultiplied) sRGB and alpha, shape (height, width, 4), uint8.
        opacity: opacity of the whole layer, 0..1.
        visible: whether the layer is shown.
        composite_op: the layer's mode, as OpenRaster names it.
        strokes: the record of its strokes, in painting order.  Their tiles count from the frame's corner.
        locked: whether MyPaint keeps it from being painted on, and picks strokes from the layers below it.

    Raises:
        ValueError: ``pixels`` has another shape or type, or ``opacity`` lies outside 0..1.
    """

    name: str
    pixels: Pixels
    opacity: float = 1.0
    visible: bool = True
    composite_op: str = NORMAL
    strokes: Sequence[RecordedStroke] = ()
    locked: bool = False

    def __post_init__(self) -> None:
        shape = self.pixels.shape
        if len(shape) != 3 or shape[2] != 4 or 0 in shape:
            raise ValueError(f"Expected pixels to have shape (height, width, 4) but it had {shape}.")
        if self.pixels.dtype != np.uint8:
            raise ValueError(f"Expected pixels to have dtype uint8 but it had {self.pixels.dtype}.")
        if not 0.0 <= self.opacity <= 1.0:
            raise ValueError(f"Expected opacity to be within 0..1 but it was {self.opacity}.")
