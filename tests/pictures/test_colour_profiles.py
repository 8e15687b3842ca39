"""Pictures with ICC profiles, and the like."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambrush.pictures.light import from_linear
from dreambrush.pictures.reading import load_picture
from tests.pictures.test_reading import floats, gradient, saved

SRGB_PRIMARIES = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))


def tag(name: bytes, data: bytes) -> tuple[bytes, bytes]:
    return name, data + b"\0" * (-len(data) % 4)


def icc_profile(space: bytes, *tags: tuple[bytes, bytes], connection: bytes = b"XYZ ") -> bytes:
    """A version 2 input profile (ICC.1:2001-04) with just these tags."""
    text = b"text\0\0\0\0test\0"
    description = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + b"\0" * 78
    white = b"XYZ \0\0\0\0" + fixed(0.9642, 1.0, 0.8249)
    entries = [tag(b"cprt", text), tag(b"desc", description), tag(b"wtpt", white), *tags]
    offset = 128 + 4 + 12 * len(entries)
    table, body = struct.pack(">I", len(entries)), b""
    for name, data in entries:
        table += name + struct.pack(">II", offset + len(body), len(data))
        body += data
    header = struct.pack(">I4sI4s4s4s", offset + len(body), b"\0" * 4, 0x02400000, b"scnr", space, connection)
    header += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + b"\0" * 28 + fixed(0.9642, 1.0, 0.8249)
    return header.ljust(128, b"\0") + table + body


def fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


LINEAR = b"curv\0\0\0\0" + struct.pack(">IH", 1, 256)  # a gamma of 1.0


def rgb_profile(red: tuple[float, ...], green: tuple[float, ...], blue: tuple[float, ...]) -> bytes:
    """An RGB profile of linear light with these primaries."""
    colours = [tag(name, b"XYZ \0\0\0\0" + fixed(*xyz)) for name, xyz in
               zip((b"rXYZ", b"gXYZ", b"bXYZ"), (red, green, blue), strict=True)]  # fmt: skip
    return icc_profile(b"RGB ", *colours, *(tag(name, LINEAR) for name in (b"rTRC", b"gTRC", b"bTRC")))


def cmyk_profile(lab_of_cyan: tuple[int, int, int]) -> bytes:
    """A CMYK profile in which full cyan has that L*a*b* (8-bit encoding) and all else is white or black."""
    ramp = bytes(range(256))
    nodes = b""
    for corner in range(16):  # cyan is the slowest to vary
        cyan, black = corner >> 3, corner & 1
        nodes += bytes((0, 128, 128) if black else lab_of_cyan if cyan else (255, 128, 128))
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    return icc_profile(b"CMYK", tag(b"A2B0", table + ramp * 4 + nodes + ramp * 3), connection=b"Lab ")


def test_icc_profile_with_linear_light(tmp_path: Path) -> None:
    image = Image.new("RGB", (4, 4), (55, 55, 55))
    picture = load_picture(saved(tmp_path, image, icc_profile=rgb_profile(*SRGB_PRIMARIES)))
    np.testing.assert_allclose(picture, from_linear(floats(55 / 255)), atol=0.012)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_icc_profile_with_other_primaries(tmp_path: Path, mode: str) -> None:
    red, green, blue = SRGB_PRIMARIES
    image = Image.new("RGB", (4, 4), (255, 0, 0)).convert(mode)
    picture = load_picture(saved(tmp_path, image, icc_profile=rgb_profile(blue, green, red)))
    np.testing.assert_allclose(picture, np.broadcast_to([0.0, 0.0, 1.0], picture.shape), atol=0.02)


@pytest.mark.parametrize("mode", ["L", "LA"])
def test_icc_profile_of_greyscale(tmp_path: Path, mode: str) -> None:
    image = Image.new("L", (4, 4), 55).convert(mode)
    profile = icc_profile(b"GRAY", tag(b"kTRC", LINEAR))
    picture = load_picture(saved(tmp_path, image, icc_profile=profile))
    np.testing.assert_allclose(picture, from_linear(floats(55 / 255)), atol=0.012)


@pytest.mark.parametrize("profile", [b"", b"rubbish" * 40, icc_profile(b"GRAY", tag(b"kTRC", LINEAR))])
def test_broken_or_unfit_icc_profile_is_left_out(tmp_path: Path, profile: bytes) -> None:
    picture = load_picture(saved(tmp_path, Image.fromarray(gradient()), icc_profile=profile))
    np.testing.assert_allclose(picture, gradient() / 255.0, atol=1e-6)


def test_cmyk_with_profile(tmp_path: Path) -> None:
    orange = (170, 128 + 40, 128 + 70)
    image = Image.new("CMYK", (8, 8), (255, 0, 0, 0))
    picture = load_picture(saved(tmp_path, image, "a.tif", icc_profile=cmyk_profile(orange)))
    red, green, blue = picture[4, 4]
    assert red > 0.85 and 0.4 < green < 0.65 and blue < 0.3


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_icc_profile_of_deep_greyscale(tmp_path: Path, name: str) -> None:
    """Converted as that of 8 bits is, and finer steps stay."""
    profile = icc_profile(b"GRAY", tag(b"kTRC", LINEAR))
    levels = np.linspace(0, 65535, 3000).astype(np.uint16).reshape(30, 100)
    picture = load_picture(saved(tmp_path, Image.fromarray(levels), name, icc_profile=profile))
    np.testing.assert_allclose(picture[..., 0], from_linear(floats(levels / 65535)), atol=1e-3)


def test_icc_profile_of_grey_in_avif(tmp_path: Path) -> None:
    profile = icc_profile(b"GRAY", tag(b"kTRC", LINEAR))
    for colour, expected in (((55, 55, 55), float(from_linear(floats(55 / 255)))), ((90, 55, 55), 55 / 255)):
        path = saved(tmp_path, Image.new("RGB", (16, 16), colour), "a.avif", icc_profile=profile, quality=100)
        np.testing.assert_allclose(load_picture(path)[8, 8, 1], expected, atol=0.02)
