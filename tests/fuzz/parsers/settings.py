"""MyPaint's own settings in an .ora, and what stands beside them."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tests.fuzz.base import Base, packed
from tests.fuzz.commands import Command, onto
from tests.fuzz.mutations import mutated
from tests.fuzz.parsers.recipe import SETTINGS

WEIGHT = 700


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    settings = {**base.settings, "dreambrush": {"paintings": []}, "views": {"a": [1, 2, {"b": 0.5}]}}
    if rng.random() < 0.3:
        settings["dreambrush"] = base.settings["dreambrush"]
    data = json.dumps(mutated(rng, settings)).encode()
    if rng.random() < 0.1:
        data = rng.choice((b"[" * 5000 + b"]" * 5000, b'{"a":' * 990 + b"1" + b"}" * 990, b"\xff", b"", data[:-1]))
    if rng.random() < 0.1:
        data = b'{"a":' + b"[" * (rng.randrange(900, 1010)) + data + b"]" * 1010 + b"}"
    members = {**base.painting, SETTINGS: data}
    if rng.random() < 0.1:
        members["stack.xml"] = members["stack.xml"].replace(b'settings="data/', rng.choice((b'settings="', b's="')))
    (folder / "x.ora").write_bytes(packed(members))
    return onto(base, folder, rng) if rng.random() < 0.5 else ("inspect", "x.ora", "--json")
