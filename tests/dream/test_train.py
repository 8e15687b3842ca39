from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from dreambrush.dream.collect import random_strokes
from dreambrush.dream.field import FieldDream
from dreambrush.dream.fit import FitOptions
from dreambrush.dream.train import train_dream
from dreambrush.errors import BrushError, OutputError
from dreambrush.models import CARD_FILE, DREAM_FILE, WEIGHTS_FILE, BrushFile, Dream, find_brush

QUICK = FitOptions(steps=300, batch=2048)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    stages: list[str] = []
    folder = tmp_path_factory.mktemp("dreams") / "oil"
    oil = find_brush("oil")
    train_dream(oil, folder, 1500, 7, lambda stage, done, total: stages.append(stage), QUICK, held_out=100)
    assert list(dict.fromkeys(stages)) == ["collect", "fit", "evaluate", "export"]
    return folder


def test_even_a_short_training_learns_the_brush(trained: Path) -> None:
    card = json.loads((trained / CARD_FILE).read_text())
    assert card["held_out"]["error"] < 0.15 * card["held_out"]["mean_picture_error"]
    assert card["held_out"]["noise_floor"] < 1e-9
    for key in ("brush", "command", "seed", "data", "fit", "date", "versions", "reach", "brush_digest"):
        assert card[key] or card[key] in (0, 7), key


def test_onnx_dreams_what_torch_dreams(trained: Path) -> None:
    weights = load_file(trained / WEIGHTS_FILE)
    dream = FieldDream(reach=1.0)
    dream.load_state_dict(weights)
    strokes = random_strokes(33, 3)
    points = np.random.default_rng(0).uniform(0, 64, (33, 70, 2)).astype(np.float32)
    mean, variance = Dream(trained)(strokes, points)
    with torch.no_grad():
        expected = dream(torch.from_numpy(strokes), torch.from_numpy(points))
    np.testing.assert_allclose(mean, expected[0], atol=2e-4)
    np.testing.assert_allclose(variance, expected[1], atol=2e-4)


def test_same_seed_same_bytes(trained: Path, tmp_path: Path) -> None:
    train_dream(find_brush("oil"), tmp_path / "again", 1500, 7, options=QUICK, held_out=100)
    for name in (DREAM_FILE, WEIGHTS_FILE):
        assert (tmp_path / "again" / name).read_bytes() == (trained / name).read_bytes(), name


def test_the_folder_tells_nothing_of_the_machine(trained: Path) -> None:
    for path in trained.iterdir():
        data = path.read_bytes()
        for secret in (str(Path.home()), str(Path(__file__).parent), "site-packages"):
            assert secret.encode() not in data, (path.name, secret)


def test_unwritable_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError):
        train_dream(find_brush("oil"), tmp_path / "file" / "dream", 10, options=QUICK, held_out=100)


def test_broken_brush(tmp_path: Path) -> None:
    (tmp_path / "bad.myb").write_text("{}")
    with pytest.raises(BrushError):
        train_dream(BrushFile("bad", tmp_path / "bad.myb", None), tmp_path / "dream", 10, options=QUICK, held_out=100)
