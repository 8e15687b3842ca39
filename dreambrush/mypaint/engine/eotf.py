"""Converts between display levels and the 15-bit light that MyPaint blends, to the last bit.

MyPaint 2 works on rgb^2.2 (eotf 2.2), and its "1.x" mode on the values as they are (eotf 1.0).  The powers are those of
MyPaint's own approximation, which is good to 1 in 10,000.  Source: MyPaint 2.0.1, lib/pixops.cpp.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from dreambrush.arrays import Fixed15, Float32, Pixels, UInt32
from dreambrush.mypaint.engine.library import engine

PLAIN = 1.0
LINEAR = 2.2  # the default of MyPaint 2; the artist may choose another one in its settings
LOWEST, HIGHEST = 0.1, 10.0
ONE: int  # a premultiplied 15-bit channel's full value, as in libmypaint; engine.h says it

Number = TypeVar("Number", bound=np.generic)


def check_eotf(eotf: float) -> None:
    """Raises ValueError for an eotf that no document has."""
    if not LOWEST <= eotf <= HIGHEST:
        raise ValueError(f"Expected eotf to be within {LOWEST}..{HIGHEST} but it was {eotf!r}")


@cache
def light_of_levels(eotf: float) -> Fixed15:
    """The light of each display level, as MyPaint loads it: shape (256,), 0..32768."""
    levels = np.arange(256)
    if eotf == PLAIN:
        return _read_only((levels * _one() + 255 // 2) // 255, np.uint16)
    light = _powers((levels / 255).astype(np.float32), eotf).astype(np.float64)
    return _read_only(light * _one() + 0.5, np.uint16)


def levels_of_light(light: Fixed15, noise: UInt32, eotf: float) -> Pixels:
    """Converts opaque light to the levels that MyPaint shows and saves.

    Args:
        light: light of any shape, 0..32768.
        noise: noise of a shape that fits.  MyPaint adds it before it cuts to 8 bits: at eotf 1.0 in 1/32768 of a level,
            at eotf 2.2 in 2**-30 of full light, which is next to nothing.
        eotf: of the document.

    Returns:
        Display sRGB of the same shape, uint8.
    """
    if eotf == PLAIN:
        return ((light * np.uint32(255) + noise) >> 15).astype(np.uint8)
    parts = light.astype(np.float32) / np.float32(_one()) + noise.astype(np.float32) / np.float32(1 << 30)
    levels = _powers(parts, _inverse(eotf)) * np.float32(255)
    return (levels.astype(np.float64) + 0.5).astype(np.uint8)


@cache
def shown(eotf: float) -> Float32:
    """The display sRGB of each value of light: shape (32769,), float32, 0..1."""
    light = np.arange(_one() + 1, dtype=np.float32) / np.float32(_one())
    return _read_only(light if eotf == PLAIN else np.clip(_powers(light, _inverse(eotf)), 0, 1), np.float32)


@cache
def nearest_levels(eotf: float) -> Pixels:
    """The nearest display level of each value of light, shape (32769,)."""
    return _read_only(shown(eotf).astype(np.float64) * 255 + 0.5, np.uint8)


def _inverse(eotf: float) -> float:
    return 1.0 / float(np.float32(eotf))  # MyPaint keeps the eotf as a 32-bit float


def _powers(base: Float32, exponent: float) -> Float32:
    """MyPaint's ``fastpow`` of numbers from 0 up."""
    ffi, lib = engine()
    base = np.ascontiguousarray(base)
    out = np.empty_like(base)
    lib.db_powers(ffi.from_buffer("float[]", base), exponent, ffi.from_buffer("float[]", out), base.size)
    return out


def _read_only(values: NDArray[Any], dtype: type[Number]) -> NDArray[Number]:
    table = values.astype(dtype)
    table.flags.writeable = False
    return table


def _one() -> int:
    return int(engine()[1].DB_ONE)


def __getattr__(name: str) -> int:
    """Reads ``ONE`` when it is first needed, so this module can be imported without libmypaint."""
    if name == "ONE":
        return _one()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
