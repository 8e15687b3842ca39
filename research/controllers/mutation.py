"""Variations of strokes, for controllers that try several of each proposal."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.bezier import END, PRESSURES, RADIUS, START, control_points


def mutated(strokes: Float32, step: float | Float32, rng: np.random.Generator) -> Float32:
    """Random small changes: shifts, ends moved apart, bends, other sizes and pressures.

    Args:
        strokes: (b, 9).
        step: 1 for bold changes (about one radius), less for finer ones; a number or (b, 1).
        rng: of the changes.
    """
    count = len(strokes)
    noise = rng.standard_normal((count, 12)).astype(np.float32) * step
    # Each change touches some of the parameters only, so that good ones are kept.
    noise *= rng.random((count, 12), dtype=np.float32) < 0.5
    out = strokes.copy()
    radius = strokes[:, RADIUS, None]
    start, control, end = control_points(out)  # views: what is written to them is written to the strokes
    chord = end - start
    length = np.sqrt((chord**2).sum(1, keepdims=True)) + 1e-6
    ahead = chord / length
    aside = np.stack([-ahead[:, 1], ahead[:, 0]], 1)
    along = 0.5 * (radius + 0.5 * length)
    shift = noise[:, 0:1] * radius * ahead + noise[:, 1:2] * 0.6 * radius * aside
    start += shift + noise[:, 2:3] * along * ahead + noise[:, 3:4] * 0.7 * radius * aside
    end += shift + noise[:, 4:5] * along * ahead + noise[:, 5:6] * 0.7 * radius * aside
    moved = 0.5 * (start - strokes[:, START] + end - strokes[:, END])
    bend = noise[:, 7:8] * (0.6 * radius + 0.15 * length)
    control += moved + noise[:, 6:7] * 0.2 * length * ahead + bend * aside
    out[:, RADIUS, None] *= np.exp(0.3 * noise[:, 8:9])
    out[:, PRESSURES] += 0.3 * noise[:, 9:11] + 0.2 * noise[:, 11:12]
    return out
