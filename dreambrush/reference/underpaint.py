"""What colour a layer has where a stroke is laid, as far as the strokes before it tell."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Int64, Mask
from dreambrush.reference.shapes import Shape

MOST_CELLS = 1 << 20
FINEST = 2  # pixels along the side of a cell
BARE = 0.5  # share of a stroke on the bare layer, from which on it counts as painted on that


class Underpaint:
    """The colours of one layer, in coarse cells; bare at first.

    Args:
        width: width of the picture in pixels.
        height: height of the picture in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._cell = FINEST
        while (width // self._cell + 1) * (height // self._cell + 1) > MOST_CELLS:
            self._cell *= 2
        shape = height // self._cell + 1, width // self._cell + 1
        self._colour = np.zeros((*shape, 3), np.float32)
        self._painted = np.zeros(shape, bool)

    def contrast(self, shape: Shape, colour: tuple[float, float, float]) -> float | None:
        """How far a colour, sRGB 0..1, is from what is below a shape; None if it lies on the bare layer.

        It is the mean over the channels: MyPaint's rule takes their sum.
        """
        rows, columns = self._cells(shape)
        painted = self._painted[rows, columns]
        if painted.sum() <= (1 - BARE) * len(rows):
            return None
        below = self._colour[rows[painted], columns[painted]]
        return float(np.median(np.abs(below - np.asarray(colour, np.float32)).mean(1)))

    def paint(self, shape: Shape, colour: tuple[float, float, float]) -> None:
        """Remembers that a shape has got a colour, sRGB 0..1."""
        rows, columns = self._cells(shape)
        self._colour[rows, columns] = colour
        self._painted[rows, columns] = True

    def _cells(self, shape: Shape) -> tuple[Int64, Int64]:
        """Rows and columns of the cells on the picture in whose place a shape is."""
        covered: Mask = shape.cover > 0
        rows, columns = np.nonzero(covered)
        rows = (rows * shape.cell + shape.y) // self._cell
        columns = (columns * shape.cell + shape.x) // self._cell
        height, width = self._painted.shape
        inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        return rows[inside], columns[inside]
