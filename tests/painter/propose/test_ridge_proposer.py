from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.painter.propose.ridge_proposer import SLENDER, THICKEST, THINNEST, RidgeProposer
from dreambrush.painter.propose.windows import SIDE, Windows

RNG = np.random.default_rng(0)  # the proposer chooses nothing by chance


def windows(target: np.ndarray, canvas: np.ndarray) -> Windows:
    """Windows of pictures (n, s, s, 3), wherever they may be."""
    n = len(target)
    return Windows(target, canvas, np.zeros((n, 2), np.float32), np.ones(n, np.float32), np.zeros(n, np.int64))


def proposed(missing: np.ndarray, count: int = 1) -> np.ndarray:
    """Strokes (count, 9) where `missing` (s, s) darkness is to be added to white."""
    canvas = np.ones((1, *missing.shape, 3), np.float32)
    target = (canvas - missing[None, ..., None]).astype(np.float32)
    return np.asarray(RidgeProposer().propose(windows(target, canvas), count, RNG)[0])


def bar(angle: float, half_length: float = 10, half_width: float = 1.5, side: int = SIDE) -> np.ndarray:
    """Darkness (side, side) of a bar through the middle."""
    y, x = np.mgrid[0:side, 0:side] + 0.5 - side / 2
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    return np.where((np.abs(along) < half_length) & (np.abs(across) < half_width), 0.9, 0.0)


@given(st.floats(0, np.pi))
@settings(max_examples=30)
def test_a_stroke_lies_on_a_bar(angle: float) -> None:
    (stroke,) = proposed(bar(angle))
    chord = stroke[4:6] - stroke[0:2]
    assert abs(chord @ [np.cos(angle), np.sin(angle)]) / np.hypot(*chord) > 0.98
    assert 14 < np.hypot(*chord) < 22
    np.testing.assert_allclose(0.5 * (stroke[0:2] + stroke[4:6]), SIDE / 2, atol=1.5)
    assert 0.9 < stroke[8] / SLENDER < 2.4 or stroke[8] == np.float32(THINNEST)


def test_a_stroke_bends_with_an_arc() -> None:
    y, x = np.mgrid[0:64, 0:64] + 0.5
    arc = (np.abs(np.hypot(x - 32, y - 56) - 24) < 2.5) & (y < 44)
    (stroke,) = proposed(np.where(arc, 1.0, 0.0))
    t = np.linspace(0, 1, 9)[:, None]
    path = (1 - t) ** 2 * stroke[0:2] + 2 * t * (1 - t) * stroke[2:4] + t**2 * stroke[4:6]
    assert np.abs(np.hypot(path[:, 0] - 32, path[:, 1] - 56) - 24).max() < 1.5
    assert np.hypot(*(stroke[4:6] - stroke[0:2])) > 20


def test_a_stroke_is_pressed_less_where_its_ridge_is_thinner() -> None:
    y, x = np.mgrid[0:64, 0:64] + 0.5
    wedge = (np.abs(y - 32) < 1 + 0.1 * x) & (np.abs(x - 32) < 24)
    (stroke,) = proposed(np.where(wedge, 1.0, 0.0))
    left, right = sorted(((stroke[0], stroke[6]), (stroke[4], stroke[7])))
    assert right[1] - left[1] > 0.3


@pytest.mark.parametrize("half_width", [2.0, 4.0])
def test_a_stroke_is_slender(half_width: float) -> None:
    (stroke,) = proposed(bar(0.0, 20, half_width, 64))
    assert stroke[8] == pytest.approx(half_width * 0.63, rel=0.15)


def test_the_highest_peak_comes_first() -> None:
    missing = 0.5 * bar(0.0, 4, 2, 64)
    missing[8:12, 12:19] = 1.0
    first, second = proposed(missing, 2)
    assert abs(first[1] - 10) < 2 and abs(second[1] - 32) < 2


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1e-3, 1.0]))
@settings(max_examples=20)
def test_any_window_gives_strokes_that_can_be_laid(seed: int, contrast: float) -> None:
    rng = np.random.default_rng(seed)
    target, canvas = 0.5 + contrast * (rng.random((2, 3, SIDE, SIDE, 3)).astype(np.float32) - 0.5)
    before = canvas.copy()
    strokes = RidgeProposer().propose(windows(target, canvas), 24, rng)
    assert strokes.shape == (3, 24, 9) and strokes.dtype == np.float32 and np.isfinite(strokes).all()
    assert ((strokes[..., 8] >= np.float32(THINNEST)) & (strokes[..., 8] <= THICKEST)).all()
    assert ((strokes[..., 6:8] >= np.float32(0.05)) & (strokes[..., 6:8] <= 1)).all()
    np.testing.assert_array_equal(canvas, before)


@pytest.mark.parametrize("angle", [0.0, np.pi / 2])
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_what_differs_by_rounding_is_proposed_alike(angle: float, seed: int) -> None:
    """On a bar that is the same on both sides many ways are as good; a last bit chooses none."""
    missing = bar(angle, half_width=3.2, side=64)
    rounded = missing + np.random.default_rng(seed).uniform(-2e-7, 2e-7, missing.shape)
    np.testing.assert_allclose(proposed(missing, 2), proposed(rounded, 2), atol=0.01)
