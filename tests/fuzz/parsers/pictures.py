"""Pictures: headers, palettes, transparency, profiles and tags, of several kinds."""

from __future__ import annotations

import io
import random
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, TiffImagePlugin

from tests.fuzz.base import Base
from tests.fuzz.commands import Command
from tests.fuzz.in_bands import in_bands

WEIGHT = 1700


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    kind = rng.choice((_png, _png, _png, _tiff, _other))
    path = folder / "x.png"
    path.write_bytes(kind(rng, base))
    size = rng.choice((16, 24, None))
    if rng.random() < 0.02:
        return "paint", "x.png", "--strokes", "1", "--size", "16", "-o", "o.ora", "--json"

    bands = rng.random() < 0.4

    def call() -> None:
        from dreambrush.pictures.reading import load_mask, load_picture

        with in_bands(bands):
            load_picture(path, size, keep_alpha=rng.random() < 0.7)
            load_mask(path, 7, 5)

    return call


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _png(rng: random.Random, base: Base) -> bytes:
    width, height = rng.choice(((9, 7), (1, 1), (64, 3), (0, 5), (20000, 20000), (2**31, 1), (1, 60000)))
    width, height = (9, 7) if rng.random() < 0.6 else (width, height)
    depth, colour = rng.choice((1, 2, 4, 8, 8, 16)), rng.choice((0, 2, 3, 4, 6))
    if rng.random() < 0.05:
        depth, colour = rng.choice((0, 3, 32, 255)), rng.choice((1, 5, 7))
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, rng.choice((0, 0, 0, 1, 2)))
    row = 1 + (min(width, 100) * depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 1) + 7) // 8
    pixels = bytes(rng.choice((0, 1, 2, 4, 255)) for _ in range(row)) * min(height, 70)
    chunks = [(b"IHDR", header)]
    extras = [
        (b"PLTE", bytes(rng.choice((3, 6, 768, 771, 0, 4)))),
        (b"tRNS", bytes([255, 7] * rng.choice((0, 1, 3, 128, 200)))),
        (b"iCCP", b"x\0\0" + zlib.compress(_profile(rng, base))),
        (b"gAMA", struct.pack(">I", rng.choice((0, 45455, 2**32 - 1)))),
        (b"eXIf", b"MM\0*" + struct.pack(">IHHHIHH", 8, 1, 274, 3, 1, rng.choice((0, 3, 6, 9, 65535)), 0)),
        (b"zTXt", b"a\0\0" + zlib.compress(bytes(rng.choice((10, 1 << 22))))),
        (b"acTL", struct.pack(">II", rng.choice((0, 1, 2**31)), 0)),
        (b"fcTL", struct.pack(">IIIIIHHBB", 0, 9, 7, 0, 0, 1, 0, rng.choice((0, 3)), 0)),
        (b"pHYs", struct.pack(">IIB", 2**32 - 1, 0, 1)),
    ]
    chunks += rng.sample(extras, rng.choice((0, 1, 2, 4)))
    if colour == 3 and rng.random() < 0.7:
        chunks.append(extras[0])
    chunks += [(b"IDAT", zlib.compress(pixels)), (b"IEND", b"")]
    if rng.random() < 0.1:
        chunks[rng.randrange(len(chunks))] = rng.choice(extras)
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _profile(rng: random.Random, base: Base) -> bytes:
    data = bytearray(base.srgb)
    for _ in range(rng.choice((0, 1, 4))):
        place = rng.choice((rng.randrange(128), 128 + rng.randrange(200), rng.randrange(len(data))))
        data[place] = rng.choice((0, 1, 255, rng.randrange(256)))
    if rng.random() < 0.2:
        data[16:20] = rng.choice((b"CMYK", b"GRAY", b"Lab ", b"XYZ ", b"    "))
    return bytes(data)


def _tiff(rng: random.Random, base: Base) -> bytes:
    mode = rng.choice(("L", "RGB", "RGBA", "CMYK", "I;16", "F", "I", "P", "1", "LAB", "LA"))
    image = Image.new(mode, (9, 7))
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    file = io.BytesIO()
    image.save(file, "TIFF", tiffinfo=tags, compression=rng.choice((None, "tiff_lzw", "tiff_adobe_deflate")))
    data = bytearray(file.getvalue())
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    for _ in range(rng.choice((0, 1, 1, 2))):
        entry = start + 2 + 12 * rng.randrange(count)
        field, form = rng.choice(((0, "<H"), (2, "<H"), (4, "<I"), (8, "<I"), (8, "<H")))
        top = 0xFFFF if form == "<H" else 0xFFFFFFFF
        value = rng.choice((0, 1, 2, 3, 4, 5, 8, 16, 32, 64, 262, 277, 278, 322, 330, 338, 34675, 20000, top, top // 2))
        struct.pack_into(form, data, entry + field, value & top)
    return bytes(data)


def _other(rng: random.Random, base: Base) -> bytes:
    kind = rng.choice(("JPEG", "WEBP", "GIF", "BMP", "PPM", "TGA", "JPEG2000", "PCX", "QOI", "ICO", "AVIF"))
    image = Image.fromarray(np.random.default_rng(2).integers(0, 255, (16, 16, 3), np.uint8))
    file = io.BytesIO()
    options = {"icc_profile": _profile(rng, base)} if kind in ("JPEG", "WEBP") and rng.random() < 0.5 else {}
    image.save(file, kind, **options)
    data = bytearray(file.getvalue())
    for _ in range(rng.choice((0, 1, 2))):
        place = rng.randrange(min(len(data), rng.choice((20, 60, 1000))))
        data[place] = rng.choice((0, 1, 127, 128, 255, data[place] ^ 1))
    return bytes(data)
