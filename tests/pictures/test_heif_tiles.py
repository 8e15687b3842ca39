"""HEIC pictures that are grids of tiles, decoded row by row."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dreambrush.errors import PictureError
from dreambrush.pictures.banded import BandedImage
from dreambrush.pictures.heif import read_heif
from dreambrush.pictures.heif_tiles import tiled_heif
from dreambrush.pictures.limits import Limits
from dreambrush.pictures.reading import load_picture
from tests.pictures.heic_grid import heic_grid
from tests.pictures.test_reading import gradient

WIDTH, HEIGHT = 300, 170


def picture() -> Image.Image:
    return Image.fromarray(gradient(WIDTH, HEIGHT))


@pytest.mark.parametrize("turns", [None, 0, 1, 2, 3])
def test_tiles_are_the_picture(turns: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes(heic_grid(picture(), 64, turns))
    whole = load_picture(path)
    np.testing.assert_array_equal(whole, np.rot90(np.asarray(picture()), turns or 0) / np.float32(255))
    small = load_picture(path, 90)
    monkeypatch.setattr("dreambrush.pictures.heif.BYTES", 0)
    decoded = read_heif(path, Limits())
    assert isinstance(decoded.image, BandedImage) and decoded.image._band_height == 64
    np.testing.assert_array_equal(load_picture(path), whole)
    np.testing.assert_allclose(load_picture(path, 90), small, atol=1e-4)


@pytest.mark.parametrize("options", [{"quality": 80}, {"quality": 80, "matrix_coefficients": 9}], ids=str)
def test_colours_are_those_of_the_whole(
    options: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes(heic_grid(picture(), 128, **options))
    whole = load_picture(path)
    monkeypatch.setattr("dreambrush.pictures.heif.BYTES", 0)
    np.testing.assert_allclose(load_picture(path), whole, atol=1.5 / 255)


def test_tiles_that_are_missing_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = heic_grid(picture(), 64)
    monkeypatch.setattr("dreambrush.pictures.heif.BYTES", 0)
    for name, damaged in (
        ("short.heic", data[: -len(data) // 3]),
        ("wide.heic", data.replace(b"\0\0\2\4" + WIDTH.to_bytes(2, "big"), b"\0\0\2\4" + b"\x7f\0")),
    ):
        assert damaged != data
        (tmp_path / name).write_bytes(damaged)
        with pytest.raises(PictureError) as caught:
            load_picture(tmp_path / name)
        assert caught.value.id == "picture-damaged"


def test_tiles_that_are_too_large_for_bands_are_decoded_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes(heic_grid(picture(), 64))
    monkeypatch.setattr("dreambrush.pictures.heif_tiles.LARGEST_BAND", 5 * 64 * 64 - 1)
    assert tiled_heif(path) is None
    monkeypatch.setattr("dreambrush.pictures.heif_tiles.LARGEST_BAND", 5 * 64 * 64)
    assert tiled_heif(path) is not None


@pytest.mark.slow
def test_200_megapixels_take_less_than_a_gigabyte(tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    tile = Image.linear_gradient("L").resize((512, 512)).convert("RGB")
    wide = Image.new("RGB", (16384, 12288))
    wide.paste(tile)
    path.write_bytes(heic_grid(wide, 512, copies=True, quality=60))
    program = f"""
from dreambrush.pictures.reading import load_picture
picture = load_picture({str(path)!r})
assert picture.shape == (768, 1024, 3)
assert 0.45 < picture.mean() < 0.6
print(*(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert int(done.stdout) < 500_000
