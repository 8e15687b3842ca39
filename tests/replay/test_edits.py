"""What the artist has changed, as MyPaint's own code changes and saves it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dreambrush.models.catalogue import BrushFile, find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.layer_facts import facts_of
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.recipe import Recipe, recipes_of, recipes_to_settings
from dreambrush.relief import Relief
from dreambrush.replay.edits import Edits, LayerEdit, find_edits
from dreambrush.replay.repaint import repaint
from dreambrush.strokes import Strokes
from tests.mypaint.in_mypaint import run_in_mypaint
from tests.mypaint.ora_files import OraFile, noise

SCRIPTS = Path(__file__).parents[1] / "mypaint"
SIZE = 150, 100
LAYERS = ("Ground", "Middle", "Accents")
BRUSHES = ("oil", "watercolour", "bristle")
needs_mypaint = pytest.mark.skipif(not Path("/usr/lib/mypaint").is_dir(), reason="MyPaint is not installed")


def some_recipe(seed: int = 3, pigment: bool = False, shaped: bool = False, n: int = 30) -> Recipe:
    """Of translucent and random brushes, as they are hardest to paint again."""
    rng = np.random.default_rng(seed)
    brushes: list[BrushFile] = [find_brush(name) for name in BRUSHES]
    strokes = Strokes(
        path=(rng.random((n, 3, 2)) * SIZE).astype(np.float32),
        pressure=rng.uniform(0.3, 1, (n, 2)).astype(np.float32),
        radius=rng.uniform(3, 15, n).astype(np.float32),
        colour=rng.random((n, 3)).astype(np.float32),
        brush=np.arange(n, dtype=np.int32) % 3,
        layer=(np.arange(n) * 3 // n).astype(np.int32),
        size=SIZE,
        brushes=BRUSHES,
        layers=LAYERS,
    )
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    return Recipe(
        version="1",
        seed=seed,
        pigment=pigment,
        ground=np.array([128, 120, 90], np.uint8),
        strokes=strokes,
        brushes=tuple(read_myb(brush.path) for brush in brushes),
        names=tuple(brush.mypaint_name for brush in brushes),
        digests=("",) * 3,
        options={"your_turn": True},
        alpha=np.clip(4 * (x + y) - 300, 0, 255).astype(np.uint8) if shaped else None,
    )


def save(path: Path, recipe: Recipe) -> Path:
    repaint(recipe).save_openraster(path)
    return path


def edited(path: Path, *edits: list[Any]) -> Path:
    """The file after edits in MyPaint, which saves it in any case."""
    saved, script = path.with_suffix(".edited.ora"), path.with_suffix(".edits.json")
    script.write_text(json.dumps(edits))
    run_in_mypaint("mypaint_edits.py", path.parent, path, saved, script)
    return saved


def changes_in(path: Path) -> Edits:
    with read_document(path) as document:
        facts = {layer: facts_of(layer, document.width, document.height) for layer in document.layers()}
        return find_edits(document, recipes_of(document.settings), facts)


def by_name(changes: Edits) -> dict[str, LayerEdit]:
    return {layer.name: layer for layer in changes.layers}


KINDS = pytest.mark.parametrize(
    ("pigment", "shaped"), [(False, False), (True, False), (False, True), (True, True)], ids=str
)


@KINDS
def test_as_it_was_saved(tmp_path: Path, pigment: bool, shaped: bool) -> None:
    changes = changes_in(save(tmp_path / "a.ora", some_recipe(pigment=pigment, shaped=shaped)))
    assert changes.changed is False
    assert [layer.name for layer in changes.layers] == [*["Shape"] * shaped, *LAYERS, "Your turn"]


def test_a_relief_is_ours_too(tmp_path: Path) -> None:
    recipe = replace(some_recipe(), relief=Relief(0.6))
    path = save(tmp_path / "a.ora", recipe)
    changes = changes_in(path)
    assert changes.changed is False
    assert [layer.name for layer in changes.layers] == [*LAYERS, "Relief", "Your turn"]


@pytest.mark.slow
@needs_mypaint
def test_a_relief_that_is_switched_off_in_mypaint(tmp_path: Path) -> None:
    path = save(tmp_path / "a.ora", replace(some_recipe(), relief=Relief(0.6)))
    assert changes_in(edited(path)).changed is False
    assert by_name(changes_in(edited(path, ["hide", "Relief"])))["Relief"] == LayerEdit(0, "Relief", hidden=True)
    assert by_name(changes_in(edited(path, ["pixel", "Relief", 70, 40])))["Relief"].pixels == 1


@pytest.mark.slow
@needs_mypaint
@KINDS
def test_saved_again_by_mypaint_it_is_unchanged(tmp_path: Path, pigment: bool, shaped: bool) -> None:
    path = save(tmp_path / "a.ora", some_recipe(pigment=pigment, shaped=shaped))
    saved = edited(edited(path))
    with read_document(path) as document, read_document(saved) as again:
        before, after = ([layer.pixels() for layer in each.layers()] for each in (document, again))
    apart = [not np.array_equal(was, now) for was, now in zip(before, after, strict=True)]
    assert any(apart)  # else this would be easy
    assert changes_in(saved).changed is False


@pytest.mark.slow
@needs_mypaint
@pytest.mark.parametrize("pigment", [False, True])
def test_one_pixel_and_one_stroke_are_found(tmp_path: Path, pigment: bool) -> None:
    path = save(tmp_path / "a.ora", some_recipe(pigment=pigment))
    edits = [["pixel", "Middle", 70, 40], ["stroke", "Accents", 30, 50], ["stroke", "Your turn", 30, 50]]
    changes = changes_in(edited(path, *edits))
    layers = by_name(changes)
    assert changes.changed and layers["Ground"].changed is False
    assert (layers["Middle"].pixels, layers["Middle"].strokes) == (1, 0)
    for name in ("Accents", "Your turn"):
        assert 50 < (layers[name].pixels or 0) < 2000 and layers[name].strokes == 1
    assert (changes.size, changes.paper, changes.reordered, changes.added) == (None, False, False, ())


@pytest.mark.slow
@needs_mypaint
def test_what_is_done_in_the_layer_list_is_found(tmp_path: Path) -> None:
    path = save(tmp_path / "a.ora", some_recipe())
    changes = changes_in(
        edited(
            path,
            ["rename", "Middle", "Mitte"],
            ["hide", "Mitte"],
            ["opacity", "Ground", 0.5],
            ["mode", "Accents", "CombineMultiply"],
            ["top", "Ground"],
            ["add", "Birds"],
            ["rename", "Your turn", "Mine"],
        )
    )
    turn, ground, middle, accents = (by_name(changes)[name] for name in ("Your turn", *LAYERS))
    assert turn == LayerEdit(0, "Your turn", renamed="Mine")
    assert ground == LayerEdit(0, "Ground", opacity=0.5)
    assert middle == LayerEdit(0, "Middle", renamed="Mitte", hidden=True)
    assert accents == LayerEdit(0, "Accents", composite_op="svg:multiply")
    assert (changes.reordered, changes.added) == (True, ("Birds",))


@pytest.mark.slow
@needs_mypaint
def test_removed_and_grouped_layers(tmp_path: Path) -> None:
    changes = changes_in(edited(save(tmp_path / "a.ora", some_recipe()), ["remove", "Middle"], ["group", "Your turn"]))
    layers = by_name(changes)
    assert layers["Middle"] == LayerEdit(0, "Middle", removed=True)
    assert layers["Your turn"].changed is False
    assert changes.added == ("Group",) and not changes.reordered


def test_layers_that_another_program_has_renamed(tmp_path: Path) -> None:
    """Without stroke maps, by their pixels."""
    again = repaint(some_recipe())
    layers = [replace(layer, name=f"{number}", strokes=()) for number, layer in enumerate(again.layers)]
    path = tmp_path / "a.ora"
    write_openraster(path, layers, again.background, settings=recipes_to_settings([again.recipe]))
    found = by_name(changes_in(path))
    assert [found[name].renamed for name in LAYERS] == ["0", "1", "2"]
    assert all(found[name].pixels == 0 for name in LAYERS) and found["Your turn"].removed


def test_another_paper_and_size(tmp_path: Path) -> None:
    again = repaint(some_recipe())
    layers = [replace(layer, pixels=np.pad(layer.pixels, ((0, 9), (0, 0), (0, 0)))) for layer in again.layers]
    path = tmp_path / "a.ora"
    other = again.background + np.uint8(1)
    write_openraster(path, layers, other, settings=recipes_to_settings([again.recipe]))
    changes = changes_in(path)
    assert changes.size == (150, 109) and changes.paper
    assert all(layer.pixels == 0 for layer in changes.layers if not layer.removed)


def test_what_cannot_be_told_is_not_told(tmp_path: Path) -> None:
    """Where the engine paints otherwise than when the recipe was made."""
    again = repaint(some_recipe())
    recipe = replace(again.recipe, digests=("0" * 32,) * 3)
    path = tmp_path / "a.ora"
    write_openraster(path, again.layers, again.background, settings=recipes_to_settings([recipe]))
    changes = changes_in(path)
    painted = [layer for layer in changes.layers if not layer.removed]
    assert [(layer.pixels, layer.changed) for layer in painted] == [(None, None)] * 3


def test_a_second_painting_onto_other_work(tmp_path: Path) -> None:
    """In a work that is not ours no layer counts as added, and ours are told apart though their names are the same."""
    first, second = (repaint(replace(some_recipe(seed), ground=None)) for seed in (1, 2))
    ora = OraFile(*SIZE)
    upper = ora.group(name="Dreambrush")
    for group, painting in ((upper, second), (ora.group(name="Dreambrush"), first)):
        for layer in reversed(painting.layers):
            ora.layer(layer.pixels, group, name=layer.name)
    ora.layer(noise(1, 50, 50), name="Hers")
    settings = {"dreambrush": recipes_to_settings([first.recipe, second.recipe])}
    ora.members["data/mypaint-settings.json"] = json.dumps(settings).encode()
    ora.image.set("{http://mypaint.org/ns/openraster}json-settings", "data/mypaint-settings.json")
    ora.save(tmp_path / "a.ora")
    changes = changes_in(tmp_path / "a.ora")
    assert changes.changed is False
    assert [(layer.painting, layer.name) for layer in changes.layers] == [(p, n) for p in (0, 1) for n in LAYERS]
