"""Scales a decoded picture, in strips that take little memory.

Scaling down works in linear light with a filter that has no negative lobes (Hamming).  So a pixel of the small picture
has the brightness that the eye sees in the big one from afar, and no dark rings appear around highlights.  Scaling up
is bicubic on the sRGB values, where steps look even.  Transparent parts are put on white, as on paper, unless alpha is
kept.  Then every pixel counts for the colours as much as it is opaque, so hidden colours under transparency never bleed
into an edge.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image

from dreambrush.arrays import Float32
from dreambrush.pictures.banded import BandedImage
from dreambrush.pictures.colour_profiles import ToSrgb
from dreambrush.pictures.decoded import Decoded
from dreambrush.pictures.light import from_linear, to_linear

DEFAULT_LONGER_SIDE = 1024
"""Longer side in pixels of a painting without --size, unless the picture is smaller."""

STRIP_PIXELS = 4_000_000
"""A big picture is converted in strips of so many pixels, so that its floats never all exist at once."""
_BIG, _SMALLER_STRIP = 60_000_000, 1_500_000  # pixels; where the picture takes much memory, strips take less
_MEANS_AT_ONCE = 64  # rows of means of boxes
FILTERED = 8
"""Times as large as wanted a picture is, once it was reduced in boxes."""


def scaled_size(width: int, height: int, size: int | None) -> tuple[int, int]:
    """Width and height in pixels when the longer side becomes ``size``; neither side falls below 1."""
    longer = max(width, height)
    target = min(longer, DEFAULT_LONGER_SIDE) if size is None else size
    return max(1, round(width * target / longer)), max(1, round(height * target / longer))


def scaled(image: Decoded, width: int, height: int, *, keep_alpha: bool) -> Float32:
    """Converts to sRGB and scales, in strips of rows.  The picture keeps its stored orientation."""
    convert = ToSrgb(image)
    channels = 4 if keep_alpha and convert.transparent else 3
    if is_far_larger(image, height):
        return _far_smaller(image, convert, width, height, channels)
    shrink = width < image.width or height < image.height
    result = np.empty((height, width, channels), np.float32)
    for top, bottom in _strips(height, image, margin := max(4.0, 4.0 * image.height / height)):
        first, last = top * image.height / height, bottom * image.height / height
        above = max(0, int(first - margin))
        below = min(image.height, int(last + margin) + 1)
        pixels = convert((0, above, image.width, below))
        if channels == 3:
            pixels = _on_white(pixels)
        if (width, height) == image.size:
            result[top:bottom] = pixels[top - above : bottom - above]
            continue
        box = (0.0, first - above, float(image.width), min(last - above, float(below - above)))
        values = to_linear(pixels[..., :3]) if shrink else pixels[..., :3]
        if channels == 4:
            values = np.concatenate([values * pixels[..., 3:], pixels[..., 3:]], 2)
        resample = Image.Resampling.HAMMING if shrink else Image.Resampling.BICUBIC
        for channel in range(channels):
            band = Image.fromarray(np.ascontiguousarray(values[..., channel]))
            result[top:bottom, :, channel] = np.asarray(band.resize((width, bottom - top), resample, box))
        if channels == 4:
            result[top:bottom, :, :3] /= np.maximum(result[top:bottom, :, 3:], np.float32(1e-6))
        if shrink:
            result[top:bottom, :, :3] = from_linear(result[top:bottom, :, :3])
    return np.clip(result, 0.0, 1.0, out=result)


def is_far_larger(image: Decoded | Image.Image, height: int) -> bool:
    """Whether the filter reaches so far that each strip of the scaled picture would need most of the picture.

    What is decoded in bands is looked at once, if it may.
    """
    if isinstance(image, Decoded) and isinstance(image.image, BandedImage) and image.height >= FILTERED * height:
        return True
    return 2 * max(4.0, 4.0 * image.height / height) * image.width > STRIP_PIXELS


def _far_smaller(image: Decoded, convert: ToSrgb, width: int, height: int, channels: int) -> Float32:
    """Scales as :func:`scaled` does, by way of means of square boxes.

    These need little memory, and look at each pixel once.
    """
    across, down = image.size
    side = max(int(min(across / width, down / height) / FILTERED), 1)
    rows = -(-down // side)
    narrow = np.empty((rows, width, channels), np.float32)
    for top in range(0, rows, _MEANS_AT_ONCE):
        bottom = min(top + _MEANS_AT_ONCE, rows)
        means = _means(image, convert, side, range(top, bottom), channels)
        for channel in range(channels):
            band = Image.fromarray(np.ascontiguousarray(means[..., channel]))
            box = (0.0, 0.0, across / side, float(bottom - top))
            scaled = band.resize((width, bottom - top), Image.Resampling.HAMMING, box)
            narrow[top:bottom, :, channel] = np.asarray(scaled)
    result = np.empty((height, width, channels), np.float32)
    for channel in range(channels):
        band = Image.fromarray(np.ascontiguousarray(narrow[..., channel]))
        scaled = band.resize((width, height), Image.Resampling.HAMMING, (0.0, 0.0, float(width), down / side))
        result[..., channel] = np.asarray(scaled)
    if channels == 4:
        result[..., :3] /= np.maximum(result[..., 3:], np.float32(1e-6))
    result[..., :3] = from_linear(result[..., :3])
    return np.clip(result, 0.0, 1.0, out=result)


def _means(image: Decoded, convert: ToSrgb, side: int, rows: range, channels: int) -> Float32:
    """Rows of the means of boxes, in linear light; colours are multiplied by alpha if there is any."""
    across, down = image.size
    means = np.empty((len(rows), -(-across // side), channels), np.float32)
    step = max(_SMALLER_STRIP // (side * min(side, down)), 1) * side
    for number, row in enumerate(rows):
        for left in range(0, across, step):
            box = (left, row * side, min(left + step, across), min((row + 1) * side, down))
            pixels = convert(box)
            if channels == 3:
                pixels = _on_white(pixels)
            values = to_linear(pixels[..., :3])
            if channels == 4:
                values = np.concatenate([values * pixels[..., 3:], pixels[..., 3:]], 2)
            columns = np.arange(0, box[2] - left, side)
            sums = np.add.reduceat(values.sum(0, dtype=np.float64), columns, axis=0)
            counts = np.diff([*columns, box[2] - left])[:, None] * len(values)
            means[number, left // side : left // side + len(columns)] = sums / counts
    return means


def _on_white(pixels: Float32) -> Float32:
    """Straight RGBA as it looks on white paper; RGB as it is."""
    if pixels.shape[2] == 3:
        return pixels
    alpha = pixels[..., 3:]
    return pixels[..., :3] * alpha + (1 - alpha)


def _strips(height: int, image: Decoded, margin: float) -> Iterator[tuple[int, int]]:
    """Ranges of result rows.  Their source rows, with the filter's margin, hold about STRIP_PIXELS."""
    strip = STRIP_PIXELS if image.width * image.height <= _BIG else _SMALLER_STRIP
    source_rows = max(1.0, strip / image.width - 2 * margin)
    rows = max(1, int(source_rows * height / image.height))
    for top in range(0, height, rows):
        yield top, min(top + rows, height)
