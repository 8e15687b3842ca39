from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from dreambrush.arrays import Floats
from dreambrush.dream.wet import WetPaint, ring_taps
from dreambrush.kernel.library import LEVELS, NONE, compiled, using
from dreambrush.painter.refine.asked import Asked, every_other, find_seen, pooled, thinned
from dreambrush.painter.refine.compositing import compose, gradients
from dreambrush.painter.refine.fragments import Fragments, all_cells
from dreambrush.painter.refine.pickup import DRY, Pickup, WetComposite, WetGradients, compose_wet, wet_gradients

ACROSS, DOWN, NODES = 7, 5, 3


@dataclass
class WetHeap:
    """Random strokes, some of them wet, each on some cells of a small canvas."""

    canvas: Floats
    target: Floats
    weight: Floats
    colours: Floats
    fragments: Fragments
    mean: Floats
    variance: Floats
    shift: Floats
    pickup: Pickup

    @property
    def laid(self) -> WetComposite:
        return compose_wet(self.canvas, self.colours, self.fragments, self.mean, self.variance, self.pickup, self.shift)

    @property
    def error(self) -> float:
        return self.laid.error(self.target, self.weight)

    @property
    def gradients(self) -> WetGradients:
        given = self.colours, self.fragments, self.mean, self.variance, self.pickup, self.shift
        return wet_gradients(self.laid, self.target, self.weight, *given)

    def as_float32(self) -> WetHeap:
        arrays: Any = {name: np.asarray(value, np.float32) for name, value in vars(self).items() if name not in KEPT}
        paint = WetPaint(*(each.astype(np.float32) for each in self.pickup.paint))
        names, asked = ("nodes", "radius", "taps", "base"), self.pickup.asked
        numbers: Any = {name: getattr(self.pickup, name).astype(np.float32) for name in names}
        if asked is not None:
            numbers["asked"] = replace(asked, along=asked.along.astype(np.float32))
        return replace(self, **arrays, pickup=replace(self.pickup, **numbers, paint=paint))


KEPT = "fragments", "pickup"


def paint_of(*parts: Any) -> WetPaint:
    return WetPaint(*parts)


def wet_heap(seed: int = 0, strokes: int = 6, uneven: bool = False) -> WetHeap:
    rng = np.random.default_rng(seed)
    cells = ACROSS * DOWN
    canvas, target, base = rng.random((3, cells, 3))
    if not uneven:
        base[:] = base[0]
    places = [np.sort(rng.choice(cells, rng.integers(1, cells // 2), replace=False)) for _ in range(strokes)]
    cell_id = np.concatenate(places)
    stroke_id = np.repeat(np.arange(strokes), [len(each) for each in places])
    starts = np.searchsorted(stroke_id, np.arange(strokes + 1))
    fragments = Fragments(cell_id, stroke_id, np.zeros((len(cell_id), 2), np.float32), starts)
    n = len(cell_id)
    mean = rng.random(n)
    shares = rng.dirichlet(np.ones(4), n).T
    taps = np.concatenate([rng.normal(0, 0.5, (2, 4, 2)), rng.dirichlet(np.ones(4), 2)[..., None]], 2)
    pickup = Pickup(
        brush=rng.permutation(np.arange(strokes) % 3 - 1),
        nodes=rng.random((strokes, NODES, 2)) * [2 * ACROSS, 2 * DOWN],
        radius=rng.uniform(1, 4, strokes),
        taps=taps,
        paint=paint_of(*shares[:3], rng.dirichlet(np.ones(NODES), n)),
        base=base,
        across=ACROSS,
        down=DOWN,
        size=2.0,
    )
    spread = mean * (1 - mean) * rng.random(n)
    shift = rng.normal(0, 0.1, (n, 3))
    return WetHeap(
        canvas, target, rng.uniform(0.2, 2, cells), rng.random((strokes, 3)), fragments, mean, spread, shift, pickup
    )


def wet_heap_along(seed: int = 0, strokes: int = 6, uneven: bool = False, places: int = 4) -> WetHeap:
    """The same, told of what paint consists at a few places on each path."""
    heap, rng = wet_heap(seed, strokes, uneven), np.random.default_rng(seed + 100)
    few = np.where(np.arange(strokes) % 2, places, 0)  # of others at their fragments
    counts = np.where(few, few, heap.fragments.counts)
    starts = np.concatenate([[0], np.cumsum(counts)])
    rows = starts[-1]
    shares = rng.dirichlet(np.ones(4), rows).T
    paint = paint_of(*shares[:3], rng.dirichlet(np.ones(NODES), rows))
    along = rng.uniform(0, places - 1, len(heap.mean))
    along[:2] = 0, places - 1
    nowhere = np.zeros(rows, np.int64), np.repeat(np.arange(strokes), counts), np.zeros((rows, 2), np.float32)
    asked = Asked(Fragments(*nowhere, starts), few, along)
    return replace(heap, pickup=replace(heap.pickup, paint=paint, asked=asked))


def test_dry_strokes_are_laid_as_ever() -> None:
    heap = wet_heap()
    dry = replace(heap, pickup=replace(heap.pickup, brush=np.full(6, DRY)))
    given = dry.colours, dry.fragments, dry.mean, dry.variance
    plain = compose(dry.canvas, *given, dry.shift)
    assert dry.laid.canvas == pytest.approx(plain.canvas, abs=1e-12)
    assert dry.laid.variance == pytest.approx(plain.variance, abs=1e-12)
    by = gradients(plain, dry.target, dry.weight, dry.fragments, dry.mean, dry.variance)
    assert dry.gradients.grad_mean == pytest.approx(by.grad_mean, abs=1e-10)
    assert dry.gradients.grad_colour == pytest.approx(by.grad_colour, abs=1e-10)
    assert dry.gradients.curvature == pytest.approx(by.curvature, abs=1e-10)


def test_a_wet_stroke_carries_what_it_picked_up() -> None:
    # One stroke that is wet through lays at its end the colour that lies around its start.
    base = np.zeros((ACROSS * DOWN, 3))
    canvas = base.copy()
    canvas[0] = (1.0, 0.5, 0.25)
    one = np.ones(1)
    fragments = Fragments(np.array([34]), np.array([0]), np.zeros((1, 2), np.float32), np.array([0, 1]))
    pickup = Pickup(
        np.array([0]),
        np.array([[[1.0, 1.0], [13.0, 9.0]]]),
        one,
        np.array([[[0.0, 0.0, 1.0]]]),
        paint_of(0 * one, 0 * one, 0.75 * one, np.array([[1.0, 0.0]])),
        base,
        ACROSS,
        DOWN,
        2.0,
    )
    laid = compose_wet(canvas, np.ones((1, 3)), fragments, one, 0 * one, pickup)
    assert laid.canvas[34] == pytest.approx([0.75, 0.375, 0.1875])  # a quarter shows the base
    assert laid.canvas[:34] == pytest.approx(canvas[:34])


def test_what_lies_beyond_the_canvas_is_the_base() -> None:
    heap = wet_heap()
    far = replace(heap, pickup=replace(heap.pickup, nodes=heap.pickup.nodes + 1000.0))
    wet = far.pickup.brush != DRY
    assert wet.any()
    assert far.laid.samples[wet][..., :3] == pytest.approx(np.tile(far.pickup.base[0], (wet.sum(), NODES, 1)))


@pytest.mark.parametrize("made", [wet_heap, wet_heap_along])
@pytest.mark.parametrize("seed", range(4))
def test_gradients_are_those_of_small_changes(made: Callable[[int], WetHeap], seed: int) -> None:
    heap, tiny = made(seed), 1e-6
    by = heap.gradients
    rng = np.random.default_rng(seed)

    def slope(changed: WetHeap) -> float:
        return (changed.error - heap.error) / tiny

    for i in rng.choice(len(heap.mean), 5, replace=False):
        bump = tiny * (np.arange(len(heap.mean)) == i)
        assert slope(replace(heap, mean=heap.mean + bump)) == pytest.approx(by.grad_mean[i], rel=1e-3, abs=1e-4)
        assert slope(replace(heap, variance=heap.variance + bump)) == pytest.approx(
            by.grad_variance[i], rel=1e-3, abs=1e-4
        )
    rows = len(heap.pickup.paint.own)
    for i in rng.choice(rows, min(rows, 5), replace=False):
        bump = tiny * (np.arange(rows) == i)
        for name in ("own", "kept", "carried"):
            paint = heap.pickup.paint._replace(**{name: getattr(heap.pickup.paint, name) + bump})
            changed = replace(heap, pickup=replace(heap.pickup, paint=paint))
            assert slope(changed) == pytest.approx(getattr(by.paint, name)[i], rel=1e-3, abs=1e-4), name
        weights = heap.pickup.paint.weights + bump[:, None] * (np.arange(NODES) == 1)
        paint = heap.pickup.paint._replace(weights=weights)
        changed = replace(heap, pickup=replace(heap.pickup, paint=paint))
        assert slope(changed) == pytest.approx(by.paint.weights[i, 1], rel=1e-3, abs=1e-4)
    for stroke in range(len(heap.colours)):
        colours = heap.colours + tiny * (np.arange(18).reshape(6, 3) == 3 * stroke)
        assert slope(replace(heap, colours=colours)) == pytest.approx(by.grad_colour[stroke, 0], rel=1e-3, abs=1e-4)


def test_an_error_follows_pickup_back_to_the_strokes_below() -> None:
    # Without what goes back through the cells that were read, the gradient by lower strokes' colours would be wrong.
    heap = wet_heap(1)
    dry: Any = np.zeros(len(heap.mean))
    still = replace(heap.pickup, paint=heap.pickup.paint._replace(carried=dry))
    assert abs(replace(heap, pickup=still).gradients.grad_colour[0] - heap.gradients.grad_colour[0]).max() > 1e-2


def test_where_nothing_was_painted_a_brush_picks_up_nothing() -> None:
    # What a brush carries away from bare parts of the canvas is transparent: where it lays that, the base there shows.
    heap = wet_heap(3, 1, uneven=True)
    pickup = replace(heap.pickup, brush=np.array([0]))
    bare = replace(heap, canvas=heap.pickup.base.copy(), pickup=pickup)
    own, base = bare.pickup.paint.own[:, None], bare.pickup.base[bare.fragments.cell_id]
    there = (bare.colours[0] + bare.shift) * own + base * (1 - own)
    assert bare.laid.change == pytest.approx(there - base)
    assert bare.laid.samples == pytest.approx(0, abs=1e-12)


def test_nodes_move_over_a_slope() -> None:
    # A canvas that brightens to the right by 0.1 a cell of 2 pixels: what is picked up brightens by 0.05 a pixel.
    ramp = np.tile(0.1 * (np.arange(ACROSS * DOWN) % ACROSS)[:, None], (1, 3))
    heap = replace(wet_heap(2, 1), canvas=ramp)
    nodes, radius = np.full((1, NODES, 2), 5.0), np.array([0.1])
    black = np.zeros_like(heap.pickup.base)
    heap = replace(heap, pickup=replace(heap.pickup, brush=np.array([0]), nodes=nodes, radius=radius, base=black))
    by, paint = heap.gradients, heap.pickup.paint
    assert by.nodes[0, :, 1] == pytest.approx(0.0, abs=1e-12)
    # The gradient by weights is that by samples times the sample itself, here 0.2: all taps lie in the third cell.
    assert heap.laid.samples[..., :3] == pytest.approx(0.2)
    by_samples = (by.paint.weights / 0.2 * paint.weights).sum(0)
    assert by.nodes[0, :, 0] == pytest.approx(0.05 * by_samples)
    assert abs(by.nodes[0, :, 0]).min() > 1e-4


@pytest.mark.skipif(compiled() is None, reason="there is no compiled kernel here")
@pytest.mark.parametrize("made", [wet_heap, wet_heap_along])
@pytest.mark.parametrize("uneven", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_the_kernel_agrees_with_numpy(made: Callable[[int, int, bool], WetHeap], seed: int, uneven: bool) -> None:
    exact, quick = made(seed, 9, uneven), made(seed, 9, uneven).as_float32()
    assert quick.laid.canvas == pytest.approx(exact.laid.canvas, abs=1e-5)
    assert quick.laid.variance == pytest.approx(exact.laid.variance, abs=1e-5)
    assert quick.laid.samples == pytest.approx(exact.laid.samples, abs=1e-5)
    ours, theirs = quick.gradients, exact.gradients
    for name in ("grad_mean", "grad_variance", "grad_colour", "curvature", "nodes"):
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=2e-4), name
    for name, mine, other in zip(WetPaint._fields, ours.paint, theirs.paint, strict=True):
        assert mine == pytest.approx(other, abs=2e-4), name


def test_a_grid_says_where_its_cells_are() -> None:
    grid = all_cells(DOWN, ACROSS, 2)
    heap = wet_heap()
    assert (grid.across, len(grid.cells) // grid.across, grid.size) == (
        heap.pickup.across,
        heap.pickup.down,
        heap.pickup.size,
    )


def test_thinned_taps_weigh_as_much() -> None:
    taps = ring_taps([[0.0, 1, 0.25], [0.5, 6, 0.5], [1.0, 10, 0.25]])
    thin = thinned(taps)
    assert len(thin) == 1 + 2 + 4
    assert thin[:, 2].sum() == pytest.approx(1, abs=1e-6)
    far = np.hypot(thin[:, 0], thin[:, 1])
    assert thin[far > 0.75, 2].sum() == pytest.approx(0.25, abs=1e-6)


def test_rings_that_weigh_little_are_left_out() -> None:
    taps = ring_taps([[0.0, 1, 0.3], [0.5, 6, 0.66], [1.6, 12, 0.04]])
    thin = thinned(taps, 0.05)
    assert len(thin) == 1 + 2
    assert thin[:, 2].sum() == pytest.approx(1, abs=1e-6)


def test_nodes_between_others_are_pooled_with_both() -> None:
    rng = np.random.default_rng(0)
    weights = rng.random((6, 2 * 5)).astype(np.float32)
    found = rng.random((2, 5)).astype(np.float32)  # in two lanes of five nodes
    found[:, 1::2] = (found[:, :-1:2] + found[:, 2::2]) / 2
    nodes = np.stack([found, found], -1).reshape(1, 10, 2)
    some = every_other(nodes, 5)[0, :, 0]
    assert len(some) == 2 * 3
    assert pooled(weights, 5) @ some == pytest.approx(weights @ found.ravel(), abs=1e-5)


@pytest.mark.parametrize("name", [NONE, *LEVELS])
def test_what_is_hidden_is_known(name: str) -> None:
    heap = wet_heap(5, 9).as_float32()
    cells, mean = ACROSS * DOWN, np.asarray(heap.mean, np.float32) ** np.float32(0.2)
    with using(name):
        seen = find_seen(heap.fragments, mean, cells, 0.05)
    left = np.ones(cells)
    expected = np.zeros(len(mean), bool)
    for i in reversed(range(len(mean))):
        at = heap.fragments.cell_id[i]
        expected[i] = left[at] * mean[i] >= 0.05
        left[at] *= 1 - mean[i]
    assert np.array_equal(seen, expected)
    assert 0 < seen.sum() < len(seen)


def test_paint_is_linear_between_places_on_a_path() -> None:
    heap = wet_heap_along(3)
    asked = heap.pickup.asked
    assert asked is not None
    fragment = heap.fragments.starts[1]
    row = asked.at.starts[1]
    asked.along[fragment] = 1.25
    there = heap.pickup.at_fragments(heap.fragments)
    for each, at in zip(heap.pickup.paint, there.paint, strict=True):
        assert at[fragment] == pytest.approx(0.75 * each[row + 1] + 0.25 * each[row + 2])
        assert np.array_equal(at[: heap.fragments.starts[1]], each[: asked.at.starts[1]])
    laid = replace(heap, pickup=there).laid
    assert laid.canvas == pytest.approx(heap.laid.canvas, abs=1e-12)


@pytest.mark.parametrize("name", [NONE, *LEVELS])
def test_gradients_by_paint_may_be_left_out(name: str) -> None:
    heap = wet_heap(4, 9, uneven=True).as_float32()
    given = heap.colours, heap.fragments, heap.mean, heap.variance, heap.pickup, heap.shift
    with using(name):
        whole = wet_gradients(heap.laid, heap.target, heap.weight, *given)
        part = wet_gradients(heap.laid, heap.target, heap.weight, *given, by_paint=False)
    for each in ("grad_mean", "grad_variance", "grad_colour", "curvature", "nodes"):
        assert np.array_equal(getattr(whole, each), getattr(part, each)), each
    assert all(not len(each) for each in part.paint)
