"""What files a painting is saved in, and what lies on the disk until then."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage

from dreambrush.cli.shared import outputs
from dreambrush.errors import ExitCode
from dreambrush.mypaint.ora.document import read_document
from tests.cli.conftest import Command, draw
from tests.cli.paint.test_resume import half, is_unfinished
from tests.mypaint.plain_programs import as_gimp, as_krita, furthest

if TYPE_CHECKING:
    from dreambrush.painter.plan.state import State

QUICK = ("--strokes", "45", "--size", "32", "--effort", "1")


def shown(command: Command, ora: str) -> np.ndarray:
    assert command("render", ora, "shown.png", "--force").code == 0
    with Image.open("shown.png") as image:
        return np.asarray(image)


def files() -> list[str]:
    return sorted(os.listdir())


def test_a_png_alone_is_all_that_is_left(command: Command) -> None:
    outcome = command("paint", "photo.png", *QUICK, "-o", "flat.png", "--json", "--save-every", "0.1s")
    assert outcome.code == 0 and outcome.stderr.startswith("flat.png: 45 strokes")
    report = json.loads(outcome.stdout)
    assert (report["output"], report["outputs"]) == ("flat.png", ["flat.png"])
    assert files() == ["flat.png", "photo.png"]
    assert command("paint", "photo.png", *QUICK).code == 0
    with Image.open("flat.png") as image:
        assert np.allclose(image.info["dpi"], 300, atol=0.02)
        assert np.array_equal(np.asarray(image), shown(command, "photo.ora"))


def test_several_outputs_of_one_painting(command: Command) -> None:
    Path("folder").mkdir()
    names = ["a.ora", "a.jpg", "folder", "b.tif", "copy.ora", "a.ora"]
    words = [word for name in names for word in ("-o", name)]
    outcome = command("paint", "photo.png", *QUICK, *words, "--dpi", "96", "--json", "--format", "webp")
    wanted = ["a.ora", "a.jpg", "folder/photo.webp", "b.tif", "copy.ora"]
    assert json.loads(outcome.stdout)["outputs"] == wanted
    assert outcome.stderr.startswith("a.ora, a.jpg, folder/photo.webp, b.tif and copy.ora: 45 strokes")
    assert Path("copy.ora").read_bytes() == Path("a.ora").read_bytes()
    with Image.open("b.tif") as tif, Image.open("a.jpg") as jpg, Image.open("folder/photo.webp") as webp:
        assert np.array_equal(np.asarray(tif), shown(command, "a.ora"))
        assert tif.info["dpi"] == (96, 96) == jpg.info["dpi"] and webp.size == tif.size
    assert command("paint", "photo.png", *QUICK).code == 0
    assert Path("photo.ora").read_bytes() == Path("a.ora").read_bytes(), "other outputs change nothing"


def test_formats_of_many_pictures(command: Command) -> None:
    Path("out").mkdir()
    draw("second.png")
    pictures = ("photo.png", "second.png")
    assert command("paint", *pictures, *QUICK, "-o", "out", "--format", "ora", "--format", "jpg").code == 0
    assert sorted(os.listdir("out")) == ["photo.jpg", "photo.ora", "second.jpg", "second.ora"]


def test_interrupted_and_resumed_to_what_was_asked_for(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("-o", "flat.png", "-o", "flat.jpg", "--dpi", "120")
    told = half(command, monkeypatch, *words)
    assert "Interrupted: 'flat-unfinished.ora' has the first" in told
    assert "Finish it with: dreambrush paint --resume 'flat-unfinished.ora'" in told
    assert files() == ["flat-unfinished.ora", "photo.png"] and is_unfinished("flat-unfinished.ora")
    again = command("paint", "photo.png", *QUICK, *words)
    assert again.code == ExitCode.OUTPUT and "--resume 'flat-unfinished.ora'" in again.stderr
    outcome = command("paint", "--resume", "flat-unfinished.ora", "--json")
    assert json.loads(outcome.stdout)["outputs"] == ["flat.png", "flat.jpg"]
    assert files() == ["flat.jpg", "flat.png", "photo.png"]
    assert command("paint", "photo.png", *QUICK).code == 0
    with Image.open("flat.png") as image, Image.open("flat.jpg") as jpg:
        assert np.array_equal(np.asarray(image), shown(command, "photo.ora"))
        assert jpg.info["dpi"] == (120, 120)


def test_resumed_from_another_folder(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    half(command, monkeypatch, "-o", "both.ora", "-o", "both.png")
    here = Path.cwd()
    (here / "elsewhere").mkdir()
    monkeypatch.chdir(here / "elsewhere")
    assert command("paint", str(here / "photo.png"), "--resume", str(here / "both.ora"), "-q").code == 0
    assert (here / "both.png").exists() and not is_unfinished(here / "both.ora") and not files()


def test_resumed_to_another_kind(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    half(command, monkeypatch)
    assert command("paint", "--resume", "photo.ora", "-o", "late.tif").code == 0
    assert files() == ["late.tif", "photo.ora", "photo.png"] and not is_unfinished("photo.ora")


def test_continue_makes_only_what_is_missing(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("photo.png", *QUICK, "-o", "a.ora", "-o", "a.png", "-o", "a.tif", "--continue")
    assert command("paint", *words).code == 0
    times = {name: os.stat(name).st_mtime_ns for name in ("a.ora", "a.tif")}
    Path("a.png").unlink()
    outcome = command("paint", *words)
    assert outcome.stderr == "Made of 'a.ora': a.png.\n1 of 1 pictures are already painted.\n"
    assert np.array_equal(np.asarray(Image.open("a.png")), shown(command, "a.ora"))
    assert {name: os.stat(name).st_mtime_ns for name in times} == times
    half(command, monkeypatch, "-o", "b.png", "--continue")
    assert is_unfinished("b-unfinished.ora")
    assert command("paint", "photo.png", *QUICK, "-o", "b.png", "--continue").code == 0
    assert {"b.png"} == {name for name in files() if name.startswith("b")}


def test_nothing_of_the_artist_is_replaced(command: Command) -> None:
    Path("flat-unfinished.ora").write_bytes(b"mine")
    assert command("paint", "photo.png", *QUICK, "-o", "flat.png").code == 0
    assert Path("flat-unfinished.ora").read_bytes() == b"mine"
    before = Path("flat.png").read_bytes()
    outcome = command("paint", "photo.png", *QUICK, "--seed", "1", "-o", "new.ora", "-o", "flat.png")
    assert outcome.code == ExitCode.OUTPUT and "'flat.png' exists already" in outcome.stderr
    assert not Path("new.ora").exists() and Path("flat.png").read_bytes() == before
    assert command("paint", "photo.png", *QUICK, "--seed", "1", "-o", "flat.png", "--force").code == 0
    assert Path("flat.png").read_bytes() != before
    photo = Path("photo.png").read_bytes()
    for words in (("-o", "photo.png"), ("--format", "png"), ("-o", "./photo.png")):
        outcome = command("paint", "photo.png", *QUICK, *words, "--force")
        assert outcome.code == ExitCode.OUTPUT and "would replace the picture" in outcome.stderr
    assert Path("photo.png").read_bytes() == photo


def test_a_name_that_was_taken_meanwhile_leaves_the_painting(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from dreambrush.painter import paint, run

    states = paint.states

    def somebody_saves(*arguments: Any) -> Iterator[State]:
        Path("flat.png").write_bytes(b"theirs")
        yield from states(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(run, "states", somebody_saves)
        outcome = command("paint", "photo.png", *QUICK, "-o", "flat.png")
    assert outcome.code == ExitCode.OUTPUT and "The painting is in 'flat-unfinished.ora'" in outcome.stderr
    assert Path("flat.png").read_bytes() == b"theirs" and not is_unfinished("flat-unfinished.ora")
    assert command("render", "flat-unfinished.ora", "late.png").code == 0


def test_transparent_paintings_are_flat_on_white_in_a_jpeg(command: Command) -> None:
    with Image.open("photo.png") as image:
        image.putalpha(Image.linear_gradient("L").resize(image.size).point(lambda level: 255 * (level > 128)))
        image.save("cut.png")
    outcome = command("paint", "cut.png", *QUICK, "-o", "flat.jpg", "-o", "flat.webp")
    assert outcome.stderr.startswith("flat.jpg shows the picture on white: .jpg has no transparency.\n")
    with Image.open("flat.jpg") as jpg, Image.open("flat.webp") as webp:
        assert np.asarray(jpg)[2, 16].min() > 250
        assert webp.mode == "RGBA" and np.asarray(webp)[2, 16, 3] == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-o", "a.bmp"), "does not end in .ora, .psd"),
        (("--watch", "-o", "a.png"), "--watch saves one .ora"),
        (("--dpi", "0"), "--dpi"),
        (("--format", "bmp"), "--format"),
        (("second.png", "-o", "a.png"), "-o must be an existing folder"),
    ],
)
def test_what_cannot_be_done_is_said(command: Command, words: tuple[str, ...], message: str) -> None:
    draw("second.png")
    before = files()
    outcome = command("paint", "photo.png", *QUICK, *words)
    assert outcome.code == ExitCode.USAGE and message in outcome.stderr
    assert files() == before


def test_painting_onto_own_work_into_a_flat_file(command: Command) -> None:
    assert command("paint", "photo.png", *QUICK, "-o", "work.ora").code == 0
    before = Path("work.ora").read_bytes()
    outcome = command("paint", "photo.png", *QUICK[:2], "--onto", "work.ora", "-o", "new.png")
    assert outcome.code == 0 and files() == ["new.png", "photo.png", "work.ora"]
    assert Path("work.ora").read_bytes() == before


def test_layers_for_photoshop(command: Command) -> None:
    assert command("paint", "photo.png", *QUICK, "-o", "a.psd").code == 0
    assert files() == ["a.psd", "photo.png"]
    assert command("paint", "photo.png", *QUICK, "-o", "a.ora").code == 0
    psd = PSDImage.open("a.psd")
    with read_document("a.ora") as document:
        names = [layer.name for layer in document.layers()]
    assert [layer.name for layer in psd] == ["Background", *reversed(names)] and names[0] == "Your turn"
    assert np.array_equal(np.rint(np.asarray(psd.numpy()) * 255), shown(command, "a.ora"))
    assert command("replay", "a.ora", "-o", "b.psd").code == 0
    assert Path("b.psd").read_bytes() == Path("a.psd").read_bytes()
    outcome = command("paint", "photo.png", *QUICK, "-o", "c.psd", "--pigment")
    assert "its layers look different where paint is thin" in outcome.stderr


def test_the_formats_are_those_that_can_be_saved() -> None:
    from dreambrush.cli.shared.formats import FLAT, FORMATS, ORA, PSD, endings
    from dreambrush.pictures import exporting
    from dreambrush.pictures.flat import FLAT_FORMATS

    assert set(endings(FLAT)) == set(FLAT_FORMATS) and set(FORMATS) == {ORA, PSD, *FLAT}
    assert outputs.SUFFIX == f".{ORA}" == exporting.ORA and f".{PSD}" == exporting.PSD


def test_flattened_for_other_programs(command: Command) -> None:
    words = ("paint", "photo.png", *QUICK, "--pigment")
    outcome = command(*words, "-o", "work.ora")
    assert "Only MyPaint shows its layers right (--flatten-pigment" in outcome.stderr
    assert "Only MyPaint" not in command(*words, "-o", "flat.png").stderr, "it has no layers"
    outcome = command(*words, "-o", "flat.ora", "-o", "flat.psd", "--flatten-pigment", "--json")
    assert "Only MyPaint" not in outcome.stderr and "look different" not in outcome.stderr
    report = json.loads(outcome.stdout)
    assert report["pigment"] and report["flattened"]
    picture = shown(command, "work.ora")
    assert furthest(as_krita(Path("work.ora")), picture) > 0, "this test can fail"
    assert np.array_equal(shown(command, "flat.ora"), picture)
    assert furthest(as_krita(Path("flat.ora")), picture) == 0 == furthest(as_gimp(Path("flat.ora")), picture)
    assert command("inspect", "flat.ora").stdout.splitlines()[-1] == "Unchanged since then."
    with read_document("work.ora") as work, read_document("flat.ora") as flat:
        assert [layer.name for layer in flat.layers()] == [layer.name for layer in work.layers()]
    assert np.array_equal(np.asarray(PSDImage.open("flat.psd").composite(force=True).convert("RGB")), picture)


def test_an_unfinished_painting_is_flattened_at_the_end(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("--pigment", "--flatten-pigment")
    half(command, monkeypatch, *words)
    assert command("paint", "--resume", "photo.ora").code == 0
    assert command("paint", "photo.png", *QUICK, *words, "-o", "whole.ora").code == 0
    assert Path("photo.ora").read_bytes() == Path("whole.ora").read_bytes()
    with read_document("whole.ora") as document:
        assert document.working_eotf == 1.0
