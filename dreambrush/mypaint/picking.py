"""Stroke maps in which MyPaint's W finds a stroke wherever it takes a layer.

W ("Pick Stroke and Layer") takes the topmost layer that has paint near the pixel, and looks for a stroke in this layer
alone.  Paint is near if the mean alpha within five pixels is a tenth or more.  So by MyPaint's own masks W finds none
beside a stroke and on its soft rim, even where a lower layer has one.  Here the nearest stroke of the layer gets these
pixels.  No stroke loses any, so elsewhere W finds what it would have found.

Sources: MyPaint 2.0.1, gui/document.py (pick_context); libmypaint 1.6.0, mypaint-tiled-surface.c (get_color).
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dreambrush.arrays import Float32, Indices, Int32, Mask, Pixels
from dreambrush.mypaint.strokemap import MASK_BYTES, TILE_SIZE, RecordedStroke

RADIUS = 5  # pixels within which MyPaint looks for paint (PICKING_RADIUS)
# Mean alpha from which it takes the layer: 0.1 (MIN_PICKING_OPACITY), around where exactly the pointer is.  In another
# place of the same pixel the mean may be less than in its middle, where it is taken here.
LEAST_ALPHA = 0.07
NOBODY = -1
_REACH = range(-RADIUS, RADIUS + 1)
# Rows and columns from a pixel to those around it, the nearest first.
_AROUND = sorted(itertools.product(_REACH, _REACH), key=lambda step: step[0] ** 2 + step[1] ** 2)
# What the paint of each counts, as libmypaint averages with a dab of hardness 0.5.
_WEIGHTS = {(y, x): 1 - (y * y + x * x) / RADIUS**2 for y, x in _AROUND if y * y + x * x < RADIUS**2}


def with_pixels_nearby(strokes: Sequence[RecordedStroke], alpha: Pixels) -> list[RecordedStroke]:
    """Gives each pixel where MyPaint would take the layer, but find no stroke, to the stroke that is nearest.

    Args:
        strokes: the strokes of a layer, in painting order; tiles count from the corner of ``alpha``.
        alpha: (height, width) uint8 alpha of the layer.

    Returns:
        The same strokes, some of them with more pixels.  Pixels with no stroke within five rows and columns stay
        nobody's.
    """
    if not strokes or not alpha.any():
        return list(strokes)
    owners = _owners(strokes, *alpha.shape)
    paint = np.zeros(owners.shape, np.uint8)
    inside = tuple(slice(RADIUS, RADIUS + side) for side in alpha.shape)
    paint[inside] = alpha
    row, column = np.nonzero(_near(paint > 0)[: alpha.shape[0], : alpha.shape[1]] & (owners[inside] == NOBODY))
    places = np.ravel_multi_index((row + RADIUS, column + RADIUS), owners.shape)
    places = places[_mean_alpha(paint, places) >= LEAST_ALPHA]

    given, takers = [], []
    for y, x in _AROUND:
        near = owners.ravel()[places + y * owners.shape[1] + x]
        someone = near != NOBODY
        given.append(places[someone])
        takers.append(near[someone])
        places = places[~someone]
    row, column = np.unravel_index(np.concatenate(given), owners.shape)
    return _with_pixels(strokes, np.concatenate(takers), row - RADIUS, column - RADIUS)


def _owners(strokes: Sequence[RecordedStroke], height: int, width: int) -> Int32:
    """Number of the stroke that is picked at each pixel, or NOBODY: all tiles of a picture, padded by RADIUS."""
    rows, columns = (-(-side // TILE_SIZE) for side in (height, width))
    owners = np.full([RADIUS + tiles * TILE_SIZE + RADIUS for tiles in (rows, columns)], NOBODY, np.int32)
    for number, stroke in enumerate(strokes):
        for (x, y), packed in stroke.packed_masks.items():
            if 0 <= x < columns and 0 <= y < rows:
                top, left = RADIUS + y * TILE_SIZE, RADIUS + x * TILE_SIZE
                mask = np.frombuffer(zlib.decompress(packed), np.bool_).reshape(TILE_SIZE, TILE_SIZE)
                owners[top : top + TILE_SIZE, left : left + TILE_SIZE][mask] = number
    return owners


def _near(paint: Mask) -> Mask:
    """Where there is paint in the square of 11 x 11 pixels around; paint is padded, the answer is not."""
    for axis in (0, 1):
        paint = np.asarray(sliding_window_view(paint, len(_REACH), axis).any(-1))
    return paint


def _mean_alpha(paint: Pixels, places: Indices) -> Float32:
    """The alpha, 0..1, that MyPaint finds at places in the padded picture."""
    total = np.zeros(len(places), np.float32)
    flat, span = paint.ravel(), paint.shape[1]
    for (y, x), weight in _WEIGHTS.items():
        total += np.float32(weight) * flat[places + y * span + x]
    return total / np.float32(255 * sum(_WEIGHTS.values()))


def _with_pixels(
    strokes: Sequence[RecordedStroke], takers: Int32, row: Indices, column: Indices
) -> list[RecordedStroke]:
    """The strokes with pixels added: which stroke takes each, and where it is."""
    result = list(strokes)
    if not len(takers):
        return result
    tiles = np.stack([takers, column // TILE_SIZE, row // TILE_SIZE])
    within = row % TILE_SIZE * TILE_SIZE + column % TILE_SIZE
    order = np.lexsort(tiles)
    tiles, within = tiles[:, order], within[order]
    begins = np.flatnonzero(np.any(np.diff(tiles, axis=1, prepend=NOBODY), axis=0))
    for (taker, x, y), added in zip(tiles[:, begins].T.tolist(), np.split(within, begins[1:]), strict=True):
        masks = dict(result[taker].packed_masks)
        packed = masks.get((x, y))
        mask = np.frombuffer(bytearray(MASK_BYTES if packed is None else zlib.decompress(packed)), np.uint8)
        mask[added] = 1
        masks[x, y] = zlib.compress(mask.tobytes())
        result[taker] = replace(result[taker], packed_masks=masks)
    return result
