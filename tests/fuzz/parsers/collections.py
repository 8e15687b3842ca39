"""Folders of painted strokes: manifest and shards."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import numpy as np

from tests.fuzz.base import Base
from tests.fuzz.commands import Command
from tests.fuzz.mutations import mutated, mutated_array

WEIGHT = 500


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    from dreambrush.train.collect.shards import Manifest, load_strokes, read_manifest, shard_count

    manifest = json.loads(Manifest("oil", "0" * 16, 0, False, 2, 0).to_json())
    arrays: dict[str, Any] = {"strokes": np.ones((2, 9), np.float32), "alpha": np.zeros((2, 64, 64), np.uint8)}
    if rng.random() < 0.5:
        manifest = mutated(rng, manifest)
    else:
        name = rng.choice(list(arrays))
        arrays[name] = mutated_array(rng, arrays[name])
        if rng.random() < 0.2:
            del arrays[name]
    (folder / "collection.json").write_text(json.dumps(manifest), encoding="utf-8")
    file = io.BytesIO()
    if rng.random() < 0.05:
        np.save(file, arrays.get("strokes", np.zeros(3)))
    else:
        rng.choice((np.savez, np.savez_compressed))(file, **arrays)
    (folder / "strokes-00000.npz").write_bytes(file.getvalue())

    def call() -> None:
        shard_count(folder, "strokes", 0)
        if read_manifest(folder).strokes <= 1000:
            load_strokes(folder)

    return call
