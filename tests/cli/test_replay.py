"""``dreambrush replay``."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.recipe import Recipe, recipes_of, recipes_to_settings
from dreambrush.replay.repaint import repaint
from tests.cli.without_recipe import WITHOUT_RECIPE, check_refused, write_files_without_recipe
from tests.mypaint.hostile_files import BYTES, make
from tests.mypaint.plain_programs import as_krita, furthest
from tests.replay.test_edits import some_recipe

if TYPE_CHECKING:
    from tests.cli.conftest import Command


def save(path: str = "work.ora", **changes: object) -> Recipe:
    """A painting; returns its recipe."""
    recipe = replace(some_recipe(), **changes)  # type: ignore[arg-type]
    done = repaint(recipe)
    done.save_openraster(Path(path))
    return done.recipe


def recipes_in(path: str) -> list[Recipe]:
    with read_document(path) as document:
        return recipes_of(document.settings)


def test_without_options_it_is_the_same_file(command: Command) -> None:
    recipe = save()
    width, height = recipe.strokes.size
    outcome = command("replay", "work.ora")
    assert outcome == (0, "", f"work-replay.ora: {len(recipe.strokes)} strokes, {width} x {height} px.\n")
    assert Path("work-replay.ora").read_bytes() == Path("work.ora").read_bytes()


@pytest.mark.parametrize(("words", "factor"), [(("--scale", "2.5"), 2.5), (("--size", "300"), None)])
def test_larger(command: Command, words: tuple[str, ...], factor: float | None) -> None:
    width, height = save().strokes.size
    assert command("replay", "work.ora", *words, "-o", "large.ora", "-q") == (0, "", "")
    factor = factor or 300 / max(width, height)
    (recipe,) = recipes_in("large.ora")
    assert recipe.strokes.size == (round(factor * width), round(factor * height))
    # And what was enlarged can be brought back: the recipe of the large one is a recipe.
    assert command("replay", "large.ora", "-o", "again.ora").code == 0
    assert Path("again.ora").read_bytes() == Path("large.ora").read_bytes()


def test_a_flat_picture(command: Command) -> None:
    recipe = save()
    assert command("replay", "work.ora", "-o", "work.png").code == 0
    assert command("render", "work.ora", "rendered.png").code == 0
    with Image.open("work.png") as replayed, Image.open("rendered.png") as rendered:
        assert replayed.size == recipe.strokes.size
        assert np.array_equal(np.asarray(replayed), np.asarray(rendered))


def test_another_brush_fewer_strokes_pigment_and_no_layer_on_top(command: Command) -> None:
    save()
    words = ("--brush", "charcoal", "--until", "5", "--pigment", "--no-your-turn")
    assert "5 strokes" in command("replay", "work.ora", *words).stderr
    (recipe,) = recipes_in("work-replay.ora")
    assert (len(recipe.strokes), recipe.names, recipe.pigment) == (5, ("dreambrush/charcoal",), True)
    with read_document("work-replay.ora") as document:
        assert document.eotf == 2.2
        assert [layer.name for layer in document.layers()] == list(recipe.strokes.layers[::-1])


def test_pigment_can_be_taken_away(command: Command) -> None:
    save(pigment=True)
    assert command("replay", "work.ora", "--no-pigment").code == 0
    with read_document("work-replay.ora") as document:
        assert document.eotf == 1.0


def test_loose_strokes_are_laid_on_white(command: Command) -> None:
    recipe = save()
    recipe.strokes.save("strokes.json")
    assert command("replay", "strokes.json", "--until", "0", "-o", "white.png").code == 0
    with Image.open("white.png") as image:
        assert image.size == recipe.strokes.size and image.getextrema() == ((255, 255),) * 3
    assert command("replay", "strokes.json").code == 0
    (again,) = recipes_in("strokes-replay.ora")
    assert again.strokes == recipe.strokes


def test_of_a_file_painted_on_twice_one_is_chosen(command: Command) -> None:
    first, second = (repaint(some_recipe(seed, n=n)) for seed, n in ((1, 9), (2, 12)))
    recipes = [first.recipe, second.recipe]
    write_openraster(
        "two.ora", [*first.layers, *second.layers], first.background, settings=recipes_to_settings(recipes)
    )
    assert "12 strokes" in command("replay", "two.ora").stderr
    assert "9 strokes" in command("replay", "two.ora", "--painting", "1", "--force").stderr
    outcome = command("replay", "two.ora", "--painting", "3", "-o", "three.ora")
    assert outcome.code == 2 and "painted 2 times" in outcome.stderr


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("work.ora", "--scale", "2", "--size", "300"), 2, "--scale and --size cannot be used together"),
        (("work.ora", "-o", "work.bmp"), 2, "does not end in .ora, .psd, .png"),
        (("work.ora", "-o", "photo.png"), 4, "exists already"),
        (("work.ora", "-o", "none/work.ora"), 4, "none"),
        (("work.ora", "--scale", "0"), 2, "--scale"),
        (("square.ora", "--size", "16384"), 2, "16384 x 16384 pixels"),
        (("work.ora", "--size", "16385"), 2, "--size"),
        (("work.ora", "--until", "-1"), 2, "--until"),
        (("work.ora", "--brush", "charcole"), 5, "charcoal"),
        *WITHOUT_RECIPE,
    ],
)
def test_what_cannot_be_done_is_said(command: Command, words: tuple[str, ...], code: int, message: str) -> None:
    save()
    save("square.ora", strokes=replace(some_recipe().strokes[:2], size=(150, 150)))
    write_files_without_recipe()
    check_refused(command, ("replay", *words), code, message)


@pytest.mark.parametrize("name", BYTES)
def test_of_hostile_files_nothing_is_painted(command: Command, name: str) -> None:
    path = make(name, Path())
    before = sorted(os.listdir())
    outcome = command("replay", str(path), "-o", "new.ora")
    assert outcome.code in (9, 10) and outcome.stdout == "" and len(outcome.stderr.splitlines()) == 2
    assert sorted(os.listdir()) == before


def test_a_recipe_that_was_tampered_with_is_refused(command: Command) -> None:
    recipe = save()
    layers, paper = repaint(recipe).layers, np.zeros(3, np.uint8)
    settings = recipes_to_settings([recipe])
    for key, value in (("format", 2), ("strokes", "AAAA"), ("size", [10**9, 1]), ("brushes", []), ("ground", "#12")):
        broken = {"paintings": [{**settings["paintings"][0], key: value}]}
        write_openraster("odd.ora", layers, paper, settings=broken, overwrite=True)
        outcome = command("replay", "odd.ora", "-o", "new.ora")
        assert (outcome.code, Path("new.ora").exists()) == (9, False), (key, outcome)
        assert outcome.stderr.startswith("Error: The recipe that dreambrush keeps in the file cannot be read")


def test_flattened(command: Command) -> None:
    save(pigment=True)
    assert command("replay", "work.ora", "-o", "flat.ora", "--flatten-pigment").code == 0
    (recipe,) = recipes_in("flat.ora")
    assert recipe.pigment and recipe.flattened
    for name in ("work.ora", "flat.ora"):
        assert command("render", name, "-o", f"{name}.png").code == 0
    with Image.open("work.ora.png") as work, Image.open("flat.ora.png") as flat:
        assert np.array_equal(np.asarray(work), np.asarray(flat))
        assert furthest(as_krita(Path("flat.ora")), np.asarray(work)) == 0
    # It stays flattened, until that is taken back.
    assert command("replay", "flat.ora", "-o", "again.ora").code == 0
    assert Path("again.ora").read_bytes() == Path("flat.ora").read_bytes()
    assert command("replay", "flat.ora", "-o", "back.ora", "--no-flatten-pigment").code == 0
    assert Path("back.ora").read_bytes() == Path("work.ora").read_bytes()
