from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.bezier import path_length
from dreambrush.painter.geometry import SHORTEST, constrained, dotness, ribbon


def random_strokes(n: int, seed: int, side: float = 100) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = np.concatenate([rng.uniform(0, side, (n, 6)), rng.random((n, 2)), rng.uniform(1, 12, (n, 1))], 1)
    return constrained(rows.astype(np.float32), int(side), int(side), 0.8, 20)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_tame_strokes_stay_tame(seed: int) -> None:
    rng = np.random.default_rng(seed)
    wild = (rng.normal(0, 300, (20, 9))).astype(np.float32)
    once = constrained(wild, 80, 60, 0.8, 15)
    assert np.isfinite(once).all()
    assert ((once[:, 8] >= 0.8) & (once[:, 8] <= 15)).all()
    assert ((once[:, 6:8] >= 0.05) & (once[:, 6:8] <= 1)).all()
    assert (once[:, [0, 4]] <= 80 + 7.5 + SHORTEST).all() and (once[:, [0, 4]] >= -7.5).all()
    np.testing.assert_allclose(constrained(once, 80, 60, 0.8, 15), once, atol=1e-3)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_short_strokes_are_drawn_out_both_ways(seed: int) -> None:
    rng = np.random.default_rng(seed)
    dots = random_strokes(20, seed)
    dots[:, :6] += 500  # far from all edges
    dots[:, 2:6] = dots[:, [0, 1, 0, 1]] + rng.normal(0, 0.5, (20, 4)) * rng.integers(0, 2, (20, 1))
    drawn = constrained(dots, 1000, 1000, 1, 12, shortest=3.0)
    np.testing.assert_allclose(np.hypot(*(drawn[:, 4:6] - drawn[:, 0:2]).T), 6 * drawn[:, 8], rtol=1e-3)
    before, after = (strokes[:, 0:2] + strokes[:, 4:6] for strokes in (dots, drawn))
    np.testing.assert_allclose(after, before, atol=0.2)


def test_long_strokes_are_not() -> None:
    strokes = random_strokes(50, 1)
    strokes[:, 8] = np.hypot(*(strokes[:, 4:6] - strokes[:, 0:2]).T) / 7
    np.testing.assert_array_equal(
        constrained(strokes, 100, 100, 0.1, 50, shortest=3.0), constrained(strokes, 100, 100, 0.1, 50)
    )


def test_how_much_strokes_look_like_dots() -> None:
    strokes = random_strokes(200, 0)
    assert ((dotness(strokes) > 0) & (dotness(strokes) <= 1)).all()
    order = np.argsort(path_length(strokes) / strokes[:, 8])
    assert (np.diff(dotness(strokes)[order]) <= 0).all()
    dot = np.array([[20, 20, 20, 20, 20, 20, 1, 1, 5]], np.float32)
    assert dotness(dot) == 1
    np.testing.assert_allclose(dotness(strokes * np.float32(2)), dotness(strokes), rtol=1e-4)  # at any scale


def test_ribbon_of_a_straight_stroke_covers_its_rectangle() -> None:
    stroke = np.array([[20, 50, 50, 50, 80, 50, 1, 1, 5]], np.float32)
    points, areas, spacing = ribbon(stroke, 1.0)
    margin = 5 + 0.7
    assert areas.sum() == pytest.approx((60 + 2 * margin) * 2 * margin, rel=1e-3)
    assert points[..., 0].min() > 20 - margin and points[..., 0].max() < 80 + margin
    assert np.abs(points[..., 1] - 50).max() < margin
    assert spacing[0] > 0


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=12, deadline=None)
@pytest.mark.slow
def test_ribbon_area_is_near_that_of_pixels_within_reach(seed: int) -> None:
    stroke = random_strokes(1, seed)
    points, areas, _ = ribbon(stroke, 1.0)
    # The integral of a smooth bump that follows the path, once over the ribbon and once over all pixels.
    grid = np.stack(np.meshgrid(np.arange(-60, 160) + 0.5, np.arange(-60, 160) + 0.5), -1).reshape(1, -1, 2)

    def bump(where: np.ndarray) -> np.ndarray:
        t = np.linspace(0, 1, 60)[:, None]
        a, b, c = stroke[0, 0:2], stroke[0, 2:4], stroke[0, 4:6]
        path = (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c
        distance = np.sqrt(((where[0][:, None] - path[None]) ** 2).sum(-1)).min(1)
        return np.asarray(np.maximum(1 - distance / stroke[0, 8], 0))

    over_pixels, over_ribbon = bump(grid).sum(), (bump(points) * areas[0]).sum()
    assert over_ribbon == pytest.approx(over_pixels, rel=0.12)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.1, 0.5, 3.0]), st.sampled_from([0.0, 0.05]))
@settings(max_examples=30, deadline=None)
def test_no_stroke_is_longer_than_it_may_be(seed: int, longest: float, shortest: float) -> None:
    wild = random_strokes(40, seed, side=300)
    short = constrained(wild, 300, 300, 0.8, 12, shortest, longest)
    free = constrained(wild, 300, 300, 0.8, 12, shortest)
    assert (path_length(short) <= np.maximum(2 * longest * short[:, 8], SHORTEST) * 1.001).all()
    as_before = path_length(free) <= 2 * longest * free[:, 8]
    np.testing.assert_array_equal(short[as_before], free[as_before])
    np.testing.assert_allclose(constrained(short, 300, 300, 0.8, 12, shortest, longest), short, atol=2e-3)


def test_no_stroke_is_lighter_than_it_may_be() -> None:
    assert constrained(random_strokes(40, 0), 100, 100, 0.8, 12, lightest=0.7)[:, 6:8].min() == np.float32(0.7)
