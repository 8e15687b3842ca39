"""What kind of brush it is, found out by painting with it: settings alone do not tell what a brush ends up doing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.train.collect.strokes import paint_coloured, random_colours, random_strokes

PROBE_STROKES, PROBE_SEED = 100, 20190319
VISIBLE = 64  # of 255: where alpha is less, 8 bits of colour are too coarse to judge by
COLOUR_CHANGE = 8  # of 255: rounding and pigment mode stay under 4
LEAST_SHARE = 0.05  # of the strokes, must have such a pixel
LEAST_ALPHA = 1e-4  # mean over all pictures; one dab of a fine pencil in every stroke is more


@dataclass(frozen=True)
class Probe:
    """What a brush does on an empty canvas.

    Attributes:
        lays_paint: False for erasers, and for blenders, which only move paint.
        changes_colour: its paint is not everywhere of the colour that it was given.
    """

    lays_paint: bool
    changes_colour: bool


def probe(settings: BrushSettings) -> Probe:
    """Paints some random strokes and looks; the same brush gives the same answer.

    Raises:
        BrushError: the brush asks for dabs without end.
    """
    strokes = random_strokes(PROBE_STROKES, PROBE_SEED)
    painted = paint_coloured(settings, strokes, random_colours(PROBE_STROKES, PROBE_SEED))
    assert painted.colour is not None and painted.rgb is not None
    given = np.rint(255 * painted.colour)[:, None, None]
    off = np.abs(painted.rgb - given).max(axis=3) > COLOUR_CHANGE
    changed = (off & (painted.alpha >= VISIBLE)).any(axis=(1, 2))
    return Probe(bool(painted.alpha.mean() / 255 > LEAST_ALPHA), bool(changed.mean() >= LEAST_SHARE))
