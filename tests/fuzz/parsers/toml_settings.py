"""Settings and styles in TOML."""

from __future__ import annotations

import random
from pathlib import Path

from tests.fuzz.base import Base
from tests.fuzz.commands import Command

WEIGHT = 1500
KEYS = (
    *("strokes", "effort", "hand", "layers", "min_size", "max_size", "max_length", "min_pressure", "jitter", "palette"),
    *(
        "ground",
        "edges",
        "relief",
        "pigment",
        "brush",
        "size",
        "seed",
        "time",
        "until",
        "focus",
        "style",
        "your_turn",
        "description",
        "jobs",
    ),
    *("save_every", "output", "preview", "strokez", "hand.x", '"\\u0000"', '""', '"x y"'),
)
VALUES = (
    *(
        "1",
        "0",
        "-1",
        "100000",
        "1e3",
        "0.3",
        "nan",
        "inf",
        "-inf",
        "1e999",
        "0x" + "f" * 4000,
        "9" * 4500,
        "9" * 200,
        "0b1",
    ),
    *(
        "true",
        "false",
        '""',
        '"x"',
        '"oil"',
        '["oil", "ink"]',
        "[]",
        "[[]]",
        "[1]",
        "[true]",
        '["", ""]',
        '"set:studio"',
    ),
    *(
        "1979-05-27",
        "07:32:00",
        "1979-05-27T07:32:00Z",
        "{a = 1}",
        "{}",
        "[" * 2000,
        "[" * 200 + "]" * 200,
        '"\\ud800"',
    ),
    *(
        '"\\u0000"',
        '"12px"',
        '"2%"',
        '"1e400%"',
        '"#fff"',
        '"paper"',
        '"auto"',
        '"auto:8"',
        '"x.gpl"',
        '"/dev/zero"',
        "'''x'''",
    ),
    *(
        '"./x.toml"',
        '"charcoal"',
        '"../x.myb"',
        '"~/x.myb"',
        '"30s"',
        '"9' + "9" * 5000 + 'h"',
        "0o7",
        "1_0",
        '"\U0001f600"',
    ),
)


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    lines = [f"{rng.choice(KEYS)} = {rng.choice(VALUES)}" for _ in range(rng.choice((1, 1, 2, 3)))]
    if rng.random() < 0.05:
        lines.insert(0, rng.choice(("[table]", "[[x]]", "\0", "a.b.c = 1", "x" * 70000, "=", "\ufeff")))
    text = "\n".join(lines)
    kind = rng.random()
    if kind < 0.5:
        (folder / "dreambrush.toml").write_text(text)
        if kind < 0.05:
            return "paint", "--size", "16", "--strokes", "1", "-o", "o.ora", "--json", str(base.folder / "photo.png")
        return ("config",)
    (folder / "x.toml").write_text(text)
    if kind < 0.95:
        (folder / "dreambrush.toml").write_text("style = './x.toml'")
        return ("config",)
    return "paint", "--size", "16", "--style", "x.toml", "-o", "o.ora", "--strokes", "1", str(base.folder / "photo.png")
