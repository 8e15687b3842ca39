"""Layers merged with MyPaint's own arithmetic, to the last bit.

MyPaint keeps premultiplied colour in 15-bit fixed point, where 32768 is 1.0.  These are its rules for the
modes Normal and Pigment at eotf 1.0 (colours are blended as stored) and 2.2 (blended as rgb^2.2), in three
steps: 8-bit pixels in, one layer over another, 8-bit pixels out (MyPaint 2.0.1, lib/pixops.cpp and
lib/blending.hpp).  Other modes and other eotfs are refused, never approximated.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dreambrush.errors import UsageError
from dreambrush.mypaint.eotf import ONE, PLAIN, check_eotf, levels_of_light, light_of_levels
from dreambrush.mypaint.layer import NORMAL, PIGMENT, TILE_SIZE, Layer
from dreambrush.mypaint.library import engine


def merge_layers(layers: Sequence[Layer], background: NDArray[np.uint8], eotf: float = PLAIN) -> NDArray[np.uint8]:
    """Render the picture as MyPaint renders and saves it.

    Args:
        layers: at least one, the bottom one first, all of one size.
        background: a paper tile of shape (64n, 64m, 3) repeated from the top left corner, or one colour
            of shape (3,); sRGB, uint8.
        eotf: the document's, 1.0 or 2.2.

    Returns:
        sRGB, shape (height, width, 3), uint8.

    Raises:
        ValueError: there is no layer, the shapes do not fit, or another eotf.
        UsageError: a layer's mode is not covered.
        LibmypaintError: libmypaint is not installed.
    """
    height, width = frame_size(layers)
    tile = background_tile(background)
    check_eotf(eotf)
    for layer in layers:
        if layer.composite_op not in (NORMAL, PIGMENT):
            raise UsageError(
                f"The layer “{layer.name}” has the mode “{layer.composite_op}”, which cannot be rendered.",
                f"Use “{NORMAL}” or “{PIGMENT}”.",
            )
    light = light_of_levels(eotf)
    noise = np.tile(_dithering_noise(), (1, _tiles(width)))[:, :width, None]
    merged = np.empty((height, width, 3), np.uint8)
    # One row of tiles at a time: the working copies of a 4096 pixel wide picture then stay near 10 MB.
    for top in range(0, height, TILE_SIZE):
        rows = slice(top, min(top + TILE_SIZE, height))
        band = light[_background_band(tile, rows, width)]
        for layer in layers:
            if layer.visible:
                _lay_over(band, layer, rows, light)
        merged[rows] = levels_of_light(band, noise[: len(band)], eotf)
    return merged


def blend(
    under: NDArray[np.uint16], paint: NDArray[np.uint16], opacity: float = 1.0, composite_op: str = NORMAL
) -> None:
    """Lays paint over opaque light, in place.

    Args:
        under: (height, width, 3), 0..32768, contiguous; takes the result.
        paint: (height, width, 4), premultiplied RGBA, 0..32768.
        opacity: of the whole layer, 0..1.
        composite_op: NORMAL or PIGMENT.

    Raises:
        ValueError: the shapes or types do not fit.
    """
    if not under.flags.c_contiguous or under.dtype != np.uint16 or paint.dtype != np.uint16:
        raise ValueError("Expected a contiguous array of uint16 under paint of uint16")
    if under.ndim != 3 or under.shape[2] != 3 or paint.shape != (*under.shape[:2], 4):
        raise ValueError(f"Expected (h, w, 4) paint over (h, w, 3) but had {paint.shape} over {under.shape}")
    ffi, lib = engine()
    lib.db_blend(
        ffi.from_buffer("uint16_t[]", under),
        ffi.from_buffer("uint16_t[]", np.ascontiguousarray(paint)),
        under.shape[0] * under.shape[1],
        int(np.float32(opacity) * np.float32(ONE)),  # MyPaint's opacity is a 32-bit float, and it truncates
        composite_op == PIGMENT,
    )


def frame_size(layers: Sequence[Layer]) -> tuple[int, int]:
    """The (height, width) in pixels that all ``layers`` share; ValueError if there is none."""
    if not layers:
        raise ValueError("Expected at least one layer.")
    height, width = layers[0].pixels.shape[:2]
    for layer in layers:
        if layer.pixels.shape[:2] != (height, width):
            raise ValueError(
                f"Expected the pixels of layer “{layer.name}” to have shape ({height}, {width}, 4) "
                f"but it had {layer.pixels.shape}."
            )
    return height, width


def background_tile(background: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A background as a tile that MyPaint accepts.

    Args:
        background: a tile of shape (64n, 64m, 3) or a colour of shape (3,), uint8.

    Returns:
        The same tile, or a plain one of shape (64, 64, 3).

    Raises:
        ValueError: any other shape or type.
    """
    shape = background.shape
    if background.dtype != np.uint8:
        raise ValueError(f"Expected background to have dtype uint8 but it had {background.dtype}.")
    if shape == (3,):
        return np.tile(background, (TILE_SIZE, TILE_SIZE, 1))
    if len(shape) != 3 or shape[2] != 3 or 0 in shape or shape[0] % TILE_SIZE or shape[1] % TILE_SIZE:
        raise ValueError(f"Expected background to have shape (3,) or (64n, 64m, 3) but it had {shape}.")
    return background


def _background_band(tile: NDArray[np.uint8], rows: slice, width: int) -> NDArray[np.uint8]:
    """The background under one row of tiles, shape (rows, width, 3)."""
    top = rows.start % len(tile)
    strip = tile[top : top + rows.stop - rows.start]
    repeats = -(-width // tile.shape[1])
    return np.tile(strip, (1, repeats, 1))[:, :width]


def _lay_over(band: NDArray[np.uint16], layer: Layer, rows: slice, light: NDArray[np.uint16]) -> None:
    """Lay one row of a layer's tiles over an opaque band, in place.

    Source: tile_convert_rgba8_to_rgba16 in lib/pixops.cpp (premultiply, rounding to nearest).
    """
    source = layer.pixels[rows]
    painted = np.flatnonzero(source[..., 3].any(axis=0))
    if not painted.size:
        return
    columns = slice(painted[0], painted[-1] + 1)
    alpha = light_of_levels(PLAIN)[source[:, columns, 3:]]
    paint = np.empty((len(band), alpha.shape[1], 4), np.uint16)
    paint[..., :3] = (light[source[:, columns, :3]] * alpha.astype(np.uint32) + ONE // 2) >> 15
    paint[..., 3:] = alpha
    under = np.ascontiguousarray(band[:, columns])
    blend(under, paint, layer.opacity, layer.composite_op)
    band[:, columns] = under


def _tiles(length: int) -> int:
    return -(-length // TILE_SIZE)


@cache
def _dithering_noise() -> NDArray[np.uint32]:
    """What MyPaint adds to an opaque pixel before it cuts 15 bits to 8, shape (64, 64).

    Between 2/256 and 7/256 of a level, the same for every tile: far too little to dither, but enough to
    lift a value that lies just under a whole level.  Of its table of 64 * 64 * 4 numbers MyPaint uses for
    opaque pixels the first 64 of every 256.  Source: precalculate_dithering_noise_if_required and
    tile_convert_rgbu16_to_rgbu8_const_c in lib/pixops.cpp.
    """
    random = np.array(_glibc_rand(TILE_SIZE * TILE_SIZE * 4), np.uint32)
    noise = random % ONE * 5 // 256 + ONE * 2 // 256
    return noise.reshape(TILE_SIZE, TILE_SIZE * 4)[:, :TILE_SIZE]


def _glibc_rand(count: int) -> list[int]:
    """The first ``count`` numbers of the C library's rand() in a fresh process (glibc, seed 1).

    MyPaint fills its noise table with them.  The additive feedback generator of glibc's stdlib/random_r.c:
    31 words from a multiplicative congruential generator, then r[i] = r[i-3] + r[i-31], of which the first
    310 are dropped and the lowest bit of the others is cut.
    """
    state = [1]
    for _ in range(30):
        state.append(16807 * state[-1] % 0x7FFFFFFF)
    state += state[:3]
    while len(state) < 34 + 310 + count:
        state.append((state[-3] + state[-31]) & 0xFFFFFFFF)
    return [word >> 1 for word in state[34 + 310 :]]
