"""The camera over the easel: drawings are painted at twice the size of a frame, and filmed through a soft lens.

Hard edges of strokes cannot move by half a pixel: they would flicker on the pixels of the film.  At twice the size and
a little out of focus, a stroke that moves looks the same in each frame.
"""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32, Pixels
from dreambrush.film.flow import need_cv2, smoothed

SCALE = 2  # size of a drawing, against that of a frame
LENS = 0.8  # pixels of a frame: blur of the lens


def filmed(painting: Pixels) -> Float32:
    """What the camera sees of a drawing (2h, 2w, 3) uint8: (h, w, 3) float32, sRGB 0..1."""
    cv2 = need_cv2()
    soft = smoothed(painting.astype(np.float32), LENS * SCALE)
    size = painting.shape[1] // SCALE, painting.shape[0] // SCALE
    small = cv2.resize(soft, size, interpolation=cv2.INTER_AREA) / np.float32(255)
    return np.asarray(np.clip(small, 0, 1), np.float32)


def as_frame(picture: Float32) -> Pixels:
    """A picture (h, w, 3) float32, sRGB 0..1, as a frame of a film, uint8."""
    return np.asarray(np.rint(picture * np.float32(255)), np.uint8)
