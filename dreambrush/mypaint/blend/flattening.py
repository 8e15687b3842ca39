"""Bakes layers so that every program shows the same picture, whatever it takes for Normal.

Programs differ in how they lay translucent paint over other paint: MyPaint 2 mixes like pigments in linear light, Krita
blends display levels, GIMP 3 blends in linear light.  They agree where a pixel is opaque, or where there is nothing
below it.  So a baked layer holds, wherever it changed something, what the picture shows there, opaque.

A transparent picture has pixels that stay translucent in the end.  Each of these goes into one layer as a whole, the
lowest that has paint there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dreambrush.arrays import Fixed15, Pixels
from dreambrush.mypaint.blend.blending import background_band, background_tile, blend, frame_size, premultiply
from dreambrush.mypaint.blend.levels import opaque_levels, straight_levels
from dreambrush.mypaint.engine.eotf import check_eotf, light_of_levels
from dreambrush.mypaint.layer import NORMAL, TILE_SIZE, Layer

HALF = 128  # alpha from which a pixel belongs to its layer even if it changes nothing


def flatten_layers(
    layers: Sequence[Layer], background: Pixels, eotf: float, *, transparent: bool = False
) -> list[Layer]:
    """Layers of the same names that show the same picture at any eotf, in mode NORMAL.

    Args:
        layers: at least one, the bottom one first, all of one size.
        background: a paper tile of shape (64n, 64m, 3) or a colour of shape (3,), sRGB, uint8.
        eotf: eotf of the document that the layers are made for, such as 1.0 or 2.2.
        transparent: leave transparent what the layers do not cover.

    Returns:
        New layers of opacity 1.  Hidden layers keep their pixels.

    Raises:
        ValueError: there is no layer, the shapes do not fit, or no document has that eotf.
    """
    height, width = frame_size(layers)
    tile = background_tile(background)
    check_eotf(eotf)
    light = light_of_levels(eotf)
    flat = [np.zeros_like(layer.pixels) if layer.visible else layer.pixels for layer in layers]
    for top in range(0, height, TILE_SIZE):
        rows = slice(top, min(top + TILE_SIZE, height))
        final = None
        if transparent:
            band: Fixed15 = np.zeros((rows.stop - top, width, 4), np.uint16)
            for layer in layers:
                _lay(band, layer, rows, light)
            final = shown_levels(band, top, eotf)
            band = np.zeros_like(band)
        else:
            band = light[background_band(tile, rows, width)]
        shown = shown_levels(band, top, eotf)
        for pixels, layer in zip(flat, layers, strict=True):
            if layer.visible:
                _lay(band, layer, rows, light)
                own = np.rint(layer.pixels[rows, :, 3] * np.float32(layer.opacity)).astype(np.uint8)
                pixels[rows] = bake(shown, shown_levels(band, top, eotf), own, final)
    return [
        replace(layer, pixels=pixels, composite_op=NORMAL, opacity=1.0 if layer.visible else layer.opacity)
        for layer, pixels in zip(layers, flat, strict=True)
    ]


def bake(shown: Pixels, levels: Pixels, own: Pixels, final: Pixels | None) -> Pixels:
    """Makes the pixels of a baked layer.

    Args:
        shown: what the baked layers below show, straight sRGB and alpha (h, w, 4), uint8; it is brought up to date.
        levels: what the picture shows with this layer, of the same shape.
        own: alpha of this layer's own paint, (h, w), uint8; 0 where it brings none.
        final: what the picture shows with all layers; None if it is opaque everywhere.

    Returns:
        The pixels, of the same shape.
    """
    whole = np.True_ if final is None else final[..., 3] == 255
    differs = (levels != shown).any(axis=2)
    put = whole & (levels[..., 3] > 0) & ((differs & ((levels[..., 3] == 255) | (own > 0))) | (own >= HALF))
    pixels = np.zeros_like(levels)
    pixels[put] = shown[put] = levels[put]
    if final is not None:
        rest = (final[..., 3] < 255) & (final[..., 3] > 0) & (own > 0) & (shown[..., 3] == 0)
        pixels[rest] = shown[rest] = final[rest]
    return pixels


def shown_levels(light: Fixed15, top: int, eotf: float) -> Pixels:
    """What MyPaint shows of rows of light, opaque (h, w, 3) or premultiplied (h, w, 4): straight sRGB and alpha."""
    if light.shape[2] == 4:
        return straight_levels(light, top, eotf)
    levels = np.full((*light.shape[:2], 4), 255, np.uint8)
    levels[..., :3] = opaque_levels(light, top, eotf)
    return levels


def _lay(band: Fixed15, layer: Layer, rows: slice, light: Fixed15) -> None:
    if layer.visible:
        blend(band, premultiply(layer.pixels[rows], light), layer.opacity, layer.composite_op)
