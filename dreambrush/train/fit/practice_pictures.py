"""Pictures for a controller to practise on: parts of somebody's pictures, or drawn ones."""

from __future__ import annotations

import numpy as np
from PIL import Image

from dreambrush.arrays import Float32
from dreambrush.pictures.picture_sets import PictureSet
from dreambrush.train.fit.dead_leaves import drawn_picture


def draw_picture(pictures: PictureSet | None, side: int, rng: np.random.Generator) -> Float32:
    """Draws a picture: a square part of one, turned, mirrored, and with its colour channels in any order.

    Args:
        pictures: of these; None for drawn ones.
        side: of the result in pixels.
        rng: random numbers of all choices.

    Returns:
        (side, side, 3) float32, sRGB 0..1.

    Raises:
        PictureError: the picture's file is broken.
    """
    if pictures is None:
        picture = drawn_picture(rng, side)
    else:
        picture = _part(pictures.load(int(rng.integers(len(pictures)))), side, rng)
    picture = np.rot90(picture, int(rng.integers(4)))
    if rng.random() < 0.5:
        picture = picture[:, ::-1]
    return np.ascontiguousarray(picture[..., rng.permutation(3)], np.float32)


def _part(picture: Float32, side: int, rng: np.random.Generator) -> Float32:
    """A square part of any size that need not be enlarged, scaled."""
    shorter = min(picture.shape[:2])
    size = int(rng.integers(min(side, shorter), shorter + 1))
    top, left = (int(rng.integers(length - size + 1)) for length in picture.shape[:2])
    part = Image.fromarray(np.rint(picture[top : top + size, left : left + size] * 255).astype(np.uint8))
    scaled = part.resize((side, side), Image.Resampling.LANCZOS)
    return np.asarray(scaled, np.float32) / np.float32(255)
