from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.errors import ModelError
from dreambrush.painter.compact import (
    PARAMETERS,
    CompactController,
    frames_of_error,
    peaks_of_error,
    strokes_from,
)
from dreambrush.painter.look import SIDE, Windows


def bar(angle: float, half_length: float = 8, half_width: float = 1.5) -> np.ndarray:
    """White windows (1, SIDE, SIDE, 3) with one dark bar through the middle."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] + 0.5 - SIDE / 2
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    inside = (np.abs(along) < half_length) & (np.abs(across) < half_width)
    return np.repeat(np.where(inside, 0.1, 1.0)[None, ..., None], 3, axis=3).astype(np.float32)


@given(st.floats(0, np.pi))
@settings(max_examples=30, deadline=None)
def test_a_bar_is_seen_as_it_lies(angle: float) -> None:
    target = bar(angle)
    canvas = np.ones_like(target)
    frames = frames_of_error(target, canvas, peaks_of_error(target, canvas))
    np.testing.assert_allclose(frames.centre[0], SIDE / 2, atol=3)
    assert abs(np.cos(angle) * frames.axis[0, 0] + np.sin(angle) * frames.axis[0, 1]) > 0.99
    assert 2.5 < frames.spread[0, 0] < 6 and frames.spread[0, 1] < 1.6
    assert np.isfinite(frames.features).all()


def test_without_weights_the_stroke_lies_on_the_bar() -> None:
    target = bar(0.7)
    canvas = np.ones_like(target)
    frames = frames_of_error(target, canvas, peaks_of_error(target, canvas))
    stroke = strokes_from(frames, np.zeros(PARAMETERS))[0]
    chord = stroke[4:6] - stroke[0:2]
    assert abs(chord @ [np.cos(0.7), np.sin(0.7)]) / np.hypot(*chord) > 0.99
    assert 8 < np.hypot(*chord) < 18


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_any_genome_gives_finite_strokes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    target, canvas = rng.random((2, 3, SIDE, SIDE, 3)).astype(np.float32)
    zeros, ones = np.zeros(3, np.float32), np.ones(3, np.float32)
    windows = Windows(target, canvas, np.zeros((3, 2), np.float32), ones, zeros.astype(np.int64))
    before = canvas.copy()
    strokes = CompactController(rng.normal(0, 5, PARAMETERS)).propose(windows, 4, rng)
    assert strokes.shape == (3, 4, 9) and np.isfinite(strokes).all()
    assert (strokes[..., 8] > 0).all() and ((strokes[..., 6:8] >= 0.05) & (strokes[..., 6:8] <= 1)).all()
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
