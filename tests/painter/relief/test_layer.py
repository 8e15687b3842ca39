"""The relief as a layer of a painting."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from dreambrush.models.catalogue import BrushFile, find_brush
from dreambrush.mypaint.layer import NORMAL
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.render import render_document
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Painting
from dreambrush.painter.run import paint
from dreambrush.painter.save.saving import flatten_painting, recipe_of, save_painting, to_paint_on
from dreambrush.recipe import recipes_of
from dreambrush.replay.repaint import altered_recipe, repaint

WIDTH, HEIGHT, STROKES, SEED = 112, 80, 40, 4


def brushes() -> list[BrushFile]:
    return [find_brush("bristle"), find_brush("knife")]


@cache
def painted(relief: float, pigment: bool = False, transparent: bool = False) -> Painting:
    photograph = Image.fromarray(skimage.data.astronaut()).crop((0, 0, 448, 320))  # type: ignore[no-untyped-call]
    picture = np.asarray(photograph.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS), np.float32) / np.float32(255)
    if transparent:
        y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        picture = np.dstack([picture, np.clip(3 - np.hypot((x - 56) / 20, (y - 40) / 14), 0, 1)])
    options = PaintOptions(effort=1, relief=relief, pigment=pigment)
    return paint(picture, brushes(), STROKES, SEED, options=options)


@pytest.mark.parametrize("pigment", [False, True])
def test_without_its_relief_a_painting_is_as_it_would_be_without(pigment: bool) -> None:
    plain, thick = painted(0, pigment), painted(0.7, pigment)
    *paint_below, relief = thick.layers
    for one, other in zip(paint_below, plain.layers, strict=True):
        assert np.array_equal(one.pixels, other.pixels) and one.strokes == other.strokes
    assert (thick.mse, thick.dreamed_mse, thick.laid_layers) == (plain.mse, plain.dreamed_mse, plain.laid_layers)
    assert (relief.name, relief.composite_op, relief.locked) == ("Relief", NORMAL, True)
    difference = thick.merged.astype(int) - plain.merged
    assert 1 < np.abs(difference).mean() < 20 and abs(difference.mean()) < 3
    assert plain.relief is None and thick.relief is not None and len(thick.relief.thin) == 1  # the astronaut's face


@pytest.mark.parametrize(("pigment", "flat"), [(False, False), (True, False), (True, True)])
def test_it_is_saved_and_painted_again_to_the_byte(tmp_path: Path, pigment: bool, flat: bool) -> None:
    painting = painted(0.7, pigment)
    painting = flatten_painting(painting) if flat else painting
    save_painting(tmp_path / "a.ora", painting, brushes(), SEED, {})
    with read_document(tmp_path / "a.ora") as document:
        (recipe,) = recipes_of(document.settings)
        turn, relief, *_ = document.layers()
        assert turn.selected and relief.name == "Relief" and relief.locked and not turn.locked
        apart = np.abs(render_document(document)[..., :3].astype(int) - painted(0.7, pigment).merged)
        assert apart.max() <= int(flat)  # a baked one is rounded once more
    again = repaint(recipe)
    assert again.recipe.digests == recipe.digests and again.recipe.relief == recipe.relief
    again.save_openraster(tmp_path / "b.ora")
    for layer, other in zip(again.layers, painting.layers, strict=True):
        assert np.array_equal(layer.pixels, other.pixels)


def test_without_a_layer_for_the_artist_the_paint_is_selected_and_not_the_relief(tmp_path: Path) -> None:
    painting = painted(0.7)
    assert to_paint_on(painting.layers) == len(painting.layers) - 2
    save_painting(tmp_path / "a.ora", painting, brushes(), SEED, {}, your_turn=False)
    with read_document(tmp_path / "a.ora") as document:
        relief, paint_below, *_ = document.layers()
        assert paint_below.selected and not relief.selected and relief.locked


def test_a_transparent_painting_keeps_its_shape(tmp_path: Path) -> None:
    pictures = []
    for relief in (0, 0.7):
        save_painting(tmp_path / f"{relief}.ora", painted(relief, transparent=True), brushes(), SEED, {})
        with read_document(tmp_path / f"{relief}.ora") as document:
            pictures.append(render_document(document))
            recipe = recipes_of(document.settings)[0]
    plain, thick = pictures
    assert np.array_equal(plain[..., 3], thick[..., 3]) and (plain[..., 3] < 255).any()
    assert (plain != thick).any(2).mean() > 0.1
    again = repaint(recipe)
    assert again.recipe.relief == recipe.relief and again.recipe.digests == recipe.digests
    assert np.abs(again.merged().astype(int) - thick).max() <= 1


def test_larger_and_shorter_it_is_painted_anew() -> None:
    recipe = recipe_of(painted(0.7), brushes(), SEED, {})
    assert recipe.relief is not None
    larger = repaint(altered_recipe(recipe, size=(2 * WIDTH, 2 * HEIGHT)))
    assert larger.layers[-1].pixels.shape == (2 * HEIGHT, 2 * WIDTH, 4) and larger.layers[-1].pixels[..., 3].any()
    assert larger.recipe.relief is not None and larger.recipe.relief.digest not in ("", recipe.relief.digest)
    x, y, *_ = recipe.relief.thin[0]
    assert larger.recipe.relief.thin[0][:2] == (2 * x, 2 * y)
    assert altered_recipe(recipe, relief=0).relief is None
    stronger = repaint(altered_recipe(recipe_of(painted(0), brushes(), SEED, {}), relief=1.0))
    assert stronger.layers[-1].name == "Relief" and stronger.layers[-1].pixels[..., 3].max() > 60
    first = repaint(altered_recipe(recipe, until=1))
    assert not np.array_equal(first.layers[-1].pixels, painted(0.7).layers[-1].pixels)
