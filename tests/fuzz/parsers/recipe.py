"""Recipes: what dreambrush keeps in a painting, down to the numbers of its strokes."""

from __future__ import annotations

import base64
import json
import random
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from tests.fuzz.base import Base, packed
from tests.fuzz.commands import Command, of_a_painting
from tests.fuzz.mutations import mutated, mutated_array

SETTINGS = "data/mypaint-settings.json"
WEIGHT = 3000


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    record: Any = json.loads(base.painting[SETTINGS])["dreambrush"]["paintings"][0]
    kind = rng.random()
    brushes = record["brushes"]
    if kind < 0.55:  # the brushes have far more values than all the rest; engine.py's campaign is about them
        record["brushes"] = ["brushes"]
        record = mutated(rng, record)
        if isinstance(record, dict) and record.get("brushes") == ["brushes"]:
            record["brushes"] = brushes
    elif kind < 0.9:
        record["strokes"] = _strokes(rng, record["strokes"])
        if rng.random() < 0.5:
            record["digests"] = ["0" * 32] * len(record["digests"])  # so that the strokes are painted again
    else:
        record = mutated(rng, record)
    paintings = [record] if rng.random() < 0.8 else [record] * rng.choice((0, 2, 3, 30))
    settings = {**base.settings, "dreambrush": {"paintings": paintings}}
    if rng.random() < 0.05:
        settings["dreambrush"] = mutated(rng, settings["dreambrush"])
    members = {**base.painting, SETTINGS: json.dumps(settings).encode()}
    (folder / "x.ora").write_bytes(packed(members))
    return of_a_painting(rng)


def _strokes(rng: random.Random, text: str) -> str:
    """Other numbers in the packed strokes; see recipe.py for how they lie."""
    data = zlib.decompress(base64.b64decode(text))
    n = len(data) // 56
    planes = np.frombuffer(data, np.uint8)
    numbers = planes[: 48 * n].reshape(4, n * 12).T.copy().view("<f4").reshape(12, n).T.copy()
    indices = planes[48 * n :].reshape(4, n * 2).T.copy().view("<i4").reshape(2, n).T.copy()
    kind = rng.random()
    if kind < 0.6:
        column = rng.randrange(12)
        value = rng.choice((0, -1, 1, 0.5, 1e-30, 1e-3, 999, 1e5, 9.9e5, 1e6, 1e18, 1e38, np.nan, np.inf, -999999))
        rows = slice(None) if rng.random() < 0.5 else rng.randrange(n)
        numbers[rows, column] = value
    elif kind < 0.8:
        indices[rng.randrange(n), rng.randrange(2)] = rng.choice((-1, 0, 1, 2, 5, 99, 2**31 - 1, -(2**31)))
    else:
        numbers = mutated_array(rng, numbers)
    packed_planes = [
        array.T.copy().view(np.uint8).reshape(-1, array.itemsize).T.tobytes() for array in (numbers, indices)
    ]
    return base64.b64encode(zlib.compress(b"".join(packed_planes), 9)).decode()
