"""The nib: the shape of a brush's dabs, where it is the same for all directions of the stroke."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.train.collect.strokes import SIDE, paint_strokes

DIRECTIONS, RENDERS = 16, 4
RADIUS, PRESSURE = 14.0, 0.8  # of the strokes that are looked at; pixels, 0..1
LENGTHS = (3.0, 7.0, 15.0)  # pixels: the shortest one that leaves paint smears the dab least
ROUND = 1.25  # ratio of the axes up to which a nib counts as round: random dabs never are exactly


def measure_nib(settings: BrushSettings) -> Float32:
    """Paints very short strokes in all directions, and finds the map in which what they leave is round.

    Where dabs follow the direction of the stroke, all directions together are round already, as for a round brush.

    Args:
        settings: of the brush.

    Returns:
        (2, 2) symmetric matrix of determinant 1; points as rows are multiplied by it from the right.

    Raises:
        BrushError: the brush asks for dabs without end.
    """
    for length in LENGTHS:
        paint = paint_strokes(settings, _star(length)).sum(0, dtype=np.float64)
        if paint.any():
            break
    else:
        return np.eye(2, dtype=np.float32)
    y, x = np.mgrid[0:SIDE, 0:SIDE] + 0.5
    x, y = x - np.average(x, weights=paint), y - np.average(y, weights=paint)
    spread = np.array([[np.average(a * b, weights=paint) for a in (x, y)] for b in (x, y)])
    spread -= np.eye(2) * length**2 / 24  # what the strokes' own length adds, in all directions together
    values, axes = np.linalg.eigh(spread)
    values = np.maximum(values, 0.02 * values[1])
    if np.sqrt(values[1] / values[0]) < ROUND:
        return np.eye(2, dtype=np.float32)
    whitening = axes @ np.diag(values**-0.5) @ axes.T
    return np.asarray(whitening / np.sqrt(np.linalg.det(whitening)), np.float32)


def _star(length: float) -> Float32:
    """Straight strokes (n, 9) through the middle of the picture, in all directions."""
    angle = np.arange(DIRECTIONS * RENDERS) * 2 * np.pi / DIRECTIONS
    half = 0.5 * length * np.stack([np.cos(angle), np.sin(angle)], 1)
    middle = np.full_like(half, SIDE / 2)
    rest = np.tile(np.array([PRESSURE, PRESSURE, RADIUS]), (len(angle), 1))
    return np.concatenate([middle - half, middle, middle + half, rest], 1, dtype=np.float32)
