"""Stroke maps: records, their numbers, brushes' texts and masks."""

from __future__ import annotations

import random
import struct
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.fuzz.base import Base, packed
from tests.fuzz.commands import Command
from tests.fuzz.mutations import mutated

WEIGHT = 2500
LONGEST = 2 << 20  # bytes of a map; more only takes long to make
NUMBERS = (0, 1, -1, 63, 4096, 1 << 20, (1 << 31) - 1, -(1 << 31), 1 << 31, (1 << 32) - 1)


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    name = rng.choice([name for name in base.painting if name.endswith("strokemap.dat")])
    records: Any = _parsed(base.painting[name])
    for _ in range(rng.choice((1, 1, 2, 5))):
        _change(rng, records)
    if rng.random() < 0.1:
        records = [tuple(each) if isinstance(each, list) else each for each in mutated(rng, records[:3])]
    data = b""
    for record in records:
        if isinstance(record, list | tuple) and record and len(data) < LONGEST:
            data += _written(rng, record)
    data += rng.choice((b"}", b"}", b"}", b"}", b"", b"}}", b"\0", b"x}"))
    members = {**base.painting, name: data}
    (folder / "x.ora").write_bytes(packed(members, rng.choice((0, 8))))
    return "inspect", "x.ora", *(("--json",) if rng.random() < 0.5 else ())


def _parsed(data: bytes) -> list[list[Any]]:
    """Records: ["b", text] or ["s", brush, tiles], a tile being [column, row, mask]."""
    records: list[list[Any]] = []
    at = 0
    while data[at : at + 1] != b"}":
        if data[at : at + 1] == b"b":
            (length,) = struct.unpack(">I", data[at + 1 : at + 5])
            records.append(["b", zlib.decompress(data[at + 5 : at + 5 + length])])
            at += 5 + length
            continue
        number, length = struct.unpack(">II", data[at + 1 : at + 9])
        tiles, end = [], at + 9 + length
        at += 9
        while at < end:
            column, row, size = struct.unpack(">iiI", data[at : at + 12])
            tiles.append([column, row, zlib.decompress(data[at + 12 : at + 12 + size])])
            at += 12 + size
        records.append(["s", number, tiles])
    return records


@lru_cache(64)
def _compressed(mask: bytes) -> bytes:
    return zlib.compress(mask)


def _change(rng: random.Random, records: list[list[Any]]) -> None:
    place = rng.randrange(len(records)) if records else -1
    if place < 0:
        records.append(["s", 0, []])
        return
    record = records[place]
    kind = rng.random()
    if kind < 0.15:
        del records[place]
    elif kind < 0.3:
        records[place:place] = [record] * rng.choice((1, 3, 500))
    elif record[0] == "b":
        text: bytes = record[1]
        changed = (
            b"",
            b"{}",
            text[: len(text) // 2],
            b"\xff\xfe" + text,
            text * 3,
            text.replace(b"0.", b"NaN"),
            bytes(2 << 20),
        )
        records[place] = ["b", rng.choice(changed)]
    elif kind < 0.5:
        records[place] = ["s", rng.choice(NUMBERS), record[2]]
    else:
        tiles = [list(tile) for tile in record[2]] or [[0, 0, bytes(4096)]]
        tile = rng.choice(tiles)
        tile[rng.choice((0, 1))] = rng.choice(NUMBERS)
        if rng.random() < 0.5:
            tile[2] = rng.choice((b"", bytes(4095), bytes(4097), b"\1" * 4096, b"\xff" * 4096, bytes(1 << 22)))
        records[place] = ["s", record[1], (tiles * rng.choice((1, 1, 1, 50)))[:500]]


def _written(rng: random.Random, record: Any) -> bytes:
    if record[0] == "b":
        packed_text = zlib.compress(
            record[1] if isinstance(record[1], bytes) else str(record[1]).encode("utf-8", "replace")
        )
        length = rng.choice(NUMBERS) if rng.random() < 0.01 else len(packed_text)
        return b"b" + struct.pack(">I", length & 0xFFFFFFFF) + packed_text
    tiles = b""
    for tile in record[2] if len(record) > 2 and isinstance(record[2], list) else ():
        if isinstance(tile, list) and len(tile) == 3 and isinstance(tile[2], bytes):
            mask = _compressed(tile[2])
            mask = mask[: len(mask) // 2] if rng.random() < 0.005 else mask
            numbers = [(each if isinstance(each, int) else 0) & 0xFFFFFFFF for each in tile[:2]]
            tiles += struct.pack(">III", *numbers, len(mask)) + mask
    number = record[1] if len(record) > 1 and isinstance(record[1], int) else 7
    length = len(tiles) + (rng.choice((0, 0, 0, 0, 0, 0, 0, 1, -1)))
    return b"s" + struct.pack(">II", number & 0xFFFFFFFF, length & 0xFFFFFFFF) + tiles
