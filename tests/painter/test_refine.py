from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from dreambrush.models import Dream, find_brush
from dreambrush.mypaint.myb import read_myb
from dreambrush.painter.compositing import compose, slopes
from dreambrush.painter.easel import Easel
from dreambrush.painter.geometry import tamed
from dreambrush.painter.gradient import DreamGradient
from dreambrush.painter.masks import Masks, near
from dreambrush.painter.refine import Refiner, Sketch

SIDE = 48
WHITE = np.ones((SIDE, SIDE, 3), np.float32)
TAME = partial(tamed, width=SIDE, height=SIDE, smallest=0.9, largest=10.0)


def drawn_arc() -> np.ndarray:
    """A black arc of 6 px on white paper with a grey spot, drawn without any brush of ours."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] + 0.5
    across = np.abs(np.hypot(x - 24, y - 34) - 18) - 3
    arc = np.clip(0.5 - across, 0, 1) * (y < 34)
    spot = np.clip(0.5 - (np.hypot(x - 24, y - 36) - 5), 0, 1)
    return np.asarray(np.repeat((1 - np.maximum(arc, 0.5 * spot))[..., None], 3, 2), np.float32)


def rough_sketch() -> Sketch:
    strokes = np.array(
        [
            [10, 32, 12, 18, 24, 18, 0.8, 0.8, 4],
            [24, 16, 36, 20, 40, 32, 0.8, 0.8, 4],
            [20, 38, 24, 38, 28, 38, 0.5, 0.5, 5],
        ],
        np.float32,
    )
    return Sketch(strokes, np.array([[0.2] * 3, [0.2] * 3, [0.7] * 3], np.float32))


@pytest.fixture(scope="module")
def refiner() -> Refiner:
    folder = find_brush("oil").dream_folder()
    return Refiner(Dream(folder, 1), DreamGradient(folder, 1), drawn_arc(), TAME)


def really(sketch: Sketch) -> float:
    """Squared error of a sketch on the real canvas."""
    easel = Easel(SIDE, SIDE, np.full(3, 255, np.uint8), read_myb(find_brush("oil").path), ("Layer",))
    for stroke, colour in zip(sketch.strokes, sketch.colours, strict=True):
        easel.paint(stroke, colour, 0)
    return float(np.square(easel.seen((0, 0, SIDE, SIDE)) - drawn_arc()).sum())


def test_slopes_are_those_of_the_composite() -> None:
    rng = np.random.default_rng(0)
    canvas, target = rng.random((2, 30, 3))
    pixels = [rng.choice(30, 12, replace=False) for _ in range(5)]
    means, variances = ([rng.random(12) * scale for _ in pixels] for scale in (1.0, 0.2))
    colours = rng.random((5, 3))

    def error() -> float:
        return compose(canvas, colours, pixels, means, variances).error(target)

    found = slopes(compose(canvas, colours, pixels, means, variances), target, pixels, means, variances)
    for values, slope in zip((*means, *variances, colours), (*found[0], *found[1], found[2]), strict=True):
        for index in np.ndindex(values.shape):
            before, step = values[index], 1e-5
            values[index] = before + step
            above = error()
            values[index] = before - step
            below = error()
            values[index] = before
            assert slope[index] == pytest.approx((above - below) / (2 * step), rel=1e-5, abs=1e-7)


def test_expected_error_is_the_mean_over_random_masks() -> None:
    rng = np.random.default_rng(1)
    canvas, target = rng.random((2, 10, 3))
    pixels = [np.arange(10), np.arange(3, 10)]
    low, high = ([rng.random(len(at)) * 0.5 + shift for at in pixels] for shift in (0.0, 0.5))
    means = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    variances = [(b - a) ** 2 / 4 for a, b in zip(low, high, strict=True)]
    colours = rng.random((2, 3))
    expected = compose(canvas, colours, pixels, means, variances).error(target)
    nothing = [np.zeros(len(at)) for at in pixels]
    seen = []
    for _ in range(4000):
        draw = [np.where(rng.random(len(a)) < 0.5, a, b) for a, b in zip(low, high, strict=True)]
        seen.append(compose(canvas, colours, pixels, draw, nothing).error(target))
    assert np.mean(seen) == pytest.approx(expected, rel=0.02)


def test_all_paint_is_near(refiner: Refiner) -> None:
    rng = np.random.default_rng(2)
    strokes = TAME(np.concatenate([rng.uniform(-5, 53, (40, 6)), rng.random((40, 2)), rng.uniform(0.9, 9, (40, 1))], 1))
    strokes = strokes.astype(np.float32)
    places = near(strokes, SIDE, SIDE, refiner.dream.reach)
    for stroke, at in zip(strokes, places.pixels, strict=True):
        easel = Easel(SIDE, SIDE, np.full(3, 255, np.uint8), read_myb(find_brush("oil").path), ("Layer",))
        easel.paint(stroke, np.zeros(3, np.float32), 0)
        painted = np.flatnonzero((easel.seen((0, 0, SIDE, SIDE)) < 1).any(-1))
        assert set(painted) <= set(at)


def test_masks_are_what_the_dream_says(refiner: Refiner) -> None:
    strokes = rough_sketch().strokes
    places = near(strokes, SIDE, SIDE, refiner.dream.reach)
    masks = Masks(refiner.dream, strokes, places)
    for index, at in enumerate(places.pixels):
        points = np.stack([at % SIDE + 0.5, at // SIDE + 0.5], -1)[None].astype(np.float32)
        mean, variance = refiner.dream(strokes[index : index + 1], points)
        assert np.abs(mean[0] - masks.means[index]).max() < 1e-5
        assert np.abs(variance[0] - masks.variances[index]).max() < 1e-5


def test_gradient_through_dream_and_layers(refiner: Refiner) -> None:
    sketch = rough_sketch()
    places = refiner.near(sketch.strokes)
    masks = Masks(refiner.dream, sketch.strokes, places)
    parts = places.pixels, masks.means, masks.variances
    composite = compose(WHITE.reshape(-1, 3), sketch.colours, *parts)
    by_means, by_variances, _ = slopes(composite, refiner.target, *parts)
    slope = masks.back(refiner.gradient, by_means, by_variances)
    steps = np.array([0.05] * 6 + [0.01] * 2 + [0.02], np.float32)
    expected = np.zeros_like(slope)
    for index in np.ndindex(slope.shape):
        for sign in (-1, 1):
            moved = sketch.strokes.copy()
            moved[index] += sign * steps[index[1]]
            expected[index] += sign * refiner.expected_error(Sketch(moved, sketch.colours), WHITE) / 2
    slope *= steps
    # A network of ramps has kinks, so that small differences are like slopes only by and large.
    likeness = (slope * expected).sum() / np.sqrt((slope**2).sum() * (expected**2).sum())
    assert likeness > 0.98
    assert np.abs(slope).sum() == pytest.approx(np.abs(expected).sum(), rel=0.1)


def test_only_some_strokes_move(refiner: Refiner) -> None:
    rough = rough_sketch()
    refined, error = refiner.refine(rough, WHITE, 12, which=np.array([2, 0]))
    assert np.array_equal(refined.strokes[1], rough.strokes[1])
    assert (refined.strokes[[0, 2]] != rough.strokes[[0, 2]]).any(1).all()
    assert error == pytest.approx(refiner.expected_error(refined, WHITE), rel=0.01)


def test_refinement_lowers_the_real_error(refiner: Refiner) -> None:
    rough = rough_sketch()
    refined, error = refiner.refine(rough, WHITE, 60)
    assert error == pytest.approx(refiner.expected_error(refined, WHITE), rel=0.01)
    assert really(refined) < 0.3 * really(rough)
    assert error == pytest.approx(really(refined), rel=0.25)
    assert np.allclose(TAME(refined.strokes), refined.strokes, atol=1e-3)
    assert ((refined.colours >= 0) & (refined.colours <= 1)).all()


def test_refinement_is_deterministic_and_never_makes_it_worse(refiner: Refiner) -> None:
    refined, error = refiner.refine(rough_sketch(), WHITE, 12)
    again, _ = refiner.refine(rough_sketch(), WHITE, 12)
    assert np.array_equal(refined.strokes, again.strokes) and np.array_equal(refined.colours, again.colours)
    assert error <= refiner.expected_error(rough_sketch(), WHITE)


def test_a_fixed_colour_stays(refiner: Refiner) -> None:
    fixed = Refiner(refiner.dream, refiner.gradient, drawn_arc(), TAME, fixed_colour=True)
    refined, _ = fixed.refine(rough_sketch(), WHITE, 8)
    assert np.array_equal(refined.colours, rough_sketch().colours)


def test_what_a_stroke_is_worth(refiner: Refiner) -> None:
    sketch = rough_sketch()
    costs = refiner.costs_of_removal(sketch, WHITE)
    error = refiner.expected_error(sketch, WHITE)
    for index in range(3):
        rest = sketch.without(np.array([index]))
        assert costs[index] == pytest.approx(refiner.expected_error(rest, WHITE) - error, abs=1e-3)
    assert costs.argmin() == 2  # the small grey spot
