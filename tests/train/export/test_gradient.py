from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from dreambrush.dream.gradient import GRADIENT_FILE, DreamGradient
from dreambrush.errors import ModelError
from dreambrush.models.catalogue import WEIGHTS_FILE, find_brush
from dreambrush.train.fit.field import FieldDream
from dreambrush.train.fit.learn import load_dream

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def folder() -> Path:
    """Of a dream whose gradient is exported; cli/train/test_command.py does it anew."""
    return find_brush("oil").dream_folder()


@pytest.fixture(scope="module")
def dream(folder: Path) -> FieldDream:
    return load_dream(folder / WEIGHTS_FILE)


def case(strokes: int, points: int) -> list[np.ndarray]:
    rng = np.random.default_rng(strokes)
    path = np.repeat(rng.uniform(0, 64, (strokes, 2)), 3, 0).reshape(strokes, 6) + rng.normal(0, 6, (strokes, 6))
    rows = np.concatenate([path, rng.random((strokes, 2)), rng.uniform(0.9, 12, (strokes, 1))], 1)
    places = path[:, None, :2] + rng.normal(0, 8, (strokes, points, 2))
    by = rng.normal(size=(2, strokes, points))
    return [array.astype(np.float32) for array in (rows, places, *by)]


@pytest.mark.parametrize(("strokes", "points"), [(3, 5), (1, 1), (1, 40), (22, 64), (48, 48)])
def test_it_is_the_gradient_of_the_dream(dream: FieldDream, folder: Path, strokes: int, points: int) -> None:
    inputs = case(strokes, points)
    rows, places, by_mean, by_variance = (torch.from_numpy(array) for array in inputs)
    rows.requires_grad_()
    mean, variance = dream(rows, places)
    (expected,) = torch.autograd.grad((mean, variance), rows, (by_mean, by_variance))
    found = DreamGradient(folder, threads=1)(*inputs)
    assert found.shape == (strokes, 9) and found.dtype == np.float32
    difference = np.abs(found - expected.numpy()) / max(1.0, float(expected.abs().max()))
    # Where two pieces of the path are equally near, rounding decides which of them moves.
    assert np.quantile(difference, 0.95) < 1e-5 and difference.max() < 1e-3
    assert found.any()


def test_points_on_the_path_have_a_gradient_too(folder: Path) -> None:
    stroke = np.array([[10, 20, 20, 20, 30, 20, 0.5, 0.5, 4]], np.float32)
    points = np.array([[[10, 20], [20, 20], [15, 20], [30, 20], [17.5, 24], [-1e4, -1e4]]], np.float32)
    ones = np.ones((1, 6), np.float32)
    assert np.isfinite(DreamGradient(folder, threads=1)(stroke, points, ones, ones)).all()


def test_a_missing_or_broken_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gradient\.onnx"):
        DreamGradient(tmp_path)
    (tmp_path / GRADIENT_FILE).write_bytes(b"no network")
    with pytest.raises(ModelError, match=r"gradient\.onnx"):
        DreamGradient(tmp_path)
