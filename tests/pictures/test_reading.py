"""Pictures of every kind arrive upright, in sRGB and at the right size."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageOps

from dreambrush.arrays import Float32, Pixels
from dreambrush.errors import ExitCode, PictureError
from dreambrush.pictures import reading as pictures
from dreambrush.pictures.reading import from_linear, load_picture, scaled_size, to_linear

"""XYZ of red, green and blue, adapted to D50."""


def gradient(width: int = 31, height: int = 21) -> Pixels:
    """A picture without symmetries."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 255 // width, y * 255 // height, (x + 2 * y) * 3], axis=2).astype(np.uint8)


def floats(values: object) -> Float32:
    return np.asarray(values, np.float32)


def saved(folder: Path, image: Image.Image, name: str = "picture.png", **options: Any) -> Path:
    image.save(folder / name, **options)
    return folder / name


def test_plain_picture_arrives_unchanged(tmp_path: Path) -> None:
    picture = load_picture(saved(tmp_path, Image.fromarray(gradient())))
    assert picture.dtype == np.float32
    np.testing.assert_allclose(picture, gradient() / 255.0, atol=1e-6)


@pytest.mark.parametrize("name", ["picture.jpg", "picture.tif", "picture.png", "picture.webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_obeyed_once(tmp_path: Path, orientation: int, name: str) -> None:
    image = Image.fromarray(gradient(48, 32))
    image.getexif()[0x0112] = orientation
    options = {"quality": 100, "lossless": True} if name.endswith("webp") else {"quality": 100}
    path = saved(tmp_path, image, name, exif=image.getexif(), **options)
    expected = np.asarray(ImageOps.exif_transpose(image), np.float32) / 255
    found = load_picture(path)
    assert found.shape == expected.shape
    assert np.abs(found - expected).mean() < 0.02


def test_size_counts_after_turning(tmp_path: Path) -> None:
    image = Image.fromarray(gradient(48, 32))
    image.getexif()[0x0112] = 6
    assert load_picture(saved(tmp_path, image, "a.jpg", exif=image.getexif()), 24).shape == (24, 16, 3)


@pytest.mark.parametrize("name", ["picture.tif", "picture.jpg"])
@pytest.mark.parametrize(
    ("ink", "expected"),
    [
        ((0, 0, 0, 0), (1, 1, 1)),
        ((0, 0, 0, 255), (0, 0, 0)),
        ((255, 0, 0, 0), (0, 1, 1)),
        ((0, 255, 255, 0), (1, 0, 0)),
    ],
)
def test_cmyk_without_profile(tmp_path: Path, ink: tuple[int, ...], expected: tuple[int, ...], name: str) -> None:
    picture = load_picture(saved(tmp_path, Image.new("CMYK", (16, 16), ink), name))
    np.testing.assert_allclose(picture, np.broadcast_to(floats(expected), picture.shape), atol=0.02)


def test_lab_tiff(tmp_path: Path) -> None:
    image = Image.frombytes("LAB", (2, 2), bytes([128, 0, 0]) * 4)  # L* = 50.2, no colour
    picture = load_picture(saved(tmp_path, image, "a.tif"))
    np.testing.assert_allclose(picture, 0.467, atol=0.02)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_mode_of_png(tmp_path: Path, mode: str) -> None:
    image = Image.new("L", (8, 6), 0)
    image.paste(255, (4, 0, 8, 6))
    picture = load_picture(saved(tmp_path, image.convert(mode)))
    assert picture.shape == (6, 8, 3)
    np.testing.assert_allclose(picture[:, :4], 0, atol=1e-6)
    np.testing.assert_allclose(picture[:, 4:], 1, atol=1e-6)


@pytest.mark.parametrize("name", ["picture.png", "picture.tif"])
def test_deep_greyscale_is_scaled_and_not_clipped(tmp_path: Path, name: str) -> None:
    values = np.linspace(0, 65535, 64).astype(np.uint16).reshape(8, 8)
    picture = load_picture(saved(tmp_path, Image.fromarray(values), name))
    np.testing.assert_allclose(picture[..., 0], values / 65535, atol=1e-4)
    assert (picture[..., 0] == picture[..., 2]).all()


def test_big_endian_deep_tiff(tmp_path: Path) -> None:
    values = np.linspace(0, 65535, 64).astype(">u2").reshape(8, 8)
    image = Image.frombytes("I;16B", (8, 8), values.tobytes())
    picture = load_picture(saved(tmp_path, image, "a.tif"))
    np.testing.assert_allclose(picture[..., 1], values / 65535, atol=1e-4)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0, 65535]], np.int32), [0.0, 1.0]),
        (np.array([[0, 1_000_000]], np.int32), [0.0, 1.0]),
        (np.array([[0.25, 1.0]], np.float32), [0.25, 1.0]),
        (np.array([[np.nan, 4.0]], np.float32), [0.0, 1.0]),
        (np.array([[-1.0, np.inf]], np.float32), [0.0, 1.0]),
    ],
)
def test_integer_and_float_tiff(tmp_path: Path, values: NDArray[np.generic], expected: list[float]) -> None:
    picture = load_picture(saved(tmp_path, Image.fromarray(values), "a.tif"))
    np.testing.assert_allclose(picture[0, :, 0], expected, atol=1e-5)


def test_transparency_is_put_on_white(tmp_path: Path) -> None:
    rgba = np.zeros((1, 3, 4), np.uint8)
    rgba[0, :, 3] = (0, 51, 255)
    picture = load_picture(saved(tmp_path, Image.fromarray(rgba)))
    np.testing.assert_allclose(picture[0, :, 1], [1.0, 0.8, 0.0], atol=1e-3)


@pytest.mark.parametrize(("mode", "colour"), [("P", 0), ("L", 0), ("RGB", (0, 0, 0))])
def test_a_transparent_colour_is_put_on_white(tmp_path: Path, mode: str, colour: int | tuple[int, ...]) -> None:
    path = saved(tmp_path, Image.new(mode, (3, 3), colour), transparency=colour)
    np.testing.assert_allclose(load_picture(path), 1.0, atol=1e-6)


def soft_disc(size: int = 64) -> Pixels:
    """Orange that fades out towards the edge, with garish green hidden where it is transparent."""
    y, x = np.mgrid[0:size, 0:size] - (size - 1) / 2
    alpha = np.clip((size / 3 - np.hypot(x, y)) * 20 + 128, 0, 255)
    pixels = np.full((size, size, 4), (250, 120, 30, 0), np.uint8)
    pixels[..., 3] = alpha
    pixels[alpha == 0, :3] = (0, 255, 0)
    return pixels


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.tif"])
def test_alpha_is_kept_if_asked_for(tmp_path: Path, name: str) -> None:
    options = {"lossless": True, "exact": True} if name == "a.webp" else {}
    path = saved(tmp_path, Image.fromarray(soft_disc()), name, **options)
    picture = load_picture(path, keep_alpha=True)
    assert picture.dtype == np.float32
    np.testing.assert_allclose(picture, soft_disc() / 255.0, atol=1e-6)
    assert load_picture(path).shape == (64, 64, 3)


@pytest.mark.parametrize("size", [16, 21, 300])
def test_hidden_colours_do_not_bleed_when_scaled(tmp_path: Path, size: int) -> None:
    picture = load_picture(saved(tmp_path, Image.fromarray(soft_disc())), size, keep_alpha=True)
    assert picture.shape == (size, size, 4)
    seen = picture[..., 3] > 0.02
    assert np.abs(picture[seen][:, :3] - floats([250, 120, 30]) / 255).max() < 0.01
    assert picture[..., 3].mean() == pytest.approx(soft_disc()[..., 3].mean() / 255, rel=0.02)
    assert picture[0, 0, 3] == 0 and picture[size // 2, size // 2, 3] == pytest.approx(1)


def test_alpha_turns_and_joins_as_colours_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (120, 50, 4), dtype=np.uint8)
    image = Image.fromarray(noise)
    image.getexif()[0x0112] = 6
    path = saved(tmp_path, image, exif=image.getexif())
    for size in (None, 30, 200):
        whole = load_picture(path, size, keep_alpha=True)
        assert whole.shape[1] > whole.shape[0] and whole.shape[2] == 4
        with monkeypatch.context() as patch:
            patch.setattr(pictures, "_STRIP_PIXELS", 50 * 30)
            again = load_picture(path, size, keep_alpha=True)
            np.testing.assert_allclose(again[..., 3], whole[..., 3], atol=1e-5)
            np.testing.assert_allclose(again[..., :3] * again[..., 3:], whole[..., :3] * whole[..., 3:], atol=1e-4)


@pytest.mark.parametrize("mode", ["P", "LA"])
def test_transparency_of_every_kind_is_kept(tmp_path: Path, mode: str) -> None:
    image = Image.new("RGBA", (20, 20), (90, 90, 90, 255))
    image.paste((0, 0, 0, 0), (0, 0, 10, 20))
    if mode == "P":
        image = image.convert("RGB").quantize(2)
        path = saved(tmp_path, image, "a.gif", transparency=image.getpixel((0, 0)))
    else:
        path = saved(tmp_path, image.convert("LA"), "a.png")
    picture = load_picture(path, keep_alpha=True)
    assert not picture[:, :10, 3].any() and (picture[:, 10:, 3] == 1).all()
    np.testing.assert_allclose(picture[:, 10:, :3], 90 / 255, atol=0.01)


@pytest.mark.parametrize("size", [None, 10, 80])
def test_alpha_that_hides_nothing_is_left_out(tmp_path: Path, size: int | None) -> None:
    rgba = np.concatenate([gradient(), np.full((21, 31, 1), 255, np.uint8)], 2)
    path = saved(tmp_path, Image.fromarray(rgba))
    picture = load_picture(path, size, keep_alpha=True)
    assert picture.shape[2] == 3 and picture.flags.c_contiguous
    np.testing.assert_allclose(picture, load_picture(path, size), atol=1e-5)


def test_a_picture_that_shows_nothing_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("RGBA", (30, 20), (200, 10, 10, 0)))
    with pytest.raises(PictureError, match="transparent everywhere") as error:
        load_picture(path, keep_alpha=True)
    assert error.value.exit_code == ExitCode.BAD_PICTURE
    assert (load_picture(path) == 1).all()


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.webp", "a.tif"])
def test_animation_gives_its_first_frame(tmp_path: Path, name: str) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "lime", "blue")]
    path = saved(tmp_path, frames[0], name, save_all=True, append_images=frames[1:])
    red, green, blue = load_picture(path)[8, 8]
    assert red > 0.95 and green < 0.05 and blue < 0.05


def test_scaling_down_keeps_the_light(tmp_path: Path) -> None:
    chequers = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    picture = load_picture(saved(tmp_path, Image.fromarray(chequers)), 16)
    np.testing.assert_allclose(picture[2:-2, 2:-2], from_linear(floats(0.5)), atol=0.01)


@pytest.mark.parametrize("size", [16, 100, 300])
def test_even_colour_stays_itself(tmp_path: Path, size: int) -> None:
    picture = load_picture(saved(tmp_path, Image.new("RGB", (100, 80), (200, 100, 3))), size)
    assert picture.shape == (round(80 * size / 100), size, 3)
    np.testing.assert_allclose(picture, np.broadcast_to(floats([200, 100, 3]) / 255, picture.shape), atol=2e-3)


def test_scaling_down_makes_no_rings(tmp_path: Path) -> None:
    edge = np.full((64, 64), 40, np.uint8)
    edge[:, 32:] = 255
    picture = load_picture(saved(tmp_path, Image.fromarray(edge)), 20)
    assert picture.min() >= 40 / 255 - 1e-3


def test_strips_join_without_seams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (301, 77, 3), dtype=np.uint8)
    path = saved(tmp_path, Image.fromarray(noise))
    for size in (None, 60, 190, 640):
        whole = load_picture(path, size)
        with monkeypatch.context() as patch:
            patch.setattr(pictures, "_STRIP_PIXELS", 77 * 40)
            np.testing.assert_allclose(load_picture(path, size), whole, atol=1e-5)


@pytest.mark.parametrize(
    ("width", "height", "size", "expected"),
    [
        (1, 1, None, (1, 1)),
        (1, 1, 64, (64, 64)),
        (30000, 10, None, (1024, 1)),
        (10, 30000, 64, (1, 64)),
        (2000, 1000, None, (1024, 512)),
        (640, 480, None, (640, 480)),
    ],
)
def test_sizes(tmp_path: Path, width: int, height: int, size: int | None, expected: tuple[int, int]) -> None:
    assert scaled_size(width, height, size) == expected
    picture = load_picture(saved(tmp_path, Image.new("L", (width, height), 128)), size)
    assert picture.shape == (expected[1], expected[0], 3)
    np.testing.assert_allclose(picture, 128 / 255, atol=2e-3)


@given(st.integers(1, 20000), st.integers(1, 20000), st.integers(16, 8192))
def test_scaled_size_has_the_longer_side_and_no_empty_one(width: int, height: int, size: int) -> None:
    result = scaled_size(width, height, size)
    assert max(result) == size and min(result) >= 1


@given(st.floats(0, 1, width=32))
def test_linear_light_and_back(value: float) -> None:
    assert abs(float(from_linear(to_linear(floats([value])))[0]) - value) < 1e-4


def huge_png() -> bytes:
    """A small file that claims to hold 50,000 x 50,000 pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0" * 1000)
    chunks = [struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (header, data)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def encoded(name: str) -> bytes:
    file = io.BytesIO()
    Image.fromarray(gradient(64, 64)).save(file, name)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"Dear diary, today I painted.", "is not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is not a picture"),
        (huge_png(), "pixels"),
        (encoded("PNG")[:200], "damaged or incomplete"),
        (encoded("JPEG")[:700], "damaged or incomplete"),
        (encoded("TIFF")[:900], "damaged or incomplete"),
        (encoded("BMP")[:900], "damaged or incomplete"),
        (encoded("WEBP")[:300], "picture"),
    ],
)
def test_bad_files(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "bad.png"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=message) as caught:
        load_picture(path)
    assert caught.value.exit_code is ExitCode.BAD_PICTURE
    assert str(path) in caught.value.message and caught.value.advice.endswith(".")


def test_missing_folder_and_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, message in (("absent.png", "no picture"), ("", "is a folder"), ("pipe", "not a regular file")):
        with pytest.raises(PictureError, match=message):
            load_picture(tmp_path / name)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP", "TGA", "PPM", "PCX"]), st.data())
def test_corrupt_bytes_never_give_another_error(
    tmp_path_factory: pytest.TempPathFactory, kind: str, data: st.DataObject
) -> None:
    content = bytearray(encoded(kind))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "corrupt"
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        picture = load_picture(path, 32)
    except PictureError:
        return
    assert max(picture.shape[:2]) == 32 and np.isfinite(picture).all()
