"""Copies of documents that need no blending: trees of groups, all modes, stroke maps, and what else is in the file."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from dreambrush.errors import OpenrasterError, OutputError
from dreambrush.mypaint.layer import NORMAL, PIGMENT
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.flattening import flatten_document
from dreambrush.mypaint.ora.render import render_document
from dreambrush.mypaint.strokemap import RecordedStroke, decode, encode
from tests.mypaint.ora.test_render import PAPER, table_of_modes, tree
from tests.mypaint.ora_files import MYPAINT, OraFile, noise
from tests.mypaint.plain_programs import as_gimp, as_krita, furthest

WORK, FLAT = Path("work.ora"), Path("flat.ora")


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check(ora: OraFile) -> None:
    """Flattens a document, and compares what programs show of the copy with what MyPaint shows of the original."""
    ora.save(WORK)
    picture = flatten_document(WORK, FLAT)
    with read_document(WORK) as document, read_document(FLAT) as flat:
        assert np.array_equal(render_document(document), picture)
        assert [node.name for node in flat.root.walk()] == [node.name for node in document.root.walk()]
        assert flat.working_eotf == 1.0
        assert furthest(render_document(flat), picture) <= 1
    assert furthest(as_krita(FLAT), picture) <= 1
    assert furthest(as_gimp(FLAT), picture) <= 1


@pytest.mark.parametrize("paper", [True, False], ids=["paper", "no paper"])
@pytest.mark.parametrize("mode", [PIGMENT, NORMAL, "svg:multiply", "svg:dst-out", "svg:dst-in", "svg:dst-atop"])
@pytest.mark.parametrize("eotf", [1.0, 1.8, 2.2])
def test_groups_of_all_kinds(eotf: float, mode: str, paper: bool) -> None:
    ora = tree(eotf, mode)
    if not paper:
        ora.root.remove(ora.root[-1])
    check(ora)


@pytest.mark.parametrize("eotf", [1.0, 2.2])
def test_all_modes(eotf: float) -> None:
    check(table_of_modes(eotf))


def test_what_is_hidden_keeps_its_pixels_and_opacity() -> None:
    ora = OraFile(70, 70, 2.2)
    ora.layer(noise(1, 70, 70), name="Hidden", visibility="hidden", opacity=0.4, composite_op=PIGMENT)
    group = ora.group(name="Group", opacity=0.5)
    ora.layer(noise(2, 70, 70), group, name="Shown", opacity=0.4, composite_op=PIGMENT)
    ora.background(PAPER)
    check(ora)
    with read_document(WORK) as document, read_document(FLAT) as flat:
        hidden, shown = flat.layers()
        assert (hidden.opacity, hidden.composite_op) == (0.4, NORMAL)
        assert np.array_equal(hidden.pixels(), document.layers()[0].pixels())
        assert (shown.opacity, shown.composite_op) == (1.0, NORMAL)
        (around,) = (node for node in flat.root.walk() if node.name == "Group")
        assert (around.opacity, around.composite_op) == (1.0, NORMAL)


def test_everything_else_stays() -> None:
    ora = OraFile(70, 70, 2.2, xres=300, yres=300)
    ora.members |= {"other/notes.txt": b"mine", "mergedimage.png": b"old"}
    ora.members["data/settings.json"] = json.dumps({"layervis": 1, "dreambrush": {"paintings": 7}}).encode()
    ora.image.set(f"{{{MYPAINT}}}json-settings", "data/settings.json")
    layer = ora.layer(noise(2, 128, 64), x=-64, y=-64, composite_op=PIGMENT, selected="true", odd="kept")
    strokes = encode([RecordedStroke.pack('{"version": 3}', {(0, 0): b"\1" * 4096})])
    ora.members["data/map.dat"] = strokes
    layer.set(f"{{{MYPAINT}}}strokemap", "data/map.dat")
    ora.layer(noise(3, 64, 64), composite_op=PIGMENT)
    ora.background(PAPER)
    check(ora)
    with zipfile.ZipFile(WORK) as old, zipfile.ZipFile(FLAT) as new:
        assert new.namelist()[0] == "mimetype" and new.testzip() is None
        for name in ("other/notes.txt", "data/settings.json", "data/map.dat"):
            assert new.read(name) == old.read(name)
    with read_document(WORK) as document, read_document(FLAT) as flat:
        assert flat.resolution == (300, 300)
        before, after = document.layers()[0], flat.layers()[0]
        assert (after.x, after.y, after.selected, after.attributes["odd"]) == (-64, -64, True, "kept")
        assert after.strokemap_bytes() == strokes
        # Paint beyond the frame is no part of the picture.
        assert np.array_equal(after.pixels()[:64], before.pixels()[:64])


def test_a_layer_grows_where_it_changes_more_than_it_has_paint() -> None:
    """Its stroke map goes with it."""
    ora = OraFile(200, 200, 2.2)
    layer = ora.layer(noise(2, 64, 64), x=64, y=128, composite_op="svg:dst-in")
    ora.members["data/map.dat"] = encode([RecordedStroke.pack('{"version": 3}', {(0, 0): b"\1" * 4096})])
    layer.set(f"{{{MYPAINT}}}strokemap", "data/map.dat")
    ora.layer(noise(3, 200, 200), composite_op=PIGMENT)
    ora.background(PAPER)
    check(ora)
    with read_document(FLAT) as flat:
        top = flat.layers()[0]
        assert (top.x, top.y) == (0, 0)
        (stroke,) = decode(top.strokemap_bytes() or b"")
        assert list(stroke.packed_masks) == [(1, 2)]


def test_layers_that_share_pixels() -> None:
    ora = OraFile(64, 64, 2.2)
    ora.layer(noise(2, 64, 64), composite_op=PIGMENT)
    shared = ora.layer(noise(1, 64, 64), composite_op=PIGMENT, opacity=0.5)
    for visibility in ("visible", "hidden"):
        ora.layer(b"", src=shared.attrib["src"], composite_op=PIGMENT, visibility=visibility)
    ora.background(PAPER)
    check(ora)


def test_the_record_gets_what_became_of_each_layer() -> None:
    ora = OraFile(64, 64, 2.2)
    ora.members["data/settings.json"] = json.dumps({"layervis": 1, "dreambrush": {"mine": 2}}).encode()
    ora.image.set(f"{{{MYPAINT}}}json-settings", "data/settings.json")
    paint = noise(1, 64, 64)
    ora.layer(paint, composite_op=PIGMENT)
    ora.background(PAPER)
    ora.save(WORK)
    seen = []
    flatten_document(
        WORK,
        FLAT,
        note=lambda before, after: seen.append((before, after)),
        record=lambda ours: {**ours, "noted": len(seen)},
        without=("data/nothing",),
    )
    with read_document(FLAT) as flat:
        assert flat.settings == {"layervis": 1, "dreambrush": {"mine": 2, "noted": 1}}
        ((before, after),) = seen
        assert np.array_equal(before, paint) and np.array_equal(after, flat.layers()[0].pixels())


def test_an_empty_group_that_erases_is_refused() -> None:
    ora = OraFile(64, 64, 1.0)
    ora.group(composite_op="svg:dst-in")
    ora.layer(noise(1, 64, 64))
    ora.background(PAPER)
    ora.save(WORK)
    with pytest.raises(OpenrasterError) as caught:
        flatten_document(WORK, FLAT)
    assert caught.value.id == "cannot-flatten" and not FLAT.exists()


def test_no_file_is_replaced_by_accident() -> None:
    tree(1.0, PIGMENT).save(WORK)
    FLAT.write_bytes(b"mine")
    with pytest.raises(OutputError):
        flatten_document(WORK, FLAT)
    assert FLAT.read_bytes() == b"mine"


def test_very_many_layers_are_refused_at_once() -> None:
    ora = OraFile(9000, 9000, 1.0)
    layer = ora.layer(noise(1, 4, 4))
    for _ in range(100):
        ora.layer(b"", src=layer.attrib["src"])
    ora.save(WORK)
    with pytest.raises(OpenrasterError) as caught:
        flatten_document(WORK, FLAT)
    assert caught.value.id == "too-much-to-render" and not FLAT.exists()
