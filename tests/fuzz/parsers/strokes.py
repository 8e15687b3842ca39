"""Files of strokes."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tests.fuzz.base import Base
from tests.fuzz.commands import Command
from tests.fuzz.mutations import mutated

WEIGHT = 2000


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    document = json.loads(json.dumps(base.strokes))
    if rng.random() < 0.4:
        rows = document["strokes"]
        column = rng.randrange(14)
        value = rng.choice((0, -1, 1, 0.5, 1e-30, 400, 1e5, 9.9e5, 1e6, 1e18, 1e39, float("nan"), True, "1", None))
        for row in rows if rng.random() < 0.5 else [rng.choice(rows)]:
            row[column] = value
    elif rng.random() < 0.3:
        document["size"] = [rng.choice((1, 2, 63, 64, 65, 500, 16384, 16385, 1 << 20)) for _ in range(2)]
    elif rng.random() < 0.3:
        document["layers"] = [rng.choice(("a", "\ud800", "", "x" * 300))] * rng.choice((0, 1, 7, 9, 300, 1001))
    else:
        document = mutated(rng, document)
    if isinstance(document, dict) and isinstance(size := document.get("size"), list) and len(size) == 2:
        small = all(isinstance(side, int) for side in size) and 1 << 21 < size[0] * size[1] <= 100_000_000
        document["size"] = [64, 48] if small else size  # an honest picture of 100 megapixels only takes long
    (folder / "x.json").write_text(json.dumps(document), encoding="utf-8")
    kind = rng.random()
    if kind < 0.75:
        return "replay", "x.json", "-o", rng.choice(("out.ora", "out.png"))
    if kind < 0.9:
        return "replay", "x.json", "-o", "out.png", "--size", "40"
    return "timelapse", "x.json", "-o", "out.gif", "--seconds", "0.3", "--hold", "0"
