"""Strokes that mix like pigment: how they get into the bands of dream/pigment.py, and gradients out of them."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from dreambrush.arrays import Float32, Floats
from dreambrush.dream.pigment import Pigment, as_pigment, by_plain
from dreambrush.dream.wet import WetPaint
from dreambrush.painter.refine.compositing import Gradients
from dreambrush.painter.refine.fragments import Fragments
from dreambrush.painter.refine.pickup import Pickup, WetGradients, compose_wet
from dreambrush.painter.sketch import Sketch

SLACK = 2e-3  # bands; MyPaint's powers are good to 1e-4
FLATTEST, STEEPEST = 0.1, 100.0  # how fast what is seen may change with a colour, squared, for steps of colours


class PlainPaint(NamedTuple):
    """Wet paint as it would be without pigment.

    Attributes:
        paint: of what it consists, at the n places where that was told.
        cover: (n,) how opaque that is which is picked up there, 0..1.
    """

    paint: WetPaint
    cover: Floats


class InBands(NamedTuple):
    """What is laid, in bands.

    Attributes:
        start: (cells, 3) canvas before the first stroke.
        colours: (k, 3) of the strokes.
        shift: (n, 3) what brushes add to their colours; None if they add nothing.
        pickup: what wet strokes pick up, as it is mixed with pigment; None if all brushes are dry.
        plain: the same without pigment; None where that makes no difference.
    """

    start: Float32
    colours: Float32
    shift: Float32 | None
    pickup: Pickup | None
    plain: PlainPaint | None


def in_bands(
    pigment: Pigment,
    canvas: Float32,
    sketch: Sketch,
    fragments: Fragments,
    mean: Float32,
    shift: Float32 | None,
    pickup: Pickup | None,
) -> InBands:
    """Brings into bands what is to be laid.

    Args:
        pigment: how paint mixes.
        canvas: (cells, 3) display sRGB.
        sketch: of k strokes.
        fragments: n of these.
        mean: (n,) mean of alpha.
        shift: (n, 3) display sRGB.
        pickup: on a base in display sRGB, with shares that are right without pigment.
    """
    start, colours, at = pigment.bands(canvas), pigment.bands(sketch.colours), fragments.stroke_id
    if shift is not None:
        shift = pigment.bands(sketch.colours[at] + shift) - colours[at]
    if pickup is None:
        return InBands(start, colours, shift, None, None)
    base = pickup.base
    even = not base.strides[0]
    base = np.broadcast_to(pigment.bands(base[:1]), base.shape) if even else pigment.bands(base)
    pickup = replace(pickup, base=base, slack=SLACK)
    own = pickup.paint.own
    if not ((own > 0) & (own < 1)).any():  # blenders and erasers mix no colour with what they pick up
        return InBands(start, colours, shift, pickup, None)
    told = fragments if pickup.asked is None else pickup.asked.at
    plain = PlainPaint(pickup.paint, found_cover(start, fragments, mean, pickup)[told.stroke_id])
    return InBands(start, colours, shift, replace(pickup, paint=as_pigment(*plain)), plain)


def found_cover(canvas: Floats, fragments: Fragments, mean: Floats, pickup: Pickup) -> Floats:
    """How opaque that is (k,) which each stroke picks up, on the mean along its path.

    Args:
        canvas: (cells, 3) before the first stroke; a cell that shows the base is bare.
        fragments: n of the k strokes.
        mean: (n,) mean of alpha.
        pickup: of the strokes, with shares that are right without pigment.
    """
    bare = np.broadcast_to(np.zeros((1, 3), canvas.dtype), pickup.base.shape)
    white = np.ones((len(pickup.brush), 3), canvas.dtype)
    paint = np.repeat(pickup.covered(canvas)[:, None], 3, 1)
    laid = compose_wet(paint, white, fragments, mean, np.zeros_like(mean), replace(pickup, base=bare))
    return np.asarray(laid.samples[:, : pickup.per_lane, 0].mean(1))


def by_shown(
    by: Gradients,
    pigment: Pigment,
    colours: Floats,
    canvas: Floats,
    fragments: Fragments,
    mean: Floats,
    plain: PlainPaint | None,
) -> Gradients:
    """Gradients by display sRGB of the strokes and by plain shares, from those by bands.

    The gradient by colours is scaled so that one curvature does for all three channels: what is seen may change faster
    with a channel of a colour than the channel itself, or more slowly.

    Args:
        by: gradients by bands.
        pigment: how paint mixes.
        colours: (k, 3) of the strokes, in bands.
        canvas: (cells, 3) after the last stroke, in bands.
        fragments: n of the strokes.
        mean: (n,) mean of alpha.
        plain: wet paint without pigment, if there is any.
    """
    stroke_id, count = fragments.stroke_id, len(colours)
    steep = 1 / np.maximum(pigment.steepness(colours), 1e-6)  # of a colour's bands, by its display sRGB
    squares = np.square(pigment.steepness(canvas))[fragments.cell_id]
    seen = np.stack([np.bincount(stroke_id, mean * squares[:, band], count) for band in range(3)], 1)
    faster = seen / np.maximum(np.bincount(stroke_id, mean, count), 1e-6)[:, None] * np.square(steep)
    by = replace(by, grad_colour=by.grad_colour * steep / np.clip(faster, FLATTEST, STEEPEST))
    if isinstance(by, WetGradients) and plain is not None and len(by.paint.own):
        by = replace(by, paint=by_plain(*plain, by.paint))
    return by
