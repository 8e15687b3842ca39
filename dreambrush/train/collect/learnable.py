"""What brushes are that lay no paint of their own: found out by painting, as settings alone do not tell."""

from __future__ import annotations

from enum import Enum

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.bezier import PATH, RADIUS
from dreambrush.errors import BrushError
from dreambrush.events import events_of_rows
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import ONE, Canvas
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.train.collect.probe import PROBE_SEED, probe
from dreambrush.train.collect.strokes import SIDE, random_colours, random_strokes

TRIES = 20  # strokes over a painted canvas
PATCH = 8  # pixels: side of the squares that are painted there
VISIBLE = 1e-5  # mean change (of 1) over the whole canvas that is more than rounding


class Kind(Enum):
    """What a brush does that lays no paint of its own."""

    ERASER = "is an eraser: it takes paint away and lays none"
    BLENDER = "is a blender: it moves or changes paint that is there and lays none of its own"
    NOTHING = "lays no paint, whatever the stroke"


def kind_without_paint(settings: BrushSettings) -> Kind | None:
    """What a brush is that lays no paint on an empty canvas; None for those that do.

    Raises:
        BrushError: the brush asks for dabs without end.
    """
    if probe(settings).lays_paint:
        return None
    before, after = _painted_over(settings)
    lost, changed = (before - after)[..., 3].mean(), np.abs(after - before)[..., :3].mean()
    if max(lost, changed) < VISIBLE:
        return Kind.NOTHING
    # An eraser takes premultiplied colour, half of alpha on average, in the same proportion; a blender that drags in
    # transparency changes colour far more than alpha.
    return Kind.ERASER if lost > changed else Kind.BLENDER


def check_learnable(name: str, settings: BrushSettings) -> None:
    """Raises an error that says what to use instead.

    Args:
        name: of the brush.
        settings: of the brush.

    Raises:
        BrushError: there is nothing to learn, or the brush asks for dabs without end.
    """
    if kind_without_paint(settings) is Kind.NOTHING:
        raise BrushError(
            f"The brush '{name}' {Kind.NOTHING.value}, so there is nothing to learn of it.",
            "Choose a brush from 'dreambrush brushes', or open this one in MyPaint and make it opaque.",
            id="brush-not-learnable",
        )


def _painted_over(settings: BrushSettings) -> tuple[Float32, Float32]:
    """A canvas of opaque patches of many colours, before and after each of some strokes: (h, h, 4) and (n, h, h, 4)."""
    side = 3 * SIDE  # strokes stay in the middle: beyond the edge a blender would find transparency, and drag it in
    patches = random_colours((side // PATCH) ** 2, PROBE_SEED).reshape(side // PATCH, side // PATCH, 3)
    ground = np.full((side, side, 4), ONE, np.uint16)
    ground[..., :3] = np.rint(ONE * patches.repeat(PATCH, 0).repeat(PATCH, 1))
    strokes = random_strokes(TRIES, PROBE_SEED)
    strokes[:, PATH] += SIDE
    colours = random_colours(TRIES, PROBE_SEED + 1).tolist()
    canvas, brush = Canvas(side, side), Brush(settings)
    after = np.empty((TRIES, *ground.shape), np.float32)
    for index, events in enumerate(events_of_rows(strokes)):
        canvas.write(ground)
        brush.set_colour(colours[index])
        brush.set_radius(float(strokes[index, RADIUS]))
        canvas.stroke(brush, events, index)
        after[index] = canvas.read() / np.float32(ONE)
    return (ground / np.float32(ONE)).astype(np.float32), after
