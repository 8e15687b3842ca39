"""Colour temperature: painters mix lights warmer and shadows cooler than they are, and keep the values.

The move is made in Oklab, along its b axis (blue to yellow) and a little along a (green to red).  Lightness stays as it
is, and so do black and white: paper stays paper.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from dreambrush.arrays import Float32, Float64
from dreambrush.pictures.palette import from_oklab, oklab

MOST = 0.045  # move along b with the dial at 1
REDDER = 0.3  # move along a, as a share of that along b
SPREAD = 0.3  # lightness away from the picture's middle at which the move is greatest
EXTREMES = 0.12  # lightness from black, and from white, within which the move fades away
STEPS = 33  # of the table along each of red, green and blue
LEVELS = 64  # of lightness, so that the last bits of a mean do not matter


def tempered(picture: Float32, strength: float) -> Float32:
    """A picture with warmer lights and cooler shadows.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1.
        strength: 0 to 1.

    Returns:
        (h, w, 3) float32, sRGB 0..1.
    """
    levels = np.rint(np.clip(picture, 0, 1) * np.float32(255)).astype(np.uint8)
    small = np.asarray(Image.fromarray(levels).reduce(max(min(levels.shape[:2]) // 64, 1)), np.float64) / 255
    middle = np.rint(oklab(small.reshape(-1, 3))[:, 0].mean() * LEVELS) / LEVELS
    # A table of whole levels, looked up with integers: the same bytes on every processor.
    steps = np.linspace(0, 1, STEPS)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    moved = _moved(np.stack([red, green, blue], -1).reshape(-1, 3), float(middle), strength)
    table = ImageFilter.Color3DLUT(STEPS, np.rint(moved * 4096).astype(np.float32).ravel() / 4096, target_mode="RGB")
    after = np.asarray(Image.fromarray(levels).filter(table), np.int16) - levels
    return np.asarray(np.clip(picture + after.astype(np.float32) / np.float32(255), 0, 1), np.float32)


def _moved(colours: Float64, middle: float, strength: float) -> Float64:
    """Colours (n, 3), sRGB 0..1, moved away from that lightness: what is lighter gets warmer, what is darker cooler."""
    lab = oklab(colours)
    light = lab[:, 0]
    move = np.sin(0.5 * np.pi * np.clip((light - middle) / SPREAD, -1, 1))
    move *= np.clip(light / EXTREMES, 0, 1) * np.clip((1 - light) / EXTREMES, 0, 1) * MOST * strength
    lab[:, 1] += REDDER * move
    lab[:, 2] += move
    return np.asarray(from_oklab(lab), np.float64)
