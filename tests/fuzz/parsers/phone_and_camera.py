"""Pictures of phones, cameras and Photoshop: boxes, directories and blocks of HEIC, AVIF, DNG, PSD and JPEG XL."""

from __future__ import annotations

import io
import random
import struct
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.fuzz.base import Base
from tests.fuzz.commands import Command
from tests.fuzz.in_bands import in_bands
from tests.pictures.psd_files import psd
from tests.pictures.test_camera_raw import dng

WEIGHT = 1200
WIDTH, HEIGHT = 40, 32


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    data = bytearray(rng.choice((_heic, _heic, _heic_grid, _heic_grid, _avif, _dng, _psd, _psd, _jxl, _tiff))(rng))
    for _ in range(rng.choice((0, 1, 1, 2, 5))):
        place = rng.randrange(min(len(data), rng.choice((30, 120, 600, 100_000))))
        if rng.random() < 0.5:
            data[place] = rng.choice((0, 1, 127, 128, 255, data[place] ^ 1, rng.randrange(256)))
        else:
            number = rng.choice((0, 1, 2**16 - 1, 2**31 - 1, 2**32 - 1, len(data), rng.randrange(1000)))
            data[place : place + 4] = struct.pack(rng.choice(("<I", ">I")), number)
    if rng.random() < 0.1:
        del data[rng.randrange(len(data)) :]
    path = folder / rng.choice(("x.png", "x.heic", "x.dng", "x.nef"))
    path.write_bytes(data)
    size = rng.choice((16, 24, None))

    bands = rng.random() < 0.4

    def call() -> None:
        from dreambrush.pictures.reading import load_mask, load_picture

        with in_bands(bands):
            load_picture(path, size, keep_alpha=rng.random() < 0.7)
            load_mask(path, 7, 5)

    return call


def _picture(rng: random.Random, *modes: str) -> Image.Image:
    pixels = np.random.default_rng(2).integers(0, 255, (HEIGHT, WIDTH, 4), np.uint8)
    return Image.fromarray(pixels).convert(rng.choice(modes))


def _heic(rng: random.Random) -> bytes:
    import pillow_heif

    file = io.BytesIO()
    made = pillow_heif.from_pillow(_picture(rng, "RGB", "RGBA", "L"))
    if rng.random() < 0.3:
        made.add_from_pillow(_picture(rng, "RGB"))
    made.save(file, quality=rng.choice((-1, 50)))
    return file.getvalue()


def _heic_grid(rng: random.Random) -> bytes:
    from tests.pictures.heic_grid import heic_grid

    return heic_grid(_picture(rng, "RGB"), 16, rng.choice((None, 1, 2)))


def _avif(rng: random.Random) -> bytes:
    file = io.BytesIO()
    _picture(rng, "RGB", "RGBA").save(file, "AVIF")
    return file.getvalue()


def _jxl(rng: random.Random) -> bytes:
    import pillow_jxl  # noqa: F401

    file = io.BytesIO()
    _picture(rng, "RGB", "RGBA", "L").save(file, "JXL", lossless=rng.random() < 0.5)
    return file.getvalue()


def _dng(rng: random.Random) -> bytes:
    return dng(np.random.default_rng(3).integers(0, 65536, (HEIGHT, WIDTH)).astype(np.uint16))


def _tiff(rng: random.Random) -> bytes:
    from tests.pictures.test_tiff_samples import tiff

    data = np.random.default_rng(4).integers(0, 256, WIDTH * HEIGHT * 4, np.uint8).tobytes()
    bits = rng.choice(((16, 16), (12,), (8, 8)))
    more: dict[str, Any] = {"extra": rng.choice((0, 1, 2))} if len(bits) > 1 else {}
    return tiff(data[: WIDTH * HEIGHT * sum(bits) // 8], (HEIGHT, WIDTH), bits, order=rng.choice("<>"), **more)


def _psd(rng: random.Random) -> bytes:
    kind = rng.choice((np.uint8, np.uint8, np.uint16, np.float32))
    planes = np.random.default_rng(5).integers(0, 200, (rng.choice((1, 3, 4, 5)), HEIGHT, WIDTH)).astype(kind)
    return psd(
        planes,
        rng.choice((1, 2, 3, 4, 9)),
        compression=rng.choice((0, 1, 2)),
        layers=rng.choice((0, 1, -1)),
        composite=rng.random() < 0.9,
        palette=bytes(rng.choice((0, 768))),
        big=rng.random() < 0.2,
    )
