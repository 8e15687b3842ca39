"""HEIC, as phones save it: encoded by pillow-heif, which dreambrush itself does not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageOps

from dreambrush.errors import ExitCode, MissingPackageError, PictureError
from dreambrush.pictures.banded import BandedImage
from dreambrush.pictures.coded_colours import CodedToSrgb
from dreambrush.pictures.heif import read_heif
from dreambrush.pictures.limits import Limits
from dreambrush.pictures.reading import load_picture
from tests.pictures.test_colour_profiles import SRGB_PRIMARIES, rgb_profile
from tests.pictures.test_reading import floats, gradient

LOSSLESS: dict[str, Any] = {"quality": -1, "chroma": 444, "matrix_coefficients": 0}


def heic(
    path: Path, image: Image.Image, *others: Image.Image, info: dict[str, Any] | None = None, **options: Any
) -> Path:
    file = pillow_heif.from_pillow(image)
    file.info.update(info or {})
    for other in others:
        file.add_from_pillow(other)
    file.save(path, **LOSSLESS | options)
    return path


@pytest.mark.parametrize("name", ["a.heic", "IMG_1.HEIC", "a.jpg", "a.heif"])
def test_pixels_arrive_under_every_name(tmp_path: Path, name: str) -> None:
    path = heic(tmp_path / name, Image.fromarray(gradient(48, 32)))
    np.testing.assert_allclose(load_picture(path), gradient(48, 32) / 255.0, atol=1e-6)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_turned_upright_once(tmp_path: Path, orientation: int) -> None:
    image = Image.fromarray(gradient(48, 32))
    image.getexif()[0x0112] = orientation
    plain = Image.fromarray(gradient(48, 32))
    path = heic(tmp_path / "a.heic", plain, info={"exif": image.getexif().tobytes()})
    np.testing.assert_allclose(load_picture(path), np.asarray(ImageOps.exif_transpose(image)) / 255.0, atol=1e-6)


def test_display_p3_by_number_and_by_profile(tmp_path: Path) -> None:
    colours = gradient(48, 32)
    path = heic(tmp_path / "a.heic", Image.fromarray(colours), color_primaries=12, transfer_characteristics=13)
    np.testing.assert_allclose(load_picture(path), CodedToSrgb(12, 13)(floats(colours / 255)), atol=1e-5)
    red, green, blue = SRGB_PRIMARIES
    image = Image.new("RGB", (48, 32), (255, 0, 0))
    path = heic(
        tmp_path / "b.heic", image, info={"icc_profile": rgb_profile(blue, green, red), "icc_profile_type": "prof"}
    )
    np.testing.assert_allclose(load_picture(path)[9, 9], [0, 0, 1], atol=0.02)


def test_of_several_pictures_the_main_one(tmp_path: Path) -> None:
    others = [Image.new("RGB", (32, 16), colour) for colour in ("red", "lime")]
    path = heic(tmp_path / "a.heic", Image.fromarray(gradient(48, 32)), *others, primary_index=1)
    picture = load_picture(path)
    assert picture.shape == (16, 32, 3)
    np.testing.assert_allclose(picture[8, 8], [1, 0, 0], atol=1e-6)


@pytest.mark.parametrize(("alpha", "shape"), [(200, 4), (254, 3)])
def test_alpha(tmp_path: Path, alpha: int, shape: int) -> None:
    pixels = np.concatenate([gradient(48, 32), np.full((32, 48, 1), alpha, np.uint8)], 2)
    picture = load_picture(heic(tmp_path / "a.heic", Image.fromarray(pixels)), keep_alpha=True)
    assert picture.shape[2] == shape
    np.testing.assert_allclose(picture[..., :3], pixels[..., :3] / 255.0, atol=1e-6)


def test_grey_and_ten_bits(tmp_path: Path) -> None:
    grey = Image.fromarray(gradient(48, 32)[..., 0])
    picture = load_picture(heic(tmp_path / "a.heic", grey, matrix_coefficients=6, chroma=420))
    np.testing.assert_allclose(picture[..., 1], np.asarray(grey) / 255, atol=0.01)
    deep = np.repeat(np.linspace(0, 65535, 64).astype(np.uint16)[None, :, None], 32, 0).repeat(3, 2)
    file = pillow_heif.from_bytes("RGB;16", (64, 32), deep.tobytes())
    file.save(tmp_path / "b.heic", **LOSSLESS)
    np.testing.assert_allclose(load_picture(tmp_path / "b.heic"), deep / 65535, atol=0.005)


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.9])
def test_what_is_cut_off_is_damaged(tmp_path: Path, share: float) -> None:
    path = heic(tmp_path / "a.heic", Image.fromarray(gradient(128, 96)))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(PictureError) as caught:
        load_picture(path)
    assert caught.value.exit_code is ExitCode.BAD_PICTURE


def test_what_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = heic(tmp_path / "a.heic", Image.fromarray(gradient(128, 96)))
    for name in ("_BYTES_A_PIXEL", "_BYTES_WITHOUT_COPY", "_BYTES_OF_PHOTO"):
        monkeypatch.setattr(f"dreambrush.pictures.heif.{name}", 1 << 20)
    with pytest.raises(PictureError, match="more than 1 GB of memory") as caught:
        load_picture(path)
    assert caught.value.id == "picture-too-large"


def test_without_the_package_its_name_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = heic(tmp_path / "a.heic", Image.fromarray(gradient(48, 32)))
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    with pytest.raises(MissingPackageError, match="pip install pi-heif"):
        load_picture(path)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_large_ones_are_copied_in_bands(mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = Image.fromarray(gradient(130, 70)).convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    path = heic(tmp_path / "a.heic", image)
    whole = {size: load_picture(path, size, keep_alpha=True) for size in (130, 61, 200)}
    monkeypatch.setattr("dreambrush.pictures.heif.BYTES", 0)
    monkeypatch.setattr("dreambrush.pictures.heif._BAND", 130 * 9)
    decoded = read_heif(path, Limits())
    assert isinstance(decoded.image, BandedImage)
    for size, pixels in whole.items():
        np.testing.assert_array_equal(load_picture(path, size, keep_alpha=True), pixels)


@pytest.mark.slow
def test_100_megapixels_take_less_than_a_gigabyte(tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    program = f"""
import pillow_heif
from PIL import Image
image = Image.linear_gradient("L").resize((12288, 9216)).convert("RGB")
fast = {{"preset": "ultrafast", "x265:min-cu-size": "32"}}
pillow_heif.from_pillow(image).save({str(path)!r}, quality=30, enc_params=fast)
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    program = f"""
from dreambrush.pictures.heif import read_heif
from dreambrush.pictures.limits import Limits
from dreambrush.pictures.reading import load_picture
picture = load_picture({str(path)!r})
assert picture.shape == (768, 1024, 3)
assert abs(picture[384] - 0.5).max() < 0.02
print(*(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert int(done.stdout) < 900_000
