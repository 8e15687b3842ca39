from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambrush.dream.wet import lays_own
from dreambrush.errors import BrushError, ModelError
from dreambrush.models.catalogue import (
    CARD_FILE,
    CONTROLLER_FILE,
    DREAM_FILE,
    WEIGHTS_FILE,
    WET_FILE,
    WET_GRADIENT_FILE,
    WET_WEIGHTS_FILE,
    BrushFile,
    find_brush,
    fingerprint,
    list_brushes,
    needs_export,
    read_card,
    shipped_folder,
)
from dreambrush.mypaint.brushes.preview import preview
from dreambrush.mypaint.engine.myb import read_myb

DRY = ("oil", "bristle", "ink", "knife", "watercolour", "charcoal", "pencil", "pastel")
WET = ("wet-oil", "blender", "kneaded-eraser", "filbert", "wash", "pointed-round")
OURS = (*DRY, *WET, "gouache", "coloured-pencil", "sable", "scumble")


@pytest.mark.parametrize("name", OURS)
def test_our_brushes_come_with_dream_and_preview(name: str) -> None:
    brush = find_brush(name)
    assert brush.dream is not None
    card = read_card(brush.dream)
    assert card["brush"] == name
    settings = read_myb(brush.path)
    assert json.loads(brush.path.read_text())["settings"].keys() == settings.settings.keys()
    shown = np.asarray(Image.open(brush.path.with_name(f"{name}_prev.png")))
    assert shown.shape == (128, 128, 3)
    np.testing.assert_array_equal(shown, preview(settings))


def test_nothing_is_shipped_that_nobody_opens() -> None:
    networks = shipped_folder("pretrained")
    tables = {"mypaint-brushes.json", "brush-textures.json"}
    assert {path.name for path in networks.iterdir()} == {*OURS, "faces", "subject", *tables}
    needed = {CARD_FILE, DREAM_FILE, WEIGHTS_FILE, "gradient.onnx", "preview.png"}
    for name in OURS:
        card = read_card(networks / name)
        wet = {WET_FILE, WET_WEIGHTS_FILE, WET_GRADIENT_FILE} if "wet" in card else set()
        own = {CONTROLLER_FILE} if lays_own(card) else set()
        assert {path.name for path in (networks / name).iterdir()} == needed | wet | own, name


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
