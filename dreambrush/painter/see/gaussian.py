"""A picture under a Gaussian."""

from __future__ import annotations

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32
from dreambrush.painter.see.cells import grown, reduced

BROADEST = 6.0  # pixels: where Gaussians are wider, the picture may be made smaller first
CUT = 3.0  # standard deviations, beyond which the Gaussian counts as zero


def blurred(picture: Float32, sigma: float) -> Float32:
    """A picture (h, w) or (h, w, c) under a Gaussian of that many pixels; beyond its edges the nearest pixel counts.

    It takes six operations a pixel for each pixel of ``sigma``; shrink the picture first where that is much.
    """
    reach = int(np.ceil(CUT * sigma))
    at = np.arange(-reach, reach + 1, dtype=np.float32) / np.float32(sigma)
    kernel = steady.exp(np.float32(-0.5) * at * at)
    kernel = kernel / kernel.sum()
    for axis in (0, 1):
        wide = np.pad(picture, [(reach, reach) if axis == i else (0, 0) for i in range(picture.ndim)], mode="edge")
        size = picture.shape[axis]
        picture = np.zeros_like(picture)
        for start, share in enumerate(kernel):
            picture += share * (wide[start : start + size] if axis == 0 else wide[:, start : start + size])
    return picture


def broadly_blurred(picture: Float32, sigma: float) -> Float32:
    """About the same as :func:`blurred`; wide ones are worked out on a smaller picture, so they take no longer."""
    factor = 1
    while sigma / factor > BROADEST and min(picture.shape[:2]) >= 4 * factor:
        factor *= 2
    if factor == 1:
        return blurred(picture, max(sigma, 0.5))
    small = blurred(reduced(picture, factor), sigma / factor)
    return grown(small, picture.shape[:2])
