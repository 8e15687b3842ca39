"""Paintings with wet brushes: what was dreamt becomes real, on one layer, and can be laid again to the byte."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Painting
from dreambrush.painter.refine import dreams as dreams_module
from dreambrush.painter.run import paint
from dreambrush.painter.save.saving import recipe_of
from dreambrush.painter.study import Commission
from dreambrush.recipe import KEY, recipes_of, recipes_to_settings
from dreambrush.replay.incremental import finished
from dreambrush.replay.repaint import repaint

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures

QUICK = PaintOptions(effort=1, hand=0.3)
SEED = 2


@pytest.fixture(scope="module")
def target(astronaut: Pictures) -> Float32:
    return astronaut(64)


@pytest.fixture(scope="module")
def wet(target: Float32) -> Painting:
    return paint(target, find_brush("wet-oil"), 150, SEED, options=QUICK)


def test_what_a_wet_brush_leaves_is_foretold(wet: Painting, target: Float32) -> None:
    removed = float(np.mean((target - target.mean((0, 1))) ** 2)) - wet.mse
    assert wet.mse < 0.1 * removed
    assert abs(wet.dreamed_mse - wet.mse) < 0.02 * removed


def test_a_dream_that_is_blind_to_the_canvas_errs_more(
    wet: Painting, target: Float32, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dreams_module, "is_wet", lambda folder: False)
    blind = paint(target, find_brush("wet-oil"), 150, SEED, options=QUICK)
    assert wet.mse < 0.97 * blind.mse


def test_wet_strokes_share_a_layer(wet: Painting) -> None:
    assert [layer.name for layer in wet.layers] == ["Painting"]
    several = Commission(np.zeros((8, 8, 3), np.float32), (find_brush("oil"), find_brush("blender")), 1)
    assert several.layers == 1
    assert Commission(np.zeros((8, 8, 3), np.float32), (find_brush("oil"),), 1).layers == 5


def test_a_wet_painting_is_laid_again_to_the_byte(wet: Painting) -> None:
    saved = recipes_to_settings([recipe_of(wet, [find_brush("wet-oil")], SEED, {})])
    (recipe,) = recipes_of({KEY: saved})
    assert recipe.washed
    again = repaint(recipe)
    assert np.array_equal(again.layers[0].pixels, wet.layers[0].pixels)
    assert np.array_equal(finished(recipe).picture(), wet.merged)
    # Not so with a brush that still has the paint of the stroke before, as earlier versions laid it.
    unwashed = repaint(replace(recipe, washed=False))
    assert not np.array_equal(unwashed.layers[0].pixels, wet.layers[0].pixels)


def test_a_blender_is_used_beside_a_brush_with_paint(target: Float32) -> None:
    # On a picture that is soft everywhere.
    soft = np.asarray(0.25 * sum(np.roll(target, step, axis) for step in (-4, 4) for axis in (0, 1)), np.float32)
    brushes = [find_brush("oil"), find_brush("blender")]
    both = paint(soft, brushes, 60, SEED, options=replace(QUICK, effort=3))
    alone = paint(soft, brushes[:1], 60, SEED, options=replace(QUICK, effort=3, layers=1))
    assert both.mse < 1.1 * alone.mse
    assert abs(both.dreamed_mse - both.mse) < 0.05 * float(np.mean((soft - soft.mean((0, 1))) ** 2))


def test_a_blender_alone_has_nothing_to_blend(target: Float32) -> None:
    painting = paint(target, find_brush("blender"), 5, SEED, options=QUICK)
    flat = float(np.mean((target - painting.background / 255) ** 2))
    assert painting.mse == pytest.approx(flat, rel=1e-3)


def test_a_wet_brush_on_cells_of_several_pixels(astronaut: Pictures) -> None:
    # So large a picture is planned on cells of two pixels.
    painting = paint(astronaut(512), find_brush("wet-oil"), 20, SEED, options=replace(QUICK, effort=1))
    assert len(painting.strokes) == 20
