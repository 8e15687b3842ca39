"""Streaks that bristles leave in paint: random numbers that are long along a stroke and narrow across it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dreambrush.arrays import Float32, Int64

Bools = NDArray[np.bool_]

PERIOD = 1024  # places after which the numbers come again, so that tables stay small whatever a path does
SCRAMBLE, ODD, MORE = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0xC2B2AE3D)


def streaks(across: Float32, along: Float32, seed: int) -> Float32:
    """Smooth random numbers.

    Args:
        across: (k,) places across the stroke, in units of a streak's width.
        along: (k,) places along it, in units of its length.
        seed: another one gives others.

    Returns:
        (k,) float32, -1..1.
    """
    column, row = np.floor(across), np.floor(along)
    x, y = across - column, along - row
    x, y = x * x * (3 - 2 * x), y * y * (3 - 2 * y)
    # No stroke is so wide that the seam would be in it: it is half a period away from the middle.
    column, row = ((each.astype(np.int64) + PERIOD // 2) % PERIOD for each in (column, row))
    # Numbers of all places in one small table, instead of four for each pixel.
    left, top = int(column.min()), int(row.min())
    table = _table(int(column.max()) - left + 2, int(row.max()) - top + 2, left, top, seed)
    wide = table.shape[1]
    flat = table.reshape(-1)
    at: Int64 = (row - top) * wide + (column - left)
    upper = flat[at] + (flat[at + 1] - flat[at]) * x
    lower = flat[at + wide] + (flat[at + wide + 1] - flat[at + wide]) * x
    return np.asarray(upper + (lower - upper) * y, np.float32)


def waves(along: Float32, other: Bools, seed: int) -> Float32:
    """Smooth random numbers along a stroke.

    Args:
        along: (k,) places along it, in units of a wave.
        other: (k,) whether they are those of the other of two sides, which has other numbers.
        seed: another one gives others.

    Returns:
        (k,) float32, -1..1.
    """
    place = np.floor(along)
    share = along - place
    at = (place.astype(np.int64) + PERIOD // 2) % PERIOD
    first = int(at.min())
    at -= first
    table = _table(int(at.max()) + 2, 2, first, 0, seed)
    at += other * table.shape[1]
    flat = table.reshape(-1)
    before = flat[at]
    return np.asarray(before + (flat[at + 1] - before) * (share * share * (3 - 2 * share)), np.float32)


def _table(wide: int, high: int, left: int, top: int, seed: int) -> Float32:
    columns = (np.arange(wide, dtype=np.int64) + left).astype(np.uint32)
    rows = (np.arange(high, dtype=np.int64) + top).astype(np.uint32)[:, None]
    mixed = columns * SCRAMBLE ^ rows * ODD ^ np.uint32(seed * int(MORE) & 0xFFFFFFFF)
    for shift, factor in ((15, ODD), (13, MORE), (16, SCRAMBLE)):
        mixed ^= mixed >> np.uint32(shift)
        mixed *= factor
    mixed ^= mixed >> np.uint32(15)
    return np.asarray((mixed >> np.uint32(8)).astype(np.float32) * np.float32(2 / (1 << 24)) - 1, np.float32)
