"""The brushes that suit a reference: its own, if it tells them and they have dreams, or else the nearest of ours."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32, Float64
from dreambrush.dream.wet import is_wet
from dreambrush.errors import BrushError, ModelError
from dreambrush.models.catalogue import BrushFile, find_brush, list_brushes
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint
from dreambrush.reference.medium import FITTED_WITH, suited_brushes
from dreambrush.strokes import Strokes

FITTED = 1500  # strokes, with which brushes are tried
EFFORT = 2
MOST, NEARLY = 2, 1.25  # brushes that are taken; times as far as the nearest that the second may be
MOST_OWN, LEAST_SHARE = 4, 0.1  # of the reference's own brushes; share of the paint that each has laid
GRAINY = ("charcoal", "pencil", "coloured-pencil", "pastel")  # no good where paint covers everything
PAPER = 0.2  # share of open ground, from which on they are tried
USUAL = ("bristle", "gouache")  # where nothing can be tried


def own_brushes(strokes: Strokes, seen: Float64) -> list[str]:
    """The names of brushes that laid most of the visible paint, as far as they have dreams.

    Args:
        strokes: n strokes.
        seen: (n,) visible area of each.
    """
    share = np.bincount(strokes.brush, seen, len(strokes.brushes)) / max(float(seen.sum()), 1e-9)
    found = []
    for number in np.argsort(-share, kind="stable")[:MOST_OWN]:
        brush = _with_dream(strokes.brushes[number])
        if share[number] >= LEAST_SHARE and brush is not None and brush.name not in found:
            found.append(brush.name)
    return found


def nearest_brushes(picture: Float32, open_: float, seed: int = 0) -> list[str]:
    """The names of our dry brushes whose marks look most like those in a picture.

    A wet one would have to paint all on one layer.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1.
        open_: share of it where the ground shows, 0..1.
        seed: of the strokes with which brushes are tried.
    """
    options = PaintOptions(effort=EFFORT, hand=0.0)
    strokes = paint(picture, find_brush(FITTED_WITH), FITTED, seed, options=options).strokes
    dry = [
        brush
        for brush in list_brushes()
        if brush.dream is not None and not is_wet(brush.dream_folder()) and (open_ > PAPER or brush.name not in GRAINY)
    ]
    found = suited_brushes(picture, strokes, dry)
    near = [name for name, distance in found[:MOST] if distance <= NEARLY * found[0][1]]
    return near or list(USUAL)


def _with_dream(name: str) -> BrushFile | None:
    """The brush of that name, if there is one that has a dream."""
    try:
        brush = find_brush(name.removeprefix("dreambrush/"))
        brush.dream_folder()
    except (BrushError, ModelError):
        return None
    return brush
