"""Which stroke painted a pixel, also after MyPaint has saved the file; tests/cli/inspect/test_pixel.py has the rest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dreambrush.errors import UsageError
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.layer_facts import facts_of_all
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.recipe import recipes_of, recipes_to_settings
from dreambrush.replay.repaint import repaint
from dreambrush.replay.strokes_at import PickedLayer, strokes_at
from tests.replay.test_edits import LAYERS, SIZE, edited, needs_mypaint, save, some_recipe

PLACES = [(x, y) for x in range(5, SIZE[0], 35) for y in range(5, SIZE[1], 30)]


def picked(path: Path, x: int, y: int) -> dict[str, PickedLayer]:
    with read_document(path) as document:
        facts = facts_of_all(document.layers(), document.width, document.height)
        return {layer.name: layer for layer in strokes_at(document, recipes_of(document.settings), facts, x, y)}


def test_what_lies_outside_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.ora", some_recipe(n=3))
    assert set(picked(path, SIZE[0] - 1, SIZE[1] - 1)) == {"Your turn", *LAYERS}
    for x, y in ((SIZE[0], 0), (0, SIZE[1]), (-1, 0), (0, -1)):
        with pytest.raises(UsageError):
            picked(path, x, y)


def test_a_stroke_that_is_missing_does_not_give_its_number_to_the_next(tmp_path: Path) -> None:
    """Stroke maps lack strokes that changed no pixel."""
    again = repaint(some_recipe())
    ground = again.layers[0]
    layers = [replace(ground, strokes=(*ground.strokes[:4], *ground.strokes[5:])), *again.layers[1:]]
    whole, cut = tmp_path / "whole.ora", tmp_path / "cut.ora"
    for path, each in ((whole, again.layers), (cut, layers)):
        write_openraster(path, each, again.background, settings=recipes_to_settings([again.recipe]))
    before, after = ([picked(path, *place)["Ground"].stroke for place in PLACES] for path in (whole, cut))
    later = 0
    for was, now in zip(before, after, strict=True):
        if was is not None and now is not None and was.index != 4:
            place = was.index_in_layer - (was.index_in_layer > 4)
            assert now == replace(was, index_in_layer=place)
            later += place >= 4
    assert later > 0


def test_a_stroke_beside_the_canvas_is_in_no_stroke_map(tmp_path: Path) -> None:
    recipe = some_recipe()
    path = recipe.strokes.path.copy()
    path[3] += 1000
    recipe = replace(recipe, strokes=replace(recipe.strokes, path=path))
    numbers = set()
    file = save(tmp_path / "a.ora", recipe)
    for place in PLACES:
        stroke = picked(file, *place)["Ground"].stroke
        if stroke is not None and stroke.index is not None:
            assert stroke.index_in_layer == stroke.index - (stroke.index > 3)
            numbers.add(stroke.index)
    assert 3 not in numbers and max(numbers) > 3


@pytest.mark.slow
@needs_mypaint
def test_after_mypaint_has_painted_and_saved(tmp_path: Path) -> None:
    path = save(tmp_path / "a.ora", some_recipe())
    before = [picked(path, *place) for place in PLACES]
    assert sum(layer.stroke is not None for at in before for layer in at.values()) > 10
    saved = edited(path, ["rename", "Middle", "Mitte"], ["hide", "Mitte"], ["stroke", "Accents", 30, 50])
    for place, was in zip(PLACES, before, strict=True):
        now = picked(saved, *place)
        assert now["Ground"] == was["Ground"]
        assert (now["Mitte"].stroke, now["Mitte"].visible) == (was["Middle"].stroke, False)
    hers = picked(saved, 40, 50)["Accents"].stroke
    assert hers is not None and (hers.painting, hers.index, hers.index_in_layer) == (None, None, 10)
    assert "pen" in hers.brush and hers.width is not None and hers.colour is not None
