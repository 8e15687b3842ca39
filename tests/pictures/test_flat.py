"""Flat pictures, as Pillow and ImageMagick read them."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from dreambrush.errors import OutputError
from dreambrush.pictures.flat import FLAT_FORMATS, encode_flat, on_white, srgb_profile
from tests.mypaint.ora_files import noise

SMOOTH = np.stack([*np.mgrid[0:60, 0:90].astype(np.uint8) * 2, np.full((60, 90), 90, np.uint8)], axis=2)
LOSSLESS = {".png", ".tif", ".tiff"}


def opened(pixels: np.ndarray, ending: str) -> Image.Image:
    return Image.open(io.BytesIO(encode_flat(pixels, ending, (240, 120))))


@pytest.mark.parametrize("ending", FLAT_FORMATS)
def test_the_pixels_and_the_resolution_are_in_the_file(ending: str) -> None:
    image = opened(SMOOTH, ending)
    assert (image.format, image.mode) == (FLAT_FORMATS[ending], "RGB")
    exif = image.getexif()
    found = image.info.get("dpi") or (exif[0x011A], exif[0x011B])
    assert np.allclose(np.asarray(found, float), (240, 120), atol=0.02)
    difference = np.abs(np.asarray(image).astype(int) - SMOOTH)
    assert difference.max() == 0 if ending in LOSSLESS else difference.mean() < 1.5


@pytest.mark.parametrize("ending", [".png", ".webp", ".tif"])
def test_transparency_stays(ending: str) -> None:
    pixels = noise(1, 40, 50)
    image = opened(pixels, ending)
    assert image.mode == "RGBA"
    assert np.array_equal(np.asarray(image)[..., 3], pixels[..., 3])
    if ending in LOSSLESS:
        assert np.array_equal(np.asarray(image), pixels)


def test_a_jpeg_shows_white_where_it_cannot_be_transparent() -> None:
    pixels = np.zeros((16, 32, 4), np.uint8)
    pixels[:, :16] = 200, 0, 0, 255
    found = np.asarray(opened(pixels, ".JPG"))
    assert np.abs(found[:, 20:].astype(int) - 255).max() <= 1
    assert np.abs(found[:, :12].astype(int) - (200, 0, 0)).max() <= 2
    half = np.full((1, 1, 4), (0, 100, 255, 128), np.uint8)
    assert on_white(half).tolist() == [[[127, 177, 255]]]


def test_equal_pictures_make_equal_files_with_the_profile_of_srgb() -> None:
    for ending in FLAT_FORMATS:
        assert encode_flat(SMOOTH, ending, (300, 300)) == encode_flat(SMOOTH.copy(), ending, (300, 300))
    assert srgb_profile()[24:36] == bytes(12), "no date"
    profile = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    assert "sRGB" in ImageCms.getProfileDescription(profile)
    for ending in FLAT_FORMATS.keys() - {".png"}:
        assert opened(SMOOTH, ending).info["icc_profile"] == srgb_profile()


def test_a_side_beyond_the_format_is_said() -> None:
    with pytest.raises(OutputError, match="at most 16383 pixels a side, but the picture has 16384 x 1"):
        encode_flat(np.zeros((1, 16384, 3), np.uint8), ".webp", (300, 300))
    assert opened(np.zeros((1, 16384, 3), np.uint8), ".tif").size == (16384, 1)


@pytest.mark.skipif(shutil.which("convert") is None, reason="needs ImageMagick")
@pytest.mark.parametrize("ending", sorted(LOSSLESS - {".tiff"}))
def test_imagemagick_reads_the_same_pixels(ending: str, tmp_path: Path) -> None:
    pixels = noise(2, 30, 40)
    (tmp_path / f"it{ending}").write_bytes(encode_flat(pixels, ending, (300, 300)))
    done = subprocess.run(
        ["convert", tmp_path / f"it{ending}", "-depth", "8", "rgba:-"], stdout=subprocess.PIPE, check=True
    )
    assert np.array_equal(np.frombuffer(done.stdout, np.uint8).reshape(pixels.shape), pixels)
