"""Pictures with transparency: cuts layers to a shape, and merges them without paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dreambrush.arrays import Fixed15, Float32, Pixels
from dreambrush.mypaint.blend.blending import blend, frame_size
from dreambrush.mypaint.engine import eotf as scale
from dreambrush.mypaint.engine.eotf import PLAIN, check_eotf, light_of_levels, nearest_levels
from dreambrush.mypaint.layer import TILE_SIZE, Layer


def cut_to_shape(layers: Sequence[Layer], name: str, ground: Pixels, alpha: Pixels) -> list[Layer]:
    """Cuts layers to a shape.  Together they become just as opaque as the shape, and look there as before.

    Where the shape is translucent, it is not enough to make every layer as translucent: two layers of half the coverage
    cover three quarters.  There each layer keeps only what is seen of it.  With those above, it covers the same share
    of the shape that they covered of the whole.

    Args:
        layers: the layers, bottom first, all visible, of opacity 1 and mode NORMAL or PIGMENT.  Their pixels are
            changed.
        name: name of the new layer.  It has the ground's colour and lies below all others.
        ground: (3,) uint8, the colour that the layers lay on.
        alpha: (h, w) uint8, the shape.

    Returns:
        The new layer and the cut ones.
    """
    height, width = frame_size(layers)
    shape = np.empty((height, width, 4), np.uint8)
    shape[..., :3], shape[..., 3] = ground, alpha
    for top in range(0, height, TILE_SIZE):
        rows = slice(top, top + TILE_SIZE)
        _cut([layer.pixels[rows] for layer in layers], shape[rows])
    return [Layer(name, shape), *layers]


def clip_layers(layers: Sequence[Layer], shape: Pixels) -> list[Layer]:
    """Removes from layers all paint outside a shape.

    Args:
        layers: the layers, all of one size.
        shape: (h, w) uint8.  Where it is 0 no paint is left, where it is 255 all is left.

    Returns:
        New layers.
    """
    clipped = []
    for layer in layers:
        pixels = layer.pixels.copy()
        pixels[..., 3] = (pixels[..., 3].astype(np.uint16) * shape + 127) // 255
        pixels[pixels[..., 3] == 0] = 0
        clipped.append(replace(layer, pixels=pixels))
    return clipped


def _cut(layers: Sequence[Pixels], shape: Pixels) -> None:
    """Cuts some rows of all layers, in place, and gives the new layer the alpha that is still missing."""
    at = shape[..., 3] < 255
    whole = shape[at, 3] / np.float32(255)
    seen, uncovered = np.ones_like(whole), np.ones_like(whole)  # through the layers above, before and after
    for layer in reversed(layers):
        paint = layer[at]
        seen *= 1 - paint[:, 3] / np.float32(255)
        paint[:, 3] = _still_missing(whole * (1 - seen), uncovered)
        paint[paint[:, 3] == 0] = 0
        layer[at] = paint
        uncovered *= 1 - paint[:, 3] / np.float32(255)
    shape[at, 3] = _still_missing(whole, uncovered)


def _still_missing(wanted: Float32, uncovered: Float32) -> Pixels:
    """The alpha that one more layer below needs, for all to cover what is wanted.  Roundings do not add up."""
    return _levels(_share(wanted - (1 - uncovered), uncovered))


def merge_transparent(layers: Sequence[Layer], eotf: float = PLAIN) -> Pixels:
    """Renders the picture without paper, as MyPaint exports it with its background hidden, within one level.

    Args:
        layers: at least one, the bottom one first, all of one size and of mode NORMAL or PIGMENT.
        eotf: eotf of the document, such as 1.0 or 2.2.

    Returns:
        Straight sRGB and alpha, shape (height, width, 4), uint8.

    Raises:
        ValueError: there is no layer, the shapes do not fit, or no document has that eotf.
    """
    height, width = frame_size(layers)
    check_eotf(eotf)
    light, levels = light_of_levels(eotf), nearest_levels(eotf)
    merged = np.empty((height, width, 4), np.uint8)
    for top in range(0, height, TILE_SIZE):
        rows = slice(top, top + TILE_SIZE)
        colour = np.zeros((len(merged[rows]), width, 3), np.uint16)
        covered = np.zeros(colour.shape[:2], np.float32)
        for layer in layers:
            if layer.visible:
                source = layer.pixels[rows]
                paint = source[..., 3] * np.float32(layer.opacity / 255)
                together = paint + (1 - paint) * covered
                blend(colour, _premultiplied(light[source[..., :3]], _share(paint, together)), 1.0, layer.composite_op)
                covered = together
        merged[rows, :, :3] = levels[colour]
        merged[rows, :, 3] = _levels(covered)
    return merged


def _premultiplied(light: Fixed15, alpha: Float32) -> Fixed15:
    """Makes straight light (h, w, 3) and alpha (h, w), 0..1, premultiplied 15-bit RGBA."""
    share = np.rint(alpha * scale.ONE).astype(np.uint32)[..., None]
    return np.concatenate([(light * share + scale.ONE // 2) >> 15, share], 2).astype(np.uint16)


def _share(part: Float32, whole: Float32) -> Float32:
    """The share of a part in the whole, within 0..1.  It is 0 if the whole is nothing."""
    return np.clip(part / np.maximum(whole, np.float32(1e-6)), 0, 1)


def _levels(values: Float32) -> Pixels:
    return np.rint(values * 255).astype(np.uint8)
