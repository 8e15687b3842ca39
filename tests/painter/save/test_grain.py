"""A painting on paper has the paper's grain wherever it is shown, painted again or filmed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dreambrush.models.catalogue import BrushFile, find_brush
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.layer_facts import facts_of
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.mypaint.ora.render import render_document
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Painting
from dreambrush.painter.run import paint
from dreambrush.painter.save.saving import recipe_of, save_painting
from dreambrush.pictures.paper import paper_tile
from dreambrush.recipe import chosen_recipe, recipes_to_settings
from dreambrush.replay.edits import find_edits
from dreambrush.replay.incremental import IncrementalReplay
from dreambrush.replay.repaint import altered_recipe, repaint
from tests.painter.conftest import Pictures

CREAM = (244 / 255, 240 / 255, 230 / 255)
ON_PAPER = PaintOptions(effort=1, ground=CREAM, grain=True)


@pytest.fixture(scope="module")
def brush() -> BrushFile:
    return find_brush("pencil")


@pytest.fixture(scope="module")
def painting(brush: BrushFile, astronaut: Pictures) -> Painting:
    return paint(astronaut(70), brush, 12, 0, None, ON_PAPER)


def test_bare_paper_is_seen_in_the_file(painting: Painting, brush: BrushFile, tmp_path: Path) -> None:
    file = tmp_path / "paper.ora"
    save_painting(file, painting, [brush], 0, {})
    bare = np.max([layer.pixels[..., 3] for layer in painting.layers], axis=0) == 0
    assert bare.sum() > 100
    tile = paper_tile(painting.background)
    assert np.array_equal(painting.merged[bare], tile[:70, :70][bare])
    with read_document(file) as document:
        assert document.background is not None
        assert np.array_equal(document.background.tile()[..., :3], tile)
        assert np.array_equal(render_document(document)[..., :3], painting.merged)
        recipe = chosen_recipe(document.settings, file)
    assert recipe.grain and np.array_equal(recipe.background, tile)


def test_painted_again_it_is_the_same_file(painting: Painting, brush: BrushFile, tmp_path: Path) -> None:
    files = tmp_path / "one.ora", tmp_path / "two.ora"
    save_painting(files[0], painting, [brush], 0, {})
    with read_document(files[0]) as document:
        recipe = chosen_recipe(document.settings, files[0])
    repaint(recipe).save_openraster(files[1])
    assert files[0].read_bytes() == files[1].read_bytes()
    larger = repaint(altered_recipe(recipe, size=(140, 140)))
    assert larger.merged().shape == (140, 140, 3)
    assert np.ptp(larger.background, axis=(0, 1)).min() > 0


def test_the_film_begins_on_it_and_ends_with_the_painting(painting: Painting, brush: BrushFile) -> None:
    film = IncrementalReplay(recipe_of(painting, [brush], 0, {}))
    assert np.array_equal(film.picture(), paper_tile(painting.background)[:70, :70])
    while film.laid < len(film):
        film.lay()
    assert np.array_equal(film.picture(), painting.merged)


def test_nothing_has_changed_until_the_paper_is_another(painting: Painting, brush: BrushFile, tmp_path: Path) -> None:
    recipe = recipe_of(painting, [brush], 0, {})
    for background, other in ((recipe.background, False), (painting.background, True)):
        file = tmp_path / f"{other}.ora"
        write_openraster(file, painting.layers, background, settings=recipes_to_settings([recipe]))
        with read_document(file) as document:
            facts = {layer: facts_of(layer, 70, 70) for layer in document.layers()}
            assert find_edits(document, [recipe], facts).paper is other


def test_transparent_pictures_have_no_paper(brush: BrushFile, astronaut: Pictures, tmp_path: Path) -> None:
    target = np.dstack([astronaut(40), np.ones((40, 40), np.float32)])
    target[:9, :, 3] = 0
    painting = paint(target, brush, 5, 0, None, ON_PAPER)
    assert not painting.grain
    save_painting(tmp_path / "shape.ora", painting, [brush], 0, {})
    with read_document(tmp_path / "shape.ora") as document:
        assert document.background is not None
        assert np.ptp(document.background.tile()[..., :3], axis=(0, 1)).max() == 0
