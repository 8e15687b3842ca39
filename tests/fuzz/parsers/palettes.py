"""Palettes: GIMP's files, and what is written on the command line."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from tests.fuzz.base import Base
from tests.fuzz.commands import Command

WEIGHT = 700
WORDS = (
    "255",
    "0",
    "256",
    "-1",
    "1e2",
    "0" * 5000 + "7",
    "9" * 5000,
    "\u0661",
    "²",
    "",
    "x",
    "#",
    ":",
    "\0",
    "\x85",
    "12.5",
)


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    from dreambrush.pictures.palette import parse_palette

    lines = ["GIMP Palette", "Name: x", "Columns: 3", "#"]
    lines += [f"{rng.randrange(256)} {rng.randrange(256)} {rng.randrange(256)} name" for _ in range(rng.randrange(300))]
    for _ in range(rng.choice((0, 1, 1, 3))):
        line = rng.randrange(len(lines))
        words = lines[line].split(" ")
        words[rng.randrange(len(words))] = rng.choice(WORDS)
        lines[line] = " ".join(words)
    text = rng.choice(("\n", "\r\n", "\u2028", "\n\n")).join(lines)
    (folder / "x.gpl").write_bytes(text.encode(rng.choice(("utf-8", "utf-16", "utf-8-sig")), "surrogatepass"))
    picture = np.random.default_rng(1).random((8, 8, 3)).astype(np.float32)
    word = rng.choice(
        ("x.gpl", "x.gpl", "x.gpl", "auto:" + rng.choice(WORDS), "#" + rng.choice(WORDS), "fff," + rng.choice(WORDS))
    )

    def call() -> None:
        parse_palette(word, picture).snapped(picture.reshape(-1, 3))

    return call
