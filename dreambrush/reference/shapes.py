"""The shape of a recorded stroke: which pixels it changed, on a grid no finer than it needs to be."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Float64, Mask
from dreambrush.mypaint.strokemap import MASK_BYTES, TILE_SIZE, Tile

MOST_CELLS = 1 << 22  # of the grid; larger shapes are looked at more coarsely
FARTHEST = 1.0  # sides of the picture beyond its edges, within which tiles count


@dataclass(frozen=True, eq=False)
class Shape:
    """The pixels that a stroke changed.

    Attributes:
        cover: (h, w) float32, share of each cell that is covered, 0..1; none is at the rim.
        x: left edge of the grid in pixels of the picture.
        y: upper edge of the grid in pixels of the picture.
        cell: side of a cell in pixels, a power of 2.
    """

    cover: Float32
    x: int
    y: int
    cell: int

    @property
    def area(self) -> float:
        """Covered area in square pixels."""
        return float(self.cover.sum(dtype=np.float64)) * self.cell**2

    def coarser(self, factor: int) -> Shape:
        """The same shape on a grid of cells that are so many times as large, a power of 2."""
        if factor == 1:
            return self
        height, width = (-(-side // factor) * factor for side in self.cover.shape)
        padded = np.zeros((height, width), np.float32)
        padded[: self.cover.shape[0], : self.cover.shape[1]] = self.cover
        cover = padded.reshape(height // factor, factor, width // factor, factor).mean((1, 3), dtype=np.float32)
        return Shape(_rimmed(cover), self.x - factor * self.cell, self.y - factor * self.cell, factor * self.cell)

    def at(self, points: Float64) -> Float32:
        """How much is covered at points (..., 2), in pixels of the picture; nothing is beyond the grid."""
        column = np.floor((points[..., 0] - self.x) / self.cell).astype(np.int64)
        row = np.floor((points[..., 1] - self.y) / self.cell).astype(np.int64)
        height, width = self.cover.shape
        column, row = np.clip(column, 0, width - 1), np.clip(row, 0, height - 1)  # the rim is empty
        return np.asarray(self.cover[row, column])

    def pixels_of(self, cells: Float64) -> Float64:
        """Pixels of the picture (..., 2) in the middle of cells (..., 2), columns and rows."""
        return np.asarray((cells + 0.5) * self.cell + (self.x, self.y))


def _rimmed(cover: Float32 | Mask) -> Float32:
    """A grid within a rim of empty cells.  It takes a tenth of the time of numpy's pad."""
    wide = np.zeros((cover.shape[0] + 2, cover.shape[1] + 2), np.float32)
    wide[1:-1, 1:-1] = cover
    return wide


def shape_of_mask(mask: Mask, x: int = 0, y: int = 0) -> Shape | None:
    """The shape of a mask (h, w) whose corner is at a pixel; None if nothing is set."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return None
    top, left = int(rows[0]), int(columns[0])
    part = mask[top : rows[-1] + 1, left : columns[-1] + 1]
    return Shape(_rimmed(part), x + left - 1, y + top - 1, 1)


def shape_of(masks: Mapping[Tile, bytes], x: int, y: int, size: tuple[int, int]) -> Shape | None:
    """The shape that packed masks of tiles make.

    Args:
        masks: packed masks by column and row of the tile; see :mod:`~dreambrush.mypaint.strokemap`.
        x: left edge of the layer in pixels; may be negative.
        y: upper edge of the layer in pixels.
        size: width and height of the picture in pixels.

    Returns:
        The shape; None if it has no pixel on the picture.  Far beyond the picture's edges it is cut off.
    """
    near = {}
    for (column, row), packed in masks.items():
        left, top = x + column * TILE_SIZE, y + row * TILE_SIZE
        if all(
            -FARTHEST * side - TILE_SIZE < place < (1 + FARTHEST) * side
            for place, side in zip((left, top), size, strict=True)
        ):
            near[column, row] = packed
    if not near:
        return None
    columns, rows = zip(*near, strict=True)
    first, top = min(columns), min(rows)
    across, down = max(columns) - first + 1, max(rows) - top + 1
    cell = 1
    while across * down * (TILE_SIZE // cell) ** 2 > MOST_CELLS and cell < TILE_SIZE:
        cell *= 2
    side = TILE_SIZE // cell
    cover = np.zeros((down * side, across * side), np.float32)
    for (column, row), packed in near.items():
        mask = np.frombuffer(zlib.decompress(packed, bufsize=MASK_BYTES), np.bool_).reshape(TILE_SIZE, TILE_SIZE)
        place = cover[(row - top) * side :, (column - first) * side :][:side, :side]
        place[:] = mask if cell == 1 else mask.reshape(side, cell, side, cell).mean((1, 3))
    left, upper = x + first * TILE_SIZE, y + top * TILE_SIZE
    found = shape_of_mask(cover > 0)
    if found is None:
        return None
    height, width = found.cover.shape
    inner = cover[found.y + 1 : found.y + height - 1, found.x + 1 : found.x + width - 1]
    shape = Shape(_rimmed(inner), left + found.x * cell, upper + found.y * cell, cell)
    return shape if _on_picture(shape, size) else None


def _on_picture(shape: Shape, size: tuple[int, int]) -> bool:
    """Whether a part of a shape is on the picture, of a width and height in pixels."""
    left, top = (max(-(place // shape.cell), 0) for place in (shape.x, shape.y))
    right, bottom = ((side - place - 1) // shape.cell + 1 for side, place in zip(size, (shape.x, shape.y), strict=True))
    return bool(shape.cover[top : max(bottom, 0), left : max(right, 0)].any())
