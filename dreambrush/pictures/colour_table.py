"""A table of colours: what becomes of every colour, told at whole steps of red, green and blue and read in between.

Pictures are looked up in whole levels, with integers: the same table gives the same bytes on every processor.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from dreambrush.arrays import Float32, Float64, Floats, Pixels

STEPS = 33  # of the table along each of red, green and blue
PARTS = 4096  # to which the table is rounded, so that last bits hardly ever matter


def levels_of(picture: Float32) -> Pixels:
    """The whole levels (h, w, 3), 0..255, of a picture (h, w, 3), sRGB 0..1."""
    return np.asarray(np.rint(np.clip(picture, 0, 1) * np.float32(255)), np.uint8)


def table_colours() -> Float64:
    """The colours (STEPS ** 3, 3), sRGB 0..1, of which a table tells what becomes of them."""
    steps = np.linspace(0, 1, STEPS)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    return np.stack([red, green, blue], -1).reshape(-1, 3)


def by_table(picture: Float32, levels: Pixels, after: Floats) -> Float32:
    """A picture whose colours have become others.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1; what it has between whole levels is kept.
        levels: its whole levels.
        after: (STEPS ** 3, 3) what :func:`table_colours` become, sRGB 0..1.

    Returns:
        (h, w, 3) float32, sRGB 0..1.
    """
    colours = np.rint(np.asarray(after, np.float64) * PARTS).astype(np.float32).ravel() / PARTS
    table = ImageFilter.Color3DLUT(STEPS, colours, target_mode="RGB")
    change = np.asarray(Image.fromarray(levels).filter(table), np.int16) - levels
    return np.asarray(np.clip(picture + change.astype(np.float32) / np.float32(255), 0, 1), np.float32)
