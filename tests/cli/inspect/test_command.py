"""``dreambrush inspect``."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.recipe import recipes_of, recipes_to_settings
from dreambrush.replay.repaint import repaint
from dreambrush.strokes import Strokes
from tests.mypaint.hostile_files import BYTES, make
from tests.mypaint.ora_files import OraFile, noise
from tests.replay.test_edits import LAYERS, some_recipe

if TYPE_CHECKING:
    from tests.cli.conftest import Command

PAPER = np.full((64, 64, 3), (200, 190, 180), np.uint8)


def stranger(path: str = "hers.ora") -> None:
    """Work that dreambrush never saw."""
    ora = OraFile(90, 70, None, xres=300, yres=300)
    ora.layer(noise(1, 40, 50), name="Sky", composite_op="svg:multiply", opacity=0.37, x=-5, y=10)
    group = ora.group(name="Figures", visibility="hidden")
    ora.layer(noise(2, 30, 30), group, name="Ann", edit_locked="true")
    ora.layer(b"<svg/>", group, name="Bob")
    ora.background(PAPER)
    ora.save(Path(path))


def ours(path: str = "ours.ora", **options: Any) -> None:
    recipe = some_recipe()
    repaint(replace(recipe, options={**recipe.options, **options})).save_openraster(Path(path))


def two_paintings(path: str) -> None:
    first, second = (repaint(some_recipe(seed, n=n)) for seed, n in ((1, 9), (2, 12)))
    recipes = [first.recipe, replace(second.recipe, ground=None)]
    layers = [*first.layers, *second.layers]
    write_openraster(Path(path), layers, first.background, settings=recipes_to_settings(recipes))


def report(command: Command, *words: str) -> dict[str, Any]:
    outcome = command("inspect", "--json", *words)
    assert outcome.code == 0 and outcome.stdout.count("\n") == 1
    told: dict[str, Any] = json.loads(outcome.stdout)
    return told


def test_any_ora_in_words(command: Command) -> None:
    stranger()
    outcome = command("inspect", "hers.ora")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert outcome.stdout.splitlines() == [
        "hers.ora: 90 x 70 pixels, 300 ppi.",
        "  Colours mix alike in MyPaint and in other programs (eotf 1.0); the file does not say, "
        "so MyPaint assumes it.",
        "",
        "Layers, the topmost first:",
        "  1  Sky      50 x 40 at -5, 10, multiply, opacity 37 %",
        "  2  Figures  group, hidden",
        "    2.1  Ann  30 x 30 at 0, 0, locked",
        "    2.2  Bob  The layer “Bob” of 'hers.ora' is a vector layer (SVG), which only the program that made "
        "it can draw.",
        "  paper #c8beb4",
        "",
        "Not painted by dreambrush, or saved by another program without the recipe.",
    ]


def test_any_ora_as_json(command: Command) -> None:
    stranger()
    told = report(command, "hers.ora")
    assert (told["width"], told["height"], told["eotf"], told["working_eotf"]) == (90, 70, None, 1.0)
    assert told["resolution"] == [300, 300]
    assert told["paper"] == {"width": 64, "height": 64, "colour": "#c8beb4", "visible": True}
    assert (told["paintings"], told["changed"], told["changes"], told["recipe_problem"]) == ([], None, None, None)
    sky, figures = told["layers"]
    assert sky == {
        **{
            "number": "1",
            "name": "Sky",
            "mode": "svg:multiply",
            "opacity": 0.37,
            "visible": True,
            "locked": False,
            "selected": False,
        },
        **{"x": -5, "y": 10, "width": 50, "height": 40, "strokes": None, "problems": []},
    }
    assert [layer["name"] for layer in figures["layers"]] == ["Ann", "Bob"]


def test_a_painting_in_words(command: Command) -> None:
    ours(effort=2, hand=0.3, min_size="2%", your_turn=False, seed=3)
    told = command("inspect", "ours.ora").stdout
    assert "\n  1  Your turn  empty\n  2  Accents    192 x 128 in tiles, at 0, 0, 10 strokes\n" in told
    assert "Painted by dreambrush 1, seed 3, on a ground of #80785a.\n" in told
    assert "  30 strokes; by brush: oil 10, watercolour 10, bristle 10; by layer: Ground 10, Middle 10, Acc" in told
    assert (
        "  Options: --focus none --hand 0.3 --ground average --min-size 2% --edges 0 --simplify 0 --temperature 0"
        in told
    )
    assert told.endswith("Unchanged since then.\n")


def test_a_painting_as_json(command: Command) -> None:
    ours(effort=2)
    told = report(command, "ours.ora")
    (painting,) = told["paintings"]
    assert (painting["seed"], painting["strokes"], painting["ground"]) == (3, 30, "#80785a")
    assert painting["brushes"][2] == {"name": "bristle", "mypaint_name": "dreambrush/bristle", "strokes": 10}
    assert painting["layers"] == [{"name": name, "strokes": 10} for name in LAYERS]
    assert (painting["options"]["effort"], painting["changed_options"]) == (2, ["--effort", "2"])
    assert told["changed"] is False
    assert [layer["name"] for layer in told["changes"]["layers"]] == [*LAYERS, "Your turn"]


def test_what_was_changed_is_said(command: Command) -> None:
    again = repaint(some_recipe())
    ground, middle, accents = again.layers
    middle.pixels[5:7, 3] = 255, 0, 0, 255
    layers = [
        replace(accents, name="Top", opacity=0.25, visible=False),
        middle,
        replace(ground, strokes=(), name="A & B"),
    ]
    settings = recipes_to_settings([again.recipe])
    write_openraster(Path("a.ora"), layers, np.array([1, 2, 3], np.uint8), settings=settings)
    assert command("inspect", "a.ora").stdout.partition("Changed since then:\n")[2].splitlines() == [
        "  the paper has changed",
        "  “Ground” is now called “A & B”",
        "  “Middle” was painted on: 2 pixels differ",
        "  “Accents” is now called “Top”, is hidden, has an opacity of 25 %",
        "  “Your turn” was removed",
        "  the order of the layers has changed",
    ]
    assert report(command, "a.ora")["changed"] is True


def test_strokes_and_svg(command: Command) -> None:
    ours()
    outcome = command("inspect", "ours.ora", "--strokes", "s.json", "--svg", "s.svg")
    assert outcome.code == 0
    assert outcome.stderr == "s.json: 30 strokes.\ns.svg: 30 strokes as vectors.\n"
    assert Strokes.load("s.json") == some_recipe().strokes
    assert len(list(ET.parse("s.svg").getroot().iter("{http://www.w3.org/2000/svg}path"))) == 30


def test_one_of_several_paintings(command: Command) -> None:
    two_paintings("two.ora")
    with read_document("two.ora") as document:
        recipes = recipes_of(document.settings)
    for words, expected in (([], 1), (["--painting", "1"], 0), (["--painting", "2"], 1)):
        assert command("inspect", "two.ora", "--strokes", "s.json", "--force", *words).code == 0
        assert Strokes.load("s.json") == recipes[expected].strokes
    told = command("inspect", "two.ora").stdout
    assert "\n1. Painted by dreambrush 1, seed 1, on a ground of" in told
    assert "\n2. Painted by dreambrush 1, seed 2, onto other work.\n" in told


def test_nothing_is_replaced_without_force(command: Command) -> None:
    ours()
    before = Path("photo.png").read_bytes()
    for option in ("--strokes", "--svg"):
        outcome = command("inspect", "ours.ora", option, "photo.png")
        assert (outcome.code, outcome.stdout) == (4, "") and "exists already" in outcome.stderr
    assert Path("photo.png").read_bytes() == before
    assert command("inspect", "ours.ora", "--svg", "photo.png", "--force").code == 0
    assert Path("photo.png").read_bytes() != before


def test_a_recipe_that_cannot_be_read_is_said(command: Command) -> None:
    again = repaint(some_recipe(n=3))
    write_openraster(Path("a.ora"), again.layers, again.background, settings={"paintings": [{"format": 99}]})
    outcome = command("inspect", "a.ora")
    assert outcome.code == 0 and "of another version of dreambrush" in outcome.stdout
    assert "another version" in report(command, "a.ora")["recipe_problem"]
    assert command("inspect", "a.ora", "--svg", "a.svg").code == 9


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("none.ora",), 10, "There is no file at 'none.ora'"),
        (("photo.png",), 10, "is not OpenRaster"),
        (("hers.ora", "--strokes", "s.json"), 9, "'hers.ora' holds no strokes by dreambrush."),
        (("hers.ora", "--svg", "s.svg"), 9, "'hers.ora' holds no strokes by dreambrush."),
        (("ours.ora", "--svg", "none/s.svg"), 4, "Create it first"),
        (("ours.ora", "--svg", "s.svg", "--painting", "2"), 2, "was painted once, but --painting is 2"),
        (("ours.ora", "--svg", "s.svg", "--painting", "0"), 2, "'0' is not a whole number"),
        (("ours.ora", "--force"), 2, "only for --strokes, --svg and --html"),
        ((), 2, "FILE.ora"),
    ],
)
def test_what_cannot_be_done_is_said(command: Command, words: tuple[str, ...], code: int, message: str) -> None:
    stranger()
    ours()
    before = sorted(os.listdir())
    outcome = command("inspect", *words)
    assert outcome.code == code and message in outcome.stderr and outcome.stdout == ""
    assert len(outcome.stderr.splitlines()) == 2
    assert sorted(os.listdir()) == before


@pytest.mark.parametrize("name", BYTES)
def test_hostile_files_are_told_in_two_sentences(command: Command, name: str) -> None:
    outcome = command("inspect", str(make(name, Path())))
    assert outcome.code in (0, 10) and "Traceback" not in outcome.stderr
    assert (outcome.code == 0) == (outcome.stderr == "")
