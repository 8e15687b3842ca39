"""How wide and how opaque each stroke of a recipe looks, for whoever draws strokes without a brush engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreambrush.arrays import Float64
from dreambrush.bezier import velocity_at
from dreambrush.models.brush_widths import measure_widths
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.strokes import Strokes

PLACES = (0.0, 0.5, 1.0)  # places along the path at which its width is looked up
TAPERED = 1.15  # a stroke that is so many times as wide at one place as at another is drawn as an outline
NARROWEST = 0.02  # pixels of half-width, where a brush leaves no paint at one end


@dataclass(frozen=True, eq=False)
class StrokeLooks:
    """What strokes look like, one row each.

    Attributes:
        ahead: (n, 3, 2) directions of length 1 at start, middle and end.
        half_width: (n, 3) pixels, at start, middle and end; 0 where a brush leaves no paint.
        opacity: (n,) mean of the stroke, 0..1.
        blunt: (n,) bool, whether the stroke ends square.
    """

    ahead: Float64
    half_width: Float64
    opacity: Float64
    blunt: NDArray[np.bool_]


def looks_of(strokes: Strokes, brushes: tuple[BrushSettings, ...]) -> StrokeLooks:
    """Measures each brush at about the size that it is used with, and looks its strokes up.

    Args:
        strokes: the strokes.
        brushes: settings of each brush that the strokes name.
    """
    ahead = _tangents(strokes.path.astype(np.float64))
    half, opacity = np.zeros((2, len(strokes), len(PLACES)))
    blunt = np.zeros(len(strokes), bool)
    pressure = strokes.pressure[:, :1] + (strokes.pressure[:, 1:] - strokes.pressure[:, :1]) * np.array(PLACES)
    for index, brush in enumerate(brushes):
        mine = np.flatnonzero(strokes.brush == index)
        if len(mine):
            widths = measure_widths(brush, float(np.median(strokes.radius[mine])))
            direction = np.arctan2(ahead[mine, :, 1], ahead[mine, :, 0])
            blunt[mine] = widths.blunt
            half[mine], opacity[mine] = widths.at(pressure[mine].astype(np.float64), direction)
    half *= strokes.radius[:, None]
    return StrokeLooks(ahead, half, opacity.mean(1), blunt)


def _tangents(path: Float64) -> Float64:
    """Directions (n, places, 2) of length 1, along paths (n, 3, 2)."""
    t = np.array(PLACES)[:, None]
    velocity = velocity_at(path[:, None, 0], path[:, None, 1], path[:, None, 2], t)
    chord = np.broadcast_to(path[:, None, 2] - path[:, None, 0], velocity.shape)
    for instead in (chord, np.array([1.0, 0.0])):  # where the control point lies on an end, or all in one place
        still = np.hypot(velocity[..., 0], velocity[..., 1])[..., None] < 2e-6
        velocity = np.where(still, instead, velocity)
    return np.asarray(velocity / np.hypot(velocity[..., 0], velocity[..., 1])[..., None])
