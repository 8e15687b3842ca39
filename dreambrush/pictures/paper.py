"""Drawing paper: a faint grain around one colour, as a tile that MyPaint repeats as a document's background."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Pixels

SIDE = 256  # pixels; MyPaint's tiles have multiples of 64
SEED = 1839  # any; it decides what the grain is like
GRAINS = ((1.1, 2.2), (3.5, 1.6), (14.0, 0.8))  # standard deviations: of the blur in pixels, of the light in levels


def paper_tile(colour: Pixels) -> Pixels:
    """A tile of paper without seams.

    All channels get the same noise of several sizes.  Each is blurred in the frequency domain, where the tile has no
    edges.

    Args:
        colour: (3,) uint8, mean colour of the tile.

    Returns:
        (256, 256, 3) uint8.  The same colour gives the same tile.
    """
    rng = np.random.default_rng(SEED)
    frequency = np.fft.fftfreq(SIDE)
    squared = frequency[:, None] ** 2 + frequency**2
    light = np.zeros((SIDE, SIDE))
    for blur, strength in GRAINS:
        noise = np.fft.fft2(rng.standard_normal((SIDE, SIDE))) * np.exp(-2 * (np.pi * blur) ** 2 * squared)
        noise[0, 0] = 0  # the mean
        grain = np.fft.ifft2(noise).real
        light += strength * grain / grain.std()
    return np.asarray(np.clip(np.rint(colour + light[..., None]), 0, 255), np.uint8)
