"""The settings that ``dreambrush paint`` takes: what they mean, what is refused, and what they do to a painting."""

from __future__ import annotations

import io
import json
import shutil
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from dreambrush.cli.paint import defaults
from dreambrush.cli.shared.brushes import brushes_with_dreams
from dreambrush.cli.shared.named import BRUSH_SETS
from dreambrush.errors import ExitCode
from dreambrush.recipe import recipes_of

if TYPE_CHECKING:
    from tests.cli.conftest import Command

BAD_VALUES = [
    *(("effort", value, f"'{value}' is not a whole number from 1 to 5.") for value in ("0", "6", "2.5", "high", "")),
    *(("layers", value, f"'{value}' is not a whole number from 1 to 5.") for value in ("0", "6")),
    *(("hand", value, f"'{value}' is not a number from 0 to 1.") for value in ("-0.1", "1.01", "free", "nan", "")),
    *(("min-size", value, f"'{value}' is not a width such as 12") for value in ("0", "-3", "0%", "101%", "2 em")),
    *(("max-size", value, f"'{value}' is not a width such as 12") for value in ("0.5", "%", "", "1e3", "nan", "2%%")),
    *(("time", value, f"'{value}' is not a time from 1s to 24h") for value in ("0", "0.5s", "-2m", "soon", "25h")),
    *(("until", value, f"'{value}' is not a number from 1 to 99.") for value in ("0", "100", "nan", "good")),
]  # fmt: skip


@pytest.mark.parametrize(("option", "value", "message"), BAD_VALUES)
def test_bad_values(command: Command, option: str, value: str, message: str) -> None:
    outcome = command("paint", "photo.png", f"--{option}={value}")
    assert outcome.code == ExitCode.USAGE and outcome.stdout == ""
    said, advice = outcome.stderr.rstrip("\n").split("\n")
    assert said.startswith("Error: ") and message in said and said.endswith(".")
    assert advice == "See 'dreambrush paint --help-all'."
    assert [path.name for path in Path().iterdir()] == ["photo.png"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--min-size", "20", "--max-size", "10"), ExitCode.USAGE, "--min-size 20 px is larger than --max-size 10 px"),
        (("--min-size", "50%", "--max-size", "10"), ExitCode.USAGE, "in a painting of 48 px."),
        (("--brush", "set:garage"), ExitCode.BRUSH, "There is no set of brushes named 'garage'."),
        (("--brush", "oil", "--brush", "oyl"), ExitCode.BRUSH, "Did you mean oil"),
        (("--brush", "oil", "--brush", "mine/oil.myb"), ExitCode.USAGE, "Two of the brushes are called 'oil'."),
    ],
)
def test_wishes_that_do_not_go_together(command: Command, words: tuple[str, ...], code: ExitCode, message: str) -> None:
    Path("mine").mkdir()
    shutil.copy(brushes_with_dreams(["ink"], quiet=True)[0].path, "mine/oil.myb")
    outcome = command("paint", "photo.png", *words)
    assert outcome.code == code and message in outcome.stderr
    assert outcome.stderr.count("\n") == 2
    assert not list(Path().glob("*.ora"))


def test_defaults_are_the_painters() -> None:
    from dreambrush.painter.options import PaintOptions
    from dreambrush.painter.plan import effort, hand
    from dreambrush.painter.plan.order import LAYERS

    assert (effort.LEAST, effort.MOST) == (min(effort.EFFORTS), max(effort.EFFORTS)) == defaults.EFFORTS
    assert (hand.EXACT, hand.FREE) == defaults.HANDS
    assert (min(LAYERS), max(LAYERS)) == defaults.LAYERS
    painters = PaintOptions()
    assert painters.effort == defaults.DEFAULT_EFFORT
    assert painters.hand == defaults.DEFAULT_HAND
    assert painters.layers == defaults.DEFAULT_LAYERS
    assert painters.likeness == defaults.LIKENESS


def painted(command: Command, *words: str) -> dict[str, Any]:
    outcome = command("paint", "photo.png", "--force", "--json", "--effort", "1", *words)
    assert outcome.code == ExitCode.OK, outcome.stderr
    report: dict[str, Any] = json.loads(outcome.stdout)
    return report


@pytest.mark.slow
def test_several_brushes(command: Command) -> None:
    report = painted(command, "--strokes", "60", "--brush", "oil", "--brush", "bristle", "--brush", "oil")
    assert (report["brush"], report["brushes"]) == ("oil+bristle", ["oil", "bristle"])
    with zipfile.ZipFile("photo.ora") as ora:
        (recipe,) = recipes_of(json.loads(ora.read("data/mypaint-settings.json")))
    assert recipe.strokes.brushes == ("oil", "bristle") and recipe.options["effort"] == 1


@pytest.mark.parametrize("name", BRUSH_SETS)
def test_sets_of_brushes(command: Command, name: str) -> None:
    outcome = command("paint", "photo.png", "--strokes", "3", "--effort", "1", "--brush", f"set:{name}")
    *first, last = BRUSH_SETS[name]
    assert f"3 strokes of {', '.join(first)} and {last}, 48 x 36 px" in outcome.stderr


def test_help_names_every_set(command: Command) -> None:
    said = " ".join(command("paint", "--help").stdout.split())
    for name, brushes in BRUSH_SETS.items():
        assert f"set:{name} {', '.join(brushes[:-1])} and {brushes[-1]}" in said.replace(" is ", " ")


@pytest.mark.slow
def test_dials_reach_the_painter(command: Command) -> None:
    """Each of them changes the painting, and is told."""
    usual = painted(command, "--strokes", "20")
    files = [Path("photo.ora").read_bytes()]
    for option, value in (
        ("--hand", "1"),
        ("--layers", "2"),
        ("--effort", "2"),
        ("--min-size", "60%"),
        ("--seed", "4"),
    ):
        report = painted(command, "--strokes", "20", option, value)
        files.append(Path("photo.ora").read_bytes())
        if option.removeprefix("--") in report:
            assert report[option.removeprefix("--")] == float(value)
        if option == "--layers":
            assert [stage["name"] for stage in report["stages"]] == ["Block-in", "Details"]
        if option == "--min-size":
            assert report["mse"] > 1.2 * usual["mse"]
    assert len(set(files)) == len(files)


@pytest.mark.slow
def test_time_is_kept(command: Command) -> None:
    shutil.copy("photo.png", "second.png")
    before = time.perf_counter()
    outcome = command(
        "paint", "photo.png", "second.png", "--strokes", "20000", "--time", "2", "--json", "--size", "256"
    )
    spent = time.perf_counter() - before
    for line in outcome.stdout.splitlines():
        report = json.loads(line)
        assert 0 < report["strokes"] < 20000 and not report["interrupted"]
        assert report["seconds"] < 3
    assert len(outcome.stdout.splitlines()) == 2 and spent < 7


def test_too_little_time_gives_a_few_strokes(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dreambrush.cli.paint.settings.FINISHING", 100.0)  # a very slow disk
    report = painted(command, "--strokes", "2000", "--time", "9")
    assert 0 < report["strokes"] < 100


def test_until(command: Command) -> None:
    first, better = (painted(command, "--strokes", "500", "--until", decibels) for decibels in ("22", "30"))
    assert 0 < first["strokes"] < better["strokes"] < 500
    assert 21.5 <= first["psnr"] < better["psnr"] and better["psnr"] >= 29.5


def test_pigment(command: Command) -> None:
    plain, pigment = (painted(command, "--strokes", "30", *words) for words in ((), ("--pigment",)))
    assert (plain["pigment"], pigment["pigment"]) == (False, True)
    with zipfile.ZipFile("photo.ora") as ora:
        stack = ora.read("stack.xml")
    assert b'mypaint:eotf="2.2"' in stack and b"mypaint:spectral-wgm" in stack
    assert pigment["mse"] < 0.02


@pytest.mark.slow
def test_transparent_pictures_stay_so(command: Command) -> None:
    y, x = np.mgrid[0:64, 0:64]
    alpha = np.clip((26 - np.hypot(x - 31.5, y - 31.5)) * 40 + 128, 0, 255)
    pixels = np.stack([255 - 3 * x, 40 + 3 * y, 60 + 0 * x, alpha], 2).astype(np.uint8)
    pixels[20:44, 28:36, 3] = 100
    Image.fromarray(pixels).save("photo.png")
    report = painted(command, "--strokes", "60")
    assert report["transparent"]
    with zipfile.ZipFile("photo.ora") as ora:
        merged, thumbnail = (
            np.asarray(Image.open(io.BytesIO(ora.read(name))))
            for name in ("mergedimage.png", "Thumbnails/thumbnail.png")
        )
    assert merged.shape == thumbnail.shape == (64, 64, 4)
    assert not merged[pixels[..., 3] == 0].any()
    assert np.abs(merged[..., 3].astype(int) - pixels[..., 3]).max() <= 1
    # Colours are the picture's own, also where it is translucent.
    apart = np.square((merged[..., :3].astype(float) - pixels[..., :3]) / 255).mean(-1)
    for seen in (pixels[..., 3] == 255, pixels[..., 3] == 100):
        assert apart[seen].mean() < 0.01
    assert report["mse"] == pytest.approx(np.average(apart, weights=pixels[..., 3]), rel=0.2)


@pytest.mark.slow
def test_a_palette_and_a_ground(command: Command) -> None:
    report = painted(command, "--strokes", "60", "--palette", "#102030,#e0a020,#fff", "--ground", "#123")
    with zipfile.ZipFile("photo.ora") as ora:
        (recipe,) = recipes_of(json.loads(ora.read("data/mypaint-settings.json")))
    used = {tuple(colour) for colour in np.rint(recipe.strokes.colour * 255).astype(int).tolist()}
    assert used <= {(0x10, 0x20, 0x30), (0xE0, 0xA0, 0x20), (255, 255, 255)} and len(used) > 1
    assert recipe.ground is not None and recipe.ground.tolist() == [0x11, 0x22, 0x33]
    assert recipe.options["palette"] == "#102030,#e0a020,#fff" and report["strokes"] == 60


@pytest.mark.slow
def test_colours_of_the_picture_itself(command: Command) -> None:
    painted(command, "--strokes", "60", "--palette", "auto:3")
    with zipfile.ZipFile("photo.ora") as ora:
        (recipe,) = recipes_of(json.loads(ora.read("data/mypaint-settings.json")))
    own = {tuple(colour) for colour in np.asarray(Image.open("photo.png")).reshape(-1, 3).tolist()}
    used = {tuple(colour) for colour in np.rint(recipe.strokes.colour * 255).astype(int).tolist()}
    assert used <= own and 1 < len(used) <= 3
    assert recipe.ground is not None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--palette", "red"), "is not a list of colours"),
        (("--palette", "auto:none"), "must ask for 1 to 256 colours"),
        (("--palette", "nothing.gpl"), "nothing.gpl"),
        (("--ground", "blue"), "'blue' is neither a colour such as #cc8855 nor one of paper, toned and average."),
    ],
)
def test_colours_that_there_are_not(command: Command, words: tuple[str, str], message: str) -> None:
    outcome = command("paint", "photo.png", *words)
    assert outcome.code == ExitCode.USAGE and message in outcome.stderr
    assert not Path("photo.ora").exists()


@pytest.mark.slow
def test_focus_brings_strokes_where_it_is_light(command: Command) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    Image.fromarray(noise).resize((192, 144), Image.Resampling.NEAREST).save("photo.png")
    mask = np.zeros((10, 10), np.uint8)
    mask[:, 5:] = 255
    Image.fromarray(mask).save("mask.png")
    painted(command, "--strokes", "150", "--focus", "mask.png")
    with zipfile.ZipFile("photo.ora") as ora:
        (recipe,) = recipes_of(json.loads(ora.read("data/mypaint-settings.json")))
    right = recipe.strokes.path[:, :, 0].mean(1) > 96
    assert right.mean() > 0.6
    assert recipe.options["focus"] == "mask.png"
    assert command("paint", "photo.png", "--focus", "nothing.png", "--force").code == ExitCode.BAD_PICTURE
