"""Reads the artist's picture.  Whatever the file holds becomes upright sRGB of the size to paint."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

from dreambrush.arrays import Float32
from dreambrush.errors import PictureError
from dreambrush.pictures.decoded import Decoded
from dreambrush.pictures.limits import Limits
from dreambrush.pictures.opening import decode, reason_of
from dreambrush.pictures.scaling import scaled

_OPAQUE = np.float32(254.5 / 255)  # alpha from here on is 255 when it is saved


def load_picture(
    path: Path | str, size: int | None = None, *, keep_alpha: bool = False, limits: Limits | None = None
) -> Float32:
    """Reads a picture, turns it upright, converts it to sRGB and scales it.

    It obeys EXIF orientation and embedded ICC profiles.  Greyscale (also 16-bit), palette, CMYK and transparent
    pictures become RGB.  An animation gives its first frame.

    Args:
        path: the picture's file.
        size: longer side of the result in pixels; None keeps the picture's own, but at most ``DEFAULT_LONGER_SIDE``.
        keep_alpha: return alpha too if the picture is transparent.  Otherwise the picture is put on white.
        limits: how large it may be; by default as large as can be read within 1 GB.

    Returns:
        Array of shape (height, width, 3), float32, sRGB values in 0..1; each side is at least 1 pixel.  With
        ``keep_alpha``, and if any pixel is not opaque, (height, width, 4): straight (not premultiplied) colours and
        alpha.

    Raises:
        PictureError: the file is missing, a folder, damaged, too large, or no picture; or alpha is kept and the picture
            is transparent everywhere.
        MissingPackageError: the picture is of a kind for which an extra is needed.
    """
    path = Path(path)
    limits = limits or Limits()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of harmless oddities; what matters is raised
        image, wanted = decode(path, size, limits)
        try:
            picture = _upright(scaled(image, *wanted, keep_alpha=keep_alpha), image)
        except MemoryError:
            raise limits.too_many(path, image.width, image.height) from None
        except (AssertionError, AttributeError, KeyError, OSError, SyntaxError, TypeError, ValueError) as error:
            # Pillow finds out only now that a palette is missing, or a colour is none.
            reason = "its colours are missing" if isinstance(error, AssertionError) else reason_of(error)
            raise PictureError(
                f"The picture '{path}' is damaged ({reason}).",
                "Copy or download it again, or save it again in a picture editor.",
                id="picture-damaged",
            ) from error
        finally:
            image.close()
    if picture.shape[2] == 3 or (picture[..., 3] >= _OPAQUE).all():
        return np.ascontiguousarray(picture[..., :3])
    if not (picture[..., 3] > 1 - _OPAQUE).any():
        raise PictureError(
            f"The picture '{path}' is transparent everywhere.",
            "Choose one that shows something.",
            id="picture-transparent",
        )
    return picture


def load_mask(path: Path | str, width: int, height: int) -> Float32:
    """Reads a picture as a mask, stretched to a size: how light it is times how opaque.

    Args:
        path: the picture's file.
        width: width of the mask in pixels.
        height: height of the mask in pixels.

    Returns:
        Array of shape (height, width), float32, 0..1.

    Raises:
        PictureError: as :func:`load_picture`.
    """
    try:
        picture = load_picture(path, max(width, height), keep_alpha=True)
    except PictureError as error:
        if error.id != "picture-transparent":
            raise
        return np.zeros((height, width), np.float32)
    light = picture[..., :3].mean(2, dtype=np.float32)
    grey = Image.fromarray(light * picture[..., 3] if picture.shape[2] == 4 else light)
    return np.clip(np.asarray(grey.resize((width, height), Image.Resampling.BILINEAR), np.float32), 0, 1)


def _upright(pixels: Float32, image: Decoded) -> Float32:
    """Turns and mirrors as the camera's EXIF orientation (1..8) says.  A broken tag counts as 1."""
    if image.upright:
        return pixels
    try:
        orientation = image.image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # a broken EXIF block is no reason to refuse a sound picture
        orientation = 1
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)
