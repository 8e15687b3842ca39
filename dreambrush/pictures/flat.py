"""Flat pictures for other programs: PNG, JPEG, WebP and TIFF, in sRGB, with a resolution for print."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache

import numpy as np
from PIL import Image, ImageCms

from dreambrush.arrays import Pixels
from dreambrush.errors import OutputError
from dreambrush.mypaint.ora.png import encode_png

Resolution = tuple[int, int]
"""Pixels an inch in x and y."""

FLAT_FORMATS: Mapping[str, str] = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
}
"""Endings of file names, and what Pillow calls the formats."""

LONGEST_SIDE = {"JPEG": 65500, "WEBP": 16383}  # pixels; that of JPEG is libjpeg's
QUALITY = {"JPEG": 95, "WEBP": 92}  # at which a painting's edges show no blocks
PAPER = 255  # white: what shows through in a format without transparency
DATE_IN_PROFILE = slice(24, 36)  # when it was made; without it, equal pictures make equal files
EXIF_X, EXIF_Y, EXIF_UNIT, INCH = 0x011A, 0x011B, 0x0128, 2


def has_transparency(ending: str) -> bool:
    """Whether files with that ending, such as ``.jpg``, can be transparent."""
    return FLAT_FORMATS[ending.lower()] != "JPEG"


def encode_flat(pixels: Pixels, ending: str, resolution: Resolution) -> bytes:
    """The bytes of a picture file.  The same arguments give the same bytes.

    Args:
        pixels: sRGB, shape (height, width, 3), or with straight alpha (height, width, 4), uint8.  Where the format
            has no transparency, transparent pixels become white.
        ending: of the file's name, one of ``FLAT_FORMATS``.
        resolution: pixels an inch.

    Raises:
        OutputError: the picture is too large for the format.
    """
    kind = FLAT_FORMATS[ending.lower()]
    height, width, channels = pixels.shape
    longest = LONGEST_SIDE.get(kind)
    if longest is not None and max(height, width) > longest:
        raise OutputError(
            f"A {ending} holds at most {longest} pixels a side, but the picture has {width} x {height}.",
            "Save it as .png or .tif.",
            id="too-large-for-format",
        )
    if kind == "PNG":
        return encode_png(pixels, resolution)
    if channels == 4 and not has_transparency(ending):
        pixels = on_white(pixels)
    image = Image.fromarray(pixels)
    file = io.BytesIO()
    if kind == "JPEG":
        image.save(file, kind, quality=QUALITY[kind], subsampling=0, dpi=resolution, icc_profile=srgb_profile())
    elif kind == "WEBP":
        image.save(file, kind, quality=QUALITY[kind], exif=_exif(resolution), icc_profile=srgb_profile())
    else:
        image.save(file, kind, compression="tiff_adobe_deflate", dpi=resolution, icc_profile=srgb_profile())
    return file.getvalue()


def on_white(pixels: Pixels) -> Pixels:
    """A picture on white paper.

    Args:
        pixels: straight sRGB and alpha, shape (height, width, 4), uint8.

    Returns:
        sRGB, shape (height, width, 3), uint8.
    """
    flat = np.empty((*pixels.shape[:2], 3), np.uint8)
    for line, row in zip(flat, pixels, strict=True):  # one row at a time, for large pictures
        alpha = row[:, 3:].astype(np.uint32)
        line[:] = (row[:, :3] * alpha + PAPER * (255 - alpha) + 127) // 255
    return flat


@cache
def srgb_profile() -> bytes:
    """The ICC profile of sRGB."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[DATE_IN_PROFILE] = bytes(DATE_IN_PROFILE.stop - DATE_IN_PROFILE.start)
    return bytes(profile)


def _exif(resolution: Resolution) -> Image.Exif:
    """The resolution, for a format that has no place of its own for it."""
    exif = Image.Exif()
    exif[EXIF_X], exif[EXIF_Y], exif[EXIF_UNIT] = (*map(float, resolution), INCH)
    return exif
