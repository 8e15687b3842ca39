"""Reads the artist's picture.  Whatever the file holds becomes upright sRGB of the size to paint.

Scaling down works in linear light with a filter that has no negative lobes (Hamming).  So a pixel of the small picture
has the brightness that the eye sees in the big one from afar, and no dark rings appear around highlights.  Scaling up
is bicubic on the sRGB values, where steps look even.  Transparent parts are put on white, as on paper, unless alpha is
kept.  Then every pixel counts for the colours as much as it is opaque, so hidden colours under transparency never bleed
into an edge.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from dreambrush.arrays import Float32
from dreambrush.errors import PictureError
from dreambrush.pictures.colour_profiles import ToSrgb

DEFAULT_LONGER_SIDE = 1024
"""Longer side in pixels of a painting without --size, unless the picture is smaller."""

PIXEL_LIMIT = 178_000_000
"""Pictures with more pixels are refused before they are decoded (a "decompression bomb").  This is Pillow's limit."""

# Absent on purpose: EPS and WMF, which run other programs, and the formats of films and science.
FORMATS = (
    *("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "GIF", "BMP"),
    *("JPEG2000", "PPM", "TGA", "ICO", "PCX", "PSD", "QOI"),
)
READABLE = "JPEG, PNG, WebP, AVIF, TIFF, GIF, BMP, JPEG 2000, PPM, TGA, PCX, QOI or PSD"

_OPAQUE = np.float32(254.5 / 255)  # alpha from here on is 255 when it is saved

_STRIP_PIXELS = 4_000_000  # a big picture is converted in strips, so that its floats never all exist at once
_BIG, _SMALLER_STRIP = 60_000_000, 1_500_000  # pixels; where the picture takes much memory, strips take less
_FILTERED = 8  # times as large as wanted a picture is, once it was reduced in boxes

DECODED_LIMIT = 750_000_000
"""Pictures that decode to more bytes are refused.  So reading never needs more than 1 GB of memory in all."""
_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16L": 2, "I;16B": 2, "I;16N": 2}  # of a pixel in Pillow; others take 4
_ASIDE = {"WEBP": 8, "AVIF": 12, "JPEG2000": 16, "GIF": 8, "ICO": 8, "QOI": 8}  # bytes a pixel, that decoders take too


def load_picture(path: Path | str, size: int | None = None, *, keep_alpha: bool = False) -> Float32:
    """Reads a picture, turns it upright, converts it to sRGB and scales it.

    It obeys EXIF orientation and embedded ICC profiles.  Greyscale (also 16-bit), palette, CMYK and transparent
    pictures become RGB.  An animation gives its first frame.

    Args:
        path: the picture's file.
        size: longer side of the result in pixels; None keeps the picture's own, but at most ``DEFAULT_LONGER_SIDE``.
        keep_alpha: return alpha too if the picture is transparent.  Otherwise the picture is put on white.

    Returns:
        Array of shape (height, width, 3), float32, sRGB values in 0..1; each side is at least 1 pixel.  With
        ``keep_alpha``, and if any pixel is not opaque, (height, width, 4): straight (not premultiplied) colours and
        alpha.

    Raises:
        PictureError: the file is missing, a folder, damaged, too large, or no picture; or alpha is kept and the picture
            is transparent everywhere.
    """
    path = Path(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of harmless oddities; what matters is raised
        image, wanted = _decode(path, size)
        try:
            picture = _upright(_scaled(image, *wanted, keep_alpha=keep_alpha), image)
        except MemoryError:
            raise _too_large(path, image.width, image.height) from None
        except (AssertionError, AttributeError, KeyError, OSError, SyntaxError, TypeError, ValueError) as error:
            # Pillow finds out only now that a palette is missing, or a colour is none.
            reason = "its colours are missing" if isinstance(error, AssertionError) else _reason(error)
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
    """Reads a picture as a mask: how light it is, stretched to a size.

    Transparent parts are light, as on white paper.

    Args:
        path: the picture's file.
        width: width of the mask in pixels.
        height: height of the mask in pixels.

    Returns:
        Array of shape (height, width), float32, 0..1.

    Raises:
        PictureError: as :func:`load_picture`.
    """
    grey = Image.fromarray(load_picture(path, max(width, height)).mean(2, dtype=np.float32))
    return np.clip(np.asarray(grey.resize((width, height), Image.Resampling.BILINEAR), np.float32), 0, 1)


def _decode(path: Path, size: int | None) -> tuple[Image.Image, tuple[int, int]]:
    """Opens and decodes the first frame, or says in plain words why that fails.

    Returns:
        The picture, and the width and height that it is to have.  A JPEG that is far larger is reduced already.
    """
    if not os.path.exists(path):  # Path.exists() raises an error where a name is too long
        raise PictureError(
            f"There is no picture at '{path}'.", "Check the path for typing errors.", id="no-such-picture"
        )
    if path.is_dir():
        raise PictureError(
            f"'{path}' is a folder, not a picture.", "Name the picture files inside it.", id="picture-is-a-folder"
        )
    if not path.is_file():
        raise PictureError(
            f"'{path}' is not a regular file.", "Save the picture to a file first.", id="picture-not-a-file"
        )
    image: Image.Image | None = None
    try:
        if path.stat().st_size == 0:
            raise PictureError(
                f"The file '{path}' is empty.", "Copy or download the picture again.", id="picture-empty"
            )
        Image.preinit()  # the common formats; without it all there are would be prepared for
        image = Image.open(path, formats=FORMATS)
        if image.width * image.height > PIXEL_LIMIT:
            raise _too_large(path, image.width, image.height)
        wanted = scaled_size(image.width, image.height, size)
        if image.format == "JPEG" and _is_far_larger(image, wanted[1]):
            image.draft(None, (_FILTERED * wanted[0], _FILTERED * wanted[1]))
        if _bytes_decoded(image) > DECODED_LIMIT:
            raise PictureError(
                f"The picture '{path}' has {image.width} x {image.height} pixels, and reading it would take more than "
                "1 GB of memory.",
                "Make a smaller copy and paint that.",
                id="picture-too-large",
            )
        image.load()
    except PictureError:
        raise
    except PermissionError:
        raise PictureError(
            f"You may not read '{path}'.", "Change the permissions of the file.", id="picture-not-permitted"
        ) from None
    except UnidentifiedImageError:
        raise PictureError(
            f"'{path}' is not a picture that dreambrush can read.", f"Save it as {READABLE} first.", id="not-a-picture"
        ) from None
    except (Image.DecompressionBombError, MemoryError):
        raise PictureError(
            f"The picture '{path}' has more pixels than the {PIXEL_LIMIT:,} accepted.",
            "Make a smaller copy and paint that.",
            id="picture-too-large",
        ) from None
    except Exception as error:  # decoders raise almost anything when the bytes are wrong
        raise PictureError(
            f"The picture '{path}' is damaged or incomplete ({_reason(error)}).",
            "Copy or download it again, or save it again in a picture editor.",
            id="picture-damaged",
        ) from error
    return image, wanted


def _bytes_decoded(image: Image.Image) -> int:
    """About how many bytes of memory decoding takes."""
    width, height = image.size
    pixel = _BYTES.get(image.mode, 4) + _ASIDE.get(image.format or "", 0)
    if image.format == "TIFF":  # a strip is decoded as a whole, and may be the whole picture
        rows = image.tag_v2.get(278, height) if hasattr(image, "tag_v2") else height
        rows = rows if isinstance(rows, int) else height
        return width * height * pixel + width * min(max(rows, 1), height) * 4
    return width * height * pixel


def _reason(error: Exception) -> str:
    """The decoder's own words on one line, without a full stop."""
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def _too_large(path: Path, width: int, height: int) -> PictureError:
    return PictureError(
        f"The picture '{path}' has {width} x {height} pixels, more than the {PIXEL_LIMIT:,} accepted.",
        "Make a smaller copy and paint that.",
        id="picture-too-large",
    )


def scaled_size(width: int, height: int, size: int | None) -> tuple[int, int]:
    """Width and height in pixels when the longer side becomes ``size``; neither side falls below 1."""
    longer = max(width, height)
    target = min(longer, DEFAULT_LONGER_SIDE) if size is None else size
    return max(1, round(width * target / longer)), max(1, round(height * target / longer))


def _scaled(image: Image.Image, width: int, height: int, *, keep_alpha: bool) -> Float32:
    """Converts to sRGB and scales, in strips of rows.  The picture keeps its stored orientation."""
    convert = ToSrgb(image)
    channels = 4 if keep_alpha and convert.transparent else 3
    if _is_far_larger(image, height):
        return _far_smaller(image, convert, width, height, channels)
    shrink = width < image.width or height < image.height
    result = np.empty((height, width, channels), np.float32)
    for top, bottom in _strips(height, image, margin := max(4.0, 4.0 * image.height / height)):
        first, last = top * image.height / height, bottom * image.height / height
        above = max(0, int(first - margin))
        below = min(image.height, int(last + margin) + 1)
        pixels = convert(image.crop((0, above, image.width, below)))
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


def _is_far_larger(image: Image.Image, height: int) -> bool:
    """Whether the filter reaches so far that each strip of the scaled picture would need most of the picture."""
    return 2 * max(4.0, 4.0 * image.height / height) * image.width > _STRIP_PIXELS


def _far_smaller(image: Image.Image, convert: ToSrgb, width: int, height: int, channels: int) -> Float32:
    """Scales as :func:`_scaled` does, by way of means of square boxes.

    These need little memory, and look at each pixel once.
    """
    across, down = image.size
    side = max(int(min(across / width, down / height) / _FILTERED), 1)
    means = np.empty((-(-down // side), -(-across // side), channels), np.float32)
    step = max(_SMALLER_STRIP // (side * min(side, down)), 1) * side
    for row in range(len(means)):
        for left in range(0, across, step):
            box = (left, row * side, min(left + step, across), min((row + 1) * side, down))
            pixels = convert(image.crop(box))
            if channels == 3:
                pixels = _on_white(pixels)
            values = to_linear(pixels[..., :3])
            if channels == 4:
                values = np.concatenate([values * pixels[..., 3:], pixels[..., 3:]], 2)
            columns = np.arange(0, box[2] - left, side)
            sums = np.add.reduceat(values.sum(0, dtype=np.float64), columns, axis=0)
            counts = np.diff([*columns, box[2] - left])[:, None] * len(values)
            means[row, left // side : left // side + len(columns)] = sums / counts
    result = np.empty((height, width, channels), np.float32)
    for channel in range(channels):
        band = Image.fromarray(np.ascontiguousarray(means[..., channel]))
        scaled = band.resize((width, height), Image.Resampling.HAMMING, (0, 0, across / side, down / side))
        result[..., channel] = np.asarray(scaled)
    if channels == 4:
        result[..., :3] /= np.maximum(result[..., 3:], np.float32(1e-6))
    result[..., :3] = from_linear(result[..., :3])
    return np.clip(result, 0.0, 1.0, out=result)


def _on_white(pixels: Float32) -> Float32:
    """Straight RGBA as it looks on white paper; RGB as it is."""
    if pixels.shape[2] == 3:
        return pixels
    alpha = pixels[..., 3:]
    return pixels[..., :3] * alpha + (1 - alpha)


def _strips(height: int, image: Image.Image, margin: float) -> Iterator[tuple[int, int]]:
    """Ranges of result rows.  Their source rows, with the filter's margin, hold about _STRIP_PIXELS."""
    strip = _STRIP_PIXELS if image.width * image.height <= _BIG else _SMALLER_STRIP
    source_rows = max(1.0, strip / image.width - 2 * margin)
    rows = max(1, int(source_rows * height / image.height))
    for top in range(0, height, rows):
        yield top, min(top + rows, height)


def _upright(pixels: Float32, image: Image.Image) -> Float32:
    """Turns and mirrors as the camera's EXIF orientation (1..8) says.  A broken tag counts as 1."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # a broken EXIF block is no reason to refuse a sound picture
        orientation = 1
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def to_linear(values: Float32) -> Float32:
    """Converts sRGB values 0..1 to linear light 0..1 (IEC 61966-2-1)."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)


def from_linear(values: Float32) -> Float32:
    """Converts linear light to sRGB values 0..1 (IEC 61966-2-1).  Light outside 0..1 is clipped."""
    light = np.clip(values, 0.0, 1.0)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055).astype(np.float32)
