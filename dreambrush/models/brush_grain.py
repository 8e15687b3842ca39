"""How grainy or streaky a brush's strokes are, measured on the real canvas."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dreambrush.arrays import Float64
from dreambrush.models.brush_widths import LENGTH, MEASURED_RADIUS, straight_stroke
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.myb import BrushSettings

PRESSURES = (0.4, 0.7, 1.0)  # of the strokes that are measured; they run along the rows
CORE = 0.6  # half-widths from the path, where edges do not count
FAINT = 0.2  # less grain than that is hardly seen


class Grain(NamedTuple):
    """Unevenness of the paint within a stroke.

    Attributes:
        strength: standard deviation of alpha as a share of its mean.
        along: how far apart alpha is half alike, along the path, in radii.
        across: the same across the path.
    """

    strength: float
    along: float
    across: float


def measure_grain(settings: BrushSettings, radius: float) -> Grain | None:
    """Paints straight strokes and measures them; None for a brush whose paint is even, or that leaves none.

    Args:
        settings: settings of the brush.
        radius: radius in pixels, about the one wanted.
    """
    radius = float(np.clip(radius, *MEASURED_RADIUS))
    brush = Brush(settings)
    brush.set_radius(radius)
    found = [_grain(brush, radius, pressure) for pressure in PRESSURES]
    rows = [each for each in found if each is not None]
    if not rows:
        return None
    strength, along, across = np.mean(rows, 0)
    return Grain(*(round(float(each), 3) for each in (strength, along, across))) if strength >= FAINT else None


def _grain(brush: Brush, radius: float, pressure: float) -> tuple[float, float, float] | None:
    canvas_alpha, along, across = straight_stroke(brush, radius, pressure, 0)
    middle = np.abs(along[0]) < LENGTH / 4
    strip = canvas_alpha[:, middle]
    if not strip.any():
        return None
    half = float(np.sqrt(3 * np.average(across[:, middle] ** 2, weights=strip)))
    core = strip[np.abs(across[:, 0]) < CORE * half]
    if core.size == 0 or not core.any():
        return None
    uneven = core - core.mean(1, keepdims=True)  # what falls off towards the edges is no grain
    mean = float(core.mean())
    return float(uneven.std()) / mean, _reach(uneven) / radius, _reach(uneven.T) / radius


def _reach(values: Float64) -> float:
    """How many columns apart values are half as alike as those in one place."""
    power = float((values * values).mean())
    for lag in range(1, values.shape[1]):
        if float((values[:, lag:] * values[:, :-lag]).mean()) < power / 2:
            return float(lag)
    return float(values.shape[1])
