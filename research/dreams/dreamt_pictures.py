"""Dreamt pictures: whole strokes as a dream sees them, looked at only where paint can get."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from dreambrush.arrays import Float32, Int64, Mask
from dreambrush.bezier import RADIUS, path_nodes
from dreambrush.cores import available_cores
from dreambrush.dream.dream import Dream

CHUNK = 32  # strokes dreamt at once: their arrays fit a core's cache
PATCH = 2  # cells: side of the squares that are looked at or left out as a whole
PIECES = 8  # of the path, each taken for straight
MARGIN, SOFT_EDGE = 1.2, 0.5  # paint ends before margin * (radius * reach + soft edge), as train/fit/features.py has it


def dreamt_pictures(
    dream: Dream, strokes: Float32, side: int, cell: float = 1.0, cores: int | None = None
) -> tuple[Float32, Float32]:
    """Dreams square pictures of strokes.

    Args:
        dream: of the brush.
        strokes: (n, 9) float32 in pixels.
        side: of each picture, in cells; even.
        cell: pixels per cell.
        cores: how many to use; all by default.  The pictures do not depend on it.

    Returns:
        Mean and variance of alpha, (n, side, side) float32 each.
    """
    mean, variance = np.zeros((2, len(strokes), side, side), np.float32)
    near = near_patches(strokes, dream.reach, side, cell)
    counts = near.sum(1)
    # Strokes that cover alike go together, so that little is looked at in vain.
    order = np.argsort(counts, kind="stable")
    order = order[np.searchsorted(counts[order], 1) :]
    chunks = [order[first : first + CHUNK] for first in range(0, len(order), CHUNK)]

    def look(rows: Int64) -> None:
        most = int(counts[rows[-1]])
        patch = np.argsort(~near[rows], axis=1, kind="stable")[:, :most]
        within = np.arange(most) < counts[rows, None]
        row, column = np.divmod(patch, side // PATCH)
        step = np.arange(PATCH)
        y = (row[..., None, None] * PATCH + step[:, None] + np.zeros_like(step)).reshape(len(rows), -1)
        x = (column[..., None, None] * PATCH + step + np.zeros_like(step)[:, None]).reshape(len(rows), -1)
        points = (np.stack([x, y], -1) + np.float32(0.5)) * np.float32(cell)
        answers = dream(strokes[rows], points.astype(np.float32))
        kept = np.repeat(within, PATCH * PATCH, axis=1)
        stroke = np.broadcast_to(rows[:, None], kept.shape)[kept]
        for picture, answer in zip((mean, variance), answers, strict=True):
            picture[stroke, y[kept], x[kept]] = answer[kept]

    with ThreadPoolExecutor(cores or available_cores()) as pool:
        list(pool.map(look, chunks))
    return mean, variance


def near_patches(strokes: Float32, reach: float, side: int, cell: float) -> Mask:
    """Which squares of PATCH x PATCH cells paint can get to, as (n, (side / PATCH)^2), row by row."""
    size = np.float32(PATCH * cell)
    axis = (np.arange(side // PATCH, dtype=np.float32) + 0.5) * size
    centres = np.stack([*np.meshgrid(axis, axis), np.ones((len(axis), len(axis)), np.float32)], -1).reshape(-1, 3)
    far = MARGIN * (strokes[:, RADIUS] * np.float32(reach) + SOFT_EDGE) + size * np.float32(np.sqrt(0.5))
    path = path_nodes(strokes, PIECES)
    near = np.zeros((len(strokes), len(centres)), bool)
    edges = np.diff(path, axis=1)
    lengths = np.sqrt((edges**2).sum(-1)) + np.float32(1e-6)
    ahead = edges / lengths[..., None]
    aside = np.stack([-ahead[..., 1], ahead[..., 0]], -1)
    for piece in range(PIECES):
        axes = np.stack([ahead[:, piece], aside[:, piece]], -1)
        back = -(axes * path[:, piece, :, None]).sum(1, keepdims=True)
        along, across = np.moveaxis(centres @ np.concatenate([axes, back], 1), -1, 0)
        half = lengths[:, piece, None] / 2
        past = np.maximum(np.abs(along - half) - half, 0)
        near |= past * past + across * across < (far * far)[:, None]
    return near
