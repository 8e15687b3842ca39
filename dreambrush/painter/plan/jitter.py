"""Jitter of colour: each stroke strays a little from its best colour, so that a surface has many.

Hertzmann, "Painterly rendering with curved brush strokes of multiple sizes" (1998), section 3, has such parameters for
his styles; here the colour strays in Oklab, where equal steps look about equally large.  With a palette, colours stray
first and then snap to the nearest of the palette.  That is a dither: from afar the strokes mix to the colour that was
meant.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dreambrush.painter.gain import Snap
from dreambrush.painter.sketch import Sketch
from dreambrush.pictures.palette import from_oklab, oklab

FARTHEST = np.array([0.12, 0.16, 0.16])  # standard deviation of lightness, green to red and blue to yellow, at jitter 1


def jittered(sketch: Sketch, part: slice, jitter: float, seed: int, snap: Snap | None = None) -> Sketch:
    """Lets the colours of some strokes stray at random.

    Args:
        sketch: a sketch of k strokes.
        part: which strokes stray; how far a stroke strays depends on its number and the seed only.
        jitter: how far colours stray: 0, not at all, to 1.
        seed: seed of the painting.
        snap: brings colours to those that may be used; None if any colour may.
    """
    noise = np.random.default_rng(seed).standard_normal((len(sketch), 3))[part]
    if not len(noise):
        return sketch
    strayed = from_oklab(oklab(sketch.colours[part]) + jitter * FARTHEST * noise)
    colours = sketch.colours.copy()
    colours[part] = strayed if snap is None else snap(strayed)
    return replace(sketch, colours=colours)
