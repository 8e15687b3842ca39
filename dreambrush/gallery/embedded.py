"""Pictures within a page: as data, so that nothing is fetched."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from dreambrush.arrays import Float32, Pixels

LONGEST_SIDE = 1600  # pixels of a picture on a page; larger ones are scaled down
LARGEST = 1_600_000  # bytes that a picture may have without loss
QUALITY = 95  # of a picture that would be larger


def shown_size(size: tuple[int, int]) -> tuple[int, int]:
    """Width and height in pixels of a picture on a page, if it has that width and height itself."""
    factor = min(LONGEST_SIDE / max(size), 1.0)
    return max(round(size[0] * factor), 1), max(round(size[1] * factor), 1)


def as_uint8(picture: Pixels | Float32) -> Pixels:
    """A picture as uint8; float32 is in 0..1, and cut to that."""
    if picture.dtype == np.uint8:
        return np.asarray(picture, np.uint8)
    return np.asarray(np.rint(np.clip(picture, 0, 1) * 255), np.uint8)


def picture_address(picture: Pixels | Float32) -> str:
    """A picture as a ``data:`` address.  The same picture gives the same address.

    Args:
        picture: (h, w, 3) or with straight alpha (h, w, 4), uint8, or float32 in 0..1.

    Returns:
        A WebP without loss.  Where that has more than LARGEST bytes, one of QUALITY.
    """
    image = Image.fromarray(as_uint8(picture))
    size = shown_size(image.size)
    if size != image.size:
        image = image.resize(size, Image.Resampling.LANCZOS)
    data = _webp(image, lossless=True)
    if len(data) > LARGEST:
        data = _webp(image, lossless=False)
    return f"data:image/webp;base64,{base64.b64encode(data).decode()}"


def _webp(image: Image.Image, *, lossless: bool) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", lossless=lossless, quality=QUALITY, method=4, exact=False)
    return file.getvalue()
