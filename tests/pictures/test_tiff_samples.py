"""TIFF samples that are rare: 12 bits, 16 bits with alpha, colours that alpha multiplies."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dreambrush.errors import PictureError
from dreambrush.pictures.reading import load_picture

NONE, DEFLATE = 1, 8
ASSOCIATED, STRAIGHT = 1, 2


def tiff(data: bytes, size: tuple[int, int], bits: tuple[int, ...], *, order: str = "<", **more: int) -> bytes:
    """A TIFF of one strip: ``size`` is height and width; ``more`` are compression, extra, photometric and planes."""
    compression = more.get("compression", NONE)
    data = zlib.compress(data) if compression == DEFLATE else data
    head = 8
    after = head + len(data)
    depths = struct.pack(f"{order}{len(bits)}H", *bits)
    tags = [(256, 4, 1, size[1]), (257, 4, 1, size[0]), (258, 3, len(bits), after if len(depths) > 4 else None)]
    tags += [(259, 3, 1, compression), (262, 3, 1, more.get("photometric", 1)), (273, 4, 1, head)]
    tags += [(277, 3, 1, len(bits)), (278, 4, 1, size[0]), (279, 4, 1, len(data)), (284, 3, 1, more.get("planes", 1))]
    if "extra" in more:
        tags.append((338, 3, 1, more["extra"]))
    out = struct.pack(f"{order}H", len(tags))
    for tag, kind, count, value in tags:
        if value is None:
            packed = depths.ljust(4, b"\0")
        else:
            packed = struct.pack(
                f"{order}HH" if kind == 3 and count == 1 else f"{order}I",
                *((value, 0) if kind == 3 and count == 1 else (value,)),
            )
        out += struct.pack(f"{order}HHI", tag, kind, count) + packed
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}I", after + len(depths)) + data + depths + out + bytes(4)


def read(folder: Path, data: bytes) -> NDArray[np.float32]:
    (folder / "a.tif").write_bytes(data)
    return load_picture(folder / "a.tif", keep_alpha=True)


GREYS = np.linspace(0, 65535, 60).astype(np.uint16).reshape(6, 10)
ALPHA = np.random.default_rng(1).integers(20000, 65536, (6, 10)).astype(np.uint16)


@pytest.mark.parametrize("compression", [NONE, DEFLATE])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("photometric", [0, 1])
def test_sixteen_bits_with_alpha(tmp_path: Path, order: str, compression: int, photometric: int) -> None:
    samples = np.stack([GREYS, ALPHA], 2).astype(f"{order}u2").tobytes()
    more = {"compression": compression, "photometric": photometric, "extra": STRAIGHT}
    picture = read(tmp_path, tiff(samples, (6, 10), (16, 16), order=order, **more))
    expected = GREYS / 65535 if photometric else 1 - GREYS / 65535
    np.testing.assert_allclose(picture[..., 1], expected, atol=1e-4)
    np.testing.assert_allclose(picture[..., 3], ALPHA / 65535, atol=1e-4)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("compression", [NONE, DEFLATE])
def test_grey_that_alpha_multiplies(tmp_path: Path, depth: int, compression: int) -> None:
    top = (1 << depth) - 1
    alpha = np.rint(ALPHA / 65535 * top)
    seen = np.rint(GREYS / 65535 * alpha)
    samples = np.stack([seen, alpha], 2).astype(f"<u{depth // 8}").tobytes()
    picture = read(tmp_path, tiff(samples, (6, 10), (depth, depth), compression=compression, extra=ASSOCIATED))
    np.testing.assert_allclose(picture[..., 0], GREYS / 65535, atol=0.015 if depth == 8 else 1e-3)
    np.testing.assert_allclose(picture[..., 3], alpha / top, atol=1e-4)


def test_twelve_bits(tmp_path: Path) -> None:
    levels = np.rint(GREYS / 65535 * 4095).astype(np.uint16)
    bits = (levels[..., None] >> np.arange(11, -1, -1) & 1).astype(np.uint8).reshape(6, -1)
    picture = read(tmp_path, tiff(np.packbits(bits, axis=1).tobytes(), (6, 10), (12,)))
    np.testing.assert_allclose(picture[..., 2], levels / 4095, atol=1e-5)
    assert picture[-1, -1, 0] == 1


def test_separate_planes_of_it_are_refused(tmp_path: Path) -> None:
    samples = np.stack([GREYS, ALPHA]).tobytes()
    with pytest.raises(PictureError, match="in separate planes"):
        read(tmp_path, tiff(samples, (6, 10), (16, 16), extra=STRAIGHT, planes=2))
