"""Scales pictures bilinearly, with the same bits on every machine.

Where a picture becomes smaller, the triangle of the weights is as much wider (as in Pillow's BILINEAR).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from dreambrush.arrays import Float32, Int64
from dreambrush.kernel.library import Compiled, compiled


@dataclass(frozen=True, eq=False)
class Axis:
    """How the pixels of one axis become others.

    Attributes:
        length: number of pixels there are.
        first: (n,) the first pixel that each new one is made of.
        weights: (n, taps) float32 of that one and of those that follow.
    """

    length: int
    first: Int64
    weights: Float32

    def part(self, of: slice) -> tuple[slice, Axis]:
        """Some of the new pixels: the old ones that they need, and how they are made of these alone."""
        first, weights = self.first[of], self.weights[of]
        needed = slice(int(first[0]), int(first[-1]) + weights.shape[1])
        return needed, Axis(needed.stop - needed.start, first - needed.start, np.ascontiguousarray(weights))


def axis(length: int, wanted: int) -> Axis:
    """How so many pixels become as many as wanted; both are at least 1."""
    scale = length / wanted
    support = max(scale, 1.0)
    taps = min(int(np.ceil(2 * support)) + 1, length)
    middle = (np.arange(wanted) + 0.5) * scale
    first = np.clip(np.floor(middle - support + 0.5).astype(np.int64), 0, length - taps)
    pixel = first[:, None] + np.arange(taps) + 0.5
    weights = np.maximum(1 - np.abs(pixel - middle[:, None]) / support, 0)
    # Summed one after the other, as sums over the last axis are not in every version of numpy.
    total = sum(weights[:, tap] for tap in range(taps))
    return Axis(length, first, (weights / np.reshape(total, (-1, 1))).astype(np.float32))


def scaled(pictures: Float32, down: Axis, across: Axis, rows: slice, columns: slice) -> Float32:
    """Scales a part of pictures, or all of them: (n, rows, columns) float32.

    Args:
        pictures: (n, h, w) float32.
        down: of h.
        across: of w.
        rows: wanted of the new ones.
        columns: wanted of the new ones.
    """
    if pictures.shape[1:] != (down.length, across.length):
        raise ValueError("Expected pictures as long as their axes")
    c = compiled()
    if c is None:
        return _by_pillow(pictures, down, across, rows, columns)
    (top, down), (left, across) = down.part(rows), across.part(columns)
    return _compiled(c, np.ascontiguousarray(pictures[:, top, left], np.float32), down, across)


def _compiled(c: Compiled, pictures: Float32, down: Axis, across: Axis) -> Float32:
    found = np.empty((len(pictures), len(down.first), len(across.first)), np.float32)
    room = np.empty(across.length, np.float32)
    axes = [(*axis.weights.shape, c.integers(axis.first), c.floats(axis.weights)) for axis in (down, across)]
    c.lib.db_scale(c.level, *pictures.shape, c.floats(pictures), *axes[0], *axes[1], c.floats(room), c.floats(found))
    return found


def _by_pillow(pictures: Float32, down: Axis, across: Axis, rows: slice, columns: slice) -> Float32:
    tall, wide = (axis.length / len(axis.first) for axis in (down, across))
    box = (
        columns.start * wide,
        rows.start * tall,
        min(columns.stop * wide, across.length),
        min(rows.stop * tall, down.length),
    )
    sides = columns.stop - columns.start, rows.stop - rows.start
    each = [Image.fromarray(picture).resize(sides, Image.Resampling.BILINEAR, box) for picture in pictures]
    return np.stack([np.asarray(picture, np.float32) for picture in each])
