"""Wet strokes through the dreams of a brush: what they pick up, and how the error follows back to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.bezier import path_nodes
from dreambrush.dream.wet import PLACES
from dreambrush.kernel.library import LEVELS, NONE, using
from dreambrush.models.catalogue import shipped_folder
from dreambrush.painter.refine.asked import by_nodes_of_strokes, find_seen
from dreambrush.painter.refine.descent import BLENDED_STEP, refine
from dreambrush.painter.refine.dreams import ALONG, HIDDEN, Dreams
from dreambrush.painter.refine.fragments import find_along, some_cells
from dreambrush.painter.refine.pickup import WetGradients
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.sketch import Sketch

SIDE = 48


@pytest.fixture
def wet_dreams() -> Iterator[Dreams]:
    with Dreams([shipped_folder("pretrained") / name for name in ("wet-oil", "oil")], cores=1) as dreams:
        yield dreams


def scene_of(dreams: Dreams) -> Scene:
    ramp = np.linspace(0, 1, SIDE, dtype=np.float32)
    target = np.stack([np.tile(ramp, (SIDE, 1)), np.tile(ramp[:, None], (1, SIDE)), np.full((SIDE, SIDE), 0.4)], -1)
    return Scene(target.astype(np.float32), dreams, lambda strokes: strokes)


def strokes_of(count: int, seed: int = 0) -> Float32:
    rng = np.random.default_rng(seed)
    return np.concatenate(
        [rng.uniform(8, SIDE - 8, (count, 6)), rng.uniform(0.3, 0.9, (count, 2)), rng.uniform(3, 6, (count, 1))], 1
    ).astype(np.float32)


def sketch_of(strokes: Float32, brush: int = 0) -> Sketch:
    colours = np.random.default_rng(1).random((len(strokes), 3)).astype(np.float32)
    return Sketch(strokes, colours, np.full(len(strokes), brush, np.int64))


def test_dry_brushes_pick_up_nothing_beside_wet_ones(wet_dreams: Dreams) -> None:
    scene, strokes = scene_of(wet_dreams), strokes_of(4)
    canvas = np.full((SIDE * SIDE, 3), 0.5, np.float32)
    with Dreams([shipped_folder("pretrained") / "oil"], cores=1) as dry:
        alone = scene_of(dry).view(sketch_of(strokes), canvas)
    beside = scene.view(sketch_of(strokes, brush=1), canvas)
    assert beside.pickup is not None
    assert beside.composite.canvas == pytest.approx(alone.composite.canvas, abs=1e-6)
    wet = scene.view(sketch_of(strokes), canvas)
    assert wet.pickup is not None and wet.pickup.paint.carried.max() > 0.2


def test_the_order_of_wet_strokes_counts_even_where_they_do_not_cover_each_other(wet_dreams: Dreams) -> None:
    scene = scene_of(wet_dreams)
    sketch = sketch_of(strokes_of(2, seed=3))
    canvas = np.random.default_rng(0).random((SIDE * SIDE, 3)).astype(np.float32)
    one = scene.view(sketch, canvas).composite.canvas
    other = scene.view(sketch[np.array([1, 0])], canvas).composite.canvas
    assert abs(one - other).max() > 0.01


@pytest.mark.parametrize("seed", range(3))
def test_an_error_follows_back_to_a_wet_stroke(wet_dreams: Dreams, seed: int) -> None:
    # On one colour a node that moves finds the same, so that the error is a smooth function of the stroke.
    scene, canvas = scene_of(wet_dreams), np.full((SIDE * SIDE, 3), 0.5, np.float32)
    strokes = strokes_of(1, seed)
    view = scene.view(sketch_of(strokes), canvas)
    by = view.gradients()
    assert isinstance(by, WetGradients)
    sketch = sketch_of(strokes)
    through_coverage = wet_dreams.vjp_everywhere(sketch, view.fragments, by.grad_mean, by.grad_variance)
    through_paint = wet_dreams.wet_vjp(sketch, view.fragments, by.paint)
    found = (through_coverage + through_paint + by_nodes_of_strokes(by.nodes))[0]
    steps = np.array([0.05] * 6 + [0.005] * 2 + [0.05])
    slopes = np.empty(9)
    for number, step in enumerate(steps):
        ends = []
        for sign in (1, -1):
            moved = strokes.copy()
            moved[0, number] += sign * step
            ends.append(scene.view(sketch_of(moved), canvas).error)
        slopes[number] = (ends[0] - ends[1]) / (2 * step)
    scaled = steps * 20
    assert found * scaled == pytest.approx(slopes * scaled, abs=0.05 * abs(slopes * scaled).max())
    assert abs(through_paint[0] * scaled).max() > 0.03 * abs(slopes * scaled).max()


def test_a_rough_view_is_asked_at_few_places_and_tells_nearly_the_same(wet_dreams: Dreams) -> None:
    scene = scene_of(wet_dreams)
    rng = np.random.default_rng(4)
    sketch = sketch_of(strokes_of(60, seed=4))
    sketch = replace(sketch, brush=rng.integers(0, 2, 60))  # wet and dry ones
    canvas = rng.random((SIDE * SIDE, 3)).astype(np.float32)
    grid = some_cells(SIDE, SIDE, 1, 2, rng)
    exact, rough = scene.view(sketch, canvas, grid), scene.view_touched(sketch, canvas, grid)
    assert exact.pickup is not None and rough.pickup is not None
    assert len(rough.pickup.paint.own) == (sketch.brush == 0).sum() * ALONG
    assert rough.pickup.nodes.shape[1] == PLACES // 2 + 1
    there = rough.pickup.at_fragments(rough.fragments).paint
    wet = (sketch.brush == 0)[rough.fragments.stroke_id]
    painted = wet & (rough.mean > 0.5)
    for name in ("own", "carried"):
        one, other = (getattr(paint, name)[painted] for paint in (exact.pickup.paint, there))
        assert np.std(one - other) < 0.75 * np.std(one), name
        assert abs(one - other).mean() < 0.02, name
    assert rough.composite.canvas == pytest.approx(exact.composite.canvas, abs=0.1)
    assert np.abs(rough.composite.canvas - exact.composite.canvas).mean() < 0.01


@pytest.mark.parametrize("name", [NONE, *LEVELS])
def test_fragments_know_where_on_the_path_they_lie(wet_dreams: Dreams, name: str) -> None:
    scene, strokes = scene_of(wet_dreams), strokes_of(12, seed=5)
    pairs = scene.pairs(sketch_of(strokes), scene.everywhere)
    with using(name):
        along = find_along(pairs, path_nodes(strokes, ALONG - 1))
    fine = path_nodes(strokes, 7 * 64)[pairs.stroke_id]
    far = np.square(fine - pairs.points[:, None]).sum(-1)
    assert along.min() >= 0 and along.max() <= ALONG - 1
    there = fine[np.arange(len(along)), np.rint(along * 64).astype(int)]
    apart = np.hypot(*(there - pairs.points).T) - np.sqrt(far.min(1))
    assert np.quantile(apart, 0.95) < 0.5


def test_what_a_blender_lays_is_asked_everywhere_but_where_it_is_hidden() -> None:
    names = ("wet-oil", "oil", "blender")
    with Dreams([shipped_folder("pretrained") / name for name in names], cores=1) as dreams:
        scene, rng = scene_of(dreams), np.random.default_rng(4)
        sketch = replace(sketch_of(strokes_of(60, seed=4)), brush=rng.integers(0, 3, 60))
        canvas = rng.random((SIDE * SIDE, 3)).astype(np.float32)
        grid = some_cells(SIDE, SIDE, 1, 2, rng)
        exact, rough = scene.view(sketch, canvas, grid), scene.view_touched(sketch, canvas, grid)
    assert exact.pickup is not None and rough.pickup is not None
    there = rough.pickup.at_fragments(rough.fragments).paint
    seen = find_seen(rough.fragments, rough.mean, len(grid.cells), HIDDEN)
    blended = (sketch.brush == 2)[rough.fragments.stroke_id]
    assert 0.1 < seen[blended].mean() < 0.9
    for one, other in zip(exact.pickup.paint, there, strict=True):
        assert np.array_equal(one[blended & seen], other[blended & seen])
    assert not there.carried[blended & ~seen].any() and (there.kept[blended & ~seen] > 0.99).all()
    assert np.abs(rough.composite.canvas - exact.composite.canvas).mean() < 0.02


def test_beside_a_blender_colours_do_not_leap() -> None:
    furthest = []
    for names in (("oil",), ("oil", "blender")):
        with Dreams([shipped_folder("pretrained") / name for name in names], cores=1) as dreams:
            assert dreams.blends == (len(names) == 2)
            sketch, canvas = sketch_of(strokes_of(12, seed=6)), np.full((SIDE * SIDE, 3), 0.5, np.float32)
            once = refine(scene_of(dreams), sketch, canvas, 1, np.random.default_rng(0))
            furthest.append(np.abs(once.colours - sketch.colours).max())
    assert furthest[0] > 2 * BLENDED_STEP
    assert furthest[1] == pytest.approx(BLENDED_STEP, abs=1e-6)


def test_colours_follow_back_through_few_places_as_through_all(wet_dreams: Dreams) -> None:
    scene, canvas = scene_of(wet_dreams), np.full((SIDE * SIDE, 3), 0.5, np.float32)
    sketch = sketch_of(strokes_of(12, seed=6))
    exact, rough = scene.view(sketch, canvas), scene.view_touched(sketch, canvas, scene.everywhere)
    by, by_few = exact.gradients(), rough.gradients()
    for name in ("grad_mean", "grad_colour", "curvature"):
        one, other = getattr(by, name), getattr(by_few, name)
        assert (one * other).sum() > 0.99 * np.sqrt((one**2).sum() * (other**2).sum()), name
