"""PSD files, as psd-tools and ImageMagick read them."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import BlendMode, Resource

from dreambrush.errors import OutputError
from dreambrush.pictures.psd_writing import MODES, PASS_THROUGH, PsdGroup, PsdLayer, write_psd
from tests.mypaint.ora_files import noise

INNER, BELOW = noise(1, 20, 30), noise(2, 70, 90)
PICTURE = noise(3, 70, 90)


def layers() -> list[PsdLayer | PsdGroup]:
    inner = PsdLayer("innen ä 漢字 🎨", lambda: INNER, -7, 60, 0.25, False, MODES["svg:multiply"])
    empty = PsdLayer("empty", lambda: np.zeros((64, 64, 4), np.uint8))
    rim = np.zeros((64, 64, 4), np.uint8)
    rim[10:20, 30:35] = 9, 8, 7, 255
    group = PsdGroup("group", [empty, inner, PsdGroup("deep", [], mode=PASS_THROUGH)], 0.5, True, MODES["svg:screen"])
    return [PsdLayer("below", lambda: BELOW), group, PsdLayer("rim", lambda: rim, 3, 4)]


def saved(picture: np.ndarray, every: list[PsdLayer | PsdGroup]) -> bytes:
    file = io.BytesIO()
    write_psd(file, picture, every, (240, 120))
    return file.getvalue()


def rgba(layer: Any) -> np.ndarray:
    pixels: np.ndarray = np.rint(np.asarray(layer.numpy()) * 255).astype(np.uint8)
    return pixels


def test_layers_groups_names_opacities_and_modes() -> None:
    psd: Any = PSDImage.open(io.BytesIO(saved(PICTURE[..., :3], layers())))
    assert (psd.width, psd.height, psd.channels) == (90, 70, 3)
    below, group, rim = psd
    assert [each.name for each in psd] == ["below", "group", "rim"]
    assert (group.opacity, group.blend_mode, group.is_group()) == (128, BlendMode.SCREEN, True)
    empty, inner, deep = group
    assert inner.name == "innen ä 漢字 🎨" and empty.name == "empty"
    assert (inner.opacity, inner.blend_mode, inner.visible) == (64, BlendMode.MULTIPLY, False)
    assert deep.blend_mode == BlendMode.PASS_THROUGH and below.visible
    assert (below.bbox, inner.left, inner.bottom, rim.bbox) == ((0, 0, 90, 70), -7, 80, (33, 14, 38, 24))
    assert np.array_equal(rgba(below), BELOW) and (rgba(rim) == (9, 8, 7, 255)).all()
    painted = np.argwhere(INNER[..., 3])
    (top, left), (bottom, right) = painted.min(0), painted.max(0) + 1
    assert np.array_equal(rgba(inner), INNER[top:bottom, left:right])


def test_the_picture_its_transparency_and_its_resolution() -> None:
    for channels in (3, 4):
        data = saved(PICTURE[..., :channels], layers())
        psd = PSDImage.open(io.BytesIO(data))
        found = rgba(psd).astype(int)
        assert np.array_equal(found[..., 3:], PICTURE[..., 3:channels])
        strong = PICTURE[..., 3] >= (128 if channels == 4 else 0)  # a picture with alpha is kept as on white
        assert np.abs(found - PICTURE[..., :channels])[strong].max() <= (1 if channels == 4 else 0)
        size = psd.image_resources.get_data(Resource.RESOLUTION_INFO)
        assert (size.horizontal / 65536, size.vertical / 65536) == (240, 120)
        assert len(psd.image_resources.get_data(Resource.ICC_PROFILE)) > 400
        assert data == saved(PICTURE[..., :channels], layers())
        with Image.open(io.BytesIO(data)) as image:
            assert image.mode == ("RGB" if channels == 3 else "RGBA") and image.format == "PSD"


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_is_one_of_photoshop(mode: str) -> None:
    (layer,) = PSDImage.open(io.BytesIO(saved(PICTURE, [PsdLayer("it", lambda: BELOW, mode=MODES[mode])])))
    other = {"src-over": "normal", "plus": "linear-dodge"}
    name = mode.removeprefix("svg:")
    assert layer.blend_mode.name.lower().replace("_", "-") == other.get(name, name)


@pytest.mark.skipif(shutil.which("convert") is None, reason="needs ImageMagick")
def test_imagemagick_reads_the_picture_and_the_layers(tmp_path: Path) -> None:
    (tmp_path / "it.psd").write_bytes(saved(PICTURE[..., :3], layers()))

    def read(index: int, kind: str) -> np.ndarray:
        words = ["convert", str(tmp_path / f"it.psd[{index}]"), "-depth", "8", f"{kind}:-"]
        return np.frombuffer(subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout, np.uint8)

    assert np.array_equal(read(0, "rgb").reshape(70, 90, 3), PICTURE[..., :3])
    below = read(1, "rgba").reshape(70, 90, 4)
    assert np.array_equal(below[below[..., 3] > 0], BELOW[BELOW[..., 3] > 0])


def test_what_is_too_large_is_said() -> None:
    with pytest.raises(OutputError, match=r"at most 30000 pixels a side, but the picture has 30001 x 1"):
        saved(np.zeros((1, 30001, 3), np.uint8), [])
