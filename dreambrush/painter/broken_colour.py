"""Broken colour: strokes differ from those beside them as much as the strokes of a reference do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dreambrush.arrays import Float32, Float64, Int64
from dreambrush.bezier import RADIUS, path_nodes
from dreambrush.manner.colours import colours_and_shares
from dreambrush.manner.distribution import at_levels, ranks
from dreambrush.manner.manner import PLACES, Manner, StrokeGroup
from dreambrush.painter.gain import Snap
from dreambrush.painter.in_manner import InManner
from dreambrush.painter.measure.figures import neighbours
from dreambrush.painter.sketch import Sketch
from dreambrush.pictures.palette import from_oklab, oklab

LEAST_AWAY = 0.03  # distance in Oklab below which a swatch says which way a colour goes
MOST_BROKEN = 0.06  # distance in Oklab that a colour moves at most
NEAR_SWATCH = 0.12  # distance in Oklab from which on swatches are hardly picked


def broken(shaper: InManner, sketch: Sketch, part: slice, seed: int, snap: Snap | None = None) -> Sketch:
    """Breaks the colours of some strokes: they differ from those beside them as much as the reference's do.

    A stroke goes farther the way that it differs already.  Where it hardly does, it goes towards a colour of the
    reference that is not far.

    Args:
        shaper: knows the manner, and the places of the picture.
        sketch: of k strokes.
        part: which of them change; the others are looked at.
        seed: of the painting.
        snap: brings colours to those that may be used; None if any colour may.
    """
    strokes, count = sketch.strokes, len(sketch)
    if count < 2:
        return sketch
    middle, radius = path_nodes(strokes, 2)[:, 1], strokes[:, RADIUS]
    near, _ = neighbours(middle.astype(np.float64), np.log2(radius.astype(np.float64)))
    lab = oklab(sketch.colours)
    usual = lab[near].mean(1)
    away = lab - usual
    far = np.sqrt((away**2).sum(1))
    little = np.clip(1 - far / LEAST_AWAY, 0, 1)[:, None]
    away += (
        shaper.likeness * little * LEAST_AWAY * _stray(shaper.manner, usual, np.random.default_rng(seed).random(count))
    )
    far = np.maximum(np.sqrt((away**2).sum(1)), 1e-6)
    wanted, place = far.copy(), shaper.place_of(middle)
    for number, name in enumerate(PLACES):
        groups = shaper.manner.of_place(name)
        some = np.flatnonzero(place == number)
        if not len(some) or any("step" not in group.figures for group in groups):
            continue
        breadth = _breadth_of(radius[some], groups, max(shaper.size))
        for index, group in enumerate(groups):
            these = some[breadth == index]
            if len(these):
                wanted[these] = at_levels(group.figures["step"], ranks(far[these]))
    share = 1 + shaper.likeness * (np.clip(wanted - far, -MOST_BROKEN, MOST_BROKEN) / far)
    colours = sketch.colours.copy()
    strayed = from_oklab(usual[part] + (share[:, None] * away)[part])
    colours[part] = strayed if snap is None or not len(strayed) else snap(strayed)
    return replace(sketch, colours=colours)


def _stray(manner: Manner, lab: Float64, chance: Float64) -> Float64:
    """Ways of length 1 (k, 3) from colours (k, 3), Oklab, towards swatches that chance (k,), 0..1, picks."""
    theirs, shares = colours_and_shares(manner.swatches)
    apart = theirs - lab[:, None]
    odds = shares * np.exp(-(apart**2).sum(2) / (2 * NEAR_SWATCH**2)) + 1e-9 * shares
    total = np.cumsum(odds, 1)
    picked = (total < chance[:, None] * total[:, -1:]).sum(1)
    way = apart[np.arange(len(lab)), np.minimum(picked, len(theirs) - 1)]
    return np.asarray(way / np.maximum(np.sqrt((way**2).sum(1, keepdims=True)), 1e-6))


def _breadth_of(radius: Float32, groups: tuple[StrokeGroup, ...], side: int) -> Int64:
    """The number of the group (k,) that has such radii (k,) in pixels, on a canvas with that longer side."""
    ends = [group.figures["width"][0] * side / 200 for group in groups[:-1]]
    return np.asarray((radius[:, None] < np.array(ends)).sum(1), np.int64)
