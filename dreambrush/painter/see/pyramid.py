"""A pyramid: maps of a picture, each half as fine as the one before, read between the centres of cells.

All levels lie in one flat array, so that points of different levels are gathered in one go.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.kernel.library import Compiled, compiled

SMALLEST_SIDE = 4  # cells; coarser levels would be of no use


class Pyramid:
    """Levels of cells; each cell holds the same few numbers, its channels.

    Args:
        levels: (h, w, channels) float32 each, finest first; they are copied.
        cell: width in pixels of a cell of the finest level.
        weights: type in which neighbouring cells are weighed.  float64 rounds each sum once, float32 twice, so it
            decides the last bits of samples.

    Attributes:
        cells: (n, channels) float32, all cells row by row, level after level.
        levels: views of the cells, (h, w, channels) each, finest first.
    """

    def __init__(self, levels: Sequence[Float32], cell: float, weights: type[np.float32] | type[np.float64]) -> None:
        self.cell, self._weights = cell, weights
        channels = levels[0].shape[2]
        self.cells: Float32 = np.concatenate([level.reshape(-1, channels) for level in levels])
        shapes = [level.shape for level in levels]
        ends = np.cumsum([height * width for height, width, _ in shapes])
        parts = np.split(self.cells, ends[:-1])
        self.levels: list[Float32] = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
        self._sides = np.array([shape[:2] for shape in shapes], np.int32)
        self._offsets = np.concatenate([[0], ends[:-1]]).astype(np.int64)

    def sample(self, points: Float32, level: Int64) -> Float32:
        """Reads cells at points, bilinearly.

        Args:
            points: (b, p, 2) float32, x and y in pixels; beyond the edges the nearest cell is taken.
            level: (b,) which level each row of points is read from.

        Returns:
            (b, p, channels) float32.
        """
        height, width = (side[:, None] for side in self._sides[level].T)
        scale = np.ldexp(np.float32(1), -level.astype(np.int32))[:, None] / np.float32(self.cell)
        c = compiled()
        if c is not None:
            return self._compiled_sample(c, points, level, scale.astype(np.float32))
        x = np.clip(points[..., 0] * scale - 0.5, 0.0, (width - 1).astype(np.float32))
        y = np.clip(points[..., 1] * scale - 0.5, 0.0, (height - 1).astype(np.float32))
        column, row = x.astype(np.int32), y.astype(np.int32)
        fx, fy = ((a - b).astype(self._weights)[..., None] for a, b in ((x, column), (y, row)))
        right = (column + 1 < width).astype(np.int32)
        down = np.where(row + 1 < height, width, 0)
        first = row * width + column + self._offsets[level][:, None]
        top = self.cells.take(first, 0)
        top += fx * (self.cells.take(first + right, 0) - top)
        bottom = self.cells.take(first + down, 0)
        bottom += fx * (self.cells.take(first + down + right, 0) - bottom)
        top += fy * (bottom - top)
        return np.asarray(top, np.float32)

    def _compiled_sample(self, c: Compiled, points: Float32, level: Int64, scale: Float32) -> Float32:
        """The same by compiled code, given how many cells of its level each row has in a pixel (b, 1)."""
        found = np.empty((*points.shape[:2], self.cells.shape[1]), np.float32)
        height, width = self._sides[level].astype(np.int64).T
        whole = [np.ascontiguousarray(array) for array in (self._offsets[level], height, width)]
        c.lib.db_sample(
            *found.shape,
            c.floats(self.cells),
            c.floats(np.ascontiguousarray(points, np.float32)),
            *(c.integers(array) for array in whole),
            c.floats(np.ascontiguousarray(scale)),
            self._weights is np.float64,
            c.floats(found),
        )
        return found


def halved_sides(height: int, width: int) -> list[tuple[int, int]]:
    """Heights and widths of a picture's levels, finest first: halves, rounded up, until these would be too small."""
    sides = [(height, width)]
    while min(sides[-1]) >= 2 * SMALLEST_SIDE:
        height, width = sides[-1]
        sides.append(((height + 1) // 2, (width + 1) // 2))
    return sides
