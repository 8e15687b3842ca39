"""Strokes laid over each other in the dream: the expected canvas, its variance, and the gradient of the squared error.

With mean m and variance v of a stroke's alpha, its colour c and the canvas before it of mean C and variance V (summed
over the channels), the canvas after it has, alphas being independent of each other,

    mean C + m (c - C)    and variance ((1 - m)^2 + v) V + v |c - C|^2.

The expected squared error against a target T is |T - C|^2 + V, weighted and summed over the cells.

Paint that mixes like pigment is laid in the same way, but its colours and canvases are in bands (dream/pigment.py).
The error is that of display sRGB all the same; ``pigment`` says which display sRGB belongs to bands.

numpy does not lay strokes one by one.  All fragments that lie first on their cells are laid at once, then all that lie
second, and so on.  Compiled code goes from fragment to fragment.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dreambrush.arrays import Float64, Floats, Int64
from dreambrush.dream.pigment import Pigment
from dreambrush.kernel.library import Compiled, compiled
from dreambrush.painter.refine.fragments import Fragments
from dreambrush.steady import dot3


def stacked(cell_id: Int64) -> list[Int64]:
    """Fragments (n,) by how many others lie below them on the same cell: first those on the bare canvas."""
    if not len(cell_id):
        return []
    order = np.argsort(cell_id, kind="stable")
    there = cell_id[order]
    position = np.arange(len(cell_id))
    begins = np.concatenate([[True], there[1:] != there[:-1]])
    depth = position - np.maximum.accumulate(np.where(begins, position, 0))
    by_depth = np.argsort(depth, kind="stable")
    return np.split(order[by_depth], np.cumsum(np.bincount(depth))[:-1])


@dataclass(frozen=True)
class Composite:
    """What strokes make of n cells.

    Attributes:
        canvas: (n, 3) expected colours.
        variance: (n,) variance of the colours, summed over the channels.
        change: (p, 3) of each fragment, the stroke's colour minus the canvas before it.
        before: (p,) variance of the canvas before each fragment.
        cell_id: (p,) the cell of each fragment.
    """

    canvas: Floats
    variance: Floats
    change: Floats
    before: Floats
    cell_id: Int64

    @cached_property
    def layers(self) -> list[Int64]:
        """Fragments by depth."""
        return stacked(self.cell_id)

    def errors(self, target: Floats, weight: Floats, pigment: Pigment | None = None) -> Float64:
        """Expected squared error (n,) against a target (n, 3), weighted by (n,), summed over the channels."""
        canvas, variance = self.canvas, self.variance
        if pigment is not None:
            canvas, variance = pigment.shown(canvas), variance * _steep(pigment, canvas)
        return np.asarray((np.square(canvas - target).sum(1, dtype=np.float64) + variance) * weight)

    def error(self, target: Floats, weight: Floats, pigment: Pigment | None = None) -> float:
        """The sum of :meth:`errors`."""
        return float(self.errors(target, weight, pigment).sum())

    def pulls(self, target: Floats, weight: Floats, pigment: Pigment | None = None) -> tuple[Floats, Floats]:
        """How :meth:`error` changes with the canvas (n, 3), and with its variance (n,)."""
        heavy = weight.astype(self.canvas.dtype)
        if pigment is None:
            return 2 * weight[:, None] * (self.canvas - target), heavy
        by_shown = 2 * weight[:, None] * (pigment.shown(self.canvas) - target)
        return pigment.by_bands(self.canvas, by_shown), heavy * _steep(pigment, self.canvas)


def compose(
    canvas: Floats,
    colours: Floats,
    fragments: Fragments,
    mean: Floats,
    variance: Floats,
    shift: Floats | None = None,
) -> Composite:
    """Lays strokes.

    Args:
        canvas: (n, 3) before the first stroke; it is not changed.
        colours: (k, 3).
        fragments: p of the strokes on the n cells.
        mean: (p,) mean of alpha.
        variance: (p,) variance of alpha.
        shift: (p, 3) what the brush adds to its colour there; None if it adds nothing.
    """
    canvas, doubt = canvas.copy(), np.zeros(len(canvas), canvas.dtype)
    change, before = np.empty((len(fragments), 3), canvas.dtype), np.empty(len(fragments), canvas.dtype)
    cell_id = fragments.cell_id
    c = _compiled(canvas, mean, variance)
    if c is not None:
        given = [np.ascontiguousarray(array, np.float32) for array in (colours, mean, variance)]
        added = c.ffi.NULL if shift is None else c.floats(np.ascontiguousarray(shift, np.float32))
        colour, share, spread = (c.floats(array) for array in given)
        made = [c.floats(array) for array in (canvas, doubt, change, before)]
        c.lib.db_compose(
            len(cell_id), c.integers(cell_id), c.integers(fragments.stroke_id), colour, added, share, spread, *made
        )
        return Composite(canvas, doubt, change, before, cell_id)
    composite = Composite(canvas, doubt, change, before, cell_id)
    for pairs in composite.layers:
        at, share, spread = fragments.cell_id[pairs], mean[pairs], variance[pairs]
        under, doubtful = canvas[at], doubt[at]
        colour = colours[fragments.stroke_id[pairs]]
        added = (colour if shift is None else colour + shift[pairs]) - under
        canvas[at] = under + share[:, None] * added
        doubt[at] = ((1 - share) ** 2 + spread) * doubtful + spread * dot3(added, added)
        change[pairs], before[pairs] = added, doubtful
    return composite


@dataclass(frozen=True)
class Gradients:
    """Gradients of the error.

    Attributes:
        grad_mean: (p,) gradient with respect to the mean of alpha at each fragment.
        grad_variance: (p,) gradient with respect to the variance of alpha at each fragment.
        grad_colour: (k, 3) gradient with respect to the strokes' colours.
        curvature: (k,) an upper bound of the second derivative by a colour and all other colours at once; a step
            of ``grad_colour / curvature`` for all strokes together never overshoots (diagonal majoriser).
    """

    grad_mean: Floats
    grad_variance: Floats
    grad_colour: Floats
    curvature: Floats


def gradients(
    composite: Composite,
    target: Floats,
    weight: Floats,
    fragments: Fragments,
    mean: Floats,
    variance: Floats,
    pigment: Pigment | None = None,
) -> Gradients:
    """How :meth:`Composite.error` changes (backpropagation by hand); arguments as in :func:`compose`.

    With pigment, the curvature is that of the same strokes and weights without.
    """
    by_canvas, by_doubt = composite.pulls(target, weight, pigment)
    dtype = composite.canvas.dtype
    seen = weight.astype(dtype)
    c = _compiled(composite.canvas, mean, variance, by_canvas)
    if c is not None:
        return _compiled_gradients(c, composite, fragments, mean, variance, (by_canvas, by_doubt, seen))
    grad_mean, grad_variance, visible = (np.empty(len(fragments), dtype) for _ in range(3))
    by_change = np.empty((len(fragments), 3), dtype)
    for pairs in reversed(composite.layers):
        at, share, spread = fragments.cell_id[pairs], mean[pairs], variance[pairs]
        change, doubt = composite.change[pairs], composite.before[pairs]
        pull, heavy = by_canvas[at], by_doubt[at]
        grad_mean[pairs] = dot3(pull, change) - 2 * (1 - share) * doubt * heavy
        grad_variance[pairs] = heavy * (doubt + dot3(change, change))
        passed = share[:, None] * pull + (2 * heavy * spread)[:, None] * change
        by_change[pairs] = passed
        by_canvas[at] = pull - passed
        by_doubt[at] = heavy * ((1 - share) ** 2 + spread)
        visible[pairs] = seen[at] * (share + spread)
        seen[at] *= 1 - share
    count = len(fragments.starts) - 1
    grad_colour = np.stack([np.bincount(fragments.stroke_id, by_change[:, i], count) for i in range(3)], 1).astype(
        np.float64
    )
    curvature = 2 * np.bincount(fragments.stroke_id, visible, count).astype(np.float64)
    return Gradients(grad_mean, grad_variance, grad_colour, curvature)


def _steep(pigment: Pigment, canvas: Floats) -> Floats:
    """How much of a variance (n,) of bands is one of display sRGB, at bands (n, 3)."""
    return np.asarray(np.square(pigment.steepness(canvas)).sum(1) / 3)


def _compiled(*arrays: Floats) -> Compiled | None:
    """The kernel, if all numbers are float32, which is all that it knows."""
    return compiled() if all(array.dtype == np.float32 for array in arrays) else None


def _compiled_gradients(
    c: Compiled,
    composite: Composite,
    fragments: Fragments,
    mean: Floats,
    variance: Floats,
    by_cells: tuple[Floats, Floats, Floats],
) -> Gradients:
    """The same by compiled code, from the gradients by the finished canvas, its variance, and what is still seen."""
    count, n = len(fragments.starts) - 1, len(fragments)
    grad_mean, grad_variance = np.empty((2, n), np.float32)
    grad_colour, curvature = np.zeros((count, 3)), np.zeros(count)
    given = [np.ascontiguousarray(array) for array in (mean, variance, composite.change, composite.before, *by_cells)]
    c.lib.db_compose_back(
        n,
        c.integers(fragments.cell_id),
        c.integers(fragments.stroke_id),
        *(c.floats(array) for array in (*given, grad_mean, grad_variance)),
        c.doubles(grad_colour),
        c.doubles(curvature),
    )
    return Gradients(grad_mean, grad_variance, grad_colour, 2 * curvature)


@dataclass(frozen=True)
class Contributions:
    """What each stroke contributes to the finished picture.

    Attributes:
        cost: (k,) how much the squared error would grow without each stroke.
        visible: (k,) share of its paint that is still seen, 0..1.
    """

    cost: Floats
    visible: Floats


def contributions(
    composite: Composite,
    target: Floats,
    weight: Floats,
    fragments: Fragments,
    mean: Floats,
    pigment: Pigment | None = None,
) -> Contributions:
    """What every stroke contributes; exact, for the expected colours are linear in each single stroke."""
    left = np.ones(len(composite.canvas), composite.canvas.dtype)
    visible = np.empty(len(fragments), composite.canvas.dtype)
    for pairs in reversed(composite.layers):
        at, share = fragments.cell_id[pairs], mean[pairs]
        visible[pairs] = left[at] * share
        left[at] *= 1 - share
    change = visible[:, None] * composite.change  # change of the finished canvas that the stroke causes
    if pigment is None:
        without = (composite.canvas - target)[fragments.cell_id] - change
        with_it = without + change
    else:
        with_it = (pigment.shown(composite.canvas) - target)[fragments.cell_id]
        without = pigment.shown(composite.canvas[fragments.cell_id] - change) - target[fragments.cell_id]
    grows = weight[fragments.cell_id] * (np.square(without).sum(1) - np.square(with_it).sum(1))
    count = len(fragments.starts) - 1
    paint = np.bincount(fragments.stroke_id, mean, count)
    seen = np.bincount(fragments.stroke_id, visible, count) / np.maximum(paint, 1e-6)
    return Contributions(np.bincount(fragments.stroke_id, grows, count).astype(np.float64), seen)
