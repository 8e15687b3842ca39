"""Layers in someone else's file: what was there is unchanged, and MyPaint sees both."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dreambrush.arrays import Fixed15, Pixels
from dreambrush.mypaint.blend.blending import premultiply
from dreambrush.mypaint.engine.eotf import light_of_levels
from dreambrush.mypaint.layer import PIGMENT
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.insertion import insert_layers
from dreambrush.mypaint.ora.render import render_document
from tests.mypaint.in_mypaint import run_in_mypaint
from tests.mypaint.insertion_files import GROUP, HEIGHT, WIDTH, contents, empty, krita, layers, odd, ours, record

needs_mypaint = pytest.mark.skipif(not Path("/usr/lib/mypaint").is_dir(), reason="MyPaint is not installed")
EVERYWHERE = ("stack.xml", "mergedimage.png", "Thumbnails/thumbnail.png")
SETTINGS = "data/mypaint-settings.json"


@dataclass(frozen=True)
class Case:
    """A file, and how layers come into it."""

    name: str
    above: tuple[int, ...] | None = None
    selected: int | None = 0
    settings: str = SETTINGS
    wrapped: bool = False  # the root group was an empty element
    mode: str = "pass-through"  # of our group, in MyPaint

    def insert(self, source: Path, target: Path) -> Pixels:
        added = layers(composite_op=PIGMENT) if "pigment" in self.name else layers()
        return insert_layers(source, target, added, GROUP, record=record, above=self.above, selected=self.selected)


CASES = [
    Case("ours 1.0"),
    Case("ours 2.2", (1,), mode="svg:src-over"),
    Case("ours 2.2 pigment", (2,)),  # above the paper, below all layers
    Case("saved 1.0", (0,), 2),
    Case("saved 2.2", None, None, mode="svg:src-over"),
    Case("clear krita", None, 1, "data/dreambrush-settings-0.json"),
    Case("clear krita UTF-16", (1, 1), 1, "data/dreambrush-settings-0.json"),
    Case("clear krita cp1252", (2,), None, "data/dreambrush-settings-0.json"),
    Case("odd", (1, 1), 1, "data/réglages.json", mode="svg:src-over"),
    Case("clear empty", wrapped=True),
]


def make(name: str, path: Path) -> None:
    if name.startswith(("ours", "saved")):
        ours(path, float(name.split()[1]))
        if name.startswith("saved"):
            run_in_mypaint("mypaint_opens.py", path.parent / "home", path, path)
    elif "krita" in name:
        krita(path, *name.split()[2:])
    else:
        (odd if name == "odd" else empty)(path)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("insertion")


@pytest.fixture
def folder(made: Path, case: Case) -> Path:
    """NAME.ora and NAME added.ora of a case."""
    if not after(made, case).exists():
        make(case.name, made / f"{case.name}.ora")
        np.save(made / f"{case.name}.npy", case.insert(made / f"{case.name}.ora", after(made, case)))
    return made


@pytest.fixture(scope="module")
def seen_by_mypaint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """NAME.ora and NAME added.ora of every case, and what MyPaint sees in them."""
    everything = tmp_path_factory.mktemp("seen")
    for case in CASES:
        make(case.name, everything / f"{case.name}.ora")
        np.save(everything / f"{case.name}.npy", case.insert(everything / f"{case.name}.ora", after(everything, case)))
    run_in_mypaint("mypaint_sees.py", everything / "home", everything)
    return everything


def after(folder: Path, case: Case) -> Path:
    return folder / f"{case.name} added.ora"


each_case = pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name, marks=[needs_mypaint, pytest.mark.slow] if "saved" in case.name else [])
        for case in CASES
    ],
)


@each_case
def test_members_are_copied_to_the_byte(folder: Path, case: Case) -> None:
    old, new = contents(folder / f"{case.name}.ora"), contents(after(folder, case))
    kept = [name for name in old if name not in (*EVERYWHERE, case.settings)]
    assert {name: new[name] for name in kept} == {name: old[name] for name in kept}
    assert [name for name in new if name in kept] == sorted(kept, key=lambda name: name != "mimetype")
    assert set(new) - set(old) <= {*EVERYWHERE, case.settings} | {name for name in new if "dreambrush-0" in name}
    if case.name == "odd":
        assert old["data/a.png"][2] and old["data/far.png"][2]  # described behind their bytes, too
    assert after(folder, case).read_bytes()[30:54] == b"mimetypeimage/openraster"
    with zipfile.ZipFile(folder / f"{case.name}.ora") as before, zipfile.ZipFile(after(folder, case)) as added:
        assert added.comment == before.comment and added.testzip() is None
    lower = [name.lower() for name in new]
    assert len(set(lower)) == len(lower)


@each_case
def test_no_other_byte_of_the_stack_changes(folder: Path, case: Case) -> None:
    with zipfile.ZipFile(folder / f"{case.name}.ora") as before, zipfile.ZipFile(after(folder, case)) as added:
        old, new = before.read("stack.xml"), added.read("stack.xml")
    codec = "utf-16" if "16" in case.name else "latin-1"
    text = new.decode(codec)
    if b"json-settings" not in old and codec == "latin-1":
        text = re.sub(r'( xmlns:mypaint="[^"]*")? mypaint:json-settings="[^"]*"', "", text, count=1)
    if codec == "utf-16":
        text = re.sub(r' xmlns:mypaint="[^"]*" mypaint:json-settings="[^"]*"', "", text, count=1)
    was = old.decode(codec)
    if case.selected is not None:
        was = re.sub(r'(<layer [^>]*?) selected ?= ?"(true|1)"', r"\1", was, count=1)
    if case.wrapped:
        was = was.replace("<stack/>", "<stack></stack>")
    same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(text, was, strict=False))))
    assert text.endswith(was[same:])
    inserted = text[same : len(text) - len(was) + same]
    assert inserted.isascii()
    assert [text.count(tag) - was.count(tag) for tag in ("<stack", "</stack", "<layer")] == [1, 1, 3]


@each_case
def test_the_settings_keep_all_that_is_not_ours(folder: Path, case: Case) -> None:
    with zipfile.ZipFile(folder / f"{case.name}.ora") as before, zipfile.ZipFile(after(folder, case)) as added:
        new = json.loads(added.read(case.settings))
        old = json.loads(before.read(case.settings)) if case.settings in before.namelist() else {}
    mine = {**old.get("dreambrush", {}), "onto": 1}
    expected = {**old, "dreambrush": mine}
    assert json.dumps(new) == json.dumps(expected)  # with the order of keys, NaN and 1.0
    assert (case.name == "odd") == ("nan" in new)


@each_case
def test_the_picture_and_its_thumbnail_are_those_of_all_layers(folder: Path, case: Case) -> None:
    merged = np.load(folder / f"{case.name}.npy")
    with read_document(after(folder, case)) as document:
        assert np.array_equal(merged, render_document(document))
        assert merged.shape == (HEIGHT, WIDTH, 4 if "clear" in case.name else 3)
        group = next(node for node in document.root.walk() if node.name.startswith("Dream"))
        assert group.path == (case.above or (0,)) and group.name == GROUP
    with zipfile.ZipFile(after(folder, case)) as ora:
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(ora.read("mergedimage.png")))), merged)
        thumbnail = Image.open(io.BytesIO(ora.read("Thumbnails/thumbnail.png")))
        assert thumbnail.size == (WIDTH, HEIGHT) and thumbnail.mode == "RGBA"


def seen(folder: Path, name: str) -> tuple[dict[str, Any], dict[str, Fixed15]]:
    """What MyPaint has understood: the document, and tiles by the path of their layer and their place."""
    with np.load(folder / f"{name}.npz") as arrays:
        return json.loads((folder / f"{name}.json").read_text()), dict(arrays)


def moved(path: list[int], case: Case) -> list[int]:
    """Where a layer that was at ``path`` is now."""
    above = list(case.above or (0,))
    depth = len(above) - 1
    if len(path) > depth and path[:depth] == above[:depth] and path[depth] >= above[depth]:
        return [*path[:depth], path[depth] + 1, *path[depth + 1 :]]
    return path


@pytest.mark.slow
@needs_mypaint
@pytest.mark.parametrize("case", CASES[:-1], ids=lambda case: case.name)
def test_mypaint_sees_the_old_layers_as_before(seen_by_mypaint: Path, case: Case) -> None:
    old, old_tiles = seen(seen_by_mypaint, case.name)
    new, new_tiles = seen(seen_by_mypaint, f"{case.name} added")
    for key in ("eotf", "mode", "frame", "frame_enabled", "resolution"):
        assert new[key] == old[key], key
    layers_now = {tuple(layer["path"]): layer for layer in new["layers"]}
    for layer in old["layers"]:
        now = moved(layer["path"], case)
        assert layers_now.pop(tuple(now)) == {**layer, "path": now}
    assert len(layers_now) == 4
    assert any(layer.get("picks") for layer in old["layers"]) or "krita" in case.name
    assert old_tiles
    for key, tile in old_tiles.items():
        path, at = key.rsplit("]", 1) if "]" in key else (key, "")
        assert np.array_equal(tile, new_tiles[f"{moved(json.loads(path + ']'), case)}{at}" if at else key]), key
    assert case.selected is None or new["selected"] == layers()[case.selected].name
    assert case.selected is not None or new["selected"] == old["selected"]


@pytest.mark.slow
@needs_mypaint
@each_case
def test_mypaint_sees_our_layers(seen_by_mypaint: Path, case: Case) -> None:
    about, tiles = seen(seen_by_mypaint, f"{case.name} added")
    start = next(index for index, layer in enumerate(about["layers"]) if layer["name"] == GROUP)
    group, *found = about["layers"][start : start + 4]
    assert group["mode"] == case.mode and group["opacity"] == 1 and group["visible"]
    for layer, mine in zip(found, reversed(layers()), strict=True):
        assert layer["name"] == mine.name and layer["path"][:-1] == group["path"]
        assert layer["mode"] == (PIGMENT if "pigment" in case.name else "svg:src-over")
        assert layer["opacity"] == pytest.approx(mine.opacity) and layer["type"] == "PaintingLayer"
        expected = premultiply(np.pad(mine.pixels, ((0, 62), (0, 42), (0, 0))), light_of_levels(about["eotf"]))
        pixels = np.zeros_like(expected)
        for key in [key for key in tiles if key.startswith(f"{layer['path']} ")]:
            x, y = (64 * int(number) for number in key.split("]")[1].split())
            pixels[y : y + 64, x : x + 64] = tiles[key]
        assert np.array_equal(pixels * (pixels[..., 3:] > 0), expected * (expected[..., 3:] > 0))
        assert len(layer["picks"]) > 200
        for x, y, number, colour in layer["picks"]:
            last = max(index for index, each in enumerate(mine.strokes) if each.covers(x, y))
            settings = json.loads(mine.strokes[last].brush)["settings"]
            hsv = [settings[f"color_{letter}"]["base_value"] for letter in "hsv"]
            assert number == last and max(colour) == pytest.approx(hsv[2])
            assert 1 - min(colour) / max(colour) == pytest.approx(hsv[1])


@pytest.mark.slow
@needs_mypaint
@each_case
def test_mypaint_shows_the_picture_that_we_saved(seen_by_mypaint: Path, case: Case) -> None:
    merged, theirs = (
        np.load(seen_by_mypaint / f"{case.name}.npy"),
        np.asarray(Image.open(seen_by_mypaint / f"{case.name} added.png")),
    )
    wrong = (merged != theirs).any(-1)
    if "empty" in case.name:  # MyPaint overflows where there is next to no paint: see levels.py
        wrong &= merged[..., 3] > 2
    assert merged.shape == theirs.shape and np.count_nonzero(wrong) == 0


@pytest.mark.slow
@needs_mypaint
@each_case
def test_the_picture_and_the_record_survive_mypaint(seen_by_mypaint: Path, case: Case) -> None:
    """The mode of the group most of all: MyPaint spoils groups that are passed through when it saves at eotf 2.2."""
    merged = np.load(seen_by_mypaint / f"{case.name}.npy")
    with read_document(seen_by_mypaint / "saved" / f"{case.name} added.ora") as document:
        assert document.settings["dreambrush"]["onto"] == 1
        assert GROUP.strip() in [node.name.strip() for node in document.root.walk()]
        if case.name.startswith(("ours", "saved")):  # the others have no frame, and are saved as large as their paint
            error = np.abs(render_document(document).astype(int) - merged)
            assert error.max() <= (30 if "pigment" in case.name else 1) and error.mean() < 0.1
