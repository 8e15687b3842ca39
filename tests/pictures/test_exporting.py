"""An .ora in other formats: the picture that MyPaint shows, and its layers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import BlendMode

from dreambrush.errors import OutputError
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.render import render_document
from dreambrush.pictures.exporting import export_document
from tests.mypaint.ora_files import OraFile, noise

TILE = np.full((64, 64, 3), (200, 190, 180), np.uint8)
TILE[:, 32:] = 90


def composed(psd: PSDImage) -> np.ndarray:
    """Normal layers laid over one another, by the book."""
    canvas = np.zeros((psd.height, psd.width, 3))
    for layer in psd:
        if not layer.visible or not layer.width:
            continue
        pixels = np.asarray(layer.numpy(), float)
        x, y = max(layer.left, 0), max(layer.top, 0)
        pixels = pixels[y - layer.top : psd.height - layer.top, x - layer.left : psd.width - layer.left]
        part = canvas[y : y + pixels.shape[0], x : x + pixels.shape[1]]
        alpha = pixels[..., 3:] * layer.opacity / 255
        part += alpha * (pixels[..., :3] - part)
    return canvas * 255


def test_the_layers_of_a_psd_make_the_picture(tmp_path: Path) -> None:
    ora = OraFile(90, 70)
    ora.layer(noise(1, 30, 40), name="top", x=-5, y=50, opacity=0.4)
    ora.layer(noise(2, 70, 90), name="hidden", visibility="hidden")
    ora.layer(noise(3, 70, 90), name="bottom")
    ora.background(TILE)
    ora.save(tmp_path / "it.ora")
    done = export_document(tmp_path / "it.ora", [tmp_path / "it.psd", tmp_path / "it.png"])
    assert (done.width, done.height, done.transparent, done.notes) == (90, 70, False, ())
    psd = PSDImage.open(tmp_path / "it.psd")
    assert [layer.name for layer in psd] == ["Background", "bottom", "hidden", "top"]
    with read_document(tmp_path / "it.ora") as document:
        picture = render_document(document)
    assert np.array_equal(np.rint(np.asarray(psd.numpy()) * 255), picture)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "it.png")), picture)
    assert np.abs(composed(psd) - picture).max() <= 2


def test_groups_and_modes_that_psd_does_not_have(tmp_path: Path) -> None:
    ora = OraFile(64, 64, 2.2)
    ora.layer(noise(1, 64, 64), name="away", composite_op="svg:dst-out")
    ora.layer(noise(1, 64, 64), name="within", composite_op="svg:src-atop")
    group = ora.group(name="group", isolation="auto")
    ora.layer(noise(2, 64, 64), group, name="pigment", composite_op="mypaint:spectral-wgm")
    ora.layer(noise(2, 64, 64), group, name="soft", composite_op="svg:soft-light")
    ora.save(tmp_path / "it.ora")
    done = export_document(tmp_path / "it.ora", [tmp_path / "it.psd"])
    within, away, mixing = done.notes
    assert away == ".psd does not have the mode svg:dst-out of “away”, which is hidden there."
    assert within == ".psd does not have the mode svg:src-atop of “within”, which is Normal there."
    assert "layers look different" in mixing
    folder, below, erasing = PSDImage.open(tmp_path / "it.psd")
    assert folder.blend_mode == BlendMode.PASS_THROUGH and not erasing.visible and below.blend_mode == BlendMode.NORMAL
    assert [each.blend_mode for each in folder] == [BlendMode.SOFT_LIGHT, BlendMode.NORMAL]  # type: ignore[attr-defined]


def test_the_resolution_is_that_of_the_document_or_of_print(tmp_path: Path) -> None:
    for name, how in (("said", {"xres": 150, "yres": 150}), ("silent", {})):
        ora = OraFile(20, 20, **how)
        ora.layer(noise(1, 20, 20))
        ora.save(tmp_path / f"{name}.ora")
    for name, dpi, found in (("said", None, 150), ("said", 72, 72), ("silent", None, 300)):
        export_document(tmp_path / f"{name}.ora", [tmp_path / "it.tif"], dpi, overwrite=True)
        with Image.open(tmp_path / "it.tif") as image:
            assert image.info["dpi"] == (found, found)


def test_an_opaque_picture_is_not_called_transparent(tmp_path: Path) -> None:
    for level in (255, 254):
        pixels = np.full((20, 20, 4), 255, np.uint8)
        pixels[3, 4, 3] = level
        ora = OraFile(20, 20)
        ora.layer(pixels)
        ora.save(tmp_path / "it.ora")
        done = export_document(tmp_path / "it.ora", [tmp_path / "it.png"], overwrite=True)
        assert done.transparent == (level < 255)


def test_nothing_is_replaced(tmp_path: Path) -> None:
    ora = OraFile(20, 20)
    ora.layer(noise(1, 20, 20))
    ora.save(tmp_path / "it.ora")
    for ending in (".psd", ".jpg", ".ora"):
        (tmp_path / f"mine{ending}").write_bytes(b"mine")
        with pytest.raises(OutputError, match="exists already"):
            export_document(tmp_path / "it.ora", [tmp_path / f"mine{ending}"])
        assert (tmp_path / f"mine{ending}").read_bytes() == b"mine"
    assert not list(tmp_path.glob(".dreambrush*"))
