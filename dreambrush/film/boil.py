"""Boil: the wanted liveliness of drawn films, in which no two drawings are quite alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dreambrush.arrays import Int64
from dreambrush.bezier import PATH, RADIUS
from dreambrush.painter.sketch import Sketch

WIGGLE = 0.6  # of the radius: standard deviation of the points of a path, at boil 1
TINT = 0.04  # of a channel: the same of colours


def boiled(sketch: Sketch, number: Int64, boil: float, seed: int) -> Sketch:
    """A sketch whose strokes wiggle about their places; another seed gives another drawing.

    The next drawing begins with the strokes as they are, so that they do not stray.

    Args:
        sketch: k strokes.
        number: (k,) which strokes they are: how one wiggles does not depend on the others.
        boil: how far, 0 for not at all, to 1.
        seed: of the drawing.
    """
    if not boil or not len(sketch):
        return sketch
    wiggle = np.array([np.random.default_rng((seed, stroke)).standard_normal(9) for stroke in number.tolist()])
    strokes = sketch.strokes.copy()
    strokes[:, PATH] += (boil * WIGGLE * wiggle[:, :6]) * strokes[:, RADIUS, None]
    colours = sketch.colours + boil * TINT * wiggle[:, 6:]
    return replace(sketch, strokes=strokes, colours=np.clip(colours, 0, 1).astype(np.float32))
