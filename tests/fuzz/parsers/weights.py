"""Weights in safetensors: tensors, shapes, types, header and metadata."""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path

from tests.fuzz.base import Base
from tests.fuzz.commands import Command
from tests.fuzz.mutations import mutated

WEIGHT = 500


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    data = (base.folder / "dream.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header, body = json.loads(data[8 : 8 + length]), bytearray(data[8 + length :])
    if rng.random() < 0.4:
        tensor = header[rng.choice([name for name in header if name != "__metadata__"])]
        if rng.random() < 0.5:
            tensor["dtype"] = rng.choice(("F16", "BF16", "I32", "U8", "BOOL", "F64", "C64", "F8_E4M3", "X"))
        else:
            tensor["shape"] = rng.choice(([], tensor["shape"][::-1], [10**9, 0], [-1], [2**63], [*tensor["shape"], 1]))
    elif rng.random() < 0.5:
        header = mutated(rng, header)
    else:
        struct.pack_into("<f", body, rng.randrange(len(body) // 4) * 4, rng.choice((float("nan"), float("inf"), 1e38)))
    text = json.dumps(header).encode()
    size = rng.choice((0, 2**63, len(text) + 1)) if rng.random() < 0.05 else len(text)
    path = folder / "dream.safetensors"
    path.write_bytes(struct.pack("<Q", size) + text + bytes(body))

    def call() -> None:
        from dreambrush.train.fit.learn import load_dream

        load_dream(path)

    return call
