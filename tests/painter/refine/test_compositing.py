from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.arrays import Floats, Int64
from dreambrush.painter.refine.compositing import Composite, Gradients, compose, contributions, gradients, stacked
from dreambrush.painter.refine.fragments import Fragments


@dataclass
class Heap:
    """Random strokes, each on some of 30 cells, with all that is needed to lay them."""

    canvas: Floats
    target: Floats
    weight: Floats
    colours: Floats
    fragments: Fragments
    mean: Floats
    variance: Floats
    shift: Floats

    @property
    def laid(self) -> Composite:
        return compose(self.canvas, self.colours, self.fragments, self.mean, self.variance, self.shift)

    @property
    def error(self) -> float:
        return self.laid.error(self.target, self.weight)

    @property
    def gradients(self) -> Gradients:
        return gradients(self.laid, self.target, self.weight, self.fragments, self.mean, self.variance)


def heap(seed: int = 0, strokes: int = 5, cells: int = 30) -> Heap:
    rng = np.random.default_rng(seed)
    canvas, target = rng.random((2, cells, 3))
    places = [np.sort(rng.choice(cells, rng.integers(0, cells // 2), replace=False)) for _ in range(strokes)]
    mean = rng.random(sum(map(len, places)))
    spread = mean * (1 - mean) * rng.random(len(mean))  # no alpha within 0..1 can vary more than mean (1 - mean)
    shift = rng.normal(0, 0.1, (len(mean), 3))
    colours, weight = rng.random((strokes, 3)), rng.uniform(0.2, 2, cells)
    return Heap(canvas, target, weight, colours, cover_of(places), mean, spread, shift)


def cover_of(places: list[Int64]) -> Fragments:
    cell_id = np.concatenate([np.zeros(0, np.int64), *places])
    stroke_id = np.repeat(np.arange(len(places)), [len(each) for each in places])
    points = np.zeros((len(cell_id), 2), np.float32)
    return Fragments(cell_id, stroke_id, points, np.searchsorted(stroke_id, np.arange(len(places) + 1)))


def test_strokes_laid_at_once_look_as_if_laid_one_by_one() -> None:
    many = heap(strokes=9)
    expected, doubt = many.canvas.copy(), np.zeros(30)
    for pair in range(len(many.fragments)):
        at, m, v = many.fragments.cell_id[pair], many.mean[pair], many.variance[pair]
        change = many.colours[many.fragments.stroke_id[pair]] + many.shift[pair] - expected[at]
        doubt[at] = ((1 - m) ** 2 + v) * doubt[at] + v * (change @ change)
        expected[at] += m * change
    assert np.allclose(many.laid.canvas, expected) and np.allclose(many.laid.variance, doubt)
    by_hand = (many.weight * (((expected - many.target) ** 2).sum(1) + doubt)).sum()
    assert many.error == pytest.approx(by_hand)


def test_the_canvas_below_is_not_changed() -> None:
    many = heap()
    before = many.canvas.copy()
    assert not np.array_equal(many.laid.canvas, before) and np.array_equal(many.canvas, before)


@given(st.integers(0, 500))
def test_each_layer_touches_a_cell_once_and_lower_strokes_first(seed: int) -> None:
    fragments = heap(seed, strokes=8).fragments
    layers = stacked(fragments.cell_id)
    assert sorted(np.concatenate([np.zeros(0, int), *layers])) == list(range(len(fragments)))
    height = np.zeros(30, int)
    newest = np.full(30, -1)
    for depth, pairs in enumerate(layers):
        at = fragments.cell_id[pairs]
        assert (
            len(set(at)) == len(at) and (height[at] == depth).all() and (fragments.stroke_id[pairs] > newest[at]).all()
        )
        height[at], newest[at] = depth + 1, fragments.stroke_id[pairs]


def test_expected_error_is_the_mean_over_random_masks() -> None:
    rng = np.random.default_rng(1)
    many = heap(1, strokes=20, cells=200)
    low = many.mean * rng.random(len(many.mean))
    high = 2 * many.mean - low
    many.variance = (high - low) ** 2 / 4
    expected = many.error
    seen = []
    many.variance = np.zeros(len(many.mean))
    of_mean_masks = many.error
    for _ in range(4000):
        many.mean = np.where(rng.random(len(low)) < 0.5, low, high)
        seen.append(many.error)
    doubt = np.std(seen) / np.sqrt(len(seen))
    assert abs(np.mean(seen) - expected) / doubt < 5
    assert (expected - of_mean_masks) / doubt > 30  # so that one would notice if the variance were left out


def differences(many: Heap, values: Floats) -> Floats:
    """How the error changes with each of some numbers of a heap, by trying."""
    slope, step = np.zeros(values.shape), 1e-5
    for index in np.ndindex(values.shape):
        before = values[index]
        values[index] = before + step
        above = many.error
        values[index] = before - step
        slope[index] = (above - many.error) / (2 * step)
        values[index] = before
    return slope


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_slopes_are_those_of_the_error(seed: int) -> None:
    many = heap(seed)
    found = many.gradients
    assert np.allclose(found.grad_mean, differences(many, many.mean), rtol=1e-5, atol=1e-7)
    assert np.allclose(found.grad_variance, differences(many, many.variance), rtol=1e-5, atol=1e-7)
    assert np.allclose(found.grad_colour, differences(many, many.colours), rtol=1e-5, atol=1e-7)


@given(st.integers(0, 1000))
def test_a_step_of_all_colours_at_once_never_overshoots(seed: int) -> None:
    many = heap(seed, strokes=1 + seed % 9)
    found, before = many.gradients, many.error
    step = found.grad_colour / np.maximum(found.curvature, 1e-9)[:, None]
    # No higher than where the parabola of the majoriser has its bottom.
    many.colours = many.colours - step
    assert many.error <= before - 0.5 * (step * found.grad_colour).sum() + 1e-9  # exact: a majoriser lies above


def test_such_steps_lead_to_the_best_colours() -> None:
    many = heap(3)
    for _ in range(3000):
        found = many.gradients
        many.colours = many.colours - found.grad_colour / np.maximum(found.curvature, 1e-9)[:, None]
    assert np.abs(many.gradients.grad_colour).max() < 1e-3


def without(many: Heap, stroke: int) -> Heap:
    kept = many.fragments.stroke_id != stroke
    places = [
        many.fragments.cell_id[many.fragments.stroke_id == each] for each in range(len(many.colours)) if each != stroke
    ]
    colours = np.delete(many.colours, stroke, 0)
    return Heap(
        many.canvas,
        many.target,
        many.weight,
        colours,
        cover_of(places),
        many.mean[kept],
        many.variance[kept],
        many.shift[kept],
    )


def test_what_a_stroke_contributes_is_what_is_missing_without_it() -> None:
    many = heap(4, strokes=80, cells=200)
    many.variance = np.zeros(len(many.mean))
    many.target = many.laid.canvas  # all strokes are of use, but for those that are spoilt now
    harmful = np.arange(80) % 5 == 2
    many.colours[harmful] = 3
    found = contributions(many.laid, many.target, many.weight, many.fragments, many.mean)
    expected = [without(many, stroke).error - many.error for stroke in range(80)]
    assert np.allclose(found.cost, expected, atol=1e-9)
    assert found.cost[harmful].mean() < 0 and found.cost[~harmful].mean() > 0


def test_how_much_of_a_stroke_is_still_seen() -> None:
    places = [np.arange(0, 20), np.arange(0, 20), np.arange(10, 30), np.zeros(0, np.int64)]
    many = heap()
    many.fragments, many.colours = cover_of(places), np.random.default_rng(0).random((4, 3))
    many.mean = np.repeat([0.8, 0.5, 1.0], 20)
    many.variance, many.shift = np.zeros(60), np.zeros((60, 3))
    found = contributions(many.laid, many.target, many.weight, many.fragments, many.mean)
    assert found.visible == pytest.approx([0.25, 0.5, 1.0, 0.0])


def test_nothing_is_laid() -> None:
    many = heap(strokes=0)
    assert np.array_equal(many.laid.canvas, many.canvas) and not many.laid.variance.any()
    assert many.gradients.grad_colour.shape == (0, 3) and many.gradients.curvature.shape == (0,)
    assert len(contributions(many.laid, many.target, many.weight, many.fragments, many.mean).cost) == 0


def test_single_precision_stays_so() -> None:
    many = heap()
    for name in ("canvas", "target", "weight", "colours", "mean", "variance", "shift"):
        setattr(many, name, getattr(many, name).astype(np.float32))
    assert many.laid.canvas.dtype == many.laid.change.dtype == many.gradients.grad_mean.dtype == np.float32
    assert many.error == pytest.approx(heap().error, rel=1e-5)
