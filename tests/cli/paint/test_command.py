"""``dreambrush paint`` with the real brush engine and a real dream."""

from __future__ import annotations

import json
import math
import shutil
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from dreambrush.cli.paint.defaults import DEFAULT_EFFORT, DEFAULT_HAND, DEFAULT_LAYERS
from dreambrush.cli.ui.likeness import likeness
from dreambrush.cli.ui.progress import Show
from dreambrush.errors import ExitCode
from dreambrush.machine import foundations
from dreambrush.recipe import recipes_of
from tests.cli.paint.test_resume import stop_after

if TYPE_CHECKING:
    from dreambrush.painter.painting import Progress
    from tests.cli.conftest import Command

KEYS = {"target", "output", "width", "height", "strokes", "seconds", "mse", "psnr", "dreamed_mse", "brush", "seed"}
KEYS |= {"edges", "simplify", "temperature", "relief", "focus", "flow", "manner"}
KEYS |= {"transfer_gap", "brushes", "effort", "hand", "layers", "pigment", "transparent", "stages", "seconds_by_work"}
KEYS |= {
    "likeness",
    "values_mse",
    "closer",
    "controller",
    "outputs",
    "interrupted",
    "made_with",
    "error",
    "ground",
    "ground_reason",
    "flattened",
}


def layer_names(path: str) -> list[str]:
    """Top first, without the paper."""
    with zipfile.ZipFile(path) as ora:
        layers = ET.fromstring(ora.read("stack.xml")).iter("layer")
        return [str(layer.get("name")) for layer in layers if layer.get("name") != "background"]


def test_paints_into_the_current_folder(command: Command) -> None:
    outcome = command("paint", "photo.png", "--strokes", "12")
    assert outcome.code == ExitCode.OK
    assert outcome.stdout == ""
    assert outcome.stderr.startswith("photo.ora: 12 strokes of gouache, sable, bristle and scumble, 48 x 36 px, in ")
    assert "  Likeness: " in outcome.stderr and outcome.stderr.count("\n") == 1
    assert "error" not in outcome.stderr and " dB" not in outcome.stderr
    assert sorted(path.name for path in Path().iterdir()) == ["photo.ora", "photo.png"]
    with zipfile.ZipFile("photo.ora") as ora:
        assert Image.open(ora.open("mergedimage.png")).size == (48, 36)
        (recipe,) = recipes_of(json.loads(ora.read("data/mypaint-settings.json")))
    assert recipe.strokes.brushes == ("gouache", "sable", "bristle", "scumble")
    assert len(recipe.strokes) == 12 and recipe.seed == 0
    wished = recipe.options
    assert wished["effort"] == DEFAULT_EFFORT and wished["hand"] == DEFAULT_HAND and wished["min_size"] is None
    assert recipe.made_with == foundations()


def test_json_tells_all(command: Command) -> None:
    outcome = command("paint", "photo.png", "--strokes", "9", "--size", "64", "--seed", "5", "--brush", "ink", "--json")
    report = json.loads(outcome.stdout)
    assert set(report) == KEYS
    assert (report["target"], report["output"], report["brush"]) == ("photo.png", "photo.ora", "ink")
    assert (report["width"], report["height"], report["strokes"], report["seed"]) == (64, 48, 9, 5)
    assert 0 < report["mse"] < 0.1 and math.isclose(report["psnr"], -10 * math.log10(report["mse"]))
    assert report["brushes"] == ["ink"] and report["made_with"] == foundations()
    dials = (report["effort"], report["hand"], report["layers"])
    assert dials == (DEFAULT_EFFORT, DEFAULT_HAND, DEFAULT_LAYERS)
    assert (report["pigment"], report["transparent"], report["interrupted"]) == (False, False, False)
    assert math.isclose(report["transfer_gap"], (report["mse"] - report["dreamed_mse"]) / report["mse"])
    assert {"read", "look", "plan", "paint", "write"} == set(report["seconds_by_work"])
    assert all(set(seconds) == {"wall", "cpu"} for seconds in report["seconds_by_work"].values())
    assert sum(seconds["wall"] for seconds in report["seconds_by_work"].values()) <= report["seconds"]


def test_json_tells_of_every_stage(command: Command) -> None:
    report = json.loads(command("paint", "photo.png", "--strokes", "60", "--effort", "1", "--json").stdout)
    stages = report["stages"]
    assert [*(stage["name"] for stage in stages), "Your turn"] == layer_names("photo.ora")[::-1]
    assert sum(stage["strokes"] for stage in stages) == 60
    for stage in stages:
        assert set(stage) == {"name", "strokes", "dreamed_mse", "mse", "transfer_gap"}
        assert math.isclose(stage["transfer_gap"], (stage["mse"] - stage["dreamed_mse"]) / stage["mse"])
    errors = [stage["mse"] for stage in stages]
    assert errors == sorted(errors, reverse=True)
    assert math.isclose(errors[-1], report["mse"], rel_tol=0.1)  # after rounding to 8 bits


def test_same_seed_gives_the_same_file(command: Command) -> None:
    for name, seed in (("a.ora", "1"), ("b.ora", "1"), ("c.ora", "2")):
        words = ("paint", "photo.png", "-o", name, "--strokes", "10", "--effort", "2", "--seed", seed)
        assert command(*words).code == ExitCode.OK
    first, again, other = (Path(name).read_bytes() for name in ("a.ora", "b.ora", "c.ora"))
    assert first == again != other


def test_several_pictures_into_a_folder(command: Command) -> None:
    shutil.copy("photo.png", "other.png")
    Path("out").mkdir()
    outcome = command("paint", "photo.png", "other.png", "-o", "out", "--strokes", "2", "--effort", "1", "--json", "-q")
    assert outcome.stderr == ""
    outputs = [json.loads(line)["output"] for line in outcome.stdout.splitlines()]
    assert outputs == ["out/photo.ora", "out/other.ora"]
    assert sorted(path.name for path in Path("out").iterdir()) == ["other.ora", "photo.ora"]


def test_force_replaces(command: Command) -> None:
    Path("photo.ora").write_text("an earlier painting")
    assert command("paint", "photo.png", "--strokes", "2", "--effort", "1", "--force").code == ExitCode.OK
    assert zipfile.is_zipfile("photo.ora")


def test_sample(command: Command) -> None:
    assert command("paint", "--sample", "--size", "32", "--strokes", "2").code == ExitCode.OK
    assert zipfile.is_zipfile("still-life.ora")


def test_a_brush_by_its_file(command: Command) -> None:
    from dreambrush.models.catalogue import find_brush

    shutil.copy(find_brush("oil").path, "oil.myb")
    outcome = command("paint", "photo.png", "--brush", "oil.myb", "--strokes", "2", "--effort", "1", "--json")
    assert json.loads(outcome.stdout)["brush"] == "oil"


@pytest.mark.parametrize("size", [(1, 1), (3, 1), (300, 2)])
def test_tiny_and_narrow_pictures(command: Command, size: tuple[int, int]) -> None:
    Image.new("RGB", size, "teal").save("odd.png")
    outcome = command("paint", "odd.png", "--strokes", "3", "--json")
    assert outcome.code == ExitCode.OK, outcome.stderr
    report = json.loads(outcome.stdout)
    assert (report["width"], report["height"], report["strokes"]) == (*size, 3)


def interrupt_after(rounds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is pressed when the progress bar has been told of so many rounds."""

    @contextmanager
    def bar(title: str, *_: object, **__: object) -> Iterator[Show]:
        told = 0

        def update(progress: Progress) -> None:
            nonlocal told
            told += 1
            if told > rounds:
                raise KeyboardInterrupt

        yield update

    monkeypatch.setattr("dreambrush.cli.paint.job.painting_progress", bar)


def test_ctrl_c_saves_what_is_painted(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt_after(1, monkeypatch)
    outcome = command("paint", "photo.png", "-o", "half.ora", "--json")
    report = json.loads(outcome.stdout)
    assert outcome.code == ExitCode.INTERRUPTED
    assert report["interrupted"] and 0 < report["strokes"] < 1500
    assert f"'half.ora' has the first {report['strokes']} strokes." in outcome.stderr
    assert zipfile.is_zipfile("half.ora")


def test_ctrl_c_ends_a_batch(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy("photo.png", "second.png")
    interrupt_after(0, monkeypatch)
    assert command("paint", "photo.png", "second.png").code == ExitCode.INTERRUPTED
    assert sorted(path.name for path in Path().iterdir()) == ["photo.ora", "photo.png", "second.png"]


def test_ctrl_c_before_the_first_stroke_leaves_nothing(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dreambrush.pictures.reading.load_picture", pressed)
    outcome = command("paint", "photo.png")
    assert (outcome.code, outcome.stderr.strip()) == (ExitCode.INTERRUPTED, "Interrupted.")
    assert [path.name for path in Path().iterdir()] == ["photo.png"]


def test_a_palette_with_nothing_near_ends_soon(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("photo.png", "--strokes", "600", "--palette", "auto:1")
    outcome = command("paint", *words, "-o", "whole.ora", "--json")
    strokes = json.loads(outcome.stdout)["strokes"]
    assert 1 <= strokes < 60
    assert (
        f"{600 - strokes} of 600 strokes are left out: with these colours they would bring it no closer."
        in outcome.stderr
    )
    for rounds in (1, 3, 5):
        with monkeypatch.context() as patch:
            stop_after(rounds, patch)
            assert command("paint", *words, "-o", "part.ora").code == ExitCode.INTERRUPTED
        assert command("paint", "--resume", "part.ora").code == 0
        assert Path("part.ora").read_bytes() == Path("whole.ora").read_bytes()
        Path("part.ora").unlink()


@pytest.mark.parametrize(("style", "drawn"), [("pencil", True), ("pastel", False)])
def test_a_drawing_is_compared_in_light_and_dark(command: Command, style: str, drawn: bool) -> None:
    outcome = command("paint", "photo.png", "--style", style, "--strokes", "60", "--effort", "1", "--json", "-v")
    report = json.loads(outcome.stdout)
    assert ("Likeness in light and dark: " in outcome.stderr) == drawn
    assert ("Mean squared error in light and dark 0." in outcome.stderr) == drawn
    error = report["values_mse"] if drawn else report["mse"]
    assert (report["values_mse"] is not None) == drawn and report["likeness"] == likeness(error)
    assert not drawn or report["values_mse"] < report["mse"]
