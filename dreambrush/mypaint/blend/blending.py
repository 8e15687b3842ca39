"""Merges layers with MyPaint's own arithmetic, to the last bit.

MyPaint keeps premultiplied colour in 15-bit fixed point, where 32768 is 1.0.  At eotf 1.0 it blends colours as they are
stored, at 2.2 as rgb^2.2.  There are three steps: 8-bit pixels in, one layer over another (blending.c), 8-bit pixels
out (levels.py).  Source: MyPaint 2.0.1, lib/pixops.cpp and lib/blending.hpp.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dreambrush.arrays import Fixed15, Pixels
from dreambrush.errors import UsageError
from dreambrush.mypaint.blend.levels import opaque_levels
from dreambrush.mypaint.blend.modes import mode_number
from dreambrush.mypaint.engine.eotf import PLAIN, check_eotf, light_of_levels
from dreambrush.mypaint.engine.library import engine
from dreambrush.mypaint.layer import NORMAL, PIGMENT, TILE_SIZE, Layer


def merge_layers(layers: Sequence[Layer], background: Pixels, eotf: float = PLAIN) -> Pixels:
    """Renders the picture as MyPaint renders and saves it.

    Args:
        layers: at least one, the bottom one first, all of one size.
        background: a paper tile of shape (64n, 64m, 3) repeated from the top left corner, a picture of the frame's
            shape (height, width, 3), or one colour of shape (3,); sRGB, uint8.
        eotf: eotf of the document, such as 1.0 or 2.2.

    Returns:
        sRGB, shape (height, width, 3), uint8.

    Raises:
        ValueError: there is no layer, the shapes do not fit, or no document has that eotf.
        UsageError: a layer has a mode that MyPaint does not have.
        LibmypaintError: libmypaint is not installed.
    """
    height, width = frame_size(layers)
    tile = background if background.shape == (height, width, 3) else background_tile(background)
    check_eotf(eotf)
    for layer in layers:
        if layer.composite_op not in (NORMAL, PIGMENT):
            raise UsageError(
                f"The layer “{layer.name}” has the mode “{layer.composite_op}”, which cannot be rendered.",
                f"Use “{NORMAL}” or “{PIGMENT}”.",
                id="mode-not-rendered",
            )
    light = light_of_levels(eotf)
    merged = np.empty((height, width, 3), np.uint8)
    # One row of tiles at a time: the working copies of a 4096 pixel wide picture then stay near 10 MB.
    for top in range(0, height, TILE_SIZE):
        rows = slice(top, min(top + TILE_SIZE, height))
        band = light[background_band(tile, rows, width)]
        for layer in layers:
            if layer.visible:
                _lay_over(band, layer, rows, light)
        merged[rows] = opaque_levels(band, top, eotf)
    return merged


def blend(under: Fixed15, paint: Fixed15, opacity: float = 1.0, composite_op: str = NORMAL) -> None:
    """Lays paint over what is below, in place.

    Args:
        under: opaque RGB or premultiplied RGBA, (height, width, 3 or 4), 0..32768, contiguous; it takes the result.
        paint: premultiplied RGBA, (height, width, 4), 0..32768.
        opacity: opacity of the whole layer, 0..1.
        composite_op: one of ``modes.MODES``.

    Raises:
        ValueError: the shapes or types do not fit, or there is no such mode.
    """
    if not under.flags.c_contiguous or under.dtype != np.uint16 or paint.dtype != np.uint16:
        raise ValueError("Expected a contiguous array of uint16 under paint of uint16")
    channels = under.shape[-1]
    if under.ndim != 3 or channels not in (3, 4) or paint.shape != (*under.shape[:2], 4):
        raise ValueError(f"Expected (h, w, 4) paint over (h, w, 3 or 4) but had {paint.shape} over {under.shape}")
    ffi, lib = engine()
    lib.db_blend(
        ffi.from_buffer("uint16_t[]", under),
        channels,
        ffi.from_buffer("uint16_t[]", np.ascontiguousarray(paint)),
        under.shape[0] * under.shape[1],
        int(np.float32(opacity) * np.float32(lib.DB_ONE)),  # MyPaint's opacity is a 32-bit float, and it truncates
        mode_number(composite_op),
    )


def premultiply(pixels: Pixels, light: Fixed15) -> Fixed15:
    """Converts pixels as MyPaint does when it loads them.

    Args:
        pixels: straight sRGB and alpha, (height, width, 4), uint8.
        light: light of each level, from :func:`~dreambrush.mypaint.engine.eotf.light_of_levels`.

    Returns:
        Premultiplied RGBA of the same shape, 0..32768, rounded to nearest (tile_convert_rgba8_to_rgba16 in
        lib/pixops.cpp).
    """
    ffi, lib = engine()
    paint = np.empty(pixels.shape, np.uint16)
    lib.db_premultiply(
        ffi.from_buffer("uint8_t[]", np.ascontiguousarray(pixels)),
        paint.size // 4,
        ffi.from_buffer("uint16_t[]", light),
        ffi.from_buffer("uint16_t[]", light_of_levels(PLAIN)),
        ffi.from_buffer("uint16_t[]", paint),
    )
    return paint


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


def background_tile(background: Pixels) -> Pixels:
    """Makes a background a tile that MyPaint accepts.

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


def background_band(tile: Pixels, rows: slice, width: int) -> Pixels:
    """The background under one row of tiles, shape (rows, width, 3)."""
    top = rows.start % len(tile)
    strip = tile[top : top + rows.stop - rows.start]
    repeats = -(-width // tile.shape[1])
    return np.tile(strip, (1, repeats, 1))[:, :width]


def _lay_over(band: Fixed15, layer: Layer, rows: slice, light: Fixed15) -> None:
    """Lays one row of a layer's tiles over an opaque band, in place."""
    source = layer.pixels[rows]
    painted = np.flatnonzero(source[..., 3].any(axis=0))
    if not painted.size:
        return
    columns = slice(painted[0], painted[-1] + 1)
    under = np.ascontiguousarray(band[:, columns])
    blend(under, premultiply(source[:, columns], light), layer.opacity, layer.composite_op)
    band[:, columns] = under
