"""What ``dreambrush paint`` makes of a photo without options: what the hand likes, kept in the file."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from dreambrush.cli.paint.defaults import DEFAULT_HAND
from dreambrush.cli.paint.settings import RELIEF, TEMPERATURE
from dreambrush.recipe import Recipe, recipes_of

if TYPE_CHECKING:
    from tests.cli.conftest import Command

HOW = ("photo.png", "--strokes", "30", "--effort", "1", "--force")


def painted(command: Command, *words: str) -> Recipe:
    outcome = command("paint", *HOW, *words)
    assert outcome.code == 0, outcome.stderr
    with zipfile.ZipFile("photo.ora") as ora:
        (recipe,) = recipes_of(json.loads(ora.read("data/mypaint-settings.json")))
    return recipe


def test_the_default_is_what_a_free_hand_likes(as_usual: Command) -> None:
    recipe = painted(as_usual)
    likes = {
        "hand": DEFAULT_HAND,
        "edges": DEFAULT_HAND,
        "simplify": DEFAULT_HAND,
        "temperature": TEMPERATURE * DEFAULT_HAND,
        "relief": RELIEF * DEFAULT_HAND,
        "focus": "auto",
    }
    assert {key: recipe.options[key] for key in likes} == likes and recipe.options["ground"] == "toned"
    assert recipe.strokes.brushes == ("gouache", "sable", "bristle", "scumble")


def test_an_exact_hand_keeps_to_the_picture(as_usual: Command) -> None:
    recipe = painted(as_usual, "--hand", "0")
    assert not {"edges", "simplify", "temperature", "relief"} & recipe.options.keys()
    assert recipe.options["focus"] is None and recipe.options["ground"] is None


def test_all_of_it_may_be_asked_for(as_usual: Command) -> None:
    dials = ("edges", "simplify", "temperature", "relief")
    asked = {**dict(zip(dials, (0.2, 0.6, 0.3, 0.4), strict=True)), "focus": "auto", "ground": "toned"}
    recipe = painted(as_usual, "--hand", "0", *(word for name in asked for word in (f"--{name}", str(asked[name]))))
    assert {key: recipe.options[key] for key in asked} == asked
    nothing = (word for name in dials for word in (f"--{name}", "0"))
    recipe = painted(as_usual, "--hand", "1", *nothing, "--focus", "none", "--ground", "average")
    assert not set(dials) & recipe.options.keys()
    assert recipe.options["focus"] is None and recipe.options["ground"] is None


@pytest.mark.parametrize("words", [("--brush", "oil"), ("--style", "poster"), ("--palette", "auto:4")])
def test_only_what_comes_by_default_has_a_relief(as_usual: Command, words: tuple[str, ...]) -> None:
    assert "relief" not in painted(as_usual, *words).options


@pytest.mark.parametrize("palette", ["auto:4", "#123,#fed"])
def test_with_a_palette_colours_are_not_moved_first(as_usual: Command, palette: str) -> None:
    assert "temperature" not in painted(as_usual, "--palette", palette).options


def test_a_file_may_be_named_none(command: Command) -> None:
    outcome = command("paint", *HOW, "--focus", "./none")
    assert outcome.code == 3 and "There is no picture at 'none'." in outcome.stderr


def test_the_report_tells(as_usual: Command) -> None:
    outcome = as_usual("paint", *HOW, "--hand", "0.4", "--json")
    report = json.loads(outcome.stdout)
    assert (report["edges"], report["simplify"], report["focus"]) == (0.4, 0.4, "auto")
    assert report["temperature"] == pytest.approx(0.4 * TEMPERATURE)
