"""Large TIFFs that are decoded band by band: the same pixels, in little memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from dreambrush.errors import PictureError
from dreambrush.pictures import opening, tiff_bands
from dreambrush.pictures.banded import BandedImage
from dreambrush.pictures.limits import Limits
from dreambrush.pictures.opening import decode
from dreambrush.pictures.reading import load_picture
from tests.pictures.test_colour_profiles import SRGB_PRIMARIES, rgb_profile

WIDTH, HEIGHT = 333, 250
KINDS: dict[str, dict[str, Any]] = {
    "tiles": {"tile": (64, 48), "compression": "zlib", "predictor": True},
    "plain tiles": {"tile": (32, 80)},
    "strips": {"rowsperstrip": 7, "compression": "zlib"},
    "plain strips": {"rowsperstrip": 9},
    "one plain strip": {"rowsperstrip": HEIGHT},
    "big-endian": {"rowsperstrip": 16, "byteorder": ">"},
    "64-bit": {"tile": (64, 64), "bigtiff": True},
}
SAMPLES: dict[str, tuple[int, Any]] = {
    "rgb": (3, np.uint8),
    "grey": (1, np.uint8),
    "deep rgb": (3, np.uint16),
    "deep grey": (1, np.uint16),
}
BY_PILLOW: dict[str, tuple[str, dict[str, Any]]] = {
    "jpeg": ("RGB", {"compression": "jpeg"}),
    "lzw": ("RGBA", {"compression": "tiff_lzw"}),
    "packbits": ("CMYK", {"compression": "packbits"}),
    "palette": ("P", {"compression": "tiff_deflate"}),
    "plain palette": ("P", {}),
    "fax": ("1", {"compression": "group4"}),
    "bits": ("1", {}),
    "floats": ("F", {}),
    "lab": ("LAB", {}),
}


def noise(channels: int, kind: Any) -> np.ndarray[Any, np.dtype[Any]]:
    small = np.random.default_rng(0).random((HEIGHT // 5, -(-WIDTH // 5), channels))
    return (np.repeat(np.repeat(small, 5, 0), 5, 1)[:, :WIDTH].squeeze() * np.iinfo(kind).max).astype(kind)


def check_bands(path: Path, monkeypatch: pytest.MonkeyPatch, tolerance: float = 0.0) -> None:
    """The picture is the same, whether it is decoded as a whole or in bands, and also if it is scaled."""
    whole = {size: load_picture(path, size, keep_alpha=True) for size in (WIDTH, 200, 500, 25)}
    monkeypatch.setattr(opening, "BYTES", 0)
    monkeypatch.setattr(tiff_bands, "PIXELS_OF_A_BAND", WIDTH * 20)
    picture, _ = decode(path, None, Limits())
    assert isinstance(picture.image, BandedImage)
    assert picture.image._band_height < HEIGHT
    picture.close()
    for size, pixels in whole.items():
        near = 0.02 if size == 25 else tolerance  # this one is reduced in boxes
        np.testing.assert_allclose(load_picture(path, size, keep_alpha=True), pixels, atol=near, rtol=0)


@pytest.mark.parametrize("samples", SAMPLES)
@pytest.mark.parametrize("kind", KINDS)
def test_bands_are_the_picture(kind: str, samples: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options: dict[str, Any] = {"photometric": "rgb" if "rgb" in samples else "minisblack", **KINDS[kind]}
    tifffile.imwrite(tmp_path / "a.tif", noise(*SAMPLES[samples]), **options)
    check_bands(tmp_path / "a.tif", monkeypatch)


@pytest.mark.parametrize("kind", BY_PILLOW)
def test_bands_of_other_kinds(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mode, options = BY_PILLOW[kind]
    image = Image.fromarray(noise(4 if mode == "RGBA" else 3, np.uint8))
    image = image.convert("RGB").convert(mode) if mode in ("CMYK", "P", "F", "1") else image
    if mode == "LAB":
        image = Image.frombytes("LAB", (WIDTH, HEIGHT), noise(3, np.uint8).tobytes())
    monkeypatch.setattr("PIL.TiffImagePlugin.STRIP_SIZE", 4096)
    image.save(tmp_path / "a.tif", **options)
    check_bands(tmp_path / "a.tif", monkeypatch)


def test_it_stays_as_the_camera_was_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exif = Image.Exif()
    exif[274] = 6
    Image.fromarray(noise(3, np.uint8)).save(tmp_path / "a.tif", exif=exif)
    assert load_picture(tmp_path / "a.tif").shape == (WIDTH, HEIGHT, 3)
    check_bands(tmp_path / "a.tif", monkeypatch, 1e-4)  # it is turned before it is scaled, or after


def test_a_profile_counts_in_bands_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tifffile.imwrite(tmp_path / "a.tif", noise(3, np.uint8), photometric="rgb", iccprofile=rgb_profile(*SRGB_PRIMARIES))
    tifffile.imwrite(tmp_path / "b.tif", noise(3, np.uint8), photometric="rgb")
    assert load_picture(tmp_path / "a.tif").mean() > load_picture(tmp_path / "b.tif").mean() + 0.1
    check_bands(tmp_path / "a.tif", monkeypatch)


@pytest.mark.parametrize("kind", ["tiles", "strips", "one plain strip"])
def test_what_is_cut_off_is_told(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, noise(3, np.uint8), photometric="rgb", **KINDS[kind])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    monkeypatch.setattr(opening, "BYTES", 0)
    with pytest.raises(PictureError) as caught:
        load_picture(path)
    assert caught.value.id == "picture-damaged"


def test_planes_that_lie_apart_are_decoded_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.tif"
    planes = np.moveaxis(noise(3, np.uint8), 2, 0)
    tifffile.imwrite(path, planes, photometric="rgb", planarconfig="separate")
    whole = load_picture(path)
    monkeypatch.setattr(opening, "BYTES", 0)
    np.testing.assert_array_equal(load_picture(path), whole)
    with pytest.raises(PictureError, match="would take more than 1 GB") as caught:
        load_picture(path, limits=Limits(bytes=1000))
    assert caught.value.id == "picture-too-large"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "size"),  # how long it takes to scale is the same for all three
    [
        ({"tile": (256, 256), "compression": "zlib"}, 1024),
        ({"rowsperstrip": 4, "compression": "zlib"}, 256),
        ({"rowsperstrip": 12240}, 256),
    ],
    ids=["tiles", "strips", "one strip"],
)
def test_200_megapixels_take_less_than_a_gigabyte(options: dict[str, Any], size: int, tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    program = f"""
import numpy as np, tifffile
row = np.repeat(np.linspace(0, 255, 16320).astype(np.uint8)[:, None], 3, 1)
tifffile.imwrite({str(path)!r}, np.broadcast_to(row, (12240, 16320, 3)), photometric="rgb", **{options!r})
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    program = f"""
from dreambrush.pictures.reading import load_picture
picture = load_picture({str(path)!r}, {size})
assert picture.shape == ({size} * 3 // 4, {size}, 3)
assert abs(picture[:, {size} // 2] - 0.5).max() < 0.01
print(*(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) < 500_000
