"""What an unfinished painting keeps: how it was asked for, and every array of its state."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import numpy as np

from tests.fuzz.base import Base, packed
from tests.fuzz.commands import Command
from tests.fuzz.mutations import mutated, mutated_array

WEIGHT = 700
MEMBER = "data/dreambrush-unfinished"


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    begun = rng.choice((base.unfinished, base.early))
    head, _, state = begun[MEMBER].partition(b"\n")
    if rng.random() < 0.35:
        head = json.dumps(mutated(rng, json.loads(head))).encode()
    else:
        state = _state(rng, state)
    (folder / "photo.png").write_bytes((base.folder / "photo.png").read_bytes())
    (folder / "x.ora").write_bytes(packed({**begun, MEMBER: head + b"\n" + state}))
    return "paint", "--resume", "x.ora", "photo.png", "-q", "--json"


def _state(rng: random.Random, data: bytes) -> bytes:
    file = io.BytesIO(data)
    record: Any = json.loads(np.load(file).tobytes())
    arrays = {name: np.load(file) for name in record["arrays"]}
    for _ in range(rng.choice((1, 1, 2, 3))):
        if rng.random() < 0.6:
            name = rng.choice(list(arrays))
            arrays[name] = mutated_array(rng, arrays[name])
        else:
            record = mutated(rng, record, 1)
    out = io.BytesIO()
    for array in (np.frombuffer(json.dumps(record).encode(), np.uint8), *arrays.values()):
        np.save(out, array)
    return out.getvalue()
