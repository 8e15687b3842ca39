"""Where "Pick Stroke and Layer" must find a stroke: pixels of a painting that are one stroke's alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dreambrush.arrays import Float64, Mask
from dreambrush.mypaint.layer import TILE_SIZE, Layer

REACH = 5  # pixels; MyPaint takes a layer for unpainted at a place around which its mean alpha is less than
ENOUGH = 0.1  # gui/document.py, PICKING_RADIUS and MIN_PICKING_OPACITY


def own_pixels(layers: Sequence[Layer]) -> list[list[Mask]]:
    """For each stroke of each layer, bottom first, the pixels (h, w) where it is the last one, and topmost.

    That is where it has changed the layer, no later stroke of the layer has, and the layer is the topmost one that
    MyPaint takes for painted there.
    """
    free = np.ones(layers[0].pixels.shape[:2], bool)
    found: list[list[Mask]] = []
    for layer in reversed(layers):
        painted = _mean_around(layer.pixels[..., 3] / 255) >= ENOUGH
        own, left = [], free & painted
        for mask in reversed(masks_of(layer)):
            own.append(left & mask)
            left = left & ~mask
        found.append(own[::-1])
        free = free & ~painted
    return found[::-1]


def masks_of(layer: Layer) -> list[Mask]:
    """Of each recorded stroke the pixels (h, w) that it has changed, as far as they are on the picture."""
    height, width = layer.pixels.shape[:2]
    columns, rows = -(-width // TILE_SIZE), -(-height // TILE_SIZE)
    masks = []
    for stroke in layer.strokes:
        mask = np.zeros((rows, columns, TILE_SIZE, TILE_SIZE), bool)
        for (column, row), tile in stroke.masks.items():
            if 0 <= column < columns and 0 <= row < rows:
                mask[row, column] = np.frombuffer(tile, np.uint8).reshape(TILE_SIZE, TILE_SIZE)
        whole = mask.swapaxes(1, 2).reshape(rows * TILE_SIZE, columns * TILE_SIZE)
        masks.append(whole[:height, :width])
    return masks


def _mean_around(alpha: Float64) -> Float64:
    """The mean around the upper left corner of each pixel, weighted as by libmypaint (mypaint-tiled-surface.c).

    That is with a dab of hardness 1/2: less the farther away, and nothing beyond the reach.
    """
    height, width = alpha.shape
    padded = np.pad(alpha, REACH)
    near = np.arange(-REACH, REACH) + 0.5
    weights = np.maximum(1 - (near[:, None] ** 2 + near**2) / REACH**2, 0)
    total = np.zeros_like(alpha)
    for (row, column), weight in np.ndenumerate(weights):
        total += weight * padded[row : row + height, column : column + width]
    return np.asarray(total / weights.sum())
