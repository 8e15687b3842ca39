"""Samples of TIFF that Pillow does not read, or does not read as the file means them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
from PIL import Image, TiffImagePlugin

from dreambrush.pictures.decoded import Decoded

BITS, COMPRESSION, PLANES, EXTRA, PHOTOMETRIC = 258, 259, 284, 338, 262
GREY_AND_ALPHA = (16, 16)  # bits; Pillow reads no more than 8 with alpha
_ASSOCIATED = 1  # alpha that the colours are multiplied by


def teach_pillow() -> None:
    """Has Pillow open grey of 16 bits with alpha: as four channels of 8 bits, whose bytes lie where they should."""
    for prefix, photometric, extra in product((b"II", b"MM"), (0, 1), ((0,), (1,), (2,))):
        key = (prefix, photometric, (1,), 1, GREY_AND_ALPHA, extra)
        TiffImagePlugin.OPEN_INFO.setdefault(key, ("RGBX", "RGBX"))


def decoded_tiff(image: Image.Image, tags: Mapping[int, object]) -> Decoded:
    """A loaded TIFF, whose tags are given, with what its samples mean."""
    bits = tags.get(BITS)
    profile = image.info.get("icc_profile")
    if bits == GREY_AND_ALPHA:
        if tags.get(PLANES, 1) != 1:
            raise ValueError("16-bit grey and alpha in separate planes")
        order = ">" if tags.get(COMPRESSION, 1) == 1 and tags.prefix == b"MM" else "<"  # type: ignore[attr-defined]
        samples = np.asarray(image).view(f"{order}u2").astype(np.uint16)
        grey = samples[..., 0]
        grey = 65535 - grey if tags.get(PHOTOMETRIC) == 0 else grey
        return Decoded(
            Image.fromarray(np.ascontiguousarray(grey)),
            profile,
            alpha=Image.fromarray(np.ascontiguousarray(samples[..., 1])),
            premultiplied=_ASSOCIATED in _numbers(tags.get(EXTRA)),
        )
    if image.mode.startswith("I;16"):
        (depth,) = _numbers(bits)[:1] or (16,)
        return Decoded(image, profile, white=float((1 << depth) - 1) if 8 < depth < 16 else None)
    return Decoded(image, profile)


def _numbers(value: object) -> tuple[int, ...]:
    values = value if isinstance(value, tuple) else (value,)
    return tuple(each for each in values if isinstance(each, int))
