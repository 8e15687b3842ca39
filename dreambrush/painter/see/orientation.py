"""The orientation field: which way the form runs at any place of a picture, at any scale, and how surely.

The gradients of the three channels make one structure tensor (Di Zenzo, "A note on the gradient of a multi-image",
1986).  It is kept as its double angle and its trace (Bigun and Granlund, "Optimal orientation detection of linear
symmetry", 1987), so that neighbours can be averaged and opposite gradients do not cancel.  The form runs across its
main axis.  How surely it does is its coherence (l1 - l2) / (l1 + l2), the normalised form of the measure in Weickert,
"Coherence-enhancing diffusion filtering" (1999), section 2.2, with a noise floor added to the denominator.

Every halving of the picture has tensors of its own.  A wide stroke is there for masses of its size.  So it should
follow how these run, and not the weave within them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32
from dreambrush.painter.see.pyramid import SMALLEST_SIDE, Pyramid

SMOOTHING = 4  # means of neighbouring tensors both ways: a binomial filter with a standard deviation of one cell
BAND = 16  # rows of tensors made at a time
# Trace of a tensor whose coherence it halves.  At an edge between colours that differ by 0.04 in each channel the trace
# is three times as much, in grain with a standard deviation of 2 of 255 less than that.
NOISE_FLOOR = 5e-4


class OrientationField:
    """Directions and coherences of a picture at all scales.

    Args:
        target: (h, w, 3) float32, 0..1.
    """

    def __init__(self, target: Float32) -> None:
        short = [(0, max(2 - side, 0)) for side in target.shape[:2]]  # there is no gradient along a side of one pixel
        picture = np.pad(np.asarray(target, np.float32), [*short, (0, 0)], mode="edge") if np.any(short) else target
        levels = [_tensors(picture)]
        while min(picture.shape[:2]) >= 2 * SMALLEST_SIDE:
            picture = _halved(picture, np.asarray, 0, 3)
            levels.append(_tensors(picture))
        self._pyramid = Pyramid(levels, cell=2.0, weights=np.float32)  # tensors are half as fine as pixels

    def at(self, points: Float32, scale: Float32) -> tuple[Float32, Float32]:
        """Direction and coherence of the form at points.

        It reads the level whose cells are nearest to the scale in size; its tensors reach about twice as far.  So a
        stroke that asks along its path, with its radius as the scale, notices the edge that its rim runs along.

        Args:
            points: (b, p, 2) x and y in pixels; beyond the picture its nearest cell counts.
            scale: (b,) size of what is asked about in pixels, such as a stroke's radius.

        Returns:
            Direction along the form (b, p) in radians, -pi/2..pi/2, known up to half a turn, and coherence (b, p): 1
            where everything runs one way, 0 where nothing does or nothing is to be seen.
        """
        level = steady.floor_log2(np.maximum(scale, 1e-3))
        level = np.clip(level, 0, len(self._pyramid.levels) - 1).astype(np.int64)
        tensors = self._pyramid.sample(points, level)
        even, odd, trace = (tensors[..., i] for i in range(3))
        # The main axis lies at half the angle of (even, odd), and the form across it.
        direction = np.float32(0.5) * steady.arctan2(-odd, -even)
        return direction, np.sqrt(even * even + odd * odd) / (trace + np.float32(NOISE_FLOOR))


def _tensors(picture: Float32) -> Float32:
    """Smoothed structure tensors of a picture (h, w, 3): xx - yy, 2 xy, xx + yy in squared steps a cell.

    Returns:
        (h / 2, w / 2, 3), both rounded up: they are so smooth that every other one will do.
    """
    return _halved(picture, _corner_tensors, 1, SMOOTHING)


def _corner_tensors(picture: Float32) -> Float32:
    """Tensors (h - 1, w - 1, 3) at the corners between four cells.

    Differences there (Roberts' cross, turned) reach less far than central ones and are truer to the direction.
    """
    along, across = picture[1:] + picture[:-1], picture[1:] - picture[:-1]
    dx, dy = 0.5 * (along[:, 1:] - along[:, :-1]), 0.5 * (across[:, 1:] + across[:, :-1])
    xx, yy, xy = (steady.dot3(a, b) for a, b in ((dx, dx), (dy, dy), (dx, dy)))
    return np.stack([xx - yy, 2 * xy, xx + yy], -1)


def _halved(picture: Float32, maps_of: Callable[[Float32], Float32], fewer: int, times: int) -> Float32:
    """Maps of a picture, smoothed and halved in size, in bands of rows that fit the cache.

    Args:
        picture: (h, w, c).
        maps_of: makes maps (h - fewer, w - fewer, c) of a picture; cell for cell where there are as many.
        fewer: 0 or 1.
        times: that means of neighbours are taken, both ways; odd if fewer is 0, even if it is 1, so that the means
            lie in the middle of every other pair of pixels.
    """
    height, width = (side - fewer for side in picture.shape[:2])
    rows, columns = ((side + 1) // 2 for side in picture.shape[:2])
    before = times // 2
    beyond = 2 * columns - 1 + times - before - width
    halved = np.empty((rows, columns, picture.shape[2]), np.float32)
    for top in range(0, rows, BAND):
        bottom = min(top + BAND, rows)
        first, last = 2 * top - before, 2 * bottom - 1 + times - before
        low, high = max(first, 0), min(last, height)
        maps = np.pad(
            maps_of(picture[low : high + fewer]), [(low - first, last - high), (before, beyond), (0, 0)], mode="edge"
        )
        for _ in range(times):
            maps = maps[1:] + maps[:-1]
            maps = maps[:, 1:] + maps[:, :-1]
        np.multiply(maps[::2, ::2], np.float32(0.25**times), out=halved[top:bottom])
    return halved
