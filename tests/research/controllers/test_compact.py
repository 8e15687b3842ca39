from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.bezier import path_length
from dreambrush.errors import ModelError
from dreambrush.painter.propose.ridge_proposer import THICKEST, THINNEST, RidgeProposer
from dreambrush.painter.propose.windows import SIDE, Windows
from research.controllers.compact import (
    FEATURES,
    OUTPUTS,
    PARAMETERS,
    CompactController,
    contours_of_error,
    slender,
)


def bar(angle: float, half_length: float = 10, half_width: float = 1.5, side: int = SIDE) -> np.ndarray:
    """White windows (1, side, side, 3) with one dark bar through the middle."""
    y, x = np.mgrid[0:side, 0:side] + 0.5 - side / 2
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    inside = (np.abs(along) < half_length) & (np.abs(across) < half_width)
    return np.repeat(np.where(inside, 0.1, 1.0)[None, ..., None], 3, axis=3).astype(np.float32)


@given(st.floats(0, np.pi))
@settings(max_examples=30, deadline=None)
def test_without_weights_the_stroke_lies_on_the_bar(angle: float) -> None:
    stroke = contours_of_error(bar(angle) - 1, 1).corrected(np.zeros(PARAMETERS))[0]
    chord = stroke[4:6] - stroke[0:2]
    assert abs(chord @ [np.cos(angle), np.sin(angle)]) / np.hypot(*chord) > 0.98
    assert 14 < np.hypot(*chord) < 22
    np.testing.assert_allclose(0.5 * (stroke[0:2] + stroke[4:6]), SIDE / 2, atol=1.5)
    assert 0.9 < stroke[8] < 2.4


def test_without_weights_the_stroke_bends_with_an_arc() -> None:
    y, x = np.mgrid[0:64, 0:64] + 0.5
    arc = (np.abs(np.hypot(x - 32, y - 56) - 24) < 2.5) & (y < 44)
    residual = np.repeat(np.where(arc, -1.0, 0.0)[None, ..., None], 3, axis=3).astype(np.float32)
    stroke = contours_of_error(residual, 1).corrected(np.zeros(PARAMETERS))[0]
    t = np.linspace(0, 1, 9)[:, None]
    path = (1 - t) ** 2 * stroke[0:2] + 2 * t * (1 - t) * stroke[2:4] + t**2 * stroke[4:6]
    assert np.abs(np.hypot(path[:, 0] - 32, path[:, 1] - 56) - 24).max() < 1.5
    assert np.hypot(*(stroke[4:6] - stroke[0:2])) > 20


def test_the_features_do_not_know_place_nor_direction() -> None:
    """The same bar elsewhere, or turned by a quarter, looks the same in its own frame."""
    upright, lying = (
        contours_of_error(bar(angle, half_width=3.2, side=64) - 1, 1).features[0] for angle in (0.0, np.pi / 2)
    )
    moved = contours_of_error(np.roll(bar(0.0, half_width=3.2, side=64), 9, axis=1) - 1, 1).features[0]
    np.testing.assert_allclose(lying, upright, atol=0.25)
    np.testing.assert_allclose(moved, upright, atol=0.25)
    other = contours_of_error(bar(0.0, half_length=20, half_width=4, side=64) - 1, 1).features[0]
    assert np.abs(other - upright).max() > 0.5


@pytest.mark.parametrize("angle", [0.0, np.pi / 2])
@pytest.mark.parametrize("half_width", [1.5, 3.2])
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_what_differs_by_rounding_is_seen_alike(angle: float, half_width: float, seed: int) -> None:
    """On a bar that is the same on both sides many ways are as good; a last bit chooses none."""
    residual = bar(angle, half_width=half_width, side=64) - 1
    rounded = residual + np.random.default_rng(seed).uniform(-2e-7, 2e-7, residual.shape).astype(np.float32)
    one, other = (contours_of_error(each, 2).features for each in (residual, rounded))
    np.testing.assert_allclose(one, other, atol=0.01)


@pytest.mark.parametrize(
    ("output", "change"),
    [(0, "length"), (1, "length"), (5, "radius"), (4, "place"), (3, "bend")],
)
def test_each_output_does_its_work(output: int, change: str) -> None:
    contours = contours_of_error(bar(0.4, half_length=9, side=64) - 1, 1)
    bias = np.zeros((FEATURES + 1, OUTPUTS))
    bias[-1, output] = 0.5
    before, after = (contours.corrected(genome.ravel())[:1] for genome in (np.zeros_like(bias), bias))
    middle = np.hypot(*(before[0, :2] + before[0, 4:6] - after[0, :2] - after[0, 4:6])) / 2

    def bend(stroke: np.ndarray) -> float:
        """How far the control point lies off the chord."""
        chord, arm = stroke[4:6] - stroke[0:2], stroke[2:4] - stroke[0:2]
        return float(chord[0] * arm[1] - chord[1] * arm[0]) / float(np.hypot(*chord))

    changes = {
        "length": path_length(after)[0] / path_length(before)[0] - 1,
        "radius": after[0, 8] / before[0, 8] - 1,
        "place": middle,
        "bend": abs(bend(after[0]) - bend(before[0])),
    }
    assert changes[change] > 0.04
    # A stroke that is drawn out at one end has its middle elsewhere, and follows more of the ridge's bends.
    others = set(changes) - {change} - ({"place", "bend"} if change == "length" else set())
    assert all(abs(changes[name]) < 0.1 for name in others)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1e-3, 1.0]))
@settings(max_examples=20, deadline=None)
def test_any_genome_gives_finite_strokes(seed: int, contrast: float) -> None:
    rng = np.random.default_rng(seed)
    target, canvas = 0.5 + contrast * (rng.random((2, 3, SIDE, SIDE, 3)).astype(np.float32) - 0.5)
    zeros, ones = np.zeros(3, np.float32), np.ones(3, np.float32)
    windows = Windows(target, canvas, np.zeros((3, 2), np.float32), ones, zeros.astype(np.int64))
    before = canvas.copy()
    strokes = CompactController(rng.normal(0, 5, PARAMETERS)).propose(windows, 24, rng)
    assert strokes.shape == (3, 24, 9) and strokes.dtype == np.float32 and np.isfinite(strokes).all()
    assert ((strokes[..., 8] >= THINNEST) & (strokes[..., 8] <= THICKEST)).all()
    assert ((strokes[..., 6:8] >= 0.05) & (strokes[..., 6:8] <= 1)).all()
    np.testing.assert_array_equal(canvas, before)


def test_bad_files(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        CompactController.load(tmp_path / "missing.npy")
    np.save(tmp_path / "short.npy", np.zeros(3))
    with pytest.raises(ModelError, match="Expected a genome"):
        CompactController.load(tmp_path / "short.npy")
    (tmp_path / "junk.npy").write_bytes(b"junk")
    with pytest.raises(ModelError):
        CompactController.load(tmp_path / "junk.npy")
    np.save(tmp_path / "pickle.npy", np.array([{}], object), allow_pickle=True)
    with pytest.raises(ModelError):
        CompactController.load(tmp_path / "pickle.npy")


def test_it_can_be_the_painter_s_own_proposer() -> None:
    rng = np.random.default_rng(0)
    target, canvas = rng.random((2, 8, SIDE // 4, SIDE // 4, 3)).astype(np.float32).repeat(4, 2).repeat(4, 3)
    flat = np.zeros((8, 2), np.float32), np.ones(8, np.float32), np.zeros(8, np.int64)
    windows = Windows(target, canvas, *flat)
    compact, ridges = (each.propose(windows, 6, rng) for each in (CompactController(slender()), RidgeProposer()))
    np.testing.assert_allclose(compact, ridges, atol=1e-5)
