"""What PNG says of its colours beside their levels: one that is transparent, and coded colour spaces."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dreambrush.pictures.light import from_linear, to_linear
from dreambrush.pictures.reading import load_picture
from tests.pictures.test_colour_profiles import SRGB_PRIMARIES, rgb_profile

GREY, RGB = 0, 2


def png(levels: NDArray[Any], depth: int, **chunks: bytes) -> bytes:
    """A PNG of levels (height, width) or (height, width, 3), with more chunks before its pixels."""
    height, width = levels.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, depth, RGB if levels.ndim == 3 else GREY, 0, 0, 0)
    if depth == 16:
        rows = [row.astype(">u2").tobytes() for row in levels]
    elif depth == 8:
        rows = [row.astype(np.uint8).tobytes() for row in levels]
    else:
        bits = (levels[..., None] >> np.arange(depth - 1, -1, -1) & 1).astype(np.uint8)
        rows = [np.packbits(row).tobytes() for row in bits.reshape(height, -1)]
    named = [(name.encode(), data) for name, data in chunks.items()]
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    parts = [(b"IHDR", header), *named, (b"IDAT", pixels), (b"IEND", b"")]
    made = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


def read(folder: Path, data: bytes) -> NDArray[np.float32]:
    (folder / "a.png").write_bytes(data)
    return load_picture(folder / "a.png", keep_alpha=True)


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_a_grey_that_is_transparent(tmp_path: Path, depth: int) -> None:
    top = (1 << depth) - 1
    levels = np.random.default_rng(depth).integers(0, top + 1, (9, 20))
    levels[:, :6], levels[:, 6:12] = top, 0
    for clear in (0, top, int(levels[4, 15])):
        picture = read(tmp_path, png(levels, depth, tRNS=struct.pack(">H", clear)))
        np.testing.assert_array_equal(picture[..., 3], levels != clear)
        np.testing.assert_allclose(picture[..., 0], levels / top, atol=1e-4)


@pytest.mark.parametrize("depth", [8, 16])
def test_a_colour_that_is_transparent(tmp_path: Path, depth: int) -> None:
    levels = np.zeros((4, 6, 3), np.int64)
    levels[:, 3:] = (200 if depth == 8 else 200 * 257, 0, 5)
    picture = read(tmp_path, png(levels, depth, tRNS=struct.pack(">HHH", *levels[0, 5])))
    np.testing.assert_array_equal(picture[..., 3], [[1, 1, 1, 0, 0, 0]] * 4)


def test_a_coded_space_wins_over_a_profile(tmp_path: Path) -> None:
    red, green, blue = SRGB_PRIMARIES
    swapped = b"x\0\0" + zlib.compress(rgb_profile(blue, green, red))
    levels = np.full((2, 2, 3), 130)
    levels[0] = (255, 0, 0)
    p3 = read(tmp_path, png(levels, 8, cICP=bytes([12, 13, 0, 1]), iCCP=swapped))
    np.testing.assert_allclose(p3[0, 0], [1, 0, 0], atol=0.01)
    np.testing.assert_allclose(p3[1], 130 / 255, atol=0.003)
    assert read(tmp_path, png(levels, 8, iCCP=swapped))[0, 0, 2] > 0.9


def test_colours_of_display_p3(tmp_path: Path) -> None:
    """As the matrix in CSS Color 4 has it."""
    levels = np.tile(np.rint(np.array([0.5, 0.3, 0.2]) * 255), (3, 3, 1))
    picture = read(tmp_path, png(levels, 8, cICP=bytes([12, 13, 0, 1])))
    matrix = [[1.2249, -0.2249, 0], [-0.0421, 1.0421, 0], [-0.0196, -0.0786, 1.0983]]
    expected = from_linear(to_linear(np.array(levels[0, 0] / 255, np.float32)) @ np.array(matrix, np.float32).T)
    np.testing.assert_allclose(picture[1, 1], expected, atol=0.002)
    np.testing.assert_allclose(
        read(tmp_path, png(levels, 8, cICP=bytes([1, 13, 0, 1])))[1, 1], levels[0, 0] / 255, atol=1e-6
    )
