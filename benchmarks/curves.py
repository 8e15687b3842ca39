"""Learning curves as a PNG, drawn with Pillow alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dreambrush.arrays import Float64

SIZE, MARGIN = (900, 480), (64, 250, 28, 44)  # pixels: whole picture; left, right, top, bottom
INKS = ("#1b6ca8", "#d1495b", "#2e933c", "#edae49", "#7d4e9e", "#8d6b4f", "#444444", "#00a6a6", "#c05299")
Curve = tuple[Sequence[float], Sequence[float]]
Mark = tuple[float, float, str]


def draw_curves(
    curves: Mapping[str, Curve],
    path: Path,
    title: str,
    across: str,
    *,
    logarithmic: bool = False,
    logarithmic_across: bool = False,
    marks: Mapping[str, Sequence[Mark]] | None = None,
) -> None:
    """Draws named curves of x and y into one diagram.

    Args:
        curves: in the order of the legend; one without points has its name there all the same.
        path: of the PNG.
        title: above the diagram; says what y is.
        across: what x is.
        logarithmic: whether y is.
        logarithmic_across: whether x is.
        marks: points (x, y, text) in the ink of the curve of that name, on it or not.
    """
    marks = marks or {}
    left, right, top, bottom = MARGIN
    width, height = SIZE[0] - left - right, SIZE[1] - top - bottom
    marked = [mark for points in marks.values() for mark in points]
    every_x = np.concatenate([*(np.asarray(x, float) for x, _ in curves.values()), [mark[0] for mark in marked]])
    every_y = np.concatenate([*(np.asarray(y, float) for _, y in curves.values()), [mark[1] for mark in marked]])
    x_axis = _Axis.over(every_x, logarithmic_across, 0.04 if logarithmic_across else 0.0)
    y_axis = _Axis.over(every_y, logarithmic, 0.04)
    picture = Image.new("RGB", SIZE, "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(13)

    def place(x: float, y: float) -> tuple[float, float]:
        return left + x_axis.share(x) * width, top + (1 - y_axis.share(y)) * height

    for y in y_axis.ticks():
        level = top + (1 - y_axis.share(y)) * height
        draw.line([(left, level), (left + width, level)], fill="#dddddd")
        draw.text((left - 6, level), f"{y:.3g}", "black", font, anchor="rm")
    for x in x_axis.ticks():
        draw.text((left + x_axis.share(x) * width, top + height + 6), f"{x:.4g}", "black", font, anchor="mt")
    draw.text((left + width / 2, SIZE[1] - 6), across, "black", font, anchor="mb")
    draw.text((left, 6), title, "black", font)
    for index, (name, (xs, ys)) in enumerate(curves.items()):
        ink = INKS[index % len(INKS)]
        draw.line([place(x, y) for x, y in zip(xs, ys, strict=True)], fill=ink, width=2, joint="curve")
        for x, y, text in marks.get(name, ()):
            column, row = place(x, y)
            draw.ellipse((column - 4, row - 4, column + 4, row + 4), fill=ink)
            draw.text((column + 7, row), text, ink, font, anchor="lb")
        draw.text((left + width + 10, top + 18 * index), name, ink, font)
    picture.save(path, optimize=True)


@dataclass(frozen=True)
class _Axis:
    """From ``low`` to ``high``, which are logarithms to base 10 where the axis is logarithmic."""

    low: float
    high: float
    logarithmic: bool

    @classmethod
    def over(cls, values: Float64, logarithmic: bool, margin: float) -> _Axis:
        """An axis on which all values lie, with a margin as share of their range."""
        scaled = np.log10(values) if logarithmic else values
        low, high = float(scaled.min()), float(scaled.max())
        return cls(low - margin * (high - low), high + margin * (high - low), logarithmic)

    def share(self, value: float) -> float:
        """Where a value lies between the ends, 0..1."""
        return ((math.log10(value) if self.logarithmic else value) - self.low) / max(self.high - self.low, 1e-9)

    def ticks(self) -> list[float]:
        """Values to write: round ones where a logarithmic axis has at least three, else six that are evenly spaced."""
        evenly = [float(value) for value in np.linspace(self.low, self.high, 6)]
        if not self.logarithmic:
            return evenly
        powers = range(math.floor(self.low), math.ceil(self.high) + 1)
        round_ones = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
        seen = [value for value in round_ones if 0 <= self.share(value) <= 1]
        return seen if len(seen) >= 3 else [10**value for value in evenly]


def smooth(values: Sequence[float], over: int) -> list[float]:
    """Means of so many values that follow each other; the incomplete rest is left out."""
    whole = len(values) // over * over
    return [float(mean) for mean in np.asarray(values[:whole], float).reshape(-1, over).mean(1)]
