"""Photoshop's files (.psd, .psb): the composite that they hold beside their layers.

Pillow reads some of them, and shifts the channels of those that hold more than their mode has, such as saved
selections.  Here every mode and depth is read, as Adobe's "Photoshop File Formats Specification" says.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dreambrush.arrays import Float32, Pixels
from dreambrush.pictures.decoded import Decoded
from dreambrush.pictures.light import from_linear

MAGIC = b"8BPS"
PROFILE, VERSION_INFO = 1039, 1057  # numbers of image resources
BITMAP, GREY, INDEXED, RGB, CMYK, MULTICHANNEL, DUOTONE, LAB = 0, 1, 2, 3, 4, 7, 8, 9
_MODES = {BITMAP: "L", GREY: "L", INDEXED: "P", RGB: "RGB", CMYK: "CMYK", MULTICHANNEL: "L", DUOTONE: "L", LAB: "LAB"}
RAW, RUNS, ZIP, ZIP_DIFFERENCES = range(4)  # ways of compression
ROWS_AT_ONCE = 1 << 20  # pixels in them
LARGEST_UNPACKED = 200_000_000  # bytes of zipped channels, which have to be unpacked as a whole
_ROUNDED = 2  # levels
LARGEST_RESOURCES = 64 << 20  # bytes


@dataclass(frozen=True)
class PsdHeader:
    """What a file says before its composite.

    Attributes:
        width: in pixels.
        height: in pixels.
        depth: bits a channel: 1, 8, 16 or 32.
        mode: Photoshop's number of it.
        channels: how many there are, with saved selections.
        big: it is a .psb.
        transparent: the first channel beyond those of the mode is opacity.
        composite: there is one; without it Photoshop leaves a placard.
        profile: the ICC profile; empty where there is none.
        palette: the colours of a picture of indexed ones.
        start: where the composite begins in the file.
    """

    width: int
    height: int
    depth: int
    mode: int
    channels: int
    big: bool
    transparent: bool
    composite: bool
    profile: bytes
    palette: bytes
    start: int

    @property
    def colours(self) -> int:
        """How many channels hold colours."""
        return {RGB: 3, LAB: 3, CMYK: 4}.get(self.mode, 1)


def read_header(file: BinaryIO) -> PsdHeader:
    """Reads what stands before the composite.

    Raises:
        ValueError: it is no Photoshop file, or of a kind that Photoshop does not write.
    """
    head = _read(file, 26)
    version, channels, height, width, depth, mode = struct.unpack(">4xH6xHIIHH", head)
    if head[:4] != MAGIC or version not in (1, 2) or mode not in _MODES or depth not in (1, 8, 16, 32):
        raise ValueError(f"a Photoshop file of version {version}, mode {mode} and {depth} bits")
    if not width or not height or (depth == 1) != (mode == BITMAP) or (mode == INDEXED and depth != 8):
        raise ValueError(f"{width} x {height} pixels of {depth} bits in mode {mode}")
    palette = _block(file, LARGEST_RESOURCES)
    resources = _resources(_block(file, LARGEST_RESOURCES))
    big = version == 2
    length = _length(file, big)
    end = file.tell() + length
    layers = 0
    if length >= (8 if big else 4) + 2 and _length(file, big):
        (layers,) = struct.unpack(">h", _read(file, 2))
    file.seek(end)
    info = resources.get(VERSION_INFO, b"")
    found = PsdHeader(
        *(width, height, depth, mode, channels, big),
        transparent=layers < 0,
        composite=len(info) < 5 or info[4] != 0,
        profile=resources.get(PROFILE, b""),
        palette=palette,
        start=end,
    )
    if channels < found.colours:
        raise ValueError(f"{channels} channels, of {found.colours} that it needs")
    return found


def bytes_needed(header: PsdHeader) -> int:
    """How much memory :func:`read_composite` takes, about."""
    pixel = {"L": 2 if header.depth > 8 else 1, "P": 1}.get(_MODES[header.mode], 4)
    return header.width * header.height * (pixel + (1 if _opacity(header) else 0))


def read_composite(file: BinaryIO, header: PsdHeader) -> Decoded:
    """Decodes the composite.

    Raises:
        ValueError: its data are damaged.
    """
    size = header.width, header.height
    mode = _MODES[header.mode]
    deep_grey = mode == "L" and header.depth > 8
    image = Image.new("I;16" if deep_grey else mode, size)
    alpha = Image.new("L", size) if _opacity(header) else None
    rows = _channels(file, header)
    on_white = alpha is not None and header.mode in (GREY, RGB, DUOTONE)
    step = max(ROWS_AT_ONCE // header.width, 1)
    for top in range(0, header.height, step):
        count = min(step, header.height - top)
        levels = [rows(channel, top, count) for channel in range(header.colours + (alpha is not None))]
        if alpha is not None:
            opacity = _eight_bits(levels.pop(), header, is_colour=False)
            alpha.paste(Image.fromarray(opacity), (0, top))
            on_white = on_white and _can_be_on_white(levels, opacity, header)
        image.paste(_piece(levels, header, mode, deep_grey), (0, top))
    if header.mode == INDEXED:
        image.putpalette(_palette(header.palette))
    profile = None if header.depth == 32 else header.profile or None  # of 32 bits are light, of sRGB's colours
    return Decoded(image, profile, alpha=alpha, on_white=on_white)


def _can_be_on_white(levels: list[NDArray[np.generic]], opacity: Pixels, header: PsdHeader) -> bool:
    """Whether no colour is darker than white seen through it would make it; programs save other than Photoshop does."""
    if header.depth == 32:
        return False
    least = 255 - _ROUNDED - opacity.astype(np.int16)
    return all(bool((_eight_bits(each, header, is_colour=True) >= least).all()) for each in levels)


def _opacity(header: PsdHeader) -> bool:
    return header.transparent and header.channels > header.colours


def _piece(levels: list[NDArray[np.generic]], header: PsdHeader, mode: str, deep_grey: bool) -> Image.Image:
    """Rows of colours in Pillow's mode."""
    if deep_grey:
        deep = levels[0] if header.depth == 16 else np.rint(_encoded(levels[0]) * 65535)
        return Image.fromarray(deep.astype(np.uint16))
    planes = [Image.fromarray(_eight_bits(each, header, is_colour=True)) for each in levels]
    if len(planes) > 1:
        return Image.merge(mode, planes)
    piece = planes[0]
    if mode == "P":
        piece = Image.frombytes("P", piece.size, piece.tobytes())
    return piece


def _eight_bits(levels: NDArray[np.generic], header: PsdHeader, *, is_colour: bool) -> Pixels:
    """A channel's levels of 8 bits; of CMYK, where a file has 255 for no ink, turned round."""
    if header.depth == 16:
        levels = (levels.astype(np.uint32) * 255 + 32767) // 65535
    elif header.depth == 32:
        light = np.nan_to_num(levels.astype(np.float32), nan=0.0, posinf=1.0, neginf=0.0)
        encode = is_colour and header.mode != CMYK
        levels = np.rint((_encoded(light) if encode else np.clip(light, 0, 1)) * 255)
    found = levels.astype(np.uint8)
    return 255 - found if is_colour and header.mode in (CMYK, BITMAP) else found


def _encoded(light: NDArray[np.generic]) -> Float32:
    return from_linear(np.nan_to_num(light.astype(np.float32), nan=0.0, posinf=1.0, neginf=0.0))


def _palette(planes: bytes) -> bytes:
    """Red, green and blue by turns, of 256 reds, greens and blues."""
    if len(planes) < 768:
        raise ValueError("a palette that is not whole")
    return np.frombuffer(planes[:768], np.uint8).reshape(3, 256).T.tobytes()


def _channels(file: BinaryIO, header: PsdHeader) -> Callable[[int, int, int], NDArray[np.generic]]:
    """A function that gives rows of a channel: of channel, first row and how many, (rows, width)."""
    file.seek(header.start)
    (compression,) = struct.unpack(">H", _read(file, 2))
    start = file.tell()
    row = (header.width * header.depth + 7) // 8
    plane = row * header.height
    if compression == RAW:

        def raw(channel: int, top: int, count: int) -> NDArray[np.generic]:
            file.seek(start + channel * plane + top * row)
            return _levels(_read(file, count * row), header)

        return raw
    if compression == RUNS:
        size = 4 if header.big else 2
        total = header.channels * header.height
        counts = np.frombuffer(_read(file, total * size), ">u4" if header.big else ">u2").astype(np.int64)
        places = file.tell() + np.concatenate([[0], np.cumsum(counts)])

        def runs(channel: int, top: int, count: int) -> NDArray[np.generic]:
            first = channel * header.height + top
            file.seek(int(places[first]))
            data = _read(file, int(places[first + count] - places[first]))
            return _levels(Image.frombytes("L", (row, count), data, "packbits", "L").tobytes(), header)

        return runs
    if compression not in (ZIP, ZIP_DIFFERENCES):
        raise ValueError(f"compression of kind {compression}")
    needed = plane * (header.colours + _opacity(header))
    if needed > LARGEST_UNPACKED:
        raise MemoryError
    unpacked = zlib.decompressobj().decompress(file.read(LARGEST_UNPACKED), needed)
    if len(unpacked) < needed:
        raise ValueError("too few bytes")

    def zipped(channel: int, top: int, count: int) -> NDArray[np.generic]:
        at = channel * plane + top * row
        levels = _levels(unpacked[at : at + count * row], header)
        if compression == ZIP_DIFFERENCES:
            if header.depth not in (8, 16):
                raise ValueError(f"differences of {header.depth} bits")
            levels = np.cumsum(levels, 1, dtype=np.uint8 if header.depth == 8 else np.uint16)
        return levels

    return zipped


def _levels(data: bytes, header: PsdHeader) -> NDArray[np.generic]:
    """Stored levels, (rows, width)."""
    if header.depth == 1:
        bits = np.unpackbits(np.frombuffer(data, np.uint8).reshape(-1, (header.width + 7) // 8), axis=1)
        return bits[:, : header.width] * np.uint8(255)
    levels: NDArray[np.generic] = np.frombuffer(data, {8: "u1", 16: ">u2", 32: ">f4"}[header.depth])
    return levels.reshape(-1, header.width)


def _resources(data: bytes) -> dict[int, bytes]:
    """The blocks of data beside the picture, by number; what is broken ends them."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 12 <= len(data) and data[at : at + 4] in (b"8BIM", b"MeSa", b"PHUT", b"AgHg", b"DCSR"):
        (number,) = struct.unpack_from(">H", data, at + 4)
        at += 6 + (data[at + 6] + 2) // 2 * 2  # a name and its length, of an even number of bytes
        if at + 4 > len(data):
            break
        (length,) = struct.unpack_from(">I", data, at)
        found.setdefault(number, data[at + 4 : at + 4 + length])
        at += 4 + length + length % 2
    return found


def _block(file: BinaryIO, largest: int) -> bytes:
    length = _length(file, big=False)
    if length > largest:
        raise ValueError(f"a block of {length:,} bytes")
    return _read(file, length)


def _length(file: BinaryIO, big: bool) -> int:
    return int.from_bytes(_read(file, 8 if big else 4), "big")


def _read(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise ValueError("the file ends too early")
    return data


def is_psd(path: Path) -> bool:
    """Whether a file begins as Photoshop's do."""
    with open(path, "rb") as file:
        return file.read(4) == MAGIC
