"""How wide and how opaque a brush's strokes are, measured on the real canvas.

The radius of a stroke is only the basic radius of its brush.  How wide it gets depends on pressure, and on the angle at
which a flat nib is held.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float64
from dreambrush.events import stroke_events
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import ONE, Canvas
from dreambrush.mypaint.engine.myb import BrushSettings

PRESSURES = (0.05, 0.25, 0.5, 0.75, 1.0)
DIRECTIONS = 8  # number of directions of strokes, evenly over half a turn; the way back is as wide
FARTHEST = 4.0  # radii from the path; beyond that no paint is looked for
LENGTH = 16.0  # length of a measured stroke in radii
BLUNT = (
    np.pi / 8
)  # of the half-width, which paint reaches on average beyond the end: nearer to none than to a round one
MEASURED_RADIUS = 4.0, 12.0  # pixels: smaller ones have too few pixels, larger ones take long


@dataclass(frozen=True, eq=False)
class BrushWidths:
    """What a brush makes of pressure and direction.

    Attributes:
        half_width: (pressures, directions) half of a stroke's width in radii.
        opacity: (pressures, directions) opacity of a stroke, 0..1.
        blunt: whether strokes end square, as those of a knife do, and not round.
    """

    half_width: Float64
    opacity: Float64
    blunt: bool

    def at(self, pressure: Float64, direction: Float64) -> tuple[Float64, Float64]:
        """Half-width in radii, and opacity.

        Args:
            pressure: pressure, 0..1, of any shape.
            direction: direction of the stroke in radians, of the same shape.
        """
        row = np.interp(pressure, PRESSURES, np.arange(len(PRESSURES)))
        column = direction / np.pi * DIRECTIONS % DIRECTIONS
        left = np.floor(column).astype(np.intp)
        upper = np.minimum(row.astype(np.intp), len(PRESSURES) - 2)
        down, across = row - upper, column - left
        found = []
        for table in (self.half_width, self.opacity):
            value = np.zeros(np.shape(pressure))
            for i, j, share in (
                (0, 0, (1 - down) * (1 - across)),
                (0, 1, (1 - down) * across),
                (1, 0, down * (1 - across)),
                (1, 1, down * across),
            ):
                value += share * table[upper + i, (left + j) % DIRECTIONS]
            found.append(value)
        return found[0], found[1]


def measure_widths(settings: BrushSettings, radius: float) -> BrushWidths:
    """Paints straight strokes and measures them.

    The profile of a stroke is taken for a flat one with as much paint and as much variance across the path.

    Args:
        settings: settings of the brush.
        radius: radius in pixels, about the one wanted.
    """
    radius = float(np.clip(radius, *MEASURED_RADIUS))
    brush = Brush(settings)
    brush.set_radius(radius)
    shape = len(PRESSURES), DIRECTIONS
    half_width, opacity, overhang = np.empty((3, *shape))
    for row, pressure in enumerate(PRESSURES):
        for column in range(DIRECTIONS):
            measured = _measured(brush, radius, pressure, column)
            half_width[row, column], opacity[row, column], overhang[row, column] = measured
    blunt = overhang[-1].mean() < BLUNT * half_width[-1].mean()
    return BrushWidths(half_width, opacity, bool(blunt))


def straight_stroke(brush: Brush, radius: float, pressure: float, column: int) -> tuple[Float64, Float64, Float64]:
    """Paints a straight stroke on a fresh canvas.

    Args:
        brush: brush with that radius.
        radius: radius in pixels.
        pressure: pressure, 0..1.
        column: number of one of the DIRECTIONS.

    Returns:
        The alpha of each pixel, 0..1, and how far it is along the path from its middle and across it, in radii: three
        arrays (side, side).
    """
    side = int(np.ceil((LENGTH + 2 * FARTHEST) * radius))
    direction = np.pi * column / DIRECTIONS
    ahead = np.array([np.cos(direction), np.sin(direction)])
    start, end = (side / 2 + share * LENGTH * radius * ahead for share in (-0.5, 0.5))
    canvas = Canvas(side, side)
    canvas.stroke(brush, stroke_events([start, (start + end) / 2, end], [pressure, pressure], radius))
    y, x = (np.mgrid[0:side, 0:side] + 0.5 - side / 2) / radius
    along, across = x * ahead[0] + y * ahead[1], y * ahead[0] - x * ahead[1]
    return canvas.read()[..., 3] / ONE, along, across


def _measured(brush: Brush, radius: float, pressure: float, column: int) -> tuple[float, float, float]:
    """Half-width in radii, opacity, and how far paint gets beyond the end in radii; 0 where there is no paint."""
    canvas_alpha, along, across = straight_stroke(brush, radius, pressure, column)
    middle = (np.abs(along) < LENGTH / 4) & (np.abs(across) < FARTHEST)
    alpha, across = canvas_alpha[middle], across[middle]
    if not alpha.any():
        return 0.0, 0.0, 0.0
    spread = np.average((across - np.average(across, weights=alpha)) ** 2, weights=alpha)
    paint = alpha.mean() * FARTHEST  # opacity times half-width
    half = max(float(np.sqrt(3 * spread)), float(paint))
    beyond = float(canvas_alpha[along > LENGTH / 2].sum()) / radius**2
    return half, float(paint) / half, beyond / (2 * float(paint))
