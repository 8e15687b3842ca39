"""Converts the 15-bit light that MyPaint blends to the 8 bits that it shows and saves, to the last bit.

MyPaint adds a little noise before it cuts to 8 bits.  The noise is between 2/256 and 7/256 of a level, and the same for
every tile.  At other eotfs than 1.0 it is next to nothing.  That is far too little to dither, but enough to lift a
value that lies just under a whole level.  Source: MyPaint 2.0.1, lib/pixops.cpp,
precalculate_dithering_noise_if_required, tile_convert_rgbu16_to_rgbu8 and tile_convert_rgba16_to_rgba8.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from dreambrush.arrays import Fixed15, Pixels, UInt32
from dreambrush.mypaint.engine import eotf as scale
from dreambrush.mypaint.engine.eotf import levels_of_light
from dreambrush.mypaint.layer import TILE_SIZE


def opaque_levels(light: Fixed15, top: int, eotf: float) -> Pixels:
    """Converts rows of opaque light as MyPaint does when it saves.

    Args:
        light: shape (rows, width, 3), 0..32768.  The first column lies at the left edge of the picture.
        top: number of rows above the first one in the picture.
        eotf: of the document.

    Returns:
        Display sRGB of the same shape, uint8.
    """
    noise = _noise_of_opaque()[:, :, None]
    return levels_of_light(light, _spread(noise, top, light), eotf)


def straight_levels(light: Fixed15, top: int, eotf: float) -> Pixels:
    """Converts rows of translucent light as MyPaint does when it saves.

    Where alpha is one or two levels, rounding may lift a colour above its own alpha.  Such a colour is cut to full
    light.  MyPaint 2.0.1 itself overflows there and saves black.

    Args:
        light: premultiplied RGBA, shape (rows, width, 4), 0..32768.
        top: as for :func:`opaque_levels`.
        eotf: of the document.

    Returns:
        Straight sRGB and alpha of the same shape, uint8.
    """
    noise = _spread(_noise_of_translucent(), top, light)
    alpha = light[..., 3:].astype(np.uint32)
    colour = ((light[..., :3].astype(np.uint32) << 15) + alpha // 2) // np.maximum(alpha, 1)
    levels = np.empty(light.shape, np.uint8)
    levels[..., :3] = levels_of_light(np.minimum(colour * (alpha > 0), scale.ONE), noise[..., :1], eotf)
    levels[..., 3:] = (alpha * 255 + noise[..., 1:]) >> 15
    return levels


def _spread(noise: UInt32, top: int, light: Fixed15) -> UInt32:
    """Repeats the noise of a tile over all rows and columns of the light."""
    rows = np.arange(top, top + light.shape[0]) % TILE_SIZE
    columns = np.arange(light.shape[1]) % TILE_SIZE
    spread: UInt32 = noise[rows[:, None], columns]
    return spread


@cache
def _noise_of_opaque() -> UInt32:
    """One number a pixel, shape (64, 64).  Here MyPaint uses the first 64 of every 256 numbers in its table."""
    return _noise()[:, :TILE_SIZE]


@cache
def _noise_of_translucent() -> UInt32:
    """Two numbers a pixel, shape (64, 64, 2), for colour and alpha: the first two of every four in the table."""
    return _noise().reshape(TILE_SIZE, TILE_SIZE, 4)[..., :2]


@cache
def _noise() -> UInt32:
    """MyPaint's table, shape (64, 256), in 1/32768 of a level."""
    random = np.array(_glibc_rand(TILE_SIZE * TILE_SIZE * 4), np.uint32)
    noise: UInt32 = random % scale.ONE * 5 // 256 + scale.ONE * 2 // 256
    return noise.reshape(TILE_SIZE, TILE_SIZE * 4)


def _glibc_rand(count: int) -> list[int]:
    """The first ``count`` numbers of the C library's rand() in a fresh process (glibc, seed 1).

    MyPaint fills its noise table with them.  They come from the additive feedback generator of glibc's
    stdlib/random_r.c.  It takes 31 words from a multiplicative congruential generator, then r[i] = r[i-3] + r[i-31].
    It drops the first 310 of these, and cuts the lowest bit of the others.
    """
    state = [1]
    for _ in range(30):
        state.append(16807 * state[-1] % 0x7FFFFFFF)
    state += state[:3]
    while len(state) < 34 + 310 + count:
        state.append((state[-3] + state[-31]) & 0xFFFFFFFF)
    return [word >> 1 for word in state[34 + 310 :]]
