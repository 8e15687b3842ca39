"""What the page of an .ora shows; how it looks is tested in test_painting_page.py."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dreambrush.errors import BrushError
from dreambrush.gallery import painting_pictures, work
from dreambrush.gallery.painting_pictures import Pictures, pictures_of
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.layer_facts import facts_of_all
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.recipe import Recipe, recipes_of, recipes_to_settings
from dreambrush.replay.repaint import repaint
from tests.replay.test_edits import some_recipe


def pictures(ora: Path, *, changed: bool | None = True) -> Pictures:
    with read_document(ora) as document:
        facts = facts_of_all(document.layers(), document.width, document.height)
        return pictures_of(document, recipes_of(document.settings), facts, changed=changed)


@pytest.fixture
def three(tmp_path: Path) -> Path:
    again = [repaint(some_recipe(seed, n=6)) for seed in range(3)]
    recipes = [again[0].recipe, *(replace(each.recipe, ground=None) for each in again[1:])]
    layers = [layer for each in again for layer in each.layers]
    write_openraster(tmp_path / "three.ora", layers, again[0].background, settings=recipes_to_settings(recipes))
    return tmp_path / "three.ora"


def test_very_many_paintings_are_not_all_drawn(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(pictures(three).works) == 3 and pictures(three).left_out == []
    monkeypatch.setattr(painting_pictures, "MOST_WORKS", 2)
    found = pictures(three)
    assert [each.title for each in found.works] == ["Painting 1 of 3", "Painting 2 of 3"]
    assert found.left_out == ["The page draws the first 2 of 3 paintings at most."]


def test_very_many_brushes_are_not_all_measured(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painting_pictures, "MOST_BRUSHES", 3)
    found = pictures(three)
    assert len(found.works) == 1 and "draws the first 1 of 3 paintings, for" in found.left_out[0]


def test_a_brush_that_cannot_paint_is_told(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: object) -> None:
        raise BrushError("The brush asks for over a million dabs in one stroke.", "Choose another.", id="too-many-dabs")

    monkeypatch.setattr(work, "looks_of", refuse)
    found = pictures(three)
    assert found.works == [] and len(found.left_out) == 3 and "a million dabs" in found.left_out[0]
    assert found.now is not None


def test_what_was_left_is_painted_again_only_if_it_comes_out_alike(tmp_path: Path) -> None:
    def names(recipe: Recipe, *, changed: bool | None) -> list[str]:
        layers = repaint(recipe)
        path = tmp_path / "one.ora"
        settings = recipes_to_settings([recipe])
        write_openraster(path, layers.layers, layers.background, settings=settings, overwrite=True)
        return [view.name for view in pictures(path, changed=changed).works[0].views]

    exact = repaint(some_recipe()).recipe
    assert names(exact, changed=False) == ["Now"]
    assert names(exact, changed=True) == ["As it was left", "Now", "What changed"]
    assert names(replace(exact, digests=("0",) * 3), changed=None) == ["Now"]


def test_only_changes_keep_their_colour() -> None:
    before = np.full((2, 2, 3), 100, np.uint8)
    now = before.copy()
    now[0, 0] = 200, 50, 100
    seen = painting_pictures._changes(before, now)
    assert seen[0, 0].tolist() == [200, 50, 100] and (seen[1] == 216).all()
