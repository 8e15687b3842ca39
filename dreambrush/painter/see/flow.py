"""Colours that flow over a picture, wherever no wall stops them.

The recursive filter of Gastal and Oliveira, "Domain transform for edge-aware image and video processing" (2011).  It
goes to and fro along rows and columns.  Each pixel takes a share of the colour of the one before, and less of it the
longer the way between them is.  The time does not depend on how far colours flow.  Their filter stops at all strong
edges; here the walls are given.
"""

from __future__ import annotations

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32

PASSES = 3  # each half as wide as the one before, so that no streaks along rows and columns are left
SHAPE_WALL = 100.0  # way, in standard deviations, across the border between what is painted and what is not


def flow(picture: Float32, slowness: Float32, wall: Float32, shape: Float32 | None = None) -> Float32:
    """Lets colours flow.

    Args:
        picture: (h, w, 3) float32.
        slowness: (h, w) float32, the way across a pixel, in standard deviations of the flow.
        wall: (h, w) float32, the way that a step of colours by 1 (root mean square of channels) adds.
        shape: (h, w) float32, 0..1: what is painted; nothing flows over its border.  None for everything.

    Returns:
        (h, w, 3) float32.
    """
    ways = [_way(picture, slowness, wall, shape, axis) for axis in (0, 1)]
    for number in range(PASSES):
        width = float(np.sqrt(3 / (4.0**PASSES - 1))) * 2.0 ** (PASSES - 1 - number)
        for axis in (1, 0):
            picture = _swept(picture, steady.exp(np.float32(-np.sqrt(2) / width) * ways[axis]), axis)
    return np.ascontiguousarray(picture)


def _way(picture: Float32, slowness: Float32, wall: Float32, shape: Float32 | None, axis: int) -> Float32:
    """How far it is from each pixel to the next along an axis; one fewer than there are pixels."""
    step = np.diff(picture, axis=axis)
    height = np.sqrt(steady.dot3(step, step) / np.float32(3))
    here, there = (slice(None, -1), slice(1, None)) if axis == 0 else (np.s_[:, :-1], np.s_[:, 1:])
    way = np.float32(0.5) * (slowness[here] + slowness[there]) + np.maximum(wall[here], wall[there]) * height
    if shape is not None:
        way += np.float32(SHAPE_WALL) * np.abs(np.diff(shape, axis=axis))
    return np.asarray(way, np.float32)


def _swept(picture: Float32, share: Float32, axis: int) -> Float32:
    """To and fro along an axis, each pixel takes its share of the one before."""
    lines, shares = (np.ascontiguousarray(np.moveaxis(each, axis, 0)) for each in (picture, share))
    if lines.base is picture or lines is picture:
        lines = lines.copy()
    for at in range(1, len(lines)):
        lines[at] += shares[at - 1, :, None] * (lines[at - 1] - lines[at])
    for at in range(len(lines) - 2, -1, -1):
        lines[at] += shares[at, :, None] * (lines[at + 1] - lines[at])
    return np.moveaxis(lines, 0, axis)
