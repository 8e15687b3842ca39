"""Recovery put to the test: recovered strokes are painted, recovered again, and what comes out amiss is taken off.

Some brushes press on as they go, others are ragged, or fade at their ends.  Then strokes come out a little too short,
or as if pressed too lightly, all in the same way.  A few are enough to know by how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dreambrush.arrays import Float64
from dreambrush.bezier import point_at, polyline_length, velocity_at
from dreambrush.errors import BrushError
from dreambrush.events import stroke_events
from dreambrush.mypaint.engine.canvas import Canvas
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.reference.marks import WORK, Marks, brush_for, mask_of_tiles, prepared
from dreambrush.reference.shapes import shape_of_mask
from dreambrush.reference.tracing import Piece, trace

TRIED, FEWEST = 10, 5  # strokes of a kind that are tried; with fewer answers nothing is taken off
ROUNDS = 2  # the second time they are painted as corrected
ROOM = 4.0  # radii around a stroke that is tried
LARGEST = 1000.0  # pixels along the side of what is tried
FARTHEST = 0.75  # radii by which a line is made longer or shorter, at most
LEAST, MOST = -0.5, 0.35  # share of a curve by which an end is moved out, and in


@dataclass(frozen=True)
class Bias:
    """What recovery makes of strokes of a kind.

    Attributes:
        pressure: how much more pressure comes out than there was.
        length: how much longer lines come out than they were, in radii.
    """

    pressure: float = 0.0
    length: float = 0.0


def tried(
    settings: BrushSettings,
    contrast: float | None,
    marks: Marks,
    strokes: Sequence[tuple[Sequence[Piece], float, float]],
) -> Bias:
    """Paints some of the strokes of one kind, and recovers them.

    Args:
        settings: of their brush.
        contrast: to what they are painted on, None for a bare layer; see :func:`~dreambrush.reference.marks.brush_for`.
        marks: with which they were recovered.
        strokes: of each its pieces, its radius in pixels, and the half-width in pixels that was taken for usual.
    """
    plain = [
        (pieces[0], radius, usual)
        for pieces, radius, usual in strokes
        if len(pieces) == 1 and np.ptp(pieces[0].path, axis=0).max() + 2 * ROOM * radius < LARGEST
    ]
    some = plain[:: max(len(plain) // TRIED, 1)][:TRIED]
    if len(some) < FEWEST:
        return Bias()
    bias = Bias()
    try:
        brush = brush_for(settings, contrast)
        for _ in range(ROUNDS):
            found = []
            for piece, radius, usual in some:
                pressure = np.clip(piece.pressure - bias.pressure, 0.0, 1.0) if marks.told else piece.pressure
                given = replace(piece, pressure=pressure)
                corner = given.path.min(0) - ROOM * radius
                width, height = np.ceil(np.ptp(given.path, axis=0) + 2 * ROOM * radius).astype(int).tolist()
                brush.set_radius(radius)
                canvas = prepared(Canvas(width, height), contrast)
                canvas.work = WORK
                events = stroke_events(given.path - corner, np.maximum(pressure, 0.01), radius)
                shape = shape_of_mask(mask_of_tiles(canvas.traced_stroke(brush, events)[1], width, height))
                again = [] if shape is None else trace(shape, marks, radius, usual)
                if len(again) == 1:
                    more = float(again[0].pressure.mean() - pressure.mean())
                    found.append((more, (_length(again[0]) - _length(given)) / radius))
            if len(found) < FEWEST:
                return bias
            more, longer = np.median(np.array(found), 0).tolist()
            bias = Bias(more if marks.told else 0.0, float(np.clip(longer, -FARTHEST, FARTHEST)))
    except (BrushError, ValueError):
        return Bias()
    return bias


def corrected(pieces: Sequence[Piece], bias: Bias, radius: float) -> list[Piece]:
    """The pieces of a stroke without a bias: pressed otherwise, and their lines longer or shorter at both ends.

    Args:
        pieces: in the order in which they follow each other.
        bias: to be taken off.
        radius: of the brush in pixels.
    """
    out = -bias.length * radius / 2
    found = []
    for number, piece in enumerate(pieces):
        first = number == 0 or pieces[number - 1].line != piece.line
        last = number == len(pieces) - 1 or pieces[number + 1].line != piece.line
        path = _moved_ends(piece.path, out if first else 0.0, out if last else 0.0)
        found.append(replace(piece, path=path, pressure=np.clip(piece.pressure - bias.pressure, 0.0, 1.0)))
    return found


def _length(piece: Piece) -> float:
    return float(polyline_length(piece.path[None])[0])


def _moved_ends(path: Float64, begin: float, end: float) -> Float64:
    """A curve (3, 2) that begins and ends so many pixels farther out on the same parabola."""
    speeds = [max(float(np.hypot(*velocity_at(path[0], path[1], path[2], t))), 1e-6) for t in (0.0, 1.0)]
    a = float(np.clip(-begin / speeds[0], LEAST, MOST))
    b = 1 - float(np.clip(-end / speeds[1], LEAST, MOST))
    control = (1 - a) * (1 - b) * path[0] + (a * (1 - b) + b * (1 - a)) * path[1] + a * b * path[2]
    return np.stack([point_at(path[0], path[1], path[2], a), control, point_at(path[0], path[1], path[2], b)])
