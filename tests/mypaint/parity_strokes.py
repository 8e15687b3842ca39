"""What both sides of test_parity.py paint: the ground, the strokes and the cases.

It is imported by Debian's Python as well as by ours, so it needs nothing but numpy and integers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

TILES = 6  # a side; the strokes keep to the middle, as MyPaint's surface has no edge but ours has
SIDE = 64 * TILES
ONE = 1 << 15
SEED = 4711
COLOURS = ((0.75, 0.2, 0.1), (0.1, 0.4, 0.9))  # display sRGB, one for each stroke
BRUSHES = Path("/usr/share/mypaint-data/2.0/brushes")


class Case(NamedTuple):
    """One brush in one of MyPaint's modes."""

    brush: str  # such as "classic/charcoal"
    eotf: float
    paint_mode: float

    @property
    def name(self) -> str:
        return f"{self.brush} eotf={self.eotf:g} paint_mode={self.paint_mode:g}"


def all_cases() -> list[Case]:
    brushes = sorted(str(path.relative_to(BRUSHES).with_suffix("")) for path in BRUSHES.rglob("*.myb"))
    return [Case(brush, eotf, mode) for brush in brushes for eotf in (1.0, 2.2) for mode in (0.0, 1.0)]


@cache
def ground() -> Any:
    """(SIDE, SIDE, 4) uint16: bands of colour from transparent to opaque, premultiplied."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.int64)
    alpha = np.clip(abs((x * 3 + y * 2) % 512 - 256) * 192 - 4096, 0, ONE)
    colour = np.stack([(x * 97) % ONE, (y * 113 + x * 31) % ONE, ((x // 8 + y // 8) % 2) * ONE], axis=-1)
    return np.concatenate([colour * alpha[..., None] // ONE, alpha[..., None]], axis=-1).astype(np.uint16)


@cache
def strokes() -> list[Any]:
    """Two strokes of (n, 4) x, y, pressure, seconds: a curve over many tiles, and a part of it back."""
    t = np.arange(26) / 25.0
    x = 140.0 + 100.0 * t
    y = 192.0 + 55.0 * (t - 0.5) + 60.0 * t * (1 - t) * (1 - 2 * t) * 4
    pressure = 0.8 - (2 * t - 0.9) ** 2  # not 1: at 0.8 the widest brush (ramon/Knife) stays on the canvas
    there = np.stack([x, y, np.clip(pressure, 0.0, 1.0), np.where(t == 0, 10.0, 0.03)], axis=1)
    back = there[20:8:-1] + np.array([0.0, 9.0, 0.0, 0.0])
    back[0, 2:] = 0.0, 10.0
    return [there, back]


def digest(pixels: Any) -> str:
    return hashlib.sha256(np.ascontiguousarray(pixels, dtype="<u2").tobytes()).hexdigest()


def share(cases: Sequence[Case], part: int, parts: int) -> Iterator[Case]:
    """Every ``parts``-th case; neighbours are of one brush, so that slow brushes are spread evenly."""
    return iter(cases[part::parts])
