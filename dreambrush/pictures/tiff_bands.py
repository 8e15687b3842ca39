"""Large TIFFs, decoded band by band: each row of tiles, or a few strips, as a TIFF of its own."""

from __future__ import annotations

import io
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from PIL import Image, TiffImagePlugin

from dreambrush.pictures.banded import LARGEST_BAND, BandedImage
from dreambrush.pictures.tiff_samples import BITS, COMPRESSION, EXTRA, GREY_AND_ALPHA, PHOTOMETRIC, PLANES

WIDTH, HEIGHT, FILL_ORDER = 256, 257, 266
STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP, STRIP_COUNTS, PREDICTOR = 273, 277, 278, 279, 317
COLOURS, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS = 320, 322, 323, 324, 325
FORMAT, JPEG_TABLES, SUBSAMPLING, POSITIONING, REFERENCE = 339, 347, 530, 531, 532
# What tells how samples are to be read; it is the same in each band.
_KEPT = (
    *(WIDTH, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER, SAMPLES, PLANES, PREDICTOR, COLOURS, TILE_WIDTH),
    *(TILE_HEIGHT, EXTRA, FORMAT, JPEG_TABLES, SUBSAMPLING, POSITIONING, REFERENCE),
)
_PLAIN = 1  # compression: none
_YCBCR = 6  # photometric interpretation: rows of fewer colours than pixels
_TOGETHER = 1  # planes: the channels of a pixel lie together
_HEAD = 8  # bytes before the list of tags
_LONG, _RATIONAL = 4, 5  # types of values
_SIZES = {1: 1, 3: 2, _LONG: 4}  # bytes of whole numbers, by their type
PIXELS_OF_A_BAND = 4_000_000


@dataclass(frozen=True)
class _Layout:
    """Where the pieces of a TIFF lie: tiles or strips, row by row.

    Attributes:
        rows: height of a piece in pixels.
        across: how many pieces lie side by side.
        offsets: where each begins in the file.
        counts: how many bytes each has.
        tiled: whether they are tiles.
        row_bytes: bytes of a row of pixels; 0 where rows cannot be had one by one.
        band: height of a band in pixels.
    """

    rows: int
    across: int
    offsets: tuple[int, ...]
    counts: tuple[int, ...]
    tiled: bool
    row_bytes: int
    band: int


def banded_tiff(path: Path, image: Image.Image) -> BandedImage | None:
    """A TIFF that Pillow has opened, decoded as pieces of it are asked for; None if its kind allows no bands.

    Args:
        path: the picture's file.
        image: the same as Pillow has opened it, not yet decoded.
    """
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return None
    tags = image.tag_v2
    layout = _layout(tags)
    if layout is None or tags.get(PLANES, _TOGETHER) != _TOGETHER or tags.get(BITS) == GREY_AND_ALPHA:
        return None

    size = int(tags[WIDTH]), int(tags[HEIGHT])  # Pillow has turned its own already

    def decode(number: int) -> Image.Image:
        height = min(layout.band, size[1] - number * layout.band)
        with open(path, "rb") as file:
            if layout.row_bytes:
                return _decoded(tags, layout, height, height, [_rows(file, layout, number * layout.band, height)])
            first = number * (layout.band // layout.rows) * layout.across
            last = first + -(-height // layout.rows) * layout.across
            pieces = [_part(file, layout, piece) for piece in range(first, last)]
        return _decoded(tags, layout, height, layout.rows, pieces)

    return BandedImage(size, layout.band, decode, image)


def _layout(tags: TiffImagePlugin.ImageFileDirectory_v2) -> _Layout | None:
    width, height = int(tags[WIDTH]), int(tags[HEIGHT])
    tiled = TILE_WIDTH in tags
    offsets = _numbers(tags.get(TILE_OFFSETS if tiled else STRIP_OFFSETS))
    counts = _numbers(tags.get(TILE_COUNTS if tiled else STRIP_COUNTS))
    rows = int(tags[TILE_HEIGHT]) if tiled else min(int(tags.get(ROWS_PER_STRIP, height)), height)
    across = -(-width // int(tags[TILE_WIDTH])) if tiled else 1
    if len(offsets) != len(counts) or len(offsets) != across * -(-height // rows):
        return None
    bits = sum(_numbers(tags.get(BITS, 1)))
    plain = not tiled and tags.get(COMPRESSION, _PLAIN) == _PLAIN and tags.get(PHOTOMETRIC) != _YCBCR
    row_bytes = -(-width * bits // 8) if plain else 0
    step = 1 if plain else rows  # rows of a strip that is not compressed can be had one by one
    if width * step > LARGEST_BAND:
        return None
    band = max(PIXELS_OF_A_BAND // (width * step), 1) * step
    return _Layout(rows, across, offsets, counts, tiled, row_bytes, band)


def _rows(file: BinaryIO, layout: _Layout, first: int, height: int) -> bytes:
    """The bytes of rows of pixels, from strips that are not compressed."""
    data = []
    at = first
    while at < first + height:
        strip, row = divmod(at, layout.rows)
        wanted = min(layout.rows - row, first + height - at)
        file.seek(layout.offsets[strip] + row * layout.row_bytes)
        data.append(file.read(wanted * layout.row_bytes))
        at += wanted
    return b"".join(data)


def _part(file: BinaryIO, layout: _Layout, number: int) -> bytes:
    """The bytes of a piece."""
    file.seek(layout.offsets[number])
    return file.read(layout.counts[number])


def _decoded(
    tags: TiffImagePlugin.ImageFileDirectory_v2, layout: _Layout, height: int, rows: int, pieces: list[bytes]
) -> Image.Image:
    """Decodes pieces of so many rows each as a TIFF of their own of that height."""
    order: Literal["little", "big"] = "little" if tags.prefix == b"II" else "big"
    entries = {tag: _entry(tags.tagtype[tag], tags[tag], order) for tag in _KEPT if tag in tags}
    where, lengths = (TILE_OFFSETS, TILE_COUNTS) if layout.tiled else (STRIP_OFFSETS, STRIP_COUNTS)
    entries[HEIGHT] = _entry(_LONG, height, order)
    if not layout.tiled:
        entries[ROWS_PER_STRIP] = _entry(_LONG, rows, order)
    entries[lengths] = _entry(_LONG, tuple(map(len, pieces)), order)
    entries[where] = _entry(_LONG, (0,) * len(pieces), order)
    begin = _HEAD + len(_folder(entries, order))
    starts = tuple(itertools.accumulate(map(len, pieces[:-1]), initial=begin))
    entries[where] = _entry(_LONG, starts, order)
    head = b"".join([tags.prefix, *(number.to_bytes(size, order) for number, size in ((42, 2), (_HEAD, 4)))])
    band = Image.open(io.BytesIO(b"".join([head, _folder(entries, order), *pieces])), formats=("TIFF",))
    band.load()
    return band


def _entry(kind: int, value: object, order: Literal["little", "big"]) -> tuple[int, int, bytes]:
    """Type, count and bytes of what a tag says."""
    if isinstance(value, bytes):
        return kind, len(value), value
    values = value if isinstance(value, tuple) else (value,)
    if kind in _SIZES:
        return kind, len(values), b"".join(int(each).to_bytes(_SIZES[kind], order) for each in values)
    if kind == _RATIONAL:
        parts = [part for each in values for part in (each.numerator, each.denominator)]
        return kind, len(values), b"".join(int(part).to_bytes(4, order) for part in parts)
    raise ValueError(f"a TIFF with a tag of type {kind}")


def _folder(entries: Mapping[int, tuple[int, int, bytes]], order: Literal["little", "big"]) -> bytes:
    """A TIFF's list of tags, which lies behind its head, with what is too long to be in the list."""
    begin = _HEAD + 2 + 12 * len(entries) + 4
    table, aside = [len(entries).to_bytes(2, order)], b""
    for tag, (kind, count, data) in sorted(entries.items()):
        at = data.ljust(4, b"\0")
        if len(data) > 4:
            at = (begin + len(aside)).to_bytes(4, order)
            aside += data + bytes(len(data) % 2)
        table += [tag.to_bytes(2, order), kind.to_bytes(2, order), count.to_bytes(4, order), at]
    return b"".join([*table, bytes(4), aside])


def _numbers(value: object) -> tuple[int, ...]:
    values = value if isinstance(value, tuple) else (value,)
    return tuple(each for each in values if isinstance(each, int))
