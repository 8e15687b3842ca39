"""Converts pixels of any format and ICC profile to sRGB and alpha."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

from dreambrush.arrays import Float32

_DEEP_MODES = {"I;16": 65535.0, "I;16L": 65535.0, "I;16B": 65535.0, "I;16N": 65535.0, "I": 65535.0, "F": 1.0}
"""Pillow's modes of more than 8 bits per value, all greyscale, with the value that stands for white."""

ROWS_AT_ONCE = 1 << 20  # pixels in them

_PROFILE_MODES = {"RGB": "RGB ", "CMYK": "CMYK", "L": "GRAY", "LAB": "Lab "}
"""Pillow's mode -> the ICC colour space that a profile for it must have."""


class ToSrgb:
    """Converts pieces of one picture to sRGB.  Build it once per picture, because the colour transform is costly.

    Args:
        image: the decoded picture; its mode, palette, transparency and ICC profile are used.

    Attributes:
        transparent: whether the picture has an alpha channel, or a colour that stands for transparency.
    """

    def __init__(self, image: Image.Image) -> None:
        self._white = _white_level(image)
        self.transparent = image.has_transparency_data and image.mode not in _DEEP_MODES
        self._transform = _transform_to_srgb(image)

    def __call__(self, piece: Image.Image) -> Float32:
        """Converts a piece that was cropped from the picture.

        Returns:
            Array of shape (height, width, 3), float32, sRGB values in 0..1.  For a transparent picture, (height, width,
            4): straight (not premultiplied) colours, and alpha in 0..1.
        """
        if piece.mode in _DEEP_MODES:
            grey = np.nan_to_num(np.asarray(piece, np.float32), nan=0.0) / self._white
            return np.repeat(np.clip(grey, 0.0, 1.0)[..., None], 3, axis=2).astype(np.float32)
        alpha: Float32 | None = None
        if self.transparent:
            piece = piece.convert("RGBA") if piece.mode not in ("LA", "RGBA") else piece
            alpha = np.asarray(piece.getchannel("A"), np.float32)[..., None] / np.float32(255)
        piece = piece.convert(_opaque_mode(piece.mode))
        if self._transform is not None:
            converted = ImageCms.applyTransform(piece, self._transform)
            assert converted is not None  # it is None only when converting in place
            piece = converted
        colour = np.asarray(piece.convert("RGB"), np.float32) / np.float32(255)
        return colour if alpha is None else np.concatenate([colour, alpha], 2)


def _opaque_mode(mode: str) -> str:
    """The mode to convert to before colour management: no palette, no alpha."""
    if mode in ("1", "L", "LA", "La"):
        return "L"
    return mode if mode in ("CMYK", "LAB") else "RGB"


def _white_level(image: Image.Image) -> float:
    """The value of white in a deep greyscale picture: the format's, or the brightest value if that is larger."""
    usual = _DEEP_MODES.get(image.mode, 255.0)
    if image.mode not in ("I", "F"):
        return usual
    white = usual
    rows = max(ROWS_AT_ONCE // image.width, 1)
    for top in range(0, image.height, rows):
        values = np.asarray(image.crop((0, top, image.width, min(top + rows, image.height))), np.float32)
        white = max(white, float(np.max(values, where=np.isfinite(values), initial=usual)))
    return white


def _transform_to_srgb(image: Image.Image) -> ImageCms.ImageCmsTransform | None:
    """The transform from the picture's own colours, or None if it has no profile that is sound and fits.

    A profile that is broken or made for another kind of pixels is ignored, as picture viewers do.
    """
    mode = _opaque_mode(image.mode)
    embedded = image.info.get("icc_profile")
    try:
        if embedded:
            profile = ImageCms.ImageCmsProfile(io.BytesIO(embedded))
            if profile.profile.xcolor_space == "GRAY" and mode == "RGB":
                return None  # a grey picture stored as RGB; its values are close to sRGB
            if profile.profile.xcolor_space != _PROFILE_MODES[mode]:
                return None
        elif mode == "LAB":
            profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        else:
            return None
        return ImageCms.buildTransform(
            profile,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except Exception:  # a profile that is broken can do so in any way
        return None
