"""Learning curves as a PNG, drawn with Pillow alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIZE, MARGIN = (900, 480), (64, 250, 28, 44)  # pixels: whole picture; left, right, top, bottom
INKS = ("#1b6ca8", "#d1495b", "#2e933c", "#edae49", "#7d4e9e", "#8d6b4f", "#444444", "#00a6a6", "#c05299")
Curve = tuple[Sequence[float], Sequence[float]]


def draw_curves(curves: Mapping[str, Curve], path: Path, title: str, across: str, *, logarithmic: bool = False) -> None:
    """Draws named curves of x and y into one diagram.

    Args:
        curves: in the order of the legend.
        path: of the PNG.
        title: above the diagram; says what y is.
        across: what x is.
        logarithmic: whether y is.
    """
    left, right, top, bottom = MARGIN
    width, height = SIZE[0] - left - right, SIZE[1] - top - bottom
    every_x = np.concatenate([np.asarray(x, float) for x, _ in curves.values()])
    every_y = np.concatenate([np.asarray(y, float) for _, y in curves.values()])
    scale = np.log10 if logarithmic else np.asarray
    low_x, high_x = float(every_x.min()), float(every_x.max())
    low, high = float(scale(every_y.min())), float(scale(every_y.max()))
    low, high = low - 0.04 * (high - low) - 1e-9, high + 0.04 * (high - low) + 1e-9
    picture = Image.new("RGB", SIZE, "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(13)

    def place(x: float, y: float) -> tuple[float, float]:
        share = (float(scale(y)) - low) / (high - low)
        return left + (x - low_x) / max(high_x - low_x, 1e-9) * width, top + (1 - share) * height

    for part in np.linspace(0, 1, 6):
        value = low + part * (high - low)
        y = float(10**value if logarithmic else value)
        x = low_x + part * (high_x - low_x)
        draw.line([place(low_x, y), place(high_x, y)], fill="#dddddd")
        draw.text((left - 6, place(0, y)[1]), f"{y:.3g}", "black", font, anchor="rm")
        draw.text((left + part * width, top + height + 6), f"{x:.4g}", "black", font, anchor="mt")
    draw.text((left + width / 2, SIZE[1] - 6), across, "black", font, anchor="mb")
    draw.text((left, 6), title, "black", font)
    for index, (name, (xs, ys)) in enumerate(curves.items()):
        ink = INKS[index % len(INKS)]
        draw.line([place(x, y) for x, y in zip(xs, ys, strict=True)], fill=ink, width=2, joint="curve")
        draw.text((left + width + 10, top + 18 * index), name, ink, font)
    picture.save(path, optimize=True)


def smooth(values: Sequence[float], over: int) -> list[float]:
    """Means of so many values that follow each other; the incomplete rest is left out."""
    whole = len(values) // over * over
    return [float(mean) for mean in np.asarray(values[:whole], float).reshape(-1, over).mean(1)]
