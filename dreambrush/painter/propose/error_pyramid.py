"""Target and canvas side by side at all scales, in the sums that a stroke's gain needs.

Each cell holds nine numbers averaged over what is in it: target (3), canvas (3), target.canvas, canvas.canvas and how
much an error counts there.  With them the squared error that a stroke of constant alpha removes from a cell follows
exactly, though the pixels in it differ (see gain.py), as far as errors count alike within a cell.  Level 0 has the
cells of the pictures; every further level halves both sides.
"""

from __future__ import annotations

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32, Int64
from dreambrush.mypaint.engine.canvas import Rectangle
from dreambrush.painter.see.pyramid import Pyramid, halved_sides

CHANNELS = 9
FEW = 4  # if more than one of so many cells has changed, it is quicker to look at all of them


class ErrorPyramid(Pyramid):
    """The pyramid of moments of a target and a canvas of the same size.

    Args:
        target: (h, w, 3) float32, 0..1.
        canvas: (h, w, 3) float32, 0..1.
        weight: (h, w) how much an error counts; 1 everywhere by default.
        cell: width in pixels of a cell of level 0; points are in pixels.
    """

    def __init__(self, target: Float32, canvas: Float32, weight: Float32 | None = None, cell: float = 1.0) -> None:
        self.height, self.width = target.shape[:2]
        empty = [np.zeros((*sides, CHANNELS), np.float32) for sides in halved_sides(self.height, self.width)]
        super().__init__(empty, cell, weights=np.float64)
        self.levels[0][..., 0:3] = target
        self.levels[0][..., 8] = 1.0 if weight is None else weight
        self.update(canvas, (0, 0, self.width, self.height))

    @property
    def target(self) -> Float32:
        """(h, w, 3)."""
        return self.levels[0][..., 0:3]

    @property
    def canvas(self) -> Float32:
        """(h, w, 3)."""
        return self.levels[0][..., 3:6]

    def update(self, pixels: Float32, area: Rectangle) -> None:
        """Puts new canvas cells (h, w, 3) at an area given as x, y, width, height, in cells."""
        x0, y0, width, height = area
        x1, y1 = x0 + width, y0 + height
        if not (width and height):
            return
        cells = self.levels[0][y0:y1, x0:x1]
        cells[..., 3:8] = pyramid_channels(cells[..., 0:3], pixels)[..., 3:]
        for fine, coarse in zip(self.levels, self.levels[1:], strict=False):
            x0, y0 = x0 // 2, y0 // 2
            x1, y1 = (x1 + 1) // 2, (y1 + 1) // 2
            coarse[y0:y1, x0:x1] = _halved(fine[2 * y0 : 2 * y1, 2 * x0 : 2 * x1])

    def update_some(self, pixels: Float32, places: Int64) -> None:
        """As :meth:`update` with a canvas (h * w, 3) that has changed in some places only, (n,) row by row.

        In one with many strokes each round of them changes few of very many cells.
        """
        changed = np.zeros((self.height, self.width), bool)
        changed.reshape(-1)[places] = True
        if FEW * np.count_nonzero(changed) > changed.size:
            self.update(pixels.reshape(self.height, self.width, 3), (0, 0, self.width, self.height))
            return
        row, column = np.nonzero(changed)
        cells = self.levels[0][row, column]
        cells[:, 3:8] = pyramid_channels(cells[:, 0:3], pixels[row * self.width + column])[:, 3:]
        self.levels[0][row, column] = cells
        for fine, coarse in zip(self.levels, self.levels[1:], strict=False):
            changed = np.zeros(coarse.shape[:2], bool)
            changed[row // 2, column // 2] = True
            row, column = np.nonzero(changed)
            above, left = 2 * row, 2 * column
            below, right = np.minimum(above + 1, fine.shape[0] - 1), np.minimum(left + 1, fine.shape[1] - 1)
            # In the order in which _halved() adds them, for the last bits.
            coarse[row, column] = 0.25 * (
                fine[above, left] + fine[below, left] + fine[above, right] + fine[below, right]
            )

    def error_map(self, level: int) -> Float32:
        """Weighted mean squared error (summed over the three channels) of each cell of a level, (h, w)."""
        cells = self.levels[level]
        # |T-C|^2 needs the mean of |T|^2 as well, which is not kept: use the means' difference, and for the
        # finest level that is exact.
        difference = cells[..., 0:3] - cells[..., 3:6]
        squares = sum(difference[..., channel] ** 2 for channel in range(3))
        return np.asarray(squares * cells[..., 8], np.float32)

    def level_for(self, spacing: Float32) -> Int64:
        """The level whose cells are about as wide as a spacing in pixels (b,)."""
        level = steady.floor_log2(np.sqrt(np.float32(2)) * np.maximum(spacing / self.cell, 1e-3))
        return np.asarray(np.clip(level, 0, len(self.levels) - 1), np.int64)


def pyramid_channels(target: Float32, canvas: Float32) -> Float32:
    """The eight numbers (..., 8) of single pixels from target and canvas (..., 3)."""
    out = np.empty((*target.shape[:-1], 8), np.float32)
    out[..., 0:3], out[..., 3:6] = target, canvas
    # Channel by channel: much quicker than sums over an axis of three.
    for index, picture in ((6, target), (7, canvas)):
        out[..., index] = sum(picture[..., channel] * canvas[..., channel] for channel in range(3))
    return out


def _halved(fine: Float32) -> Float32:
    """Means over 2x2 cells; a last odd row or column is its own mean."""
    height, width = fine.shape[:2]
    if height % 2 or width % 2:
        fine = np.pad(fine, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return 0.25 * (fine[0::2, 0::2] + fine[1::2, 0::2] + fine[0::2, 1::2] + fine[1::2, 1::2])
