"""What an .ora holds, as a tree: what the file says, and what MyPaint makes of what it does not say."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambrush.errors import OpenrasterError
from dreambrush.mypaint.layer import NORMAL, PIGMENT, Layer
from dreambrush.mypaint.ora.document import Group, PaintLayer, read_document
from dreambrush.mypaint.ora.openraster import write_openraster
from tests.mypaint.hostile_files import png_of
from tests.mypaint.ora_files import MYPAINT, OraFile, noise

TILE = np.random.default_rng(0).integers(0, 256, (64, 128, 3), np.uint8)


def test_our_own_files_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "ours.ora"
    pixels = np.zeros((250, 333, 4), np.uint8)
    pixels[70:100, 300:333] = (200, 60, 20, 180)
    layers = [Layer("Grund & <Boden>", noise(0, 250, 333)), Layer("Nase „rot“", pixels, 0.37, False, PIGMENT)]
    write_openraster(path, layers, TILE, settings={"seed": 7}, selected=0, eotf=2.2)
    with read_document(path) as document:
        assert (document.width, document.height, document.eotf, document.working_eotf) == (333, 250, 2.2, 2.2)
        assert document.frame_active and document.resolution is None
        assert document.settings["dreambrush"] == {"seed": 7}
        top, bottom = document.layers()
        assert document.root.children == (top, bottom)
        assert (top.name, top.opacity, top.visible, top.composite_op) == ("Nase „rot“", 0.37, False, PIGMENT)
        assert (bottom.name, bottom.opacity, bottom.visible, bottom.composite_op) == (layers[0].name, 1.0, True, NORMAL)
        assert (top.selected, bottom.selected) == (False, True)
        assert (top.path, bottom.path, top.x, top.y, top.size()) == ((0,), (1,), 256, 64, (128, 64))
        assert np.array_equal(top.pixels()[:, :77], pixels[64:128, 256:333])
        assert np.array_equal(bottom.pixels()[:250, :333], layers[0].pixels)
        assert document.background is not None and document.background.path == (2,) and document.background.visible
        assert np.array_equal(document.background.tile()[..., :3], TILE)
        assert ET.fromstring(document.stack_xml).get("w") == "333"


def test_groups_offsets_and_paths(tmp_path: Path) -> None:
    ora = OraFile(100, 100)
    outer = ora.group(x=10, y=-200, name="Outer", opacity=0.5, edit_locked="true")
    inner = ora.group(outer, x=5.0, name="", isolation="auto", visibility="Hidden")
    ora.layer(noise(1, 3, 4), inner, x=-70, y=3, name="")
    ora.background(TILE[:, :64])
    ora.layer(noise(2, 3, 4), name="Low")
    ora.save(path := tmp_path / "groups.ora")
    with read_document(path) as document:
        first, second = document.root.children
        assert isinstance(first, Group) and (first.name, first.opacity, first.locked) == ("Outer", 0.5, True)
        assert first.isolation == "isolate" and not first.pass_through
        (within,) = first.children
        assert isinstance(within, Group) and within.pass_through and not within.visible
        (layer,) = within.children
        assert isinstance(layer, PaintLayer) and (layer.x, layer.y, layer.size()) == (-55, -197, (4, 3))
        assert (layer.path, within.path, second.path) == ((0, 0, 0), (0, 0), (2,))
        assert (layer.label, second.label) == ("number 1.1.1", "“Low”")
        assert [node.path for node in document.root.walk()] == [(0,), (0, 0), (0, 0, 0), (2,)]
        root = ET.fromstring(document.stack_xml)[0]
        for node in document.root.walk():
            element = root
            for index in node.path:
                element = element[index]
            assert dict(node.attributes) == element.attrib


def test_what_krita_writes(tmp_path: Path) -> None:
    """No attributes of MyPaint's, no background, attributes of its own, a resolution."""
    ora = OraFile(100, 80, None, xres=300, yres=300, name="Unnamed")
    group = ora.group(name="Group 1", selected=None, visibility="visible", composite_op="svg:multiply")
    ora.layer(noise(1, 50, 40), group, x=-13, y=7, name="Paint Layer 1", collapsed="0", colorlabel="0")
    ora.save(path := tmp_path / "krita.ora")
    with read_document(path) as document:
        assert (document.eotf, document.working_eotf) == (None, 1.0)
        assert document.resolution == (300, 300)
        assert document.background is None and document.settings == {} and not document.frame_active
        (layer,) = document.layers()
        assert layer.attributes["collapsed"] == "0" and layer.strokemap is None and layer.strokemap_bytes() is None


def test_where_the_file_does_not_say_mypaints_defaults_count(tmp_path: Path) -> None:
    for number, (eotf, pigment, working, mode) in enumerate(
        [
            (None, False, 1.0, NORMAL),
            (None, True, 2.2, PIGMENT),
            (2.2, False, 2.2, PIGMENT),
            (1.0, True, 1.0, NORMAL),
            (1.8, False, 1.8, PIGMENT),
        ]
    ):
        ora = OraFile(9, 9, eotf)
        ora.layer(noise(1, 3, 4), composite_op=None)
        ora.layer(noise(1, 3, 4), composite_op="")
        group = ora.group(composite_op=None, isolation=None)
        ora.layer(noise(1, 3, 4), group, composite_op=PIGMENT if pigment else NORMAL)
        background = ora.background(TILE)
        background.set("composite-op", PIGMENT)  # does not count
        ora.save(path := tmp_path / f"{number}.ora")
        with read_document(path) as document:
            assert document.working_eotf == working
            assert [node.composite_op for node in document.root.children] == [mode] * 3
            through = document.root.children[2]
            assert isinstance(through, Group) and through.isolation == "auto"
            assert through.pass_through == (mode == NORMAL)


def test_opacity_is_clipped_and_odd_numbers_are_understood(tmp_path: Path) -> None:
    ora = OraFile(9, 9, xres="72.4", yres="x")
    for opacity in ("7", "-1e3", " 0.5 "):
        ora.layer(noise(1, 3, 4), opacity=opacity, x="3.0", y="-1e2")
    ora.save(path := tmp_path / "odd.ora")
    with read_document(path) as document:
        assert [layer.opacity for layer in document.layers()] == [1.0, 0.0, 0.5]
        assert {(layer.x, layer.y) for layer in document.layers()} == {(3, -100)}
        assert document.resolution is None


def test_a_background_of_odd_size_is_a_layer_like_others(tmp_path: Path) -> None:
    ora = OraFile(9, 9)
    ora.background(noise(1, 64, 65))
    group = ora.group()
    ora.layer(noise(2, 64, 64), group).set("background_tile", "data/layer-002.png")  # counts only in the root
    ora.save(path := tmp_path / "odd.ora")
    with read_document(path) as document:
        assert document.background is None and [layer.path for layer in document.layers()] == [(0,), (1, 0)]


def test_a_hidden_background_and_an_old_one(tmp_path: Path) -> None:
    ora = OraFile(9, 9)
    ora.layer(noise(1, 64, 64), visibility="hidden").set("background_tile", "data/layer-001.png")
    ora.save(path := tmp_path / "old.ora")
    with read_document(path) as document:
        assert document.background is not None and not document.background.visible
        assert document.background.tile().shape == (64, 64, 4)


@pytest.mark.parametrize("attribute", [f"{{{MYPAINT}}}strokemap", "mypaint_strokemap_v2"])
def test_stroke_maps(tmp_path: Path, attribute: str) -> None:
    ora = OraFile(9, 9)
    ora.layer(noise(1, 3, 4)).set(attribute, "data/map.dat")
    ora.members["data/map.dat"] = b"}"
    ora.save(path := tmp_path / "map.ora")
    with read_document(path) as document:
        (layer,) = document.layers()
        assert layer.strokemap == "data/map.dat" and layer.strokemap_bytes() == b"}"


@pytest.mark.parametrize("settings", [b"{", b"[1]", b"\xff", b"[" * 100_000, None])
def test_broken_settings_are_none_as_in_mypaint(tmp_path: Path, settings: bytes | None) -> None:
    ora = OraFile(9, 9)
    ora.image.set(f"{{{MYPAINT}}}json-settings", "data/settings.json")
    if settings is not None:
        ora.members["data/settings.json"] = settings
    ora.save(path := tmp_path / "broken.ora")
    with read_document(path) as document:
        assert document.settings == {}
    ora.members["data/settings.json"] = json.dumps({"layervis": {"views": []}}).encode()
    ora.save(path)
    with read_document(path) as document:
        assert document.settings == {"layervis": {"views": []}}


def test_hidden_layers_of_other_formats_do_no_harm_until_they_are_asked_for(tmp_path: Path) -> None:
    ora = OraFile(9, 9)
    ora.layer(b"<svg/>".ljust(99), name="Vectors")
    ora.save(path := tmp_path / "vectors.ora")
    with read_document(path) as document:
        (layer,) = document.layers()
        for asked in (layer.size, layer.pixels):
            with pytest.raises(OpenrasterError, match=r"The layer “Vectors” of .* is a vector layer"):
                asked()


def test_pixels_are_read_when_asked_for_and_not_after_the_end(tmp_path: Path) -> None:
    ora = OraFile(9, 9)
    ora.layer(noise(1, 3, 4))
    ora.save(path := tmp_path / "one.ora")
    with read_document(path) as document:
        (layer,) = document.layers()
        assert np.array_equal(layer.pixels(), noise(1, 3, 4))
    with pytest.raises(OpenrasterError, match="damaged or incomplete"):
        layer.pixels()


@pytest.mark.parametrize(
    ("png", "expected"),
    [
        (png_of(2, 1, b"\0\x12\x34\xfe\xff", 16, 0), [[18, 18, 18, 255], [254, 254, 254, 255]]),
        (png_of(1, 1, b"\0\x12\xff\x80\x00", 16, 4), [[18, 18, 18, 128]]),
        (png_of(1, 1, b"\0\x12\xff\x80\x00\x01\x02", 16, 2), [[18, 128, 1, 255]]),
        (png_of(1, 1, b"\0\x12\xff\x80\x00\x01\x02\xfe\xff", 16, 6), [[18, 128, 1, 254]]),
        (png_of(3, 1, b"\0\x1b", 2, 0), [[0, 0, 0, 255], [85, 85, 85, 255], [170, 170, 170, 255]]),
        (png_of(2, 1, b"\0\x40", 1, 0), [[0, 0, 0, 255], [255, 255, 255, 255]]),
    ],
    ids=["grey 16", "grey and alpha 16", "RGB 16", "RGBA 16", "grey 2", "grey 1"],
)
def test_pictures_of_other_depths(tmp_path: Path, png: bytes, expected: list[list[int]]) -> None:
    ora = OraFile(9, 9)
    ora.layer(png)
    ora.save(path := tmp_path / "deep.ora")
    with read_document(path) as document:
        assert document.layers()[0].pixels().tolist() == [expected]


def test_palettes(tmp_path: Path) -> None:
    palette = Image.new("P", (2, 1))
    palette.putpalette([10, 20, 30, 40, 50, 60])
    palette.putpixel((1, 0), 1)
    palette.save(tmp_path / "palette.png", transparency=0)
    ora = OraFile(9, 9)
    ora.layer((tmp_path / "palette.png").read_bytes())
    ora.save(path := tmp_path / "palette.ora")
    with read_document(path) as document:
        assert document.layers()[0].pixels().tolist() == [[[10, 20, 30, 0], [40, 50, 60, 255]]]


def test_the_alpha_of_mypaint_2_called_pigment_otherwise(tmp_path: Path) -> None:
    """MyPaint 2.0.1 does not know that name, and gives the layer the mode of new ones."""
    for eotf, mode in ((2.2, PIGMENT), (1.0, NORMAL)):
        ora = OraFile(8, 8, eotf)
        ora.layer(noise(1, 8, 8), composite_op="svg:spectral-wgm")
        ora.save(path := tmp_path / "alpha.ora")
        with read_document(path) as document:
            (layer,) = document.layers()
            assert layer.composite_op == mode


@pytest.mark.parametrize("start", [b"<svg ", b"<?xml version='1.0'?>\n<svg ", b"\xef\xbb\xbf\n <svg "])
def test_a_vector_layer_is_called_what_it_is(tmp_path: Path, start: bytes) -> None:
    ora = OraFile(8, 8)
    ora.layer(noise(1, 8, 8), name="Logo", src="data/logo.svg")
    ora.members["data/logo.svg"] = start + b"xmlns='http://www.w3.org/2000/svg' width='8' height='8'/>"
    ora.save(path := tmp_path / "vector.ora")
    words = "“Logo” of '.*' is a vector layer"
    with read_document(path) as document, pytest.raises(OpenrasterError, match=words) as caught:
        document.layers()[0].pixels()
    assert caught.value.id == "vector-layer" and "Merge" in caught.value.advice
