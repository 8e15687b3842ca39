"""sRGB values and the light that they stand for."""

from __future__ import annotations

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32


def to_linear(values: Float32) -> Float32:
    """Converts sRGB values 0..1 to linear light 0..1 (IEC 61966-2-1)."""
    return np.where(values <= 0.04045, values / 12.92, steady.power((values + 0.055) / 1.055, 2.4)).astype(np.float32)


def from_linear(values: Float32) -> Float32:
    """Converts linear light to sRGB values 0..1 (IEC 61966-2-1).  Light outside 0..1 is clipped."""
    light = np.clip(values, 0.0, 1.0)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * steady.power(light, 1 / 2.4) - 0.055).astype(np.float32)
