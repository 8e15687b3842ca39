"""Dreamed masks of many strokes at once, only at pixels that their paint can reach, and the way back to the strokes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreambrush.models import Dream
from dreambrush.painter.gradient import DreamGradient

Float32 = NDArray[np.float32]

BLOCK = 64  # points of one stroke that are dreamt together; small, so that little is padding
CHUNK = 32  # blocks in one call: their arrays fit a core's cache
SEGMENTS = 8  # of the polyline that stands for a path
SLACK = 0.1, 2.0  # in radii and in pixels: how much farther than paint gets is looked, for strokes that will move
NOWHERE = -1e4  # both coordinates of points that only fill a block


@dataclass(frozen=True)
class Near:
    """Pixels near each of k strokes, in blocks of points of one stroke each.

    Attributes:
        pixels: for each stroke the flat indices (row * width + column) of its pixels.
        owner: (n,) which stroke each block belongs to.
        points: (n, BLOCK, 2) centres of the pixels.
        places: for each stroke where its pixels lie in the flattened blocks.
    """

    pixels: list[NDArray[np.int64]]
    owner: NDArray[np.int64]
    points: Float32
    places: list[slice]


def near(strokes: Float32, height: int, width: int, reach: float) -> Near:
    """The pixels of a picture that each stroke (k, 9) may touch, also after it has moved a little."""
    t = np.linspace(0.0, 1.0, SEGMENTS + 1, dtype=np.float32)[None, :, None]
    nodes = (
        (1 - t) ** 2 * strokes[:, None, 0:2] + 2 * t * (1 - t) * strokes[:, None, 2:4] + t**2 * strokes[:, None, 4:6]
    )
    far = strokes[:, 8] * (reach + SLACK[0]) + SLACK[1]
    pixels = [_within(path, radius, height, width) for path, radius in zip(nodes, far, strict=True)]
    counts = np.array([max(-(-len(found) // BLOCK), 1) for found in pixels], np.int64)
    first = np.concatenate([[0], np.cumsum(counts)])
    places = [slice(start * BLOCK, start * BLOCK + len(found)) for start, found in zip(first, pixels, strict=False)]
    points = np.full((int(first[-1]) * BLOCK, 2), NOWHERE, np.float32)
    for place, found in zip(places, pixels, strict=True):
        rows, columns = np.divmod(found, width)
        points[place, 0], points[place, 1] = columns + 0.5, rows + 0.5
    return Near(pixels, np.repeat(np.arange(len(strokes)), counts), points.reshape(-1, BLOCK, 2), places)


def _within(path: Float32, far: float, height: int, width: int) -> NDArray[np.int64]:
    """Flat indices of pixels whose centre is within a distance of a polyline (n, 2)."""
    low = np.maximum(np.floor(path.min(0) - far), 0).astype(np.int64)
    high = np.minimum(np.ceil(path.max(0) + far), (width, height)).astype(np.int64)
    columns, rows = (np.arange(low[i], max(high[i], low[i])) for i in (0, 1))
    x, y = (columns + np.float32(0.5))[None, :], (rows + np.float32(0.5))[:, None]
    nearest = np.full((len(rows), len(columns)), np.inf, np.float32)
    for (x0, y0), (dx, dy) in zip(path, np.diff(path, axis=0), strict=False):
        along = ((x - x0) * dx + (y - y0) * dy) / max(float(dx * dx + dy * dy), 1e-9)
        along = np.clip(along, 0.0, 1.0)
        np.minimum(nearest, (x - x0 - along * dx) ** 2 + (y - y0 - along * dy) ** 2, out=nearest)
    row, column = np.nonzero(nearest < far * far)
    return np.asarray((row + low[1]) * width + column + low[0], np.int64)


class Masks:
    """Alpha of k strokes at their near pixels, as the dream has it.

    Args:
        dream: of the brush.
        strokes: (k, 9).
        near: their pixels.

    Attributes:
        means: for each stroke (p,) means of alpha at its pixels.
        variances: likewise.
    """

    def __init__(self, dream: Dream, strokes: Float32, near: Near) -> None:
        self._strokes, self._near = strokes[near.owner], near
        self._count = len(strokes)
        parts = [dream(self._strokes[rows], near.points[rows]) for rows in self._chunks()]
        nothing = np.zeros((0, BLOCK), np.float32)  # for there may be no strokes at all
        mean, variance = (np.concatenate([nothing, *(part[i] for part in parts)]).ravel() for i in (0, 1))
        self.means = [mean[place] for place in near.places]
        self.variances = [variance[place] for place in near.places]

    def back(self, gradient: DreamGradient, by_means: list[Float32], by_variances: list[Float32]) -> Float32:
        """How an error changes with the strokes (k, 9), from how it changes with means and variances."""
        near = self._near
        by = np.zeros((2, near.points.shape[0] * BLOCK), np.float32)
        for place, by_mean, by_variance in zip(near.places, by_means, by_variances, strict=True):
            by[0, place], by[1, place] = by_mean, by_variance
        by = by.reshape(2, -1, BLOCK)
        parts = [gradient(self._strokes[at], near.points[at], by[0, at], by[1, at]) for at in self._chunks()]
        by_strokes = np.zeros((self._count, 9), np.float32)
        np.add.at(by_strokes, near.owner, np.concatenate(parts))
        return by_strokes

    def _chunks(self) -> list[slice]:
        return [slice(start, start + CHUNK) for start in range(0, len(self._strokes), CHUNK)]
