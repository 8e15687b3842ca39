"""Photoshop files for tests, put together byte by byte as Adobe's specification says."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray


def psd(
    planes: NDArray[np.generic],
    mode: int,
    *,
    compression: int = 1,
    layers: int = 0,
    composite: bool = True,
    palette: bytes = b"",
    profile: bytes = b"",
    big: bool = False,
) -> bytes:
    """A file of channels (n, height, width) of bool, uint8, uint16 or float32; one is opacity if ``layers`` < 0."""
    count, height, width = planes.shape
    depth = 1 if planes.dtype == bool else planes.dtype.itemsize * 8
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 2 if big else 1, count, height, width, depth, mode)
    info = struct.pack(">I?", 1, composite) + 4 * b"\0"
    resources = _resource(1057, info) + (_resource(1039, profile) if profile else b"")
    long = ">Q" if big else ">I"
    layer_info = struct.pack(">h", layers) + 2 * b"\0"
    section = struct.pack(long, len(layer_info)) + layer_info if layers else b""
    body = head + _sized(palette) + _sized(resources) + struct.pack(long, len(section)) + section
    return body + struct.pack(">H", compression) + _packed(planes, compression, big)


def _resource(number: int, data: bytes) -> bytes:
    return (
        b"8BIM" + struct.pack(">H", number) + b"\3abc" + struct.pack(">I", len(data)) + data + b"\0" * (len(data) % 2)
    )


def _sized(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _packed(planes: NDArray[np.generic], compression: int, big: bool) -> bytes:
    if compression == 3:
        planes = np.diff(planes, axis=2, prepend=planes.dtype.type(0))
    flat: NDArray[np.generic] = planes.astype(planes.dtype.newbyteorder(">"))
    if planes.dtype == bool:
        flat = np.packbits(planes.astype(bool), axis=2)
    rows = [row.tobytes() for plane in flat for row in plane]
    if compression == 0:
        return b"".join(rows)
    if compression == 1:
        packed = [_packbits(row) for row in rows]
        return b"".join(struct.pack(">I" if big else ">H", len(row)) for row in packed) + b"".join(packed)
    return zlib.compress(b"".join(rows))


def _packbits(row: bytes) -> bytes:
    """Runs where two bytes are the same, and else as they are."""
    found, at = b"", 0
    while at < len(row):
        run = 1
        while run < 128 and at + run < len(row) and row[at + run] == row[at]:
            run += 1
        if run > 1:
            found += bytes([257 - run, row[at]])
        else:
            found += bytes([0, row[at]])
        at += run
    return found
