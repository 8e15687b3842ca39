"""``dreambrush render``."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage

from dreambrush.errors import ExitCode
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.render import render_document
from tests.mypaint.hostile_files import BYTES, make
from tests.mypaint.ora_files import OraFile, noise
from tests.mypaint.plain_programs import as_gimp, as_krita, furthest

if TYPE_CHECKING:
    from tests.cli.conftest import Command

PAPER = np.full((64, 64, 3), (200, 190, 180), np.uint8)


def save_ora(path: str, *, paper: bool = True) -> None:
    ora = OraFile(90, 70, 2.2, xres=300, yres=150)
    ora.layer(noise(1, 70, 90), composite_op="svg:multiply")
    ora.layer(noise(2, 30, 30), x=20, y=30, composite_op="mypaint:spectral-wgm")
    if paper:
        ora.background(PAPER)
    ora.save(Path(path))


def test_a_png_with_the_size_resolution_and_pixels_of_the_document(command: Command) -> None:
    save_ora("work.ora")
    assert command("render", "work.ora", "work.png") == (0, "", "work.png: 90 x 70 pixels.\n")
    with Image.open("work.png") as image, read_document("work.ora") as document:
        assert (image.format, image.mode, image.info["srgb"]) == ("PNG", "RGB", 0)
        assert np.allclose(image.info["dpi"], (300, 150), atol=0.02)
        assert np.array_equal(np.asarray(image), render_document(document))


def test_without_paper_it_is_transparent(command: Command) -> None:
    save_ora("work.ora", paper=False)
    assert command("render", "work.ora", "work.PNG").stderr == "work.PNG: 90 x 70 pixels, with transparency.\n"
    with Image.open("work.PNG") as image:
        assert image.mode == "RGBA"


def test_an_opaque_picture_without_paper_is_not_called_transparent(command: Command) -> None:
    ora = OraFile(40, 30)
    ora.layer(np.full((30, 40, 4), 255, np.uint8))
    ora.save(Path("work.ora"))
    assert command("render", "work.ora", "work.png").stderr == "work.png: 40 x 30 pixels.\n"


def test_other_formats_and_their_resolution(command: Command) -> None:
    save_ora("work.ora")
    outcome = command("render", "work.ora", "-o", "a.tif", "-o", "a.psd", "-o", "a.JPG", "--dpi", "96")
    assert outcome.code == 0 and outcome.stderr.endswith("\na.tif, a.psd and a.JPG: 90 x 70 pixels.\n")
    with read_document("work.ora") as document:
        picture = render_document(document)
    for name in ("a.tif", "a.psd", "a.JPG"):
        with Image.open(name) as image:
            difference = np.abs(np.asarray(image).astype(int) - picture)
            assert difference.max() == 0 or (name == "a.JPG" and difference.mean() < 8)
            assert name == "a.psd" or image.info["dpi"] == (96, 96)
    assert command("render", "work.ora", "same.tif").code == 0
    with Image.open("same.tif") as image:
        assert image.info["dpi"] == (300, 150), "that of the document"


def test_many_files_into_a_folder(command: Command) -> None:
    for name in ("a.ora", "b.ora", "c.ora"):
        save_ora(name)
    Path("broken.ora").write_bytes(b"PK")
    Path("out").mkdir()
    outcome = command("render", "a.ora", "broken.ora", "b.ora", "-o", "out/")
    assert outcome.code == 10 and "'broken.ora'" in outcome.stderr
    assert "out/a.png: 90 x 70 pixels." in outcome.stderr and "out/b.png: 90 x 70 pixels." in outcome.stderr
    assert sorted(os.listdir("out")) == ["a.png", "b.png"]
    again = command("render", "b.ora", "c.ora", "out")
    assert again.code == 4 and "'out/b.png' exists already" in again.stderr
    assert sorted(os.listdir("out")) == ["a.png", "b.png"], "nothing is begun"
    assert command("render", "a.ora", "c.ora", "out", "--format", "webp", "--format", "psd", "-q").code == 0
    assert sorted(os.listdir("out")) == ["a.png", "a.psd", "a.webp", "b.png", "c.psd", "c.webp"]
    Path("other").mkdir()
    save_ora("other/a.ora")
    outcome = command("render", "a.ora", "other/a.ora", "-o", "other")
    assert outcome.code == 4 and "would both be saved as 'other/a.png'" in outcome.stderr


def test_quiet_says_nothing(command: Command) -> None:
    save_ora("work.ora")
    assert command("render", "-q", "work.ora", "work.png") == (0, "", "")


def test_nothing_is_replaced_without_force(command: Command) -> None:
    save_ora("work.ora")
    before = Path("photo.png").read_bytes()
    outcome = command("render", "work.ora", "photo.png")
    assert outcome.code == 4 and "exists already" in outcome.stderr
    assert Path("photo.png").read_bytes() == before
    assert command("render", "work.ora", "photo.png", "--force").code == 0
    assert Path("photo.png").read_bytes() != before


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("work.ora", "work.bmp"), 2, "does not end in .png, .jpg, .webp, .tif or .psd"),
        (("work.ora", "again.ora"), 2, "no OUT.png"),
        (("work.ora", "-o", "again.ora"), 2, "does not end in .png"),
        (("work.ora", "work.ora", "work.png"), 2, "must be an existing folder"),
        (("work.ora", "-o", "photo.png"), 4, "exists already"),
        (("work.ora", "none/work.png"), 4, "There is no folder 'none'"),
        (("none.ora", "work.png"), 10, "There is no file at 'none.ora'"),
        (("photo.png", "work.png"), 10, "is not OpenRaster"),
        (("work.ora",), 2, "OUT.png"),
    ],
)
def test_what_cannot_be_done_is_said(command: Command, words: tuple[str, ...], code: int, message: str) -> None:
    save_ora("work.ora")
    before = sorted(os.listdir())
    outcome = command("render", *words)
    assert outcome.code == code and message in outcome.stderr
    assert sorted(os.listdir()) == before


@pytest.mark.parametrize("force", [(), ("--force",)], ids=["new", "force"])
@pytest.mark.parametrize("name", BYTES)
def test_of_hostile_files_nothing_is_written(command: Command, name: str, force: tuple[str, ...]) -> None:
    path = make(name, Path())
    output = "photo.png" if force else "new.png"
    before = {file: Path(file).read_bytes() for file in os.listdir()}
    start = time.process_time()
    outcome = command("render", str(path), output, *force)
    assert outcome.code == 10 and outcome.stdout == ""
    first, second = outcome.stderr.splitlines()
    assert first.startswith("Error: ") and second.endswith(".")
    assert {file: Path(file).read_bytes() for file in os.listdir()} == before
    assert time.process_time() - start < 5


def test_flattened_copies_for_other_programs(command: Command) -> None:
    save_ora("work.ora")
    assert command("render", "work.ora", "work.png").code == 0
    outcome = command("render", "work.ora", "-o", "flat.ora", "-o", "flat.psd", "-o", "flat.png", "--flatten-pigment")
    assert outcome == (0, "", "flat.ora, flat.psd and flat.png: 90 x 70 pixels.\n")
    with Image.open("work.png") as image, Image.open("flat.png") as flat:
        picture = np.asarray(image)
        assert furthest(np.asarray(flat), picture) <= 1
    assert furthest(as_krita(Path("flat.ora")), picture) <= 1
    assert furthest(as_gimp(Path("flat.ora")), picture) <= 1
    psd = PSDImage.open("flat.psd")
    assert furthest(np.asarray(psd.composite(force=True).convert("RGBA")), picture) <= 1
    assert sorted(os.listdir()) == ["flat.ora", "flat.png", "flat.psd", "photo.png", "work.ora", "work.png"]


def test_many_flattened_copies(command: Command) -> None:
    for name in ("a.ora", "b.ora"):
        save_ora(name)
    Path("out").mkdir()
    assert command("render", "a.ora", "b.ora", "-o", "out", "--flatten-pigment").code == 0
    assert sorted(os.listdir("out")) == ["a.ora", "b.ora"]
    assert command("render", "a.ora", "-o", "out", "--flatten-pigment", "--format", "psd").code == 0
    assert sorted(os.listdir("out")) == ["a.ora", "a.psd", "b.ora"]


def test_no_original_is_replaced_by_its_copy(command: Command) -> None:
    save_ora("work.ora")
    before = Path("work.ora").read_bytes()
    os.symlink("work.ora", "link.ora")
    for words in (("-o", "work.ora"), ("-o", "."), ("-o", "link.ora")):
        outcome = command("render", "work.ora", *words, "--flatten-pigment", "--force")
        assert outcome.code == ExitCode.OUTPUT and "would replace" in outcome.stderr
        assert Path("work.ora").read_bytes() == before
