from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save

from dreambrush.arrays import Float32
from dreambrush.dream.wet import (
    CARD_ENTRY,
    PLACES,
    WetDream,
    WetGradient,
    WetPaint,
    is_wet,
    own_share,
    read_pixels,
    ring_taps,
    wet_nodes,
)
from dreambrush.errors import ModelError
from dreambrush.models.catalogue import (
    CARD_FILE,
    WET_FILE,
    WET_GRADIENT_FILE,
    WET_WEIGHTS_FILE,
    find_brush,
    shipped_folder,
)
from dreambrush.train.collect.strokes import random_strokes
from dreambrush.train.export.wet import export_wet
from dreambrush.train.fit.wet import WetField

STROKE = np.array([[10, 20, 30, 20, 50, 20, 0.5, 0.5, 4]], np.float32)


def test_nodes_lie_on_the_path_and_beside_it() -> None:
    strokes = random_strokes(20, 3)
    nodes = wet_nodes(strokes, np.zeros(1, np.float32))
    assert nodes.shape == (20, PLACES, 2) and nodes.dtype == np.float32
    np.testing.assert_allclose(nodes[:, 0], strokes[:, :2], rtol=1e-5)
    np.testing.assert_allclose(nodes[:, -1], strokes[:, 4:6], rtol=1e-5)
    beside = wet_nodes(STROKE, np.array([0.0, 0.5, -0.5], np.float32))
    assert beside.shape == (1, 3 * PLACES, 2)
    # The stroke goes to the right; to its left, as y grows downwards, is y + 2.
    np.testing.assert_allclose(beside[0, :, 1], np.repeat([20, 22, 18], PLACES), rtol=1e-5)
    dot = np.array([[7, 7, 7, 7, 7, 7, 0.5, 0.5, 4]], np.float32)
    assert np.isfinite(wet_nodes(dot, np.array([0.5], np.float32))).all()


def test_taps_are_where_rings_say_and_weigh_one() -> None:
    taps = ring_taps([[0.0, 1, 0.4], [0.5, 8, 0.6]])
    assert taps.shape == (9, 3) and taps[:, 2].sum() == pytest.approx(1)
    np.testing.assert_allclose(np.hypot(taps[1:, 0], taps[1:, 1]), 0.5, rtol=1e-6)
    for rings in ([[-1.0, 3, 1.0]], [[1.0, 0, 1.0]], [[1.0, 3, 2.0]], [[1e9, 3, 1.0]], [[1.0, 1e6, 1.0]]):
        with pytest.raises(ValueError, match="Expected"):
            ring_taps(rings)


def test_there_is_nothing_beyond_the_canvas() -> None:
    canvas = np.ones((4, 6, 4), np.float32)
    places = np.array([[0.5, 0.5], [5.9, 3.9], [-0.1, 1], [6.0, 1], [1, 4.0]], np.float32)
    np.testing.assert_array_equal(read_pixels(canvas, places)[:, 0], [1, 1, 0, 0, 0])


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, WetField]:
    """An exported wet field that never learned anything, whose answers are thus of every kind."""
    torch.manual_seed(1)
    wet = WetField(1.4, torch.tensor([[1.2, 0.1], [0.1, 0.841667]]), lanes=3, rings=2).requires_grad_(False).eval()
    wet.network[-1].weight.mul_(20)  # type: ignore[operator]
    folder = tmp_path_factory.mktemp("wet")
    (folder / WET_WEIGHTS_FILE).write_bytes(save(wet.state_dict()))
    files, differences = export_wet(folder / WET_WEIGHTS_FILE)
    assert set(files) == set(differences) | {WET_WEIGHTS_FILE}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    card = json.loads((find_brush("oil").dream_folder() / CARD_FILE).read_text())
    card[CARD_ENTRY] = {"lanes": [0.0, 0.5, -0.5], "rings": [[0.0, 1, 0.5], [0.7, 6, 0.5]]}
    (folder / CARD_FILE).write_text(json.dumps(card))
    return folder, wet


def points_of(strokes: Float32, count: int) -> Float32:
    rng = np.random.default_rng(5)
    middle = 0.5 * (strokes[:, None, :2] + strokes[:, None, 4:6])
    return np.asarray(middle + rng.normal(0, 8, (len(strokes), count, 2)), np.float32)


def test_some_brushes_lay_mostly_paint_of_their_own() -> None:
    share = {name: own_share(WetDream(shipped_folder("pretrained") / name)) for name in ("wet-oil", "wash", "blender")}
    assert share["blender"] == 0
    assert 0.4 < share["wash"] < 0.7 < 0.9 < share["wet-oil"] < 1


@pytest.mark.slow
def test_it_answers_as_torch_does(model: tuple[Path, WetField]) -> None:
    folder, wet = model
    strokes = random_strokes(40, 8)
    points, starts = points_of(strokes, 21), np.arange(41) * 21
    found = WetDream(folder, threads=1).at(strokes, starts, points.reshape(-1, 2))
    expected = wet(torch.from_numpy(strokes), torch.from_numpy(points))
    assert is_wet(folder) and found.weights.shape == (40 * 21, 3 * PLACES)
    for ours, theirs in zip(found, expected, strict=True):
        difference = np.abs(ours - theirs.numpy().reshape(ours.shape))
        # Where two pieces of the path are equally near, rounding decides which of them counts.
        assert np.quantile(difference, 0.998) < 1e-4
    shares = found.own + found.kept + found.carried
    assert shares.max() < 1 + 1e-5 and np.ptp(found.own) > 0.1
    np.testing.assert_allclose(found.weights.sum(1), 1, atol=1e-5)
    assert found.weights.min() > -1e-6


@pytest.mark.slow
def test_its_gradient_is_that_of_torch(model: tuple[Path, WetField]) -> None:
    folder, wet = model
    strokes = random_strokes(40, 9)
    points, starts = points_of(strokes, 16), np.arange(41) * 16
    rng = np.random.default_rng(2)
    own, kept, carried = rng.normal(size=(3, 640)).astype(np.float32)
    by = WetPaint(own, kept, carried, rng.normal(size=(640, 3 * PLACES)).astype(np.float32))
    found = WetGradient(folder, threads=1).at(strokes, starts, points.reshape(-1, 2), by)
    leaf = torch.from_numpy(strokes).requires_grad_()
    answer = wet(leaf, torch.from_numpy(points))
    given = [torch.from_numpy(each.reshape(40, 16, *each.shape[1:])) for each in by]
    (expected,) = torch.autograd.grad(answer, leaf, given)
    difference = np.abs(found - expected.numpy()) / max(1.0, float(expected.abs().max()))
    assert np.quantile(difference, 0.95) < 1e-4 and np.abs(found).max() > 0.1


@pytest.mark.slow
def test_no_points_are_no_error(model: tuple[Path, WetField]) -> None:
    found = WetDream(model[0], threads=1).at(STROKE, np.array([0, 0]), np.zeros((0, 2), np.float32))
    assert found.own.shape == (0,) and found.weights.shape == (0, 3 * PLACES)


@pytest.mark.slow
def test_what_is_found_around_nodes(model: tuple[Path, WetField]) -> None:
    canvas = np.zeros((40, 60, 4), np.float32)
    canvas[:, :, 3] = 1
    canvas[:, 30:, 0] = 1
    found = WetDream(model[0], threads=1).picked(canvas, STROKE)
    assert found.shape == (1, 3 * PLACES, 4)
    np.testing.assert_allclose(found[0, :6, 0], 0)  # left of the edge, farther than the rings
    np.testing.assert_allclose(found[0, 10:PLACES, 0], 1, rtol=1e-6)
    np.testing.assert_allclose(found[..., 3], 1, rtol=1e-6)


def test_dry_brushes_have_none(tmp_path: Path) -> None:
    oil = find_brush("oil").dream_folder()
    assert not is_wet(oil)
    with pytest.raises(ModelError, match="no usable entry for wet paint"):
        WetDream(oil)
    shutil.copy(oil / CARD_FILE, tmp_path)
    card = json.loads((tmp_path / CARD_FILE).read_text())
    rings = [[0, 1, 1]]
    bad: list[Any] = [{}, [], {"lanes": [], "rings": rings}, {"lanes": [0], "rings": [[0, 1, 7]]}, {"lanes": [1e9]}]
    for entry in bad:
        (tmp_path / CARD_FILE).write_text(json.dumps(card | {CARD_ENTRY: entry}))
        with pytest.raises(ModelError, match="no usable entry for wet paint"):
            WetDream(tmp_path)
    entry = {"lanes": [0.0], "rings": rings}
    (tmp_path / CARD_FILE).write_text(json.dumps(card | {CARD_ENTRY: entry}))
    with pytest.raises(ModelError, match=r"wet\.onnx"):
        WetDream(tmp_path).at(STROKE, np.array([0, 1]), np.zeros((1, 2), np.float32))
    with pytest.raises(ModelError, match=WET_GRADIENT_FILE):
        WetGradient(tmp_path)
    assert not (tmp_path / WET_FILE).exists()
