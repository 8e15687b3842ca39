"""Our files as MyPaint itself opens, shows and saves them."""

from __future__ import annotations

import hashlib
import io
import json
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dreambrush.arrays import Fixed15, Pixels
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.ora.openraster import Layer, write_openraster
from tests.mypaint.in_mypaint import run_in_mypaint
from tests.mypaint.ora.test_openraster import (
    MODES,
    PAPER,
    cut_painting,
    dab,
    in_modes,
    needs_mypaint,
    noisy,
    painted_easel,
    read_png,
    read_stack,
    rewrite_member,
    stress_layers,
    stress_paper,
)


def open_in_mypaint(path: Path, *exported: Path) -> tuple[dict[str, Any], Pixels, Any]:
    """What MyPaint says of the file, how it renders it, and the settings that it saves again.

    It may also export the picture, without the paper.
    """
    saved_again = path.with_suffix(".again.ora")
    seen = json.loads(run_in_mypaint("mypaint_opens.py", path.parent / "home", path, saved_again, *exported))
    with zipfile.ZipFile(saved_again) as ora:
        return seen, read_png(ora, "mergedimage.png"), json.loads(ora.read("data/mypaint-settings.json"))


@pytest.mark.slow
@needs_mypaint
@pytest.mark.parametrize(
    ("width", "height", "modes", "eotf"),
    [
        *((*size, *mode) for size in ((333, 250), (64, 64), (65, 130)) for mode in (("Normal", 1.0), ("Pigment", 2.2))),
        (333, 250, "Normal", 2.2),
        (333, 250, "Pigment", 1.0),
        (333, 250, "mixed", 2.2),
    ],
)
def test_mypaint_renders_every_pixel_as_we_do(tmp_path: Path, width: int, height: int, modes: str, eotf: float) -> None:
    path = tmp_path / "stress.ora"
    ours = write_openraster(path, in_modes(stress_layers(height, width), modes), stress_paper(), settings={}, eotf=eotf)
    seen, theirs, _ = open_in_mypaint(path)
    assert seen["eotf"] == eotf
    assert {layer["mode"] for layer in seen["layers"]} == set(MODES[modes])
    assert theirs.shape == (height, width, 3)
    assert np.count_nonzero((ours != theirs).any(axis=-1)) == 0


def test_every_machine_renders_the_pixels_of_mypaint(tmp_path: Path) -> None:
    """The fingerprint of a picture that MyPaint renders the same (see above), for machines that lack it."""
    layers = in_modes(stress_layers(250, 333), "mixed")
    merged = write_openraster(tmp_path / "stress.ora", layers, stress_paper(), settings={}, eotf=2.2)
    assert hashlib.sha256(merged.tobytes()).hexdigest()[:16] == "f66da5276fd9a106"


@pytest.mark.slow
@needs_mypaint
@pytest.mark.parametrize("pigment", [False, True])
def test_mypaint_opens_a_real_painting(tmp_path: Path, pigment: bool) -> None:
    easel = painted_easel(200, 150, pigment)
    path = tmp_path / "painting.ora"
    merged = write_openraster(path, easel.layers(), easel.ground, settings={}, eotf=easel.eotf)
    seen, theirs, _ = open_in_mypaint(path)
    assert [layer["name"] for layer in seen["layers"]] == ["Top", "Middle", "Ground"]
    assert np.count_nonzero((merged != theirs).any(axis=-1)) == 0


@pytest.mark.slow
@needs_mypaint
def test_pigment_is_what_a_new_document_of_mypaint_has(tmp_path: Path) -> None:
    """The same paint on layers that MyPaint itself made looks the same, and it saves the same modes and eotf."""
    canvases: list[Fixed15] = []
    easel = painted_easel(192, 128, pigment=True, canvases=canvases)
    np.savez(tmp_path / "layers.npz", easel.ground, *canvases)
    run_in_mypaint("mypaint_shows.py", tmp_path / "home", tmp_path / "layers.npz", tmp_path / "theirs.ora")
    write_openraster(tmp_path / "ours.ora", easel.layers(), easel.ground, settings={}, eotf=easel.eotf)

    theirs, ours = read_stack(tmp_path / "theirs.ora"), read_stack(tmp_path / "ours.ora")
    assert theirs.attrib == ours.attrib
    assert theirs[0].attrib == ours[0].attrib
    for name in ("composite-op", "opacity", "visibility", "x", "y"):
        assert [layer.get(name) for layer in theirs[0]] == [layer.get(name) for layer in ours[0]]

    seen = (easel.seen((0, 0, 192, 128)) * 255 + 0.5).astype(np.uint8)
    with zipfile.ZipFile(tmp_path / "theirs.ora") as ora, zipfile.ZipFile(tmp_path / "ours.ora") as again:
        apart = np.abs(read_png(ora, "mergedimage.png").astype(int) - seen)
        for number in range(3):
            name = f"data/layer-{number:02d}.png"
            pair = [read_png(file, name).astype(int) for file in (ora, again)]
            assert np.abs(pair[0] - pair[1])[pair[1][..., 3] > 0].max() <= 1  # MyPaint cuts alpha, we round it
    assert apart.max() <= 1  # its noise lifts what lies just under a whole level
    assert np.count_nonzero(apart) < 0.002 * apart.size
    without = painted_easel(192, 128, pigment=False).seen((0, 0, 192, 128))
    assert np.abs(without * 255 - seen).max() > 20


@pytest.mark.slow
@needs_mypaint
@pytest.mark.parametrize("pigment", [False, True])
def test_mypaint_shows_a_transparent_painting_on_its_paper_or_without(tmp_path: Path, pigment: bool) -> None:
    path, exported = tmp_path / "cut.ora", tmp_path / "exported.png"
    layers, alpha = cut_painting(200, 150, pigment)
    eotf = 2.2 if pigment else 1.0
    merged = write_openraster(path, layers, PAPER, settings={}, eotf=eotf, transparent=True)
    seen, theirs, _ = open_in_mypaint(path, exported)
    assert [layer["name"] for layer in seen["layers"]] == ["Top", "Middle", "Ground", "Shape"]
    assert np.array_equal(theirs, merge_layers(layers, PAPER, eotf))  # the paper is ours, not the user's
    assert (theirs[alpha == 0] == PAPER).all()

    without = np.asarray(Image.open(exported))
    assert np.abs(without[..., 3].astype(int) - merged[..., 3]).max() <= 1
    assert not merged[alpha == 0].any() and not without[alpha == 0].any()
    clear = alpha > 64  # MyPaint keeps premultiplied colours, which are coarse where there is little of them
    assert np.abs(without[clear].astype(int) - merged[clear]).max() <= 2


@pytest.mark.slow
@needs_mypaint
def test_without_any_paper_mypaint_puts_its_own_behind(tmp_path: Path) -> None:
    """Why a transparent picture has a paper, too."""
    path = tmp_path / "cut.ora"
    layers, alpha = cut_painting(200, 150, pigment=False)
    write_openraster(path, layers, PAPER, settings={}, transparent=True)
    image = read_stack(path)
    image[0].remove(image[0][-1])
    rewrite_member(path, "stack.xml", ET.tostring(image))
    _, theirs, _ = open_in_mypaint(path)
    assert (theirs[alpha == 0] != PAPER).any(-1).all()


@pytest.mark.slow
@needs_mypaint
def test_pictures_smaller_than_a_tile_are_right_within_their_frame(tmp_path: Path) -> None:
    path = tmp_path / "tiny.ora"
    ours = write_openraster(path, stress_layers(5, 70), PAPER, settings={})
    _, theirs, _ = open_in_mypaint(path)
    assert theirs.shape == (64, 70, 3)  # what MyPaint 2.0.1 saves for a frame of 70 x 5
    assert np.array_equal(ours, theirs[:5])


@pytest.mark.slow
@needs_mypaint
def test_mypaint_sees_the_layers_as_they_were_meant(tmp_path: Path) -> None:
    path = tmp_path / "layers.ora"
    layers = [
        Layer("Grund & <Boden>", noisy(0, 250, 333)),
        Layer("Nase „rot“", dab(250, 333, slice(70, 100), slice(130, 200)), opacity=0.37),
        Layer("leer", np.zeros((250, 333, 4), np.uint8), visible=False),
    ]
    write_openraster(path, layers, PAPER, settings={"seed": 7, "brushes": ["öl"]}, selected=1)
    seen, _, settings = open_in_mypaint(path)
    assert seen["eotf"] == 1.0
    assert (seen["frame"], seen["frame_enabled"]) == ([0, 0, 333, 250], True)
    assert seen["selected"] == "Nase „rot“"
    assert seen["paper"] == [0, 0, 64, 64]
    same = {"type": "PaintingLayer", "mode": "svg:src-over"}
    assert seen["layers"] == [
        same | {"name": "leer", "opacity": 1.0, "visible": False, "bbox": [0, 0, 0, 0]},
        same | {"name": "Nase „rot“", "opacity": 0.37, "visible": True, "bbox": [128, 64, 128, 64]},
        same | {"name": "Grund & <Boden>", "opacity": 1.0, "visible": True, "bbox": [0, 0, 384, 256]},
    ]
    assert settings["dreambrush"] == {"seed": 7, "brushes": ["öl"]}  # kept by MyPaint when it saved


@pytest.mark.slow
@needs_mypaint
def test_one_changed_pixel_in_a_layer_is_noticed(tmp_path: Path) -> None:
    """The negative control: the comparison above does look at MyPaint's rendering of the layers."""
    path = tmp_path / "tampered.ora"
    pixels = np.full((64, 64, 4), (100, 100, 100, 255), np.uint8)
    ours = write_openraster(path, [Layer("one", pixels)], PAPER, settings={})
    pixels[20, 30, 1] += 1
    png = io.BytesIO()
    Image.fromarray(pixels).save(png, "PNG")
    rewrite_member(path, "data/layer-00.png", png.getvalue())
    _, theirs, _ = open_in_mypaint(path)
    assert np.argwhere(ours != theirs).tolist() == [[20, 30, 1]]


@pytest.mark.slow
@needs_mypaint
def test_without_our_eotf_mypaint_would_show_another_picture(tmp_path: Path) -> None:
    path = tmp_path / "other-eotf.ora"
    ours = write_openraster(path, stress_layers(64, 64), PAPER, settings={})
    with zipfile.ZipFile(path) as ora:
        stack = ora.read("stack.xml").replace(b'mypaint:eotf="1.0"', b'mypaint:eotf="2.2"')
    rewrite_member(path, "stack.xml", stack)
    seen, theirs, _ = open_in_mypaint(path)
    assert seen["eotf"] == 2.2
    assert np.abs(ours.astype(int) - theirs).max() > 20
