"""``dreambrush inspect --at``: what it tells of a pixel; tests/bad_calls.py has what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
import pytest

from dreambrush.cli.inspect.pixel import pixel_place
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.strokemap import RecordedStroke, decode, encode, pick
from tests.cli.inspect.test_command import ours, report, two_paintings
from tests.mypaint.hostile_files import BYTES, make
from tests.mypaint.ora_files import OraFile
from tests.replay.test_edits import LAYERS, some_recipe

if TYPE_CHECKING:
    from tests.cli.conftest import Command


def test_the_words_are_those_of_the_recipe(command: Command) -> None:
    ours()
    at = report(command, "ours.ora", "--at", "75,50")["at"]
    strokes = some_recipe().strokes
    lines = command("inspect", "ours.ora", "--at", " 75, 50").stdout.splitlines()
    assert lines[:2] == ["ours.ora at 75,50, the topmost layer first:", "  Your turn  no stroke"]
    assert len(lines) == 5 and sum("no stroke" in line for line in lines) < 4  # else this would show nothing
    for line, layer in zip(lines[2:], at["layers"][1:], strict=True):
        stroke = layer["stroke"]
        if stroke is not None:
            index = stroke["index"]
            start, end = strokes.pressure[index]
            assert line.split("  ", 2)[-1].strip() == (
                f"stroke {index + 1} of 30, number {index % 10 + 1} in its layer: {strokes.brushes[index % 3]}, "
                f"{stroke['colour']}, {2 * strokes.radius[index]:.3g} pixels wide, pressure {start:.2f} to {end:.2f}"
            )


def test_json_has_the_stroke_that_mypaints_rule_picks(command: Command) -> None:
    ours()
    strokes = some_recipe().strokes
    with read_document("ours.ora") as document:
        maps = {layer.name: (layer, decode(layer.strokemap_bytes() or b"")) for layer in document.layers()}
    found = 0
    for x, y in ((0, 0), (20, 70), (75, 50), (110, 30), (149, 99)):
        told = report(command, "ours.ora", "--at", f"{x},{y}")
        at = told["at"]
        assert (at["x"], at["y"], told["changed"]) == (x, y, False)
        assert [layer["name"] for layer in at["layers"]] == ["Your turn", *reversed(LAYERS)]
        for number, each in enumerate(reversed(at["layers"][1:])):
            layer, recorded = maps[each["name"]]
            picked = pick(recorded, x - layer.x, y - layer.y)
            if picked is None:
                assert each["stroke"] is None
                continue
            found += 1
            index = 10 * number + picked
            assert each["stroke"] == {
                "painting": 0,
                "index": index,
                "index_in_layer": picked,
                "brush": strokes.brushes[index % 3],
                "colour": "#" + bytes(np.rint(255 * strokes.colour[index]).astype(np.uint8)).hex(),
                "width": pytest.approx(2 * strokes.radius[index], abs=1e-4),
                "pressure": pytest.approx(strokes.pressure[index].tolist(), abs=1e-4),
            }
    assert found > 4


def test_without_it_nothing_is_said_of_a_pixel(command: Command) -> None:
    ours()
    assert report(command, "ours.ora")["at"] is None


def test_a_second_painting_is_named(command: Command) -> None:
    two_paintings("two.ora")
    told = command("inspect", "two.ora", "--at", "75,50").stdout
    assert " of 12 of painting 2, number " in told and " of 9 of painting 1, number " in told


def test_strokes_of_others_are_told_from_their_map(command: Command) -> None:
    brush: dict[str, Any] = {"version": 3, "parent_brush_name": "classic/pen\n\x1b[2J", "settings": {}}
    brush["settings"] = {
        name: {"base_value": value, "inputs": {}}
        for name, value in (("color_h", 1 / 3), ("color_s", 1.0), ("color_v", 0.8), ("radius_logarithmic", 1.0))
    }
    mask = {(0, 0): b"\1" * 4096}
    strokes = [
        RecordedStroke.pack(json.dumps(brush), mask),
        RecordedStroke.pack("from long ago", {(1, 0): b"\1" * 4096}),
    ]
    ora = OraFile(200, 70)
    group = ora.group(name="Figures", visibility="hidden")
    ora.members["data/map.dat"] = encode(strokes)
    picture = np.full((64, 128, 4), 255, np.uint8)
    layer = ora.layer(picture, group, name="Ann", x=64)
    layer.set("mypaint_strokemap_v2", "data/map.dat")
    ora.save(Path("hers.ora"))
    assert command("inspect", "hers.ora", "--at", "70,3").stdout.splitlines()[1] == (
        "  Ann  a stroke that dreambrush did not paint, number 1 in its layer: "
        "classic/pen\\n\\x1b[2J, #00cc00, 5.44 pixels wide, hidden"
    )
    old = "  Ann  a stroke that dreambrush did not paint, number 2 in its layer, hidden"
    assert command("inspect", "hers.ora", "--at", "130,3").stdout.splitlines()[1] == old
    assert command("inspect", "hers.ora", "--at", "63,3").stdout.splitlines()[1] == "  Ann  no stroke, hidden"


@pytest.mark.parametrize("name", BYTES)
def test_hostile_files_are_told_in_two_sentences(command: Command, name: str) -> None:
    outcome = command("inspect", "--at", "0,0", str(make(name, Path())))
    assert outcome.code in (0, 10) and "Traceback" not in outcome.stderr
    assert (outcome.code == 0) == (outcome.stderr == "")


@pytest.mark.parametrize(
    ("place", "error"), [("150,0", "no-such-pixel"), ("0,100", "no-such-pixel"), ("-1,0", "bad-value")]
)
def test_what_is_no_pixel_is_refused(command: Command, place: str, error: str) -> None:
    ours()
    outcome = command("inspect", "ours.ora", "--json", f"--at={place}")
    assert outcome.code == 2 and json.loads(outcome.stdout)["error"]["id"] == error
    assert len(outcome.stderr.splitlines()) == 2


@pytest.mark.parametrize("value", ["", "7", "7,", "1,2,3", "-1,2", "1.5,2", "²,1", "1234567,1", "x,y", "1;2"])
def test_other_values_are_no_places(value: str) -> None:
    assert pixel_place(" 12 , 0") == (12, 0)
    with pytest.raises(click.BadParameter):
        pixel_place(value)
