"""Lines that somebody has drawn: on a transparent ground, or on a plain one of any colour."""

from __future__ import annotations

import numpy as np
from PIL import Image

from dreambrush.arrays import Float32, Int64

OPAQUE = 0.98  # least alpha of a picture whose ground is a colour
STEPS = 16  # of each channel, in which the commonest colour is looked for
FAINT, CLEAR = 0.06, 0.22  # distance from the ground (greatest of channels) of what is no line, and of one in full
LARGEST = 512  # cells
MOST = 0.5  # of the picture: where there are more lines than ground, there is no ground


def ink_of(picture: Float32) -> Float32 | None:
    """How much each place of a drawing belongs to its lines.

    Args:
        picture: (h, w, 3) or (h, w, 4) float32, straight sRGB and alpha, 0..1.

    Returns:
        (h, w) float32, 0..1: how opaque it is, or how far from the commonest colour where all is opaque.  None if that
        is no drawing: there are no lines, or there is no plain ground.
    """
    alpha = picture[..., 3] if picture.shape[2] == 4 else None
    if alpha is not None and float(alpha.min()) < OPAQUE:
        ink = alpha
    else:
        colours = picture[..., :3]
        away = np.abs(colours - _ground(colours)).max(2)
        ink = np.clip((away - np.float32(FAINT)) / np.float32(CLEAR - FAINT), 0, 1)
    return ink if 0 < float(ink.mean(dtype=np.float64)) < MOST else None


def stretched(ink: Float32, width: int, height: int) -> Float32:
    """Ink (h, w), stretched to the proportions of a picture: at most LARGEST cells on the longer side."""
    share = min(LARGEST / max(width, height), 1.0)
    size = max(round(width * share), 1), max(round(height * share), 1)
    grey = Image.fromarray(np.ascontiguousarray(ink)).resize(size, Image.Resampling.BILINEAR)
    return np.clip(np.asarray(grey, np.float32), 0, 1)


def _ground(colours: Float32) -> Float32:
    """The commonest colour (3,) of a picture (h, w, 3)."""
    flat = colours.reshape(-1, 3)
    steps: Int64 = np.minimum(flat * np.float32(STEPS), STEPS - 1).astype(np.int64)
    number = (steps[:, 0] * STEPS + steps[:, 1]) * STEPS + steps[:, 2]
    commonest = int(np.bincount(number, minlength=STEPS**3).argmax())
    return np.asarray(np.median(flat[number == commonest], 0), np.float32)
