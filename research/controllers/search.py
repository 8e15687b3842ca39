"""The search controller: proposes strokes that follow what is in the window, without having learned anything.

From a pixel with much error a stroke runs both ways along the form (the structure tensor's direction), as long as its
colour would suit the target better than what the canvas has there: Hertzmann, "Painterly rendering with curved brush
strokes of multiple sizes" (1998), section 2.2.
"""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32, Float64, Int64
from dreambrush.painter.propose.windows import SIDE, Windows

THINNEST, THICKEST = 0.8, 8.0  # radius in window cells
STEPS = 10  # of the walk, each way
STRIDE = 0.8  # radii per step
RESTLESSNESS = 0.25  # radians of noise in the direction of a walk


class SearchController:
    """Walks along the form from where the error is."""

    def propose(self, windows: Windows, count: int, rng: np.random.Generator) -> Float32:
        """See :class:`~dreambrush.painter.ridge_proposer.Controller`."""
        n = len(windows)
        error = ((windows.target - windows.canvas) ** 2).sum(-1).reshape(n, -1)
        anchor = _drawn(error, count, rng)
        row, column = np.divmod(anchor, SIDE)
        start = np.stack([column, row], -1).astype(np.float32) + rng.random((n, count, 2), dtype=np.float32)
        radius = np.exp(rng.uniform(np.log(THINNEST), np.log(THICKEST), (n, count))).astype(np.float32)
        window = np.arange(n)[:, None]
        colour = windows.target[window, row, column]
        direction = form_direction(windows.target)
        walks = [
            _walk(windows, direction, start, colour, radius, sign, rng.normal(0, RESTLESSNESS, (n, count)))
            for sign in (1.0, -1.0)
        ]
        ends, halves = [walk[0] for walk in walks], [walk[1] for walk in walks]
        # A quadratic curve that passes the anchor about where the walks met.
        share = halves[1] / np.maximum(halves[0] + halves[1], 1e-6)
        share = np.clip(share, 0.3, 0.7)[..., None]
        control = (start - (1 - share) ** 2 * ends[1] - share**2 * ends[0]) / (2 * share * (1 - share))
        pressure = rng.uniform(0.4, 1.0, (n, count, 2)).astype(np.float32)
        return np.concatenate([ends[1], control, ends[0], pressure, radius[..., None]], -1, dtype=np.float32)


def form_direction(pictures: Float32) -> Float32:
    """Direction along the form at each cell, from the structure tensor smoothed over its neighbours.

    Args:
        pictures: (n, s, s, 3).

    Returns:
        (n, s, s) angles in radians, known up to half a turn.
    """
    dy, dx = np.gradient(pictures, axis=(1, 2))
    xx, yy, xy = (np.einsum("nijc,nijc->nij", a, b) for a, b in ((dx, dx), (dy, dy), (dx, dy)))
    xx, yy, xy = (_blurred(tensor) for tensor in (xx, yy, xy))
    # The tensor's main axis runs across the form.
    return np.asarray(0.5 * np.arctan2(2 * xy, xx - yy) + 0.5 * np.pi, np.float32)


def _blurred(maps: Float32) -> Float32:
    for axis in (1, 2):
        for _ in range(2):
            padded = np.pad(maps, [(1, 1) if a == axis else (0, 0) for a in range(3)], mode="edge")
            before, after = (np.take(padded, range(i, i + maps.shape[axis]), axis) for i in (0, 2))
            maps = 0.25 * before + 0.5 * maps + 0.25 * after
    return maps


def _drawn(weights: Float32, count: int, rng: np.random.Generator) -> Int64:
    """(n, count) indices, drawn by the weights (n, m) of each row."""
    total = np.cumsum(weights.astype(np.float64) + 1e-9, 1)
    total /= total[:, -1:]
    wanted = rng.random((len(weights), count))
    rows = np.arange(len(weights))[:, None]
    found = np.searchsorted((total + rows).ravel(), (wanted + rows).ravel()).reshape(wanted.shape)
    return np.asarray(np.clip(found - rows * weights.shape[1], 0, weights.shape[1] - 1), np.int64)


def _walk(
    windows: Windows,
    direction: Float32,
    start: Float32,
    colour: Float32,
    radius: Float32,
    sign: float,
    turn: Float64,
) -> tuple[Float32, Float32]:
    """Where a walk along the form ends (n, count, 2) and how long it was (n, count), in cells."""
    window = np.arange(len(windows))[:, None]
    position, walked = start.copy(), np.zeros_like(radius)
    ahead: Float32 | None = None
    going = np.ones(radius.shape, bool)
    for _ in range(STEPS):
        column = np.clip(position[..., 0], 0, SIDE - 1).astype(np.int64)
        row = np.clip(position[..., 1], 0, SIDE - 1).astype(np.int64)
        target = windows.target[window, row, column]
        suits = ((target - colour) ** 2).sum(-1) <= ((target - windows.canvas[window, row, column]) ** 2).sum(-1) + 1e-4
        inside = ((position > -1) & (position < SIDE + 1)).all(-1)
        going &= suits & inside
        angle = direction[window, row, column] + turn
        step = np.stack([np.cos(angle), np.sin(angle)], -1).astype(np.float32)
        if ahead is None:
            step *= sign
        else:  # the direction is known up to half a turn: keep going the same way
            step *= np.where((step * ahead).sum(-1, keepdims=True) < 0, -1.0, 1.0).astype(np.float32)
        ahead = step
        stride = STRIDE * radius * going
        position = position + step * stride[..., None]
        walked = walked + stride
    return position, walked
