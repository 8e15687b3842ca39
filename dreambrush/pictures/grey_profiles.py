"""The curve in an ICC profile of grey, at full precision.

LittleCMS converts 8 bits by way of Pillow; that has too few steps in the dark for 16 bits of linear light.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np

from dreambrush.arrays import Float64

_HEADER, _ENTRY = 128, 12  # bytes
_MOST_TAGS = 100
_PARAMETERS = (1, 3, 4, 5, 7)  # how many numbers each kind of parametric curve has


def grey_curve(profile: bytes) -> Callable[[Float64], Float64] | None:
    """The function from stored grey 0..1 to light 0..1; None where the profile has none that is this simple."""
    if profile[16:24] != b"GRAYXYZ ":
        return None
    (count,) = struct.unpack_from(">I", profile, _HEADER)
    for number in range(min(count, _MOST_TAGS)):
        name, start, size = struct.unpack_from(">4sII", profile, _HEADER + 4 + number * _ENTRY)
        if name == b"kTRC":
            return _curve(profile[start : start + size])
    return None


def _curve(data: bytes) -> Callable[[Float64], Float64] | None:
    if data[:4] == b"curv":
        (count,) = struct.unpack_from(">I", data, 8)
        if count == 0:
            return lambda grey: grey
        if count == 1:
            gamma = struct.unpack_from(">H", data, 12)[0] / 256
            return lambda grey: np.asarray(grey**gamma)
        table = np.frombuffer(data, ">u2", count, 12) / 65535
        return lambda grey: np.interp(grey, np.linspace(0, 1, count), table)
    kind = int.from_bytes(data[8:10], "big")
    if data[:4] != b"para" or kind >= len(_PARAMETERS):
        return None
    numbers = struct.unpack_from(f">{_PARAMETERS[kind]}i", data, 12)
    gamma, a, b, c, d, e, f = [number / 65536 for number in numbers] + [0.0] * (7 - len(numbers))
    if kind == 0:
        a, d = 1.0, 0.0
    elif kind < 3:
        below = 0.0 if kind == 1 else c
        a, b, c, d, e, f = a, b, 0.0, -b / a, below, below
    return lambda grey: np.where(grey >= d, np.maximum(a * grey + b, 0) ** gamma + e, c * grey + f)
