"""Colours divided by rule: dots of few pure colours that mix to the colours of a picture in the eye.

What one dot is off by, its neighbours make good (error diffusion; Floyd and Steinberg, "An adaptive algorithm for
spatial greyscale", 1976, here on places that lie on no grid).  The eye mixes light, so what is off is counted in light.
"""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32, Float64
from dreambrush.painter.gain import Snap

NEIGHBOURS = 4  # that make good what a dot is off by
AHEAD = 160  # dots, of those next from top to bottom, among which neighbours are looked for
HANDED_ON = 0.9  # share of it; with all of it, colours that no dots can mix to would pile up
MOST = 0.15  # light beyond what there is, that a dot may be asked for


def divided(places: Float32, colours: Float32, snap: Snap) -> Float32:
    """The colours of dots.

    Args:
        places: (n, 2) x and y of the dots.
        colours: (n, 3) of the picture there, sRGB 0..1.
        snap: brings colours to those that there are.

    Returns:
        (n, 3) sRGB 0..1, each of them one of those that there are.
    """
    order = np.lexsort((places[:, 0], places[:, 1]))
    where, wanted = places[order].astype(np.float64), _light(colours[order])
    found = np.empty_like(colours)
    for index in range(len(order)):
        wished = np.clip(wanted[index], -MOST, 1 + MOST)
        chosen = snap(_shown(np.clip(wished, 0, 1))[None])[0]
        found[order[index]] = chosen
        ahead = where[index + 1 : index + 1 + AHEAD]
        off = HANDED_ON * (wished - _light(chosen))
        near = np.argsort(((ahead - where[index]) ** 2).sum(1), kind="stable")[:NEIGHBOURS]
        if len(near):
            wanted[index + 1 + near] += off / len(near)
    return found


def _light(colours: Float32) -> Float64:
    """Light of colours: squares are near enough to it, and the same on every processor."""
    return np.asarray(np.square(colours, dtype=np.float64))


def _shown(light: Float64) -> Float32:
    return np.asarray(np.sqrt(light), np.float32)
