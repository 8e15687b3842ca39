"""A flattened file is still ours: what became of it is known, and its strokes can be laid again."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.layer_facts import facts_of_all
from dreambrush.mypaint.ora.render import render_document
from dreambrush.recipe import Recipe, recipes_of
from dreambrush.relief import Relief
from dreambrush.replay.edits import Edits, find_edits
from dreambrush.replay.flattened import UNFINISHED, flatten_painting_file
from dreambrush.replay.repaint import altered_recipe, repaint
from tests.mypaint.plain_programs import as_gimp, as_krita, furthest
from tests.replay.test_edits import LAYERS, edited, some_recipe

KINDS = pytest.mark.parametrize("shaped", [False, True], ids=["opaque", "transparent"])
needs_mypaint = pytest.mark.skipif(not Path("/usr/lib/mypaint").is_dir(), reason="MyPaint is not installed")


def saved(path: Path, recipe: Recipe) -> Recipe:
    done = repaint(recipe)
    done.save_openraster(path)
    return done.recipe


def recipe_in(path: Path) -> Recipe:
    with read_document(path) as document:
        return recipes_of(document.settings)[0]


def edits_of(path: Path) -> Edits:
    with read_document(path) as document:
        facts = facts_of_all(document.layers(), document.width, document.height)
        return find_edits(document, recipes_of(document.settings), facts)


@KINDS
@pytest.mark.parametrize("pigment", [False, True])
def test_a_copy_of_a_painting(tmp_path: Path, pigment: bool, shaped: bool) -> None:
    work, flat = tmp_path / "work.ora", tmp_path / "flat.ora"
    relief = Relief(0.6) if pigment else None
    recipe = saved(work, replace(some_recipe(pigment=pigment, shaped=shaped), relief=relief))
    picture = flatten_painting_file(work, flat)
    assert furthest(as_krita(flat), picture) <= 1 and furthest(as_gimp(flat), picture) <= 1
    assert edits_of(flat).changed is False
    found = recipe_in(flat)
    assert found.flattened and not recipe.flattened and found.pigment == pigment
    assert not set(found.digests) & set(recipe.digests)
    again = repaint(found)
    with read_document(flat) as document:
        painted = {layer.name: layer for layer in document.layers()}
        assert [layer.name for layer in again.layers] == [name for name in reversed(painted) if name != "Your turn"]
    if not shaped:
        assert again.recipe.digests == found.digests
        assert np.array_equal(again.merged(), picture)
    back = repaint(altered_recipe(found, flattened=False))
    assert back.recipe.digests == recipe.digests


@needs_mypaint
def test_what_the_artist_changes_in_a_flattened_file_is_found(tmp_path: Path) -> None:
    flat = tmp_path / "flat.ora"
    saved(flat, replace(some_recipe(pigment=True), flattened=True))
    assert edits_of(flat).changed is False
    untouched = edited(flat)
    assert edits_of(untouched).changed is False
    with read_document(untouched) as document:
        assert document.working_eotf == 1.0
    renamed = edits_of(edited(flat, ["rename", LAYERS[1], "Mine"]))
    assert renamed.changed and [layer.renamed for layer in renamed.layers].count("Mine") == 1


def test_what_an_unfinished_painting_goes_on_with_is_left_out(tmp_path: Path) -> None:
    work = tmp_path / "work.ora"
    saved(work, some_recipe())
    with zipfile.ZipFile(work, "a") as ora:
        ora.writestr(UNFINISHED, b"state")
    flatten_painting_file(work, tmp_path / "flat.ora")
    with zipfile.ZipFile(tmp_path / "flat.ora") as ora:
        assert UNFINISHED not in ora.namelist()


@pytest.mark.parametrize("ours", [7, {}, {"paintings": 7}, {"paintings": [7, {"digests": 7}, {"digests": [7]}]}])
def test_a_record_that_is_none_stays(tmp_path: Path, ours: object) -> None:
    work, flat = tmp_path / "work.ora", tmp_path / "flat.ora"
    saved(work, some_recipe())
    with zipfile.ZipFile(work) as old, zipfile.ZipFile(tmp_path / "odd.ora", "w") as odd:
        for name in old.namelist():
            settings = name == "data/mypaint-settings.json"
            odd.writestr(name, json.dumps({"dreambrush": ours}) if settings else old.read(name))
    picture = flatten_painting_file(tmp_path / "odd.ora", flat)
    with read_document(flat) as document:
        assert np.array_equal(render_document(document), picture)
        found = document.settings["dreambrush"]
    if isinstance(ours, dict) and isinstance(ours.get("paintings"), list):
        assert found["paintings"][:2] == [7, {"digests": 7}]
    else:
        assert found == ours
