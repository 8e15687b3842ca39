"""The PNGs in an .ora: layers and the tile of its paper."""

from __future__ import annotations

import random
from pathlib import Path

from tests.fuzz.base import Base, packed
from tests.fuzz.commands import Command, onto
from tests.fuzz.parsers.pictures import _png

WEIGHT = 900


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    names = [name for name in base.painting if name.endswith(".png")]
    members = dict(base.painting)
    for _ in range(rng.choice((1, 1, 2))):
        members[rng.choice(names)] = _png(rng, base)
    (folder / "x.ora").write_bytes(packed(members))
    kind = rng.random()
    if kind < 0.4:
        return "render", "x.ora", "out.png"
    return ("inspect", "x.ora", "--json") if kind < 0.7 else onto(base, folder, rng)
