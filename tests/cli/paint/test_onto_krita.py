"""``dreambrush paint --onto`` in a file that the real Krita saved."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from dreambrush.errors import ExitCode
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.render import render_document
from tests.mypaint.plain_programs import as_gimp, as_krita, furthest

if TYPE_CHECKING:
    from tests.cli.conftest import Command

SAVED = Path(__file__).parents[2] / "mypaint/krita_files/krita-5.2.9.ora"
QUICK = ("--strokes", "30", "--effort", "1")
NAMES = ["Apple", "Lemon \N{EN DASH} Zitrone", "Hidden", "Table", "Wall"]


@pytest.fixture
def work(command: Command) -> Path:
    shutil.copy(SAVED, "work.ora")
    return Path("work.ora")


def test_what_krita_shows(work: Path) -> None:
    with read_document(work) as document, zipfile.ZipFile(work) as ora:
        assert [layer.name for layer in document.layers()] == NAMES
        assert (document.eotf, document.working_eotf, document.background) == (None, 1.0, None)
        with Image.open(ora.open("mergedimage.png")) as merged:
            assert furthest(render_document(document), np.asarray(merged)) <= 2


@pytest.mark.parametrize("above", [None, NAMES[1], "Table", "1"])
def test_new_layers_among_those_of_krita(command: Command, work: Path, above: str | None) -> None:
    words = () if above is None else ("--above", above)
    assert command("paint", "photo.png", "--onto", "work.ora", *words, *QUICK).code == ExitCode.OK
    with read_document("work-painted.ora") as document, read_document(work) as before:
        names = [node.name for node in document.root.walk()]
        place = names.index("Dreambrush")
        assert names[place + 1] == "Your turn"
        assert [layer.name for layer in document.layers() if layer.name in NAMES] == NAMES
        if above in NAMES:
            below = next(node for node in list(document.root.walk())[place + 1 :] if node.name in NAMES)
            assert below.name == above
        old = {layer.name: layer for layer in before.layers()}
        for layer in document.layers():
            if layer.name in NAMES:
                assert np.array_equal(layer.pixels(), old[layer.name].pixels())
                assert dict(layer.attributes) == dict(old[layer.name].attributes)
        picture = render_document(document)
    with zipfile.ZipFile(work) as old_file, zipfile.ZipFile("work-painted.ora") as new_file:
        changed = {"stack.xml", "mergedimage.png", "Thumbnails/thumbnail.png"}
        assert all(new_file.read(name) == old_file.read(name) for name in {*old_file.namelist()} - changed)
        with Image.open(new_file.open("mergedimage.png")) as merged:
            assert np.array_equal(np.asarray(merged), picture)
    assert command("inspect", "work-painted.ora").stdout.splitlines()[-1] == "Unchanged since then."


def test_a_flattened_copy(command: Command, work: Path) -> None:
    assert command("paint", "photo.png", "--onto", "work.ora", *QUICK).code == ExitCode.OK
    assert command("render", "work-painted.ora", "-o", "flat.ora", "--flatten-pigment").code == ExitCode.OK
    with read_document("work-painted.ora") as document:
        picture = render_document(document)
    assert furthest(as_krita(Path("flat.ora")), picture) <= 1 and furthest(as_gimp(Path("flat.ora")), picture) <= 1
    assert command("inspect", "flat.ora").stdout.splitlines()[-1] == "Unchanged since then."
