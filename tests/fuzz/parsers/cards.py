"""Cards of dreams."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

from tests.fuzz.base import Base
from tests.fuzz.commands import Command
from tests.fuzz.mutations import ODD, mutated

WEIGHT = 800


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    from dreambrush.dream.dream import Dream
    from dreambrush.models.catalogue import find_brush, needs_export, shipped_folder

    card = json.loads((base.folder / "card.json").read_text())
    if rng.random() < 0.4:
        card["reach"] = rng.choice(ODD)
    else:
        card = mutated(rng, card)
    model = folder / "model"
    model.mkdir()
    for file in ("dream.onnx", "gradient.onnx", "dream.safetensors"):
        (model / file).symlink_to((base.folder / file).resolve())
    shutil.copy(shipped_folder("brushes") / "oil.myb", model)
    (model / "card.json").write_text(json.dumps(card), encoding="utf-8")

    def call() -> None:
        brush = find_brush(str(model))
        needs_export(brush.dream_folder())
        Dream(brush.dream_folder(), threads=1)

    if rng.random() < 0.05:
        return (
            "paint",
            str(base.folder / "photo.png"),
            "--brush",
            "model",
            "--strokes",
            "5",
            "--size",
            "24",
            "-o",
            "o.ora",
            "--json",
        )
    return call
