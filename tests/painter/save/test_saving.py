"""Saved paintings as an artist finds them in MyPaint: every stroke can be picked, and a brush is in the hand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
from PIL import Image

from dreambrush.arrays import Float32
from dreambrush.models.catalogue import BrushFile, find_brush
from dreambrush.mypaint.engine.myb import BrushSettings, read_myb
from dreambrush.mypaint.layer import NORMAL, PIGMENT, Layer
from dreambrush.mypaint.ora.document import read_document
from dreambrush.painter.lay.layer_canvas import LayerCanvas, Tool
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Painting
from dreambrush.painter.run import paint
from dreambrush.painter.save.saving import YOUR_TURN, save_painting
from dreambrush.recipe import recipes_of
from tests.mypaint.artist import sit_down
from tests.mypaint.own_pixels import own_pixels
from tests.mypaint.recorded_strokes import needs_mypaint

LAYERS = ["Ground", "Block-in", "Middle tones", "Edges", "Accents"]
SEED = 3
OPTIONS = {"strokes": 260, "hand": 0.3, "until": None}
STROKE_SETTINGS = {"color_h", "color_s", "color_v", "radius_logarithmic"}
KINDS = ("opaque", "pigment", "transparent")
all_kinds = pytest.mark.parametrize("kind", KINDS)


@dataclass
class Saved:
    """A painting and what it was painted with."""

    painting: Painting
    brushes: list[BrushFile]
    mode: str
    strokes: list[list[int]]  # which are on record, layer by layer

    @property
    def painted(self) -> list[Layer]:
        """The layers that hold strokes."""
        return self.painting.layers[-len(self.painting.strokes.layers) :]

    def save(self, path: Path, your_turn: bool = True) -> Path:
        save_painting(path, self.painting, self.brushes, SEED, OPTIONS, your_turn=your_turn)
        return path


@cache
def saved(kind: str, strokes: int | None = None) -> Saved:
    photograph = Image.fromarray(skimage.data.astronaut()).crop((0, 0, 512, 384))  # type: ignore[no-untyped-call]
    picture = np.asarray(photograph.resize((192, 144), Image.Resampling.LANCZOS), np.float32) / np.float32(255)
    names, count = ["oil", "charcoal", "ink"], strokes or (260 if kind == "opaque" else 140)
    if kind == "transparent":
        y, x = np.mgrid[0:144, 0:192].astype(np.float32)
        alpha = np.clip(3 - np.hypot((x - 96) / 40, (y - 72) / 30), 0, 1)
        picture = np.dstack([picture, alpha])
    brushes = [find_brush(name) for name in names]
    painting = paint(picture, brushes, count, SEED, options=PaintOptions(effort=1, pigment=kind == "pigment"))
    mode = PIGMENT if kind == "pigment" else NORMAL
    return Saved(painting, brushes, mode, recorded(painting, brushes))


def recorded(painting: Painting, brushes: list[BrushFile]) -> list[list[int]]:
    """Which strokes have changed anything: the numbers of those that stroke maps hold, layer by layer."""
    strokes = painting.strokes
    tools = [Tool(read_myb(brush.path), brush.mypaint_name, painting.pigment) for brush in brushes]
    sheets = [LayerCanvas(*strokes.size, painting.pigment) for _ in strokes.layers]
    found: list[list[int]] = [[] for _ in strokes.layers]
    for index in range(len(strokes)):
        layer, brush = strokes.layer[index], strokes.brush[index]
        before = len(sheets[layer].strokes)
        path, pressure = strokes.path[index], strokes.pressure[index]
        radius, colour = float(strokes.radius[index]), strokes.colour[index]
        sheets[layer].paint(tools[brush], path, pressure, radius, colour, SEED + index)
        if len(sheets[layer].strokes) > before:
            found[layer].append(index)
    return found


def check_hand(hand: dict[str, Any], brush: BrushFile, colour: Float32, radius: float, mode: str) -> None:
    """The brush that MyPaint took up is this one, in all its settings."""
    wanted: BrushSettings = read_myb(brush.path)
    assert hand["parent"] == brush.mypaint_name == f"dreambrush/{brush.name}"
    assert np.abs(np.subtract(hand["colour"], colour)).max() <= 1 / 255
    assert hand["radius"] == pytest.approx(math.log(radius), abs=1e-3)
    assert hand["undefined"] == []
    assert len(hand["settings"]) == len(wanted.settings) == 64
    for name, (base, inputs) in hand["settings"].items():
        setting = wanted.settings[name]
        if name == "paint_mode":
            assert base == (mode == PIGMENT)
        elif name not in STROKE_SETTINGS:
            assert base == pytest.approx(setting.base_value)
        assert inputs == {key: [list(point) for point in curve] for key, curve in setting.inputs.items()}


@pytest.mark.slow
@needs_mypaint
@all_kinds
def test_strokes_are_picked_where_a_pixel_is_theirs_alone(kind: str, tmp_path: Path) -> None:
    work = saved(kind)
    strokes = work.painting.strokes
    random = np.random.default_rng(7)
    own = own_pixels(work.painted)
    pickable = [(layer, index) for layer, masks in enumerate(own) for index, mask in enumerate(masks) if mask.any()]
    assert len(pickable) > 0.8 * len(strokes)
    wanted = 200 if kind == "opaque" else 40
    chosen = [pickable[number] for number in random.choice(len(pickable), wanted, replace=False)]
    picks = []
    for layer, index in chosen:
        rows, columns = np.nonzero(own[layer][index])
        at = random.integers(len(rows))
        picks.append({"pick": [int(columns[at]), int(rows[at])]})

    report = sit_down(work.save(tmp_path / "work.ora"), tmp_path / "again.ora", *picks)
    assert len({layer for layer, _ in chosen}) >= 4
    for (layer, index), picked in zip(chosen, report["done"], strict=True):
        number = work.strokes[layer][index]
        assert (picked["layer"], picked["stroke"]) == (strokes.layers[layer], index)
        brush, radius = work.brushes[strokes.brush[number]], float(strokes.radius[number])
        check_hand(picked, brush, strokes.colour[number], radius, work.mode)


@pytest.mark.slow
@needs_mypaint
@all_kinds
def test_the_artist_finds_layers_in_order_and_a_brush_in_the_hand(kind: str, tmp_path: Path) -> None:
    work = saved(kind)
    strokes = work.painting.strokes
    report = sit_down(work.save(tmp_path / "work.ora"), tmp_path / "again.ora")
    below = ["Shape"] if kind == "transparent" else []
    assert [layer["name"] for layer in report["layers"]] == [YOUR_TURN, *LAYERS[::-1], *below]
    assert all(layer["visible"] and layer["opacity"] == 1.0 for layer in report["layers"])
    modes = [layer["mode"] for layer in report["layers"]]
    assert modes == [work.mode] * 6 + [NORMAL] * len(below)
    counts = [len(numbers) for numbers in work.strokes]
    assert [layer["strokes"] for layer in report["layers"]] == [1, *counts[::-1]] + [0] * len(below)

    assert report["selected"] == YOUR_TURN
    assert report["layers"][0]["bbox"][2:] == [0, 0]  # nothing is painted on it yet
    most = int(np.bincount(strokes.brush).argmax())
    usual = float(np.median(strokes.radius[strokes.brush == most]))
    check_hand(report["opened"], work.brushes[most], strokes.colour[-1], usual, work.mode)


@pytest.mark.slow
@needs_mypaint
def test_without_your_turn_the_last_stroke_is_in_the_hand(tmp_path: Path) -> None:
    work = saved("opaque")
    report = sit_down(work.save(tmp_path / "work.ora", your_turn=False), tmp_path / "again.ora")
    assert [layer["name"] for layer in report["layers"]] == LAYERS[::-1]
    assert report["selected"] == "Accents"
    last = work.strokes[-1][-1]
    strokes = work.painting.strokes
    brush, radius = work.brushes[strokes.brush[last]], float(strokes.radius[last])
    check_hand(report["opened"], brush, strokes.colour[last], radius, NORMAL)


@pytest.mark.slow
@needs_mypaint
@all_kinds
def test_the_artist_paints_saves_and_nothing_of_ours_is_lost(kind: str, tmp_path: Path) -> None:
    work = saved(kind)
    path, again = work.save(tmp_path / "work.ora"), tmp_path / "again.ora"
    colour = sit_down(path, again, {"paint": [[20, 120], [60, 30], [150, 100]]})["opened"]["colour"]
    with read_document(path) as before, read_document(again) as after:
        assert after.settings["dreambrush"] == before.settings["dreambrush"]
        ours, theirs = before.layers(), after.layers()
        assert [layer.name for layer in theirs] == [layer.name for layer in ours]
        assert (ours[0].pixels()[..., 3] == 0).all()
        assert theirs[0].pixels()[..., 3].max() == 255
    picked = sit_down(again, tmp_path / "third.ora", {"pick": [40, 75]}, {"pick": [150, 100]})["done"]
    assert [pick["layer"] for pick in picked] == [YOUR_TURN] * 2
    assert [pick["stroke"] for pick in picked] == [1, 1]
    assert picked[1]["colour"] == pytest.approx(colour, abs=1e-6)


@all_kinds
@pytest.mark.slow
def test_the_recipe_is_all_that_was_painted(kind: str, tmp_path: Path) -> None:
    work = saved(kind, 12)
    with read_document(work.save(tmp_path / "work.ora")) as document:
        (recipe,) = recipes_of(document.settings)
    assert recipe.strokes == work.painting.strokes
    assert (recipe.seed, recipe.options, recipe.pigment) == (SEED, OPTIONS, kind == "pigment")
    assert recipe.ground is not None and recipe.ground.tolist() == work.painting.background.tolist()
    assert recipe.brushes == tuple(read_myb(brush.path) for brush in work.brushes)
    assert (recipe.alpha is not None) == (kind == "transparent")
    if recipe.alpha is not None and work.painting.alpha is not None:
        assert np.array_equal(recipe.alpha, work.painting.alpha)
