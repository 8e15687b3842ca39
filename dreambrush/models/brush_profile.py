"""How soft the edges of a brush's strokes are, measured on the real canvas."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float64
from dreambrush.models.brush_widths import LENGTH, MEASURED_RADIUS, straight_stroke
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.myb import BrushSettings

PRESSURES, COLUMNS = (0.4, 0.7, 1.0), (0, 3)  # of the strokes that are measured
BINS, WIDEST = 20, 2.0  # of a profile, and where it ends in half-widths
LEVELS = 5  # ribbons, one in another, that stand for a soft profile
HARD = 0.3  # half-widths: a profile that falls from three quarters to one quarter in less is hard

Ribbon = tuple[float, float]
"""Half-width as a share of the stroke's, and opacity as a share of the stroke's."""

FLAT: tuple[Ribbon, ...] = ((1.0, 1.0),)


def measure_ribbons(settings: BrushSettings, radius: float) -> tuple[Ribbon, ...]:
    """Ribbons which, drawn over one another from the widest to the narrowest, look like the brush's strokes.

    Args:
        settings: settings of the brush.
        radius: radius in pixels, about the one wanted.

    Returns:
        The widest first.  The opacity of a ribbon is what is seen within it, all ribbons taken together.  A brush with
        hard edges has one; so has one that leaves no paint.
    """
    radius = float(np.clip(radius, *MEASURED_RADIUS))
    brush = Brush(settings)
    brush.set_radius(radius)
    found = [_profile(brush, radius, pressure, column) for pressure in PRESSURES for column in COLUMNS]
    profiles = [profile for profile in found if profile is not None]
    if not profiles:
        return FLAT
    profile = _falling(np.mean(profiles, 0))
    places = (np.arange(BINS) + 0.5) * WIDEST / BINS
    top = float(profile[0])

    def width_at(share: float) -> float:
        """Where the profile falls below a share of its top."""
        return float(np.interp(-share * top, -profile, places))

    if width_at(0.25) - width_at(0.75) < HARD:
        return FLAT
    shares = (np.arange(LEVELS) + 0.5) / LEVELS
    return tuple(
        (round(width_at(share), 3), round(top * (level + 1) / LEVELS, 3)) for level, share in enumerate(shares.tolist())
    )


def _falling(profile: Float64) -> Float64:
    """The profile nearest to this one that only falls outwards; random dabs leave bumps in one that is measured."""
    runs: list[tuple[float, int]] = []  # mean and length
    for value in profile.tolist():
        mean, length = value, 1
        while runs and runs[-1][0] < mean:
            before, more = runs.pop()
            mean, length = (before * more + mean * length) / (length + more), length + more
        runs.append((mean, length))
    return np.repeat([mean for mean, _ in runs], [length for _, length in runs])


def _profile(brush: Brush, radius: float, pressure: float, column: int) -> Float64 | None:
    """Mean alpha by distance from the path in half-widths, as shares of the opacity; None without paint."""
    canvas_alpha, along, across = straight_stroke(brush, radius, pressure, column)
    middle = np.abs(along) < LENGTH / 4
    alpha, across = canvas_alpha[middle], np.abs(across[middle])
    if not alpha.any():
        return None
    half = float(np.sqrt(3 * np.average(across**2, weights=alpha)))
    place = np.minimum((across / half * BINS / WIDEST).astype(np.intp), BINS)
    paint, count = (np.bincount(place, weights, BINS + 1)[:BINS] for weights in (alpha, np.ones_like(alpha)))
    profile = paint / np.maximum(count, 1)
    return np.asarray(profile / (profile.sum() * WIDEST / BINS))  # the flat one has 1 up to its half-width
