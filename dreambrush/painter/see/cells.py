"""Cells: a picture with many pixels for each stroke is looked at in squares of 2, 4, 8, ... pixels."""

from __future__ import annotations

import numpy as np
from PIL import Image

from dreambrush.arrays import Float32

CELLS_PER_STROKE = 64  # least number of cells for each stroke: while there are as many, cells get wider
FEW = 1000  # strokes; fewer get as many cells in all as these


def cell_for(height: int, width: int, strokes: int) -> int:
    """Width of cells in pixels, a power of 2, that show enough to place so many strokes."""
    cell = 1
    while height * width >= CELLS_PER_STROKE * max(strokes, FEW) * (2 * cell) ** 2:
        cell *= 2
    return cell


def reduced(picture: Float32, cell: int) -> Float32:
    """Shrinks a picture (h, w, ...) to the means of its cells; cells at the edges may be cut."""
    if cell == 1:
        return np.ascontiguousarray(picture, np.float32)
    for axis in (0, 1):
        starts = np.arange(0, picture.shape[axis], cell)
        sums = np.add.reduceat(picture, starts, axis=axis, dtype=np.float32)
        counts = np.minimum(cell, picture.shape[axis] - starts).astype(np.float32)
        picture = sums / counts.reshape([-1 if other == axis else 1 for other in range(picture.ndim)])
    return np.ascontiguousarray(picture, np.float32)


def grown(cells: Float32, size: tuple[int, int], how: Image.Resampling = Image.Resampling.BILINEAR) -> Float32:
    """A map of cells (rows, columns) or (rows, columns, c), smoothly grown to a picture's height and width."""
    if cells.shape[:2] == size:
        return cells
    if cells.ndim > 2:
        return np.stack([grown(each, size, how) for each in np.moveaxis(cells, -1, 0)], -1)
    return np.asarray(Image.fromarray(np.ascontiguousarray(cells)).resize(size[::-1], how), np.float32)
