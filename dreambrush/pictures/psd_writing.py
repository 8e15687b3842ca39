"""Writes layered PSD files, which Photoshop, Krita, GIMP and others open: layers, groups, and the picture they make.

Eight bits a channel, RGB with straight alpha, run-length packed, as Photoshop itself saves them by default.  Source:
Adobe Photoshop File Formats Specification (2019).
"""

from __future__ import annotations

import shutil
import struct
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, BinaryIO

import numpy as np

from dreambrush.arrays import Pixels
from dreambrush.errors import OutputError
from dreambrush.pictures.flat import Resolution, on_white, srgb_profile
from dreambrush.pictures.packbits import pack_rows

LARGEST_SIDE, LARGEST_FILE = 30_000, (1 << 31) - 1  # pixels, bytes

RAW, PACKED = 0, 1  # kinds of compression
RESOLUTION, ICC_PROFILE = 1005, 1039  # image resources
INCH = 1
HIDDEN, LATER_FORMAT, NO_PIXELS = 0x02, 0x08, 0x10  # flags of a layer
OPEN_GROUP, END_OF_GROUP = 1, 3  # kinds of section dividers
END_NAME = "</Layer group>"  # as Photoshop calls it
CHANNELS = (-1, 3), (0, 0), (1, 1), (2, 2)  # their numbers in a layer, alpha first, and their places in RGBA
SHORT_NAME = 31  # bytes; the whole name follows in Unicode

MODES = {
    "svg:src-over": b"norm",
    "svg:multiply": b"mul ",
    "svg:screen": b"scrn",
    "svg:overlay": b"over",
    "svg:darken": b"dark",
    "svg:lighten": b"lite",
    "svg:hard-light": b"hLit",
    "svg:soft-light": b"sLit",
    "svg:color-burn": b"idiv",
    "svg:color-dodge": b"div ",
    "svg:difference": b"diff",
    "svg:exclusion": b"smud",
    "svg:hue": b"hue ",
    "svg:saturation": b"sat ",
    "svg:color": b"colr",
    "svg:luminosity": b"lum ",
    "svg:plus": b"lddg",
}
"""The modes of OpenRaster that PSD has, and its names for them."""

NORMAL, PASS_THROUGH = b"norm", b"pass"

IN_MEMORY = 256 << 20  # bytes of packed layers; more go through a temporary file
_NOTHING = np.zeros((0, 0, 4), np.uint8)


@dataclass(frozen=True, eq=False)
class PsdLayer:
    """A layer of pixels.

    Attributes:
        name: as the artist reads it.
        pixels: reads its straight sRGB and alpha, (height, width, 4) uint8.
        x: of its left edge on the canvas in pixels; may be negative.
        y: of its upper edge.
        opacity: 0..1.
        visible: whether it is shown.
        mode: one of the values of ``MODES``.
    """

    name: str
    pixels: Callable[[], Pixels]
    x: int = 0
    y: int = 0
    opacity: float = 1.0
    visible: bool = True
    mode: bytes = NORMAL


@dataclass(frozen=True, eq=False)
class PsdGroup:
    """Layers and groups that belong together.

    Attributes:
        name: as of a layer.
        children: bottom first.
        opacity: as of a layer.
        visible: as of a layer.
        mode: as of a layer, or ``PASS_THROUGH``.
    """

    name: str
    children: Sequence[PsdLayer | PsdGroup]
    opacity: float = 1.0
    visible: bool = True
    mode: bytes = NORMAL


def write_psd(
    file: BinaryIO,
    picture: Pixels,
    layers: Sequence[PsdLayer | PsdGroup],
    resolution: Resolution,
) -> None:
    """Write a PSD.  The same arguments give the same bytes.

    Args:
        file: open for writing.  The pixels of one layer at a time are in memory.
        picture: what the layers show together, sRGB, (height, width, 3), or with straight alpha (height, width, 4),
            uint8.  Programs that know no layers show this.
        layers: bottom first.
        resolution: pixels an inch in x and y.

    Raises:
        OutputError: the picture or the file would be larger than a PSD may be.
    """
    height, width, channels = picture.shape
    if max(height, width) > LARGEST_SIDE:
        raise OutputError(
            f"A .psd holds at most {LARGEST_SIDE} pixels a side, but the picture has {width} x {height}.",
            "Save it as .png or .tif.",
            id="too-large-for-format",
        )
    file.write(struct.pack(">4sH6xHIIHH", b"8BPS", 1, channels, height, width, 8, 3))
    file.write(struct.pack(">I", 0))  # no palette
    _write_block(file, _resources(resolution))
    _write_layers(file, list(_records(layers)), transparent=channels == 4)
    _write_picture(file, picture)
    if file.tell() > LARGEST_FILE:
        raise OutputError(
            f"The .psd would have {file.tell():,} bytes, but it can have at most {LARGEST_FILE:,}.",
            "Save it as .ora, or smaller.",
            id="too-large-for-format",
        )


@dataclass(frozen=True, eq=False)
class _LayerRecord:
    """One entry in the list of layers: a layer, or where a group ends or begins."""

    layer: PsdLayer | PsdGroup | None  # None is the end of a group, which lies below its layers
    divider: int = 0


def _records(layers: Sequence[PsdLayer | PsdGroup]) -> Iterator[_LayerRecord]:
    for layer in layers:
        if isinstance(layer, PsdLayer):
            yield _LayerRecord(layer)
        else:
            yield _LayerRecord(None, END_OF_GROUP)
            yield from _records(layer.children)
            yield _LayerRecord(layer, OPEN_GROUP)


def _write_block(file: BinaryIO, data: bytes) -> None:
    file.write(struct.pack(">I", len(data)) + data)


def _resources(resolution: Resolution) -> bytes:
    x, y = (round(each * 65536) for each in resolution)
    sizes = struct.pack(">IHHIHH", x, INCH, INCH, y, INCH, INCH)
    return _resource(RESOLUTION, sizes) + _resource(ICC_PROFILE, srgb_profile())


def _resource(number: int, data: bytes) -> bytes:
    return struct.pack(">4sHHI", b"8BIM", number, 0, len(data)) + data + bytes(len(data) % 2)


def _write_layers(file: BinaryIO, records: Sequence[_LayerRecord], *, transparent: bool) -> None:
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as pixels:
        # A negative number says that the picture's fourth channel is its transparency.
        listed = [struct.pack(">h", -len(records) if transparent else len(records))]
        listed += [_write_pixels(pixels, record) for record in records]
        length = sum(map(len, listed)) + pixels.tell()
        padding = bytes(-length % 4)
        file.write(struct.pack(">II", 4 + length + len(padding) + 4, length + len(padding)))
        file.writelines(listed)
        pixels.seek(0)
        shutil.copyfileobj(pixels, file)
        file.write(padding + struct.pack(">I", 0))  # no mask for all layers


def _write_pixels(file: IO[bytes], record: _LayerRecord) -> bytes:
    """Write the channels of a layer and return its entry in the list, which has their lengths."""
    layer, x, y, pixels = record.layer, 0, 0, _NOTHING
    if isinstance(layer, PsdLayer):
        x, y, pixels = _cropped(layer)
    height, width = pixels.shape[:2]
    entry = struct.pack(">iiiiH", y, x, y + height, x + width, len(CHANNELS))
    for number, place in CHANNELS:
        begin = file.tell()
        if pixels.size:
            packed, lengths = pack_rows(pixels[..., place])
            file.write(struct.pack(">H", PACKED) + lengths.astype(">u2").tobytes() + packed)
        else:
            file.write(struct.pack(">H", RAW))
        entry += struct.pack(">hI", number, file.tell() - begin)
    return entry + _description(record)


def _cropped(layer: PsdLayer) -> tuple[int, int, Pixels]:
    """Where the paint of a layer lies (x, y), and its pixels without the empty rim; none of an empty layer."""
    pixels = layer.pixels()
    rows, columns = (np.flatnonzero(pixels[..., 3].any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return 0, 0, _NOTHING
    top, left = int(rows[0]), int(columns[0])
    return layer.x + left, layer.y + top, pixels[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1]


def _description(record: _LayerRecord) -> bytes:
    """The rest of an entry: mode, opacity, name, and what belongs to groups."""
    layer = record.layer
    name, mode, opacity, visible = END_NAME, NORMAL, 1.0, True
    if layer is not None:
        name, mode, opacity, visible = layer.name, layer.mode, layer.opacity, layer.visible
    is_pixels = isinstance(layer, PsdLayer)
    flags = (0 if visible else HIDDEN) | LATER_FORMAT | (0 if is_pixels else NO_PIXELS)
    short = name.encode("mac_roman", "replace")[:SHORT_NAME]
    more = struct.pack(">II", 0, 0)  # no mask, no ranges
    more += _padded(bytes([len(short)]) + short)
    more += _information(b"luni", struct.pack(">I", len(name.encode("utf-16-be")) // 2) + name.encode("utf-16-be"))
    if not is_pixels:
        divider = struct.pack(">I", record.divider)
        more += _information(b"lsct", divider if layer is None else divider + b"8BIM" + mode)
    return struct.pack(">4s4sBBBxI", b"8BIM", mode, round(opacity * 255), 0, flags, len(more)) + more


def _information(key: bytes, data: bytes) -> bytes:
    padded = _padded(data)
    return struct.pack(">4s4sI", b"8BIM", key, len(padded)) + padded


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _write_picture(file: BinaryIO, picture: Pixels) -> None:
    colours = on_white(picture) if picture.shape[2] == 4 else picture  # what shows through is white in Photoshop's own
    packed = [pack_rows(colours[..., channel]) for channel in range(3)]
    packed += [pack_rows(picture[..., channel]) for channel in range(3, picture.shape[2])]
    file.write(struct.pack(">H", PACKED))
    file.writelines(lengths.astype(">u2").tobytes() for _, lengths in packed)
    file.writelines(data for data, _ in packed)
