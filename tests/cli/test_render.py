"""``dreambrush render``."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.render import render_document
from tests.mypaint.hostile_files import BYTES, make
from tests.mypaint.ora_files import OraFile, noise

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
        (("work.ora", "work.jpg"), 2, "does not end in .png"),
        (("work.ora", "folder.png"), 4, "folder.png"),
        (("work.ora", "none/work.png"), 4, "Create the folder first"),
        (("none.ora", "work.png"), 10, "There is no file at 'none.ora'"),
        (("photo.png", "work.png"), 10, "is not OpenRaster"),
        (("work.ora",), 2, "OUT.png"),
    ],
)
def test_what_cannot_be_done_is_said(command: Command, words: tuple[str, ...], code: int, message: str) -> None:
    save_ora("work.ora")
    Path("folder.png").mkdir()
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
