from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambrush.errors import BrushError, ModelError
from dreambrush.models.catalogue import (
    CARD_FILE,
    DREAM_FILE,
    WEIGHTS_FILE,
    BrushFile,
    Dream,
    find_brush,
    fingerprint,
    list_brushes,
    needs_export,
)
from dreambrush.mypaint.brushes.preview import preview
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.train.collect.strokes import SIDE, collect, paint_strokes

OURS = ("oil", "bristle", "ink", "knife", "watercolour", "charcoal", "pencil", "pastel")
HELD_OUT_SEED = 20_000_001  # neither of training nor of the card's own evaluation


def held_out_error(name: str, count: int = 400) -> tuple[float, float]:
    """Error of a shipped dream on fresh strokes, and the noise floor of the same strokes."""
    brush = find_brush(name)
    assert brush.dream is not None
    settings = read_myb(brush.path)
    held_out = collect(settings, count, HELD_OUT_SEED)
    real = held_out.alpha.reshape(count, -1) / 255.0
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) + 0.5
    points = np.broadcast_to(np.stack([x.ravel(), y.ravel()], 1), (count, SIDE * SIDE, 2))
    dream = Dream(brush.dream)
    means = [
        dream(held_out.strokes[i : i + 50], np.ascontiguousarray(points[i : i + 50]))[0] for i in range(0, count, 50)
    ]
    error = float(np.mean((np.concatenate(means) - real) ** 2))
    renders = paint_strokes(settings, np.repeat(held_out.strokes, 4, axis=0)).reshape(count, 4, -1) / 255.0
    return error, float(renders.var(axis=1, ddof=1).mean())


@pytest.mark.slow
def test_the_opaque_brush_is_dreamt_well() -> None:
    error, floor = held_out_error("oil")
    assert floor < 1e-9
    assert error <= 0.0015


@pytest.mark.slow
def test_the_random_brush_is_dreamt_nearly_as_well_as_can_be() -> None:
    error, floor = held_out_error("bristle")
    assert floor > 1e-4
    assert error <= 1.15 * floor


@pytest.mark.parametrize("name", OURS)
def test_our_brushes_come_with_dream_and_preview(name: str) -> None:
    brush = find_brush(name)
    assert brush.dream is not None
    card = Dream(brush.dream).card
    assert card["brush"] == name
    settings = read_myb(brush.path)
    assert json.loads(brush.path.read_text())["settings"].keys() == settings.settings.keys()
    shown = np.asarray(Image.open(brush.path.with_name(f"{name}_prev.png")))
    assert shown.shape == (128, 128, 3)
    np.testing.assert_array_equal(shown, preview(settings))


def test_all_are_listed() -> None:
    assert set(OURS) <= {brush.name for brush in list_brushes()}


def test_near_matches_are_suggested() -> None:
    with pytest.raises(BrushError, match="Did you mean bristle"):
        find_brush("brisle")
    with pytest.raises(BrushError, match="The brushes are"):
        find_brush("zzzzzz")
    with pytest.raises(BrushError, match="no brush file"):
        find_brush("nowhere/oil.myb")


def test_a_dream_belongs_to_one_brush_only(tmp_path: Path) -> None:
    oil = find_brush("oil")
    shutil.copy(oil.path, tmp_path / "oil.myb")
    assert find_brush(str(tmp_path / "oil.myb")).dream == oil.dream
    other = read_myb(oil.path).with_values(hardness=0.2)
    (tmp_path / "oil.myb").write_text(other.to_json())
    assert find_brush(str(tmp_path / "oil.myb")).dream is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (CARD_FILE, b""),
        (CARD_FILE, b"[1]"),
        (CARD_FILE, b'{"format": "dreambrush dream", "version": 99}'),
        (CARD_FILE, b'{"format": "dreambrush dream", "version": 1, "reach": "far"}'),
        (CARD_FILE, b'{"format": "dreambrush dream", "version": 1, "reach": NaN}'),
        (CARD_FILE, b'{"format": ["dreambrush dream"], "version": {}}'),
        (CARD_FILE, b"[" * 100_000),
        (CARD_FILE, b'{"format": "dreambrush dream", "version": 1, "reach": 1}' + b" " * 2**20),
        (CARD_FILE, pickle.dumps({"format": "dreambrush dream"})),
        (DREAM_FILE, b""),
        (DREAM_FILE, b"not an onnx file"),
        (DREAM_FILE, pickle.dumps([1])),
    ],
)
def test_broken_dreams_are_told(name: str, content: bytes, tmp_path: Path) -> None:
    folder = find_brush("oil").dream
    assert folder is not None
    broken = tmp_path / "oil"
    shutil.copytree(folder, broken)
    (broken / name).write_bytes(content)
    with pytest.raises(ModelError, match="dreambrush train"):
        Dream(broken)(np.ones((1, 9), np.float32), np.ones((1, 4, 2), np.float32))


def test_a_model_folder_can_be_named(tmp_path: Path) -> None:
    oil = find_brush("oil")
    folder = tmp_path / "theirs"
    shutil.copytree(oil.dream_folder(), folder)
    assert find_brush(str(folder)) == BrushFile("oil", oil.path, folder)  # its card names a brush of ours
    card = json.loads((folder / CARD_FILE).read_text())
    for brush in ("../../oil", "ink", ["oil"], None):
        (folder / CARD_FILE).write_text(json.dumps(card | {"brush": brush}))
        with pytest.raises(ModelError, match="has a dream, but not the brush"):
            find_brush(str(folder))
    shutil.copy(oil.path, folder / "theirs.myb")
    assert find_brush(str(folder)).name == "theirs"


def test_only_weights_or_newer_weights_need_an_export(tmp_path: Path) -> None:
    folder = tmp_path / "oil"
    shutil.copytree(find_brush("oil").dream_folder(), folder)
    card = json.loads((folder / CARD_FILE).read_text()) | {"weights": fingerprint(folder / WEIGHTS_FILE)}
    (folder / CARD_FILE).write_text(json.dumps(card))
    assert not needs_export(folder)
    (folder / WEIGHTS_FILE).write_bytes((folder / WEIGHTS_FILE).read_bytes() + b" ")
    assert needs_export(folder)
    (folder / WEIGHTS_FILE).unlink()
    assert not needs_export(folder)
    shutil.copy(find_brush("oil").dream_folder() / WEIGHTS_FILE, folder)
    (folder / DREAM_FILE).unlink()
    assert needs_export(folder)
