"""Converts pixels of any format and ICC profile to sRGB and alpha."""

from __future__ import annotations

import io
import struct

import numpy as np
from PIL import Image, ImageChops, ImageCms

from dreambrush.arrays import Float32
from dreambrush.pictures.coded_colours import CodedToSrgb
from dreambrush.pictures.decoded import Box, Decoded
from dreambrush.pictures.grey_profiles import grey_curve
from dreambrush.pictures.light import from_linear

_DEEP_MODES = {"I;16": 65535.0, "I;16L": 65535.0, "I;16B": 65535.0, "I;16N": 65535.0, "I": 65535.0, "F": 1.0}
"""Pillow's modes of more than 8 bits per value, all greyscale, with the value that stands for white."""

ROWS_AT_ONCE = 1 << 20  # pixels in them

_PROFILE_MODES = {"RGB": "RGB ", "CMYK": "CMYK", "L": "GRAY", "LAB": "Lab "}
"""Pillow's mode -> the ICC colour space that a profile for it must have."""

_WITHOUT_GREY = {"AVIF", "HEIF", "WEBP"}  # Pillow decodes grey pictures in these to RGB
_NEARLY_OPAQUE = np.float32(250 / 255)  # alpha from here on, where it is lossy


class ToSrgb:
    """Converts pieces of one picture to sRGB.  Build it once per picture, because the colour transform is costly.

    Args:
        picture: the decoded picture; its mode, palette, transparency and profile are used.

    Attributes:
        transparent: whether the picture has an alpha channel, or a colour that stands for transparency.
    """

    def __init__(self, picture: Decoded) -> None:
        self._picture = picture
        image = picture.image
        self._deep = image.mode in _DEEP_MODES
        self._white = picture.white or _white_level(image)
        apart = picture.alpha is not None or picture.clear is not None
        self.transparent = apart or (image.has_transparency_data and not self._deep)
        self._mode = "L" if self._deep else _opaque_mode(image.mode)
        if self._mode == "RGB" and image.format in _WITHOUT_GREY and picture.profile and _is_grey(picture):
            self._mode = "L"
        self._transform = _transform_to_srgb(picture.profile, self._mode)
        self._curve = _curve(picture.profile, self._transform) if self._deep and self._transform is not None else None
        coded = picture.coded if self._transform is None and self._mode in ("RGB", "L") else None
        self._coded = CodedToSrgb(*coded) if coded is not None else None

    def __call__(self, box: Box) -> Float32:
        """Converts a piece of the picture.

        Returns:
            Array of shape (height, width, 3), float32, sRGB values in 0..1.  For a transparent picture, (height, width,
            4): straight (not premultiplied) colours, and alpha in 0..1.
        """
        piece = self._picture.image.crop(box)
        alpha = self._alpha(piece, box)
        if self._deep:
            colour = self._deep_grey(piece, alpha)
        else:
            if self.transparent and alpha is None:
                piece = _straight(piece)
                alpha = np.asarray(piece.getchannel("A"), np.float32)[..., None] / np.float32(255)
            piece = piece.convert(self._mode)
            if self._picture.on_white and alpha is not None:
                piece = _without_white(piece, alpha)
            if self._transform is not None:
                converted = ImageCms.applyTransform(piece, self._transform)
                assert converted is not None  # it is None only when converting in place
                piece = converted
            colour = np.asarray(piece.convert("RGB"), np.float32) / np.float32(255)
        if self._coded is not None:
            colour = self._coded(colour)
        if alpha is None:
            return colour
        if self._picture.lossy_alpha:
            alpha = np.where(alpha >= _NEARLY_OPAQUE, np.float32(1), alpha)
        return np.concatenate([colour, alpha], 2)

    def _alpha(self, piece: Image.Image, box: Box) -> Float32 | None:
        """Opacity that lies apart from the colours, (height, width, 1), 0..1."""
        if self._picture.alpha is not None:
            levels = np.asarray(self._picture.alpha.crop(box))
            most = np.float32(65535 if levels.dtype.itemsize > 1 else 255)
            return np.asarray(levels[..., None] / most, np.float32)
        if self._picture.clear is None:
            return None
        levels = np.asarray(piece.convert("L") if piece.mode == "1" else piece)
        levels = levels if levels.ndim == 3 else levels[..., None]
        return np.asarray((levels != np.array(self._picture.clear)).any(2, keepdims=True), np.float32)

    def _deep_grey(self, piece: Image.Image, alpha: Float32 | None) -> Float32:
        """Grey of more than 8 bits as RGB, 0..1."""
        grey = np.nan_to_num(np.asarray(piece, np.float32), nan=0.0) / np.float32(self._white)
        if alpha is not None and self._picture.premultiplied:
            grey = grey / np.maximum(alpha[..., 0], np.float32(1e-6))
        if alpha is not None and self._picture.on_white:
            grey = (grey - (1 - alpha[..., 0])) / np.maximum(alpha[..., 0], np.float32(1e-6))
        grey = np.clip(grey, 0.0, 1.0)
        if self._curve is not None:
            levels = np.linspace(0, 1, len(self._curve))
            return np.stack([np.interp(grey, levels, each) for each in self._curve.T], 2).astype(np.float32)
        return np.repeat(grey[..., None], 3, axis=2).astype(np.float32)


def _straight(piece: Image.Image) -> Image.Image:
    """A transparent piece with colours that alpha does not multiply, as LA or RGBA."""
    if piece.mode == "La":
        return piece.convert("LA")
    return piece if piece.mode in ("LA", "RGBA") else piece.convert("RGBA")


def _without_white(piece: Image.Image, alpha: Float32) -> Image.Image:
    """The colours that look as ``piece`` does when they are put on white, as translucent as ``alpha`` says."""
    levels = np.asarray(piece, np.float32)
    opacity = alpha if levels.ndim == 3 else alpha[..., 0]
    bare = (levels - 255 * (1 - opacity)) / np.maximum(opacity, np.float32(1e-6))
    return Image.fromarray(np.clip(np.rint(bare), 0, 255).astype(np.uint8))


def _opaque_mode(mode: str) -> str:
    """The mode to convert to before colour management: no palette, no alpha."""
    if mode in ("1", "L", "LA", "La"):
        return "L"
    return mode if mode in ("CMYK", "LAB") else "RGB"


def _is_grey(picture: Decoded) -> bool:
    """Whether red, green and blue are the same everywhere."""
    step = max(ROWS_AT_ONCE // picture.width, 1)
    for top in range(0, picture.height, step):
        piece = picture.image.crop((0, top, picture.width, min(top + step, picture.height)))
        red, green, blue = piece.convert("RGB").split()
        if ImageChops.difference(red, green).getbbox() or ImageChops.difference(red, blue).getbbox():
            return False
    return True


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


def _curve(profile: bytes | None, transform: ImageCms.ImageCmsTransform) -> Float32:
    """What becomes of evenly spaced levels of grey, (n, 3), 0..1."""
    try:
        curve = grey_curve(profile or b"")
    except (struct.error, ValueError, ZeroDivisionError):  # LittleCMS makes more of broken ones
        curve = None
    if curve is not None:
        light = np.nan_to_num(curve(np.linspace(0, 1, 65536)))
        return np.repeat(from_linear(light.astype(np.float32))[:, None], 3, 1)
    ramp = ImageCms.applyTransform(Image.fromarray(np.arange(256, dtype=np.uint8)[None]), transform)
    assert ramp is not None  # it is None only when converting in place
    return np.asarray(np.asarray(ramp)[0] / np.float32(255), np.float32)


def _transform_to_srgb(embedded: bytes | None, mode: str) -> ImageCms.ImageCmsTransform | None:
    """The transform from the picture's own colours, or None when it has no (sound, fitting) profile.

    A profile that is broken or made for another kind of pixels is ignored, as picture viewers do.
    """
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
