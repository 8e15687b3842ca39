"""Colour temperature: painters mix lights warmer and shadows cooler than they are, and keep the values.

The move is made in Oklab, along its b axis (blue to yellow) and a little along a (green to red).  Lightness stays as it
is, and so do black and white: paper stays paper.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from dreambrush.arrays import Float32, Float64
from dreambrush.pictures.colour_table import by_table, levels_of, table_colours
from dreambrush.pictures.palette import from_oklab, oklab

MOST = 0.045  # move along b with the dial at 1
REDDER = 0.3  # move along a, as a share of that along b
SPREAD = 0.3  # lightness away from the picture's middle at which the move is greatest
EXTREMES = 0.12  # lightness from black, and from white, within which the move fades away
LEVELS = 64  # of lightness, so that the last bits of a mean do not matter


def tempered(picture: Float32, strength: float) -> Float32:
    """A picture with warmer lights and cooler shadows.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1.
        strength: 0 to 1.

    Returns:
        (h, w, 3) float32, sRGB 0..1.
    """
    levels = levels_of(picture)
    small = np.asarray(Image.fromarray(levels).reduce(max(min(levels.shape[:2]) // 64, 1)), np.float64) / 255
    middle = np.rint(oklab(small.reshape(-1, 3))[:, 0].mean() * LEVELS) / LEVELS
    return by_table(picture, levels, _moved(table_colours(), float(middle), strength))


def _moved(colours: Float64, middle: float, strength: float) -> Float64:
    """Colours (n, 3), sRGB 0..1, moved away from that lightness: what is lighter gets warmer, what is darker cooler."""
    lab = oklab(colours)
    light = lab[:, 0]
    move = np.sin(0.5 * np.pi * np.clip((light - middle) / SPREAD, -1, 1))
    move *= np.clip(light / EXTREMES, 0, 1) * np.clip((1 - light) / EXTREMES, 0, 1) * MOST * strength
    lab[:, 1] += REDDER * move
    lab[:, 2] += move
    return np.asarray(from_oklab(lab), np.float64)
