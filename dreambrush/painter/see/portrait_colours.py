"""The colours of skin in a portrait: a palette of few colours keeps them, though few pixels have them."""

from __future__ import annotations

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32
from dreambrush.painter.see.faces import find_faces
from dreambrush.painter.see.target import LUMA

INNER = 0.25, 0.25, 0.75, 0.95  # left, top, right and bottom of the skin in a frame, as shares of its sides


def skin_colours(picture: Float32) -> Float32:
    """The usual colour of skin in the faces of a picture, and that of its shadows.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1.

    Returns:
        (2, 3) sRGB 0..1; (0, 3) if there is no face.

    Raises:
        ModelError: a network that finds faces is missing or broken.
    """
    height, width = picture.shape[:2]
    skin = [np.zeros((0, 3), np.float32)]
    for face in find_faces(picture):
        left, top, right, bottom = face.box
        x = np.clip([left + INNER[0] * (right - left), left + INNER[2] * (right - left)], 0, width).astype(int)
        y = np.clip([top + INNER[1] * (bottom - top), top + INNER[3] * (bottom - top)], 0, height).astype(int)
        skin.append(picture[y[0] : y[1], x[0] : x[1]].reshape(-1, 3))
    colours = np.concatenate(skin)
    if not len(colours):
        return colours
    lightest_last = colours[np.argsort(steady.dot3(colours, LUMA), kind="stable")]
    return np.stack([np.median(lightest_last, 0), np.median(lightest_last[: -(-len(colours) // 3)], 0)])
