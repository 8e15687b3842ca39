"""The file: its members, its attributes, and what the real MyPaint makes of it."""

from __future__ import annotations

import io
import os
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dreambrush.arrays import Fixed15, Pixels
from dreambrush.errors import OutputError, UsageError
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.blend.transparency import cut_to_shape
from dreambrush.mypaint.engine.canvas import Canvas
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.mypaint.layer import NORMAL, PIGMENT
from dreambrush.mypaint.ora.openraster import Layer, write_openraster
from dreambrush.painter.lay.easel import Easel
from dreambrush.painter.lay.layer_canvas import Tool

MYPAINT = "{http://mypaint.org/ns/openraster}"
PAPER = np.array([230, 225, 210], np.uint8)
MODES = {"Normal": (NORMAL,), "Pigment": (PIGMENT,), "mixed": (PIGMENT, NORMAL)}
needs_mypaint = pytest.mark.skipif(not Path("/usr/lib/mypaint").is_dir(), reason="MyPaint is not installed")


def noisy(seed: int, height: int, width: int) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)


def dab(height: int, width: int, rows: slice, columns: slice) -> Pixels:
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[rows, columns] = (200, 60, 20, 180)
    return pixels


def stress_layers(height: int, width: int) -> list[Layer]:
    """Random colour and alpha, odd opacities, hidden, empty and partly covered layers."""
    half_painted = noisy(3, height, width)
    half_painted[:, : width // 2] = 0
    return [
        Layer("Ground", noisy(1, height, width)),
        Layer("Glaze", noisy(2, height, width), opacity=0.37),
        Layer("Hidden", noisy(7, height, width), visible=False),
        Layer("Half", half_painted, opacity=float(np.nextafter(0.5, 0))),  # 0.5 once it is a 32-bit float
        Layer("Nothing", np.zeros((height, width, 4), np.uint8), opacity=0.8),
        Layer("Veil", noisy(4, height, width), opacity=0.015),
    ]


def stress_paper() -> Pixels:
    return np.random.default_rng(5).integers(0, 256, (128, 64, 3), np.uint8)


def in_modes(layers: list[Layer], modes: str) -> list[Layer]:
    return [replace(layer, composite_op=mode) for layer, mode in zip(layers, cycle(MODES[modes]), strict=False)]


def paint_of(easel: Easel) -> Canvas:
    """The real paint of the layer that is being painted on."""
    return easel.paint_layers.canvas(easel.layer).canvas


def painted_easel(width: int, height: int, pigment: bool, canvases: list[Fixed15] | None = None) -> Easel:
    """Three layers of random strokes, opaque, broken and wet; their 15-bit pixels are put on the list."""
    canvases = [] if canvases is None else canvases
    rng = np.random.default_rng(1)
    brushes = [find_brush(brush) for brush in ("oil", "watercolour", "bristle")]
    tools = [Tool(read_myb(brush.path), brush.mypaint_name, pigment) for brush in brushes]
    easel = Easel(width, height, PAPER, tools, ("Ground", "Middle", "Top"), pigment=pigment)
    for index in range(60):
        if index in (20, 40):
            canvases.append(paint_of(easel).read())
            easel.next_layer()
        path = rng.uniform(0, 1, (3, 2)) * (width, height)
        stroke = np.array([*path.ravel(), *rng.uniform(0.3, 1, 2), rng.uniform(5, 25)], np.float32)
        easel.paint(stroke, rng.uniform(0, 1, 3).astype(np.float32), brush=index % 3)
    canvases.append(paint_of(easel).read())
    return easel


def read_png(ora: zipfile.ZipFile, name: str) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(ora.read(name))))


def read_stack(path: Path) -> ET.Element:
    with zipfile.ZipFile(path) as ora:
        return ET.fromstring(ora.read("stack.xml"))


def rewrite_member(path: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(path) as ora:
        members = [(info, ora.read(info)) for info in ora.infolist()]
    with zipfile.ZipFile(path, "w") as ora:
        for info, data in members:
            ora.writestr(info, content if info.filename == name else data)


def cut_painting(width: int, height: int, pigment: bool) -> tuple[list[Layer], Pixels]:
    """A painting in the shape of a soft disc with a translucent bar, and that shape."""
    y, x = np.mgrid[0:height, 0:width]
    alpha = np.clip((min(width, height) / 2.2 - np.hypot(x - width / 2, y - height / 2)) * 12 + 128, 0, 255)
    alpha = np.where(np.abs(x - width / 2) < 9, np.minimum(alpha, 90), alpha).astype(np.uint8)
    return cut_to_shape(painted_easel(width, height, pigment).layers(), "Shape", PAPER, alpha), alpha


def test_a_transparent_picture_hides_its_paper(tmp_path: Path) -> None:
    path = tmp_path / "cut.ora"
    layers, _ = cut_painting(300, 200, pigment=False)
    merged = write_openraster(path, layers, PAPER, settings={}, transparent=True)
    paper = read_stack(path)[0][-1]
    assert paper.get("visibility") == "hidden" and paper.get(f"{MYPAINT}background-tile")
    with zipfile.ZipFile(path) as ora:
        assert np.array_equal(read_png(ora, "mergedimage.png"), merged)
        thumbnail = read_png(ora, "Thumbnails/thumbnail.png")
    assert thumbnail.shape == (171, 256, 4)
    assert thumbnail[0, 0, 3] == 0 and thumbnail[85, 90, 3] == 255 and 85 <= thumbnail[85, 128, 3] <= 95


def test_members_are_those_of_mypaint_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "two.ora"
    write_openraster(path, stress_layers(70, 80)[:2], PAPER, settings={})
    assert path.read_bytes()[30:58] == b"mimetypeimage/openrasterPK\3\4"  # where file(1) looks for it
    with zipfile.ZipFile(path) as ora:
        members = ora.infolist()
    assert [member.filename for member in members] == [
        "mimetype",
        "data/layer-00.png",
        "data/layer-00-strokemap.dat",
        "data/layer-01.png",
        "data/layer-01-strokemap.dat",
        "data/background-02.png",
        "data/background-02-tile.png",
        "data/mypaint-settings.json",
        "Thumbnails/thumbnail.png",
        "mergedimage.png",
        "stack.xml",
    ]
    for member in members:
        assert member.compress_type == zipfile.ZIP_STORED
        assert member.date_time == (1980, 1, 1, 0, 0, 0)
        assert member.external_attr >> 16 == 0o644
        assert member.flag_bits == 0


@pytest.mark.parametrize(("modes", "eotf"), [("Normal", 1.0), ("Pigment", 2.2)])
def test_nothing_is_left_for_mypaint_to_guess(tmp_path: Path, modes: str, eotf: float) -> None:
    path = tmp_path / "explicit.ora"
    write_openraster(path, in_modes(stress_layers(70, 80)[:2], modes), PAPER, settings={}, eotf=eotf)
    image = read_stack(path)
    assert image.attrib == {
        "w": "80",
        "h": "70",
        "version": "0.0.5",
        f"{MYPAINT}eotf": str(eotf),
        f"{MYPAINT}frame-active": "true",
        f"{MYPAINT}json-settings": "data/mypaint-settings.json",
        f"{MYPAINT}version": "2.0.1",
    }
    (root,) = image
    assert root.attrib == {
        "opacity": "1.0",
        "visibility": "visible",
        "composite-op": MODES[modes][0],
        "isolation": "isolate",
    }
    assert [element.get("composite-op") for element in root] == [*(2 * MODES[modes]), NORMAL]  # the paper's is Normal
    for element in root:
        assert {"name", "x", "y", "opacity", "visibility", "composite-op", "src"} <= set(element.attrib)
    assert [element.get("selected") for element in root] == ["true", None, None]
    assert root[-1].get(f"{MYPAINT}background-tile") == "data/background-02-tile.png"


def test_pictures_inside_are_those_that_were_given(tmp_path: Path) -> None:
    path = tmp_path / "pictures.ora"
    layers = [
        Layer("bottom", dab(250, 333, slice(70, 100), slice(300, 333))),
        Layer("empty", np.zeros((250, 333, 4), np.uint8)),
    ]
    merged = write_openraster(path, layers, PAPER, settings={})
    with zipfile.ZipFile(path) as ora:
        assert read_png(ora, "data/layer-00.png").tolist() == [[[0, 0, 0, 0]]]
        bottom = read_png(ora, "data/layer-01.png")
        assert np.array_equal(bottom[:, :77], layers[0].pixels[64:128, 256:333])
        assert bottom.shape == (64, 128, 4)
        assert not bottom[:, 77:].any()
        assert (read_png(ora, "data/background-02-tile.png") == np.tile(PAPER, (64, 64, 1))).all()
        assert (read_png(ora, "data/background-02.png") == np.tile(PAPER, (250, 333, 1))).all()
        assert np.array_equal(read_png(ora, "mergedimage.png"), merged)
        assert b"sRGB" in ora.read("mergedimage.png")[:100]
        thumbnail = read_png(ora, "Thumbnails/thumbnail.png")
    assert thumbnail.shape == (192, 256, 4)
    assert np.abs(thumbnail[0, 0].astype(int) - [*PAPER, 255]).max() <= 1


def test_small_pictures_are_not_enlarged_for_the_thumbnail(tmp_path: Path) -> None:
    path = tmp_path / "small.ora"
    write_openraster(path, [Layer("one", noisy(0, 3, 5))], PAPER, settings={})
    with zipfile.ZipFile(path) as ora:
        assert read_png(ora, "Thumbnails/thumbnail.png").shape == (3, 5, 4)


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_any_name_can_be_saved(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    path = tmp_path_factory.mktemp("name") / "name.ora"
    write_openraster(path, [Layer(name, noisy(0, 1, 1))], PAPER, settings={})
    saved = read_stack(path)[0][0].get("name")
    assert saved is not None
    assert len(saved) == len(name)
    for before, after in zip(name, saved, strict=True):
        in_xml = before in "\t\n\r" or " " <= before < "\ud800" or "\ue000" <= before < "\ufffe"
        assert after == (before if in_xml or before >= "\U00010000" else "\ufffd")


def test_same_picture_same_bytes(tmp_path: Path) -> None:
    for name in ("a.ora", "b.ora"):
        write_openraster(tmp_path / name, stress_layers(70, 80), PAPER, settings={"seed": 1})
    assert (tmp_path / "a.ora").read_bytes() == (tmp_path / "b.ora").read_bytes()


def test_an_existing_picture_is_kept_unless_told_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "mine.ora"
    path.write_bytes(b"a week of work")
    with pytest.raises(OutputError, match=r"mine\.ora exists already"):
        write_openraster(path, stress_layers(8, 8), PAPER, settings={})
    assert path.read_bytes() == b"a week of work"
    write_openraster(path, stress_layers(8, 8), PAPER, settings={}, overwrite=True)
    assert zipfile.is_zipfile(path)
    assert os.listdir(tmp_path) == ["mine.ora"]


def test_a_picture_that_cannot_be_made_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "never.ora"
    one = noisy(0, 8, 8)
    glaze = Layer("glaze", one, composite_op="svg:multiply")
    with pytest.raises(UsageError, match="svg:multiply"):
        write_openraster(path, [glaze], PAPER, settings={})
    with pytest.raises(ValueError, match="JSON"):
        write_openraster(path, [Layer("one", one)], PAPER, settings={"mse": float("nan")})
    with pytest.raises(TypeError, match="serializable"):
        write_openraster(path, [Layer("one", one)], PAPER, settings={"path": tmp_path})
    with pytest.raises(ValueError, match=r"selected to be within 0\.\.0 but it was 1"):
        write_openraster(path, [Layer("one", one)], PAPER, settings={}, selected=1)
    assert os.listdir(tmp_path) == []
