"""Whole documents, against what MyPaint itself exports of them: every pixel of every mode."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dreambrush.arrays import Pixels
from dreambrush.errors import OpenrasterError
from dreambrush.mypaint.blend.modes import MODES
from dreambrush.mypaint.layer import NORMAL, PIGMENT, Layer
from dreambrush.mypaint.ora import render
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.mypaint.ora.render import render_document
from tests.mypaint.hostile_files import chunk, png_of
from tests.mypaint.in_mypaint import run_in_mypaint
from tests.mypaint.ora_files import OraFile, noise

T = 32  # a side of a cell in the table of modes
PAPER = np.random.default_rng(9).integers(0, 256, (64, 128, 3), np.uint8)
ROWS = 3
needs_mypaint = pytest.mark.skipif(not Path("/usr/lib/mypaint").is_dir(), reason="MyPaint is not installed")


def table_of_modes(eotf: float) -> OraFile:
    """A column of cells for each mode: a layer over translucent paint, over opaque paint, and a group over paint."""
    ora = OraFile(T * len(MODES), T * ROWS, eotf)
    for column, mode in enumerate(MODES):
        x, seed = T * column, 10 * column
        for row in range(ROWS):
            cell = ora.group(name=f"{mode} {row}")
            below = noise(seed + row, T, T)
            if row == 1:
                below[..., 3] = 255
            if row < 2:
                ora.layer(noise(seed + 5 + row, T, T), cell, x=x, y=T * row, composite_op=mode, opacity=0.63)
            else:
                group = ora.group(cell, composite_op=mode, opacity=0.8)
                ora.layer(noise(seed + 7, 22, 26), group, x=x + 3, y=T * row + 7, composite_op=mode)
                ora.layer(noise(seed + 8, T, T), group, x=x, y=T * row)
            ora.layer(below, cell, x=x, y=T * row)
    ora.background(PAPER)
    return ora


def tree(eotf: float | None, mode: str) -> OraFile:
    """Groups of both kinds in one another, offsets, hidden layers, odd opacities."""
    ora = OraFile(150, 130, eotf)
    ora.layer(noise(1, 90, 90), x=-40, y=70, composite_op=mode, opacity=0.5)
    ora.layer(noise(20, 130, 150), composite_op=mode, opacity=0.0)
    outer = ora.group(x=7, y=-3, composite_op=mode, opacity=0.8, isolation="auto")
    ora.layer(noise(2, 60, 200), outer, x=-20, y=30, composite_op=mode)
    through = ora.group(outer, isolation="auto", x=-5)
    ora.layer(noise(3, 64, 64), through, x=64, y=64, composite_op=mode, opacity=1.7)
    ora.layer(noise(4, 64, 64), ora.group(through, visibility="hidden"), x=3, y=3)
    ora.layer(noise(5, 99, 45), ora.group(through), x=3, y=3, opacity=float(np.nextafter(0.5, 0)))
    ora.layer(noise(6, 130, 150), outer, opacity=0.7)
    plain = ora.group(isolation=None)
    ora.layer(noise(7, 50, 99), plain, x=40, y=64, composite_op=mode)
    ora.layer(noise(8, 50, 99), plain, x=30, y=54, composite_op=None)
    ora.group(composite_op="svg:multiply")
    ora.layer(noise(9, 10, 10), x=1000, y=-1000)
    ora.layer(noise(10, 130, 150), opacity=0.3, visibility="hidden")
    ora.layer(noise(11, 130, 150), opacity=0.95)
    ora.background(PAPER)
    return ora


def formats() -> OraFile:
    """PNGs that MyPaint does not write."""
    ora = OraFile(150, 130)
    rng = np.random.default_rng(3)
    transparent = chunk(b"tRNS", b"\0\2")
    for number, (depth, colour, size, before) in enumerate(
        [(16, 6, 8, b""), (16, 2, 6, b""), (16, 4, 4, b""), (16, 0, 2, b""), (8, 4, 2, b""), (8, 2, 3, b"")]
    ):
        rows = b"".join(b"\0" + rng.bytes(40 * size) for _ in range(30))
        ora.layer(png_of(40, 30, rows, depth, colour, before), x=10 + 20 * number, y=5 * number, opacity=0.9)
    for number, depth in enumerate((1, 2, 4, 8, 16)):
        rows = b"".join(b"\0" + rng.bytes(4 * depth) for _ in range(30))
        ora.layer(png_of(32, 30, rows, depth, 0, transparent if depth > 1 else b""), x=30 * number, y=70)
    file = io.BytesIO()
    Image.fromarray(noise(4, 20, 30)).convert("RGB").quantize(17).save(file, "PNG", transparency=5)
    ora.layer(file.getvalue(), x=110, y=105)
    ora.background(noise(12, 64, 64))  # translucent paper
    return ora


DOCUMENTS: dict[str, Callable[[], OraFile]] = {
    **{f"modes {eotf}": partial(table_of_modes, eotf) for eotf in (1.0, 2.2)},
    **{
        f"tree {eotf} {mode[4:]}": partial(tree, eotf, mode)
        for eotf in (1.0, 1.8, None)
        for mode in ("svg:dst-in", "svg:hue")
    },
    **{f"tree 2.2 {mode[4:]}": partial(tree, 2.2, mode) for mode in ("svg:dst-out", "svg:dst-atop", "svg:src-atop")},
    "tree None pigment": partial(tree, None, PIGMENT),
    "formats": formats,
}
CLEAR = ("modes 1.0", "modes 2.2", "tree 1.0 dst-in", "tree 2.2 src-atop", "tree None pigment")  # without the paper


def rendered(ora: OraFile, folder: Path, *, clear: bool = False) -> Pixels:
    ora.save(path := folder / "rendered.ora")
    with read_document(path) as document:
        return render_document(replace(document, background=None) if clear else document)


@pytest.fixture(scope="module")
def mypaint(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Pixels], list[str]]:
    """What MyPaint exports of the documents, those without paper under "clear NAME", and its list of modes."""
    folder = tmp_path_factory.mktemp("mypaint")
    for name, document in DOCUMENTS.items():
        ora = document()
        ora.save(folder / f"{name}.ora")
        if name in CLEAR:
            ora.save(folder / f"clear {name}.ora")
    modes = run_in_mypaint("mypaint_renders.py", folder / "home", folder)
    return {path.stem: np.asarray(Image.open(path)) for path in folder.glob("*.png")}, json.loads(modes)


@pytest.mark.slow
@needs_mypaint
def test_our_modes_are_all_of_mypaints(mypaint: tuple[dict[str, Pixels], list[str]]) -> None:
    assert sorted(MODES) == sorted(mypaint[1])


@pytest.mark.slow
@needs_mypaint
@pytest.mark.parametrize("name", DOCUMENTS)
def test_mypaint_renders_every_pixel_as_we_do(
    mypaint: tuple[dict[str, Pixels], list[str]], tmp_path: Path, name: str
) -> None:
    ours, theirs = rendered(DOCUMENTS[name](), tmp_path), mypaint[0][name]
    assert ours.shape == theirs.shape and ours.shape[2] == 3
    wrong = (ours != theirs).any(-1)
    if name.startswith("modes"):
        cells = wrong.reshape(ROWS, T, len(MODES), T).sum((1, 3))
        assert {mode: cells[:, column].tolist() for column, mode in enumerate(MODES)} == dict.fromkeys(
            MODES, [0] * ROWS
        )
    assert np.count_nonzero(wrong) == 0


@pytest.mark.slow
@needs_mypaint
@pytest.mark.parametrize("name", CLEAR)
def test_mypaint_exports_without_its_paper_as_we_do(
    mypaint: tuple[dict[str, Pixels], list[str]], tmp_path: Path, name: str
) -> None:
    ours, theirs = rendered(DOCUMENTS[name](), tmp_path, clear=True), mypaint[0][f"clear {name}"]
    assert ours.shape == theirs.shape and ours.shape[2] == 4
    wrong = (ours != theirs).any(-1)
    assert np.array_equal(ours[..., 3], theirs[..., 3])
    overflown = (theirs[..., 3] <= 2) & (np.abs(ours.astype(int) - theirs).max(-1) > 200)  # see levels.py
    assert np.count_nonzero(overflown) <= 2
    assert not (wrong & ~overflown).any()


@pytest.mark.slow
@needs_mypaint
def test_modes_differ_so_that_the_comparison_could_fail(
    mypaint: tuple[dict[str, Pixels], list[str]], tmp_path: Path
) -> None:
    """The negative control: with the mode of a neighbour nearly every painted pixel would be wrong."""
    ora = table_of_modes(1.0)
    for cell in ora.root.iter():
        if cell.get("composite-op") in MODES[2:]:
            cell.set("composite-op", MODES[2 + (MODES.index(cell.attrib["composite-op"]) - 1) % 20])
    wrong = (rendered(ora, tmp_path) != mypaint[0]["modes 1.0"]).any(-1)
    cells = wrong.reshape(ROWS, T, len(MODES), T).mean((1, 3))
    assert cells[:, :2].max() == 0 and cells[:2, 2:].min() > 0.1


@pytest.mark.parametrize(("eotf", "fingerprint"), [(1.0, "ffa31ad2d28a133b"), (2.2, "a165b78ec9bd8cad")])
def test_every_machine_renders_the_pixels_of_mypaint(tmp_path: Path, eotf: float, fingerprint: str) -> None:
    """Fingerprints of pictures that MyPaint renders the same (see above), for machines that lack it."""
    merged = rendered(DOCUMENTS[f"modes {eotf}"](), tmp_path)
    assert hashlib.sha256(merged.tobytes()).hexdigest()[:16] == fingerprint


def test_our_own_files_render_as_they_were_saved(tmp_path: Path) -> None:
    layers = [Layer("One", noise(1, 90, 200)), Layer("Two", noise(2, 90, 200), 0.4, composite_op=PIGMENT)]
    merged = write_openraster(path := tmp_path / "ours.ora", layers, PAPER, settings={}, eotf=2.2)
    with read_document(path) as document:
        assert np.array_equal(render_document(document), merged)


@pytest.mark.parametrize("visibility", ["hidden", None])
def test_without_paper_the_picture_is_transparent(tmp_path: Path, visibility: str | None) -> None:
    ora = OraFile(70, 20)
    ora.layer(np.full((5, 6, 4), (200, 100, 50, 128), np.uint8), x=60, y=10)
    if visibility:
        ora.background(PAPER, visibility=visibility)
    merged = rendered(ora, tmp_path)
    assert merged.shape == (20, 70, 4)
    assert (merged[10:15, 60:66] == (200, 100, 50, 128)).all()
    merged[10:15, 60:66] = 0
    assert not merged.any()


@settings(max_examples=40)
@given(st.integers(1, 140), st.integers(1, 140), st.integers(-90, 90), st.integers(-90, 90))
@pytest.mark.slow
def test_the_frame_cuts_and_changes_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, width: int, height: int, x: int, y: int
) -> None:
    """Neither the bands of the work nor the corners of layers may show."""
    folder = tmp_path_factory.mktemp("frame")

    def document(wide: int, high: int) -> OraFile:
        ora = OraFile(wide, high)
        group = ora.group(composite_op="svg:multiply")
        ora.layer(noise(1, 80, 70), group, x=x, y=y, composite_op="svg:dst-atop", opacity=0.6)
        ora.layer(noise(2, 80, 70), group, x=y, y=x)
        ora.layer(noise(3, 140, 140), composite_op="svg:difference")
        ora.background(PAPER)
        return ora

    whole = rendered(document(140, 140), folder)
    assert np.array_equal(rendered(document(width, height), folder), whole[:height, :width])


def test_modes_that_mypaint_lacks_are_named_not_approximated(tmp_path: Path) -> None:
    ora = OraFile(9, 9)
    group = ora.group(name="Rain")
    layer = ora.layer(noise(1, 9, 9), group, name="Drops", composite_op="krita:linear light")
    with pytest.raises(
        OpenrasterError, match=r"The layer “Drops” of .* has the mode “krita:linear light”, which MyPaint"
    ):
        rendered(ora, tmp_path)
    group.set("visibility", "hidden")
    assert not rendered(ora, tmp_path).any()
    group.set("visibility", "visible")
    group.set("composite-op", "svg:xor")
    with pytest.raises(OpenrasterError, match=r"The group “Rain” of .* has the mode “svg:xor”"):
        rendered(ora, tmp_path)
    group.set("composite-op", NORMAL)
    layer.set("composite-op", NORMAL)
    assert rendered(ora, tmp_path).any()


def test_hidden_layers_need_not_be_readable(tmp_path: Path) -> None:
    ora = OraFile(9, 9)
    layer = ora.layer(b"<svg/>".ljust(99), name="Vectors", visibility="hidden")
    assert not rendered(ora, tmp_path).any()
    layer.set("visibility", "visible")
    with pytest.raises(OpenrasterError, match=r"The layer “Vectors” of .* holds no PNG"):
        rendered(ora, tmp_path)


def test_one_picture_a_thousand_times_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "WORK_LIMIT", 1000)
    ora = OraFile(9, 9)
    ora.layer(noise(1, 20, 20))
    for _ in range(2):
        ora.layer(noise(1, 1, 1), src="data/layer-001.png")
    with pytest.raises(OpenrasterError, match=r"has layers of 1,200 pixels in all, more than the 1,000 accepted"):
        rendered(ora, tmp_path)


def test_only_one_layer_is_in_memory_at_a_time(tmp_path: Path) -> None:
    """Forty layers take no more than two do."""
    peaks = []
    for count in (2, 40):
        ora = OraFile(700, 700)
        for number in range(count):
            ora.layer(np.full((700, 700, 4), number, np.uint8))
        ora.save(path := tmp_path / f"{count}.ora")
        with read_document(path) as document:
            tracemalloc.start()
            render_document(document)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
