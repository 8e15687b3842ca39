"""The archive that an .ora is: entries of its directory, headers, and members that lie in one another."""

from __future__ import annotations

import random
import struct
from pathlib import Path

from tests.fuzz.base import Base, packed
from tests.fuzz.commands import Command, of_a_painting, onto

WEIGHT = 1000
FIELDS = {
    4: "<H",
    6: "<H",
    8: "<H",
    10: "<H",
    12: "<H",
    14: "<H",
    16: "<I",
    20: "<I",
    24: "<I",
    28: "<H",
    30: "<H",
    32: "<H",
}
FIELDS |= {34: "<H", 36: "<H", 38: "<I", 42: "<I"}


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    data = bytearray(packed(base.painting, rng.choice((0, 8))))
    entries = [at for at in range(len(data) - 46) if data[at : at + 4] == b"PK\1\2"]
    for _ in range(rng.choice((1, 1, 2, 4))):
        kind = rng.random()
        start = rng.choice(entries)
        if kind < 0.7:
            field, form = rng.choice(list(FIELDS.items()))
            top = 0xFFFF if form == "<H" else 0xFFFFFFFF
            (old,) = struct.unpack_from(form, data, start + field)
            value = rng.choice(
                (0, 1, old + 1, old * 2, top, top - 1, old ^ 8, old ^ 0x800, 1 << 15, rng.randrange(top))
            )
            struct.pack_into(form, data, start + field, value & top)
        elif kind < 0.85:
            other = rng.choice(entries)
            data[start + 16 : start + 28] = data[other + 16 : other + 28]
            data[start + 42 : start + 46] = data[other + 42 : other + 46]
        else:
            end = data.rindex(b"PK\5\6")
            field, form = rng.choice(((8, "<H"), (10, "<H"), (12, "<I"), (16, "<I"), (20, "<H")))
            struct.pack_into(form, data, end + field, rng.choice((0, 1, 7, 0xFFFF, 100)))
    (folder / "x.ora").write_bytes(data)
    return onto(base, folder, rng) if rng.random() < 0.5 else of_a_painting(rng)
