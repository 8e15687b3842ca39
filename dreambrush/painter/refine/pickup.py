"""Wet strokes laid over each other in the dream: each picks up paint from the canvas that those before it left.

A wet stroke's paint, at a point, is

    paint = own colour + kept before + carried sum_j weight_j S_j + (1 - own - kept - carried) base,

and its coverage lays that paint as it lays a colour (see compositing.py).  S_j is what the brush finds around node j of
its path before the stroke: what is seen there.  A brush sees only the layer that it paints on.  So all that wet strokes
may touch lies on one layer, and where that is transparent the base shows: the ground, or what lies below.

Strokes are laid one by one, for each needs the whole canvas before it.  Compiled code does that well, numpy slowly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dreambrush.arrays import Float32, Floats, Int64, Mask
from dreambrush.dream.pigment import Pigment
from dreambrush.dream.wet import PLACES, WetPaint
from dreambrush.kernel.library import Compiled, compiled
from dreambrush.painter.refine.asked import Asked
from dreambrush.painter.refine.compositing import Composite, Gradients
from dreambrush.painter.refine.fragments import Fragments
from dreambrush.steady import dot3

DRY = -1


@dataclass(frozen=True)
class Pickup:
    """Where k strokes pick up paint, and what they make of it at n fragments.

    Attributes:
        brush: (k,) int64 row of each stroke's brush in ``taps``; DRY for strokes that pick up nothing.
        nodes: (k, m, 2) float32 where paint is picked up, x and y in pixels.
        radius: (k,) float32 in pixels.
        taps: (b, t, 3) float32 where each brush looks around a node: x and y in radii, and weight.
        paint: of what the paint consists where that was asked, as :class:`~dreambrush.dream.wet.WetDream` tells it.
        base: (cells, 3) float32 what is seen where no paint is.
        across: number of cells in a row.
        down: number of rows.
        size: side of a cell in pixels.
        slack: how far from the base a cell may be that still counts as bare.
        asked: where it was asked; None for at each fragment.
        per_lane: how many nodes follow each other on the path.
    """

    brush: Int64
    nodes: Floats
    radius: Floats
    taps: Floats
    paint: WetPaint
    base: Floats
    across: int
    down: int
    size: float
    asked: Asked | None = None
    per_lane: int = PLACES
    slack: float = 0.0

    def at_fragments(self, fragments: Fragments) -> Pickup:
        """The same, with ``paint`` at each fragment."""
        if self.asked is None:
            return self
        row, after, part = self.asked.rows(fragments)

        def between(each: Floats) -> Floats:
            share = part if each.ndim == 1 else part[:, None]
            return np.asarray(each[row] + share * (each[after] - each[row]))

        return replace(self, paint=WetPaint(*map(between, self.paint)), asked=None)

    def places(self, stroke: int) -> tuple[Int64, Floats, Mask]:
        """The cells that a stroke reads (m, t), the weight of each tap (t,), and whether it is on the canvas (m, t)."""
        taps = self.taps[self.brush[stroke]]
        per_pixel = np.float32(1.0 / self.size)
        at = (self.nodes[stroke][:, None] + taps[:, :2] * self.radius[stroke]) * per_pixel
        x, y = at[..., 0], at[..., 1]
        inside = (x >= 0) & (x < self.across) & (y >= 0) & (y < self.down)
        column = np.clip(x, 0, self.across - 1).astype(np.int64)
        row = np.clip(y, 0, self.down - 1).astype(np.int64)
        return row * self.across + column, taps[:, 2], inside

    def cover(self, canvas: Floats) -> Floats | None:
        """How much paint there is on each cell (cells,) of a canvas (cells, 3); None where that makes no difference.

        It makes none where the base is the same everywhere.  Elsewhere a cell that shows the base counts as bare, and
        any other as covered.
        """
        if not self.base.strides[0] or (self.base == self.base[:1]).all():
            return None
        return self.covered(canvas)

    def covered(self, canvas: Floats) -> Floats:
        """1 for each cell (cells,) of a canvas (cells, 3) that has paint, 0 for those that are bare."""
        return np.asarray((np.abs(canvas - self.base) > self.slack).any(1), canvas.dtype)

    def found(self, stroke: int, canvas: Floats, cover: Floats | None = None) -> Floats:
        """What a stroke finds at its nodes.

        Args:
            stroke: its number.
            canvas: (cells, 3) what is seen.
            cover: (cells,) how much paint there is, if it makes a difference.

        Returns:
            (m, 4) colour and how much paint there is.  Where there is a cover, it is the colour of the paint alone,
            premultiplied; else it is what is seen, and all is paint.
        """
        at, weights, inside = self.places(stroke)
        seen = np.where(inside[..., None], canvas[at], self.base[at])
        paint = np.ones(at.shape, canvas.dtype) if cover is None else np.where(inside, cover[at], 0)
        found = np.concatenate([seen - (1 - paint)[..., None] * self.base[at], paint[..., None]], -1)
        return np.asarray((weights[:, None] * found).sum(1))

    def mixed(self, some: slice, at: Int64, under: Floats, found: Floats) -> tuple[Floats, Floats]:
        """Of what paint consists at some fragments of one stroke.

        Args:
            some: numbers of the fragments.
            at: (p,) their cells.
            under: (p, 3) what lies there.
            found: (m, 4) of :meth:`found`.

        Returns:
            The share of the brush's own colour (p,), and what else there is (p, 3).
        """
        own, kept, carried, weights = (each[some] for each in self.paint)
        memory = weights @ found
        picked = memory[:, :3] + (1 - memory[:, 3:]) * self.base[at]
        rest = carried[:, None] * picked + kept[:, None] * under
        return own, rest + (1 - own - kept - carried)[:, None] * self.base[at]

    def covering(self, some: slice, cover: Floats, found: Floats) -> Floats:
        """How much of the paint (p,) is opaque at some fragments, over a cover (p,)."""
        own, kept, carried, weights = (each[some] for each in self.paint)
        return np.asarray(own + carried * (weights @ found[:, 3]) + kept * cover)


def rest_alone(canvas: Floats, fragments: Fragments, pickup: Pickup) -> Floats:
    """What paint has besides its own colour (p, 3), if each stroke were laid alone on the canvas (cells, 3)."""
    nothing = np.zeros(len(fragments), canvas.dtype)
    black = np.zeros((len(pickup.brush), 3), canvas.dtype)
    laid = compose_wet(canvas, black, fragments, nothing, nothing, pickup)
    return np.asarray(laid.change + canvas[fragments.cell_id])


def all_own(count: int, nodes: int, dtype: type = np.float32, share: float = 1.0) -> WetPaint:
    """Paint at so many fragments that is the brush's own through and through; or as much of it as a share."""
    nothing: Floats = np.zeros((2, count), dtype)
    return WetPaint(np.full(count, share, dtype), nothing[0], nothing[1], np.zeros((count, nodes), dtype))


@dataclass(frozen=True)
class WetComposite(Composite):
    """What wet strokes make of n cells.

    Attributes:
        samples: (k, m, 4) what each stroke found at its nodes; see :meth:`Pickup.found`.
    """

    samples: Floats


@dataclass(frozen=True)
class WetGradients(Gradients):
    """Gradients of the error, also with respect to what wet strokes pick up.

    Attributes:
        paint: (p,) and (p, m) gradients with respect to own, kept, carried and weights, at each fragment or where else
            these were told; empty if they were not asked for.
        nodes: (k, m, 2) gradients with respect to the places of the nodes.
    """

    paint: WetPaint
    nodes: Float32


def compose_wet(
    canvas: Floats,
    colours: Floats,
    fragments: Fragments,
    mean: Floats,
    variance: Floats,
    pickup: Pickup,
    shift: Floats | None = None,
) -> WetComposite:
    """Lays strokes of which some are wet; arguments as of :func:`~dreambrush.painter.refine.compositing.compose`."""
    canvas, doubt = canvas.copy(), np.zeros(len(canvas), canvas.dtype)
    change, before = np.empty((len(fragments), 3), canvas.dtype), np.empty(len(fragments), canvas.dtype)
    samples = np.zeros((*pickup.nodes.shape[:2], 4), canvas.dtype)
    cover = pickup.cover(canvas)
    composite = WetComposite(canvas, doubt, change, before, fragments.cell_id, samples)
    c = compiled() if canvas.dtype == np.float32 else None
    if c is not None:
        made = [c.floats(array) for array in (doubt, change, before, samples)]
        given = _given(c, colours, fragments, mean, variance, pickup, shift)
        painted = c.ffi.NULL if cover is None else c.floats(cover)
        wide = c.floats(np.empty((len(canvas), 4), np.float32))
        _check(c.lib.db_compose_wet(*given, wide, c.floats(canvas), painted, *made))
        return composite
    pickup = pickup.at_fragments(fragments)
    for stroke in range(len(colours)):
        some = slice(fragments.starts[stroke], fragments.starts[stroke + 1])
        at = fragments.cell_id[some]
        under, doubtful, share, spread = canvas[at], doubt[at], mean[some], variance[some]
        colour = colours[stroke] if shift is None else colours[stroke] + shift[some]
        if pickup.brush[stroke] == DRY:
            added, paint = colour - under, np.ones_like(share)
        else:
            samples[stroke] = pickup.found(stroke, canvas, cover)
            own, rest = pickup.mixed(some, at, under, samples[stroke])
            added = own[:, None] * colour + rest - under
            if cover is not None:
                paint = pickup.covering(some, cover[at], samples[stroke])
        if cover is not None:
            cover[at] += share * (paint - cover[at])
        canvas[at] = under + share[:, None] * added
        doubt[at] = ((1 - share) ** 2 + spread) * doubtful + spread * dot3(added, added)
        change[some], before[some] = added, doubtful
    return composite


def wet_gradients(
    composite: WetComposite,
    target: Floats,
    weight: Floats,
    colours: Floats,
    fragments: Fragments,
    mean: Floats,
    variance: Floats,
    pickup: Pickup,
    shift: Floats | None = None,
    by_paint: bool = True,
    pigment: Pigment | None = None,
) -> WetGradients:
    """How the error changes; see :func:`~dreambrush.painter.refine.compositing.gradients`.

    How much paint there is on an uneven base counts as fixed.  Whether gradients with respect to what paint consists of
    are wanted, ``by_paint`` says.
    """
    dtype, n, k = composite.canvas.dtype, len(fragments), len(colours)
    c = compiled() if dtype == np.float32 else None
    by_canvas, by_doubt = composite.pulls(target, weight, pigment)
    canvas, seen = composite.canvas.copy(), weight.astype(dtype)
    by_mean, by_variance = np.zeros((2, n), dtype)
    told = (len(pickup.paint.own) if c is not None else n) if by_paint else 0
    by = all_own(told, pickup.nodes.shape[1], dtype.type, 0.0)
    by_nodes = np.zeros(pickup.nodes.shape, dtype)
    by_colour, visible = np.zeros((k, 3)), np.zeros(k)
    if c is not None:
        given = _given(c, colours, fragments, mean, variance, pickup, shift)
        known = [
            c.floats(np.ascontiguousarray(each)) for each in (composite.change, composite.before, composite.samples)
        ]
        used = [
            c.floats(np.ascontiguousarray(each, np.float32))
            for each in (*map(_wide, (canvas, by_canvas)), by_doubt, seen)
        ]
        shares = [c.floats(each) if by_paint else c.ffi.NULL for each in by]
        made = [c.floats(by_mean), c.floats(by_variance), *shares, c.floats(by_nodes)]
        _check(c.lib.db_compose_wet_back(*given, *known, *used, *made, c.doubles(by_colour), c.doubles(visible)))
        return WetGradients(by_mean, by_variance, by_colour, 2 * visible, by, by_nodes)
    told_of, pickup = pickup, pickup.at_fragments(fragments)
    for stroke in reversed(range(k)):
        some = slice(fragments.starts[stroke], fragments.starts[stroke + 1])
        at, share, spread = fragments.cell_id[some], mean[some], variance[some]
        change, doubt = composite.change[some], composite.before[some]
        pull, heavy = by_canvas[at], by_doubt[at]
        by_mean[some] = dot3(pull, change) - 2 * (1 - share) * doubt * heavy
        by_variance[some] = heavy * (doubt + dot3(change, change))
        passed = share[:, None] * pull + (2 * heavy * spread)[:, None] * change
        canvas[at] -= share[:, None] * change
        by_doubt[at] = heavy * ((1 - share) ** 2 + spread)
        wet = pickup.brush[stroke] != DRY
        own, kept, carried, weights = (each[some] for each in pickup.paint)
        part = own if wet else np.ones_like(share)
        by_colour[stroke] = (part[:, None] * passed).sum(0)
        visible[stroke] = (seen[at] * (share + spread) * part * part).sum()
        seen[at] *= 1 - share
        if not wet:
            by_canvas[at] = pull - passed
            continue
        by_canvas[at] = pull - (1 - kept)[:, None] * passed
        colour = colours[stroke] if shift is None else colours[stroke] + shift[some]
        base, found = pickup.base[at], composite.samples[stroke]
        carries = carried[:, None] * passed
        if by_paint:
            memory = weights @ found
            by.own[some], by.kept[some] = dot3(passed, colour - base), dot3(passed, canvas[at] - base)
            by.carried[some] = dot3(passed, memory[:, :3] - memory[:, 3:] * base)
            by.weights[some] = carries @ found[:, :3].T - dot3(carries, base)[:, None] * found[:, 3]
        _put_back(pickup, stroke, canvas, weights.T @ carries, by_canvas, by_nodes[stroke])
    by = _told(told_of, fragments, by) if by_paint else by
    return WetGradients(by_mean, by_variance, by_colour, 2 * visible, by, by_nodes)


def _told(pickup: Pickup, fragments: Fragments, by: WetPaint) -> WetPaint:
    """Gradients with respect to what paint consists of where that was told, from those at fragments."""
    if pickup.asked is None:
        return by
    (row, after, part), count = pickup.asked.rows(fragments), len(pickup.paint.own)

    def gathered(each: Floats) -> Floats:
        share, total = part if each.ndim == 1 else part[:, None], np.zeros((count, *each.shape[1:]), each.dtype)
        np.add.at(total, row, (1 - share) * each)
        np.add.at(total, after, share * each)
        return total

    return WetPaint(*map(gathered, by))


def _wide(colours: Floats) -> Floats:
    """Colours (cells, 3) with a fourth number, which is 0."""
    wide = np.zeros((len(colours), 4), colours.dtype)
    wide[:, :3] = colours
    return wide


def _put_back(
    pickup: Pickup, stroke: int, canvas: Floats, by_samples: Floats, by_canvas: Floats, by_nodes: Floats
) -> None:
    """How samples change with the cells that were read, and with the nodes: with the slope of the canvas there."""
    at, weights, inside = pickup.places(stroke)
    row, column = at // pickup.across, at % pickup.across
    pull = weights[:, None] * by_samples[:, None] * inside[..., None]
    np.add.at(by_canvas, at, pull)
    for axis, (place, count, step) in enumerate(((column, pickup.across, 1), (row, pickup.down, pickup.across))):
        ahead, behind = np.where(place + 1 < count, at + step, at), np.where(place > 0, at - step, at)
        by_nodes[:, axis] = 0.5 / pickup.size * (pull * (canvas[ahead] - canvas[behind])).sum((1, 2))


def _given(
    c: Compiled,
    colours: Floats,
    fragments: Fragments,
    mean: Floats,
    variance: Floats,
    pickup: Pickup,
    shift: Floats | None,
) -> list[object]:
    """What both of the kernel's functions are given first."""

    def floats(array: Floats) -> object:
        return c.floats(np.ascontiguousarray(array, np.float32))

    taps, where = pickup.taps, pickup.asked
    if where is None:
        asked = [c.integers(fragments.starts), c.integers(np.zeros(len(colours), np.int64)), c.ffi.NULL]
    else:
        asked = [c.integers(where.at.starts), c.integers(where.places), floats(where.along)]
    return [
        len(colours),
        c.integers(fragments.starts),
        c.integers(fragments.cell_id),
        c.integers(pickup.brush),
        pickup.nodes.shape[1],
        floats(pickup.nodes),
        floats(pickup.radius),
        taps.shape[1],
        floats(taps[..., :2]),
        floats(taps[..., 2]),
        pickup.size,
        pickup.across,
        pickup.down,
        floats(colours),
        c.ffi.NULL if shift is None else floats(shift),
        floats(mean),
        floats(variance),
        *asked,
        *(floats(each) for each in pickup.paint),
        floats(pickup.base),
    ]


def _check(answer: int) -> None:
    if answer:
        raise ValueError("Expected fewer nodes")
