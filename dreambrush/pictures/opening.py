"""Opening a picture's file: what keeps it from being one is said in plain words, and memory is bounded."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from dreambrush.errors import PictureError
from dreambrush.pictures.scaling import FILTERED, is_far_larger, scaled_size

PIXEL_LIMIT = 178_000_000
"""More pixels than this are refused before they are decoded (a "decompression bomb"); Pillow's own limit."""

# Absent on purpose: EPS and WMF, which run other programs, and the formats of films and science.
FORMATS = (
    *("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "GIF", "BMP"),
    *("JPEG2000", "PPM", "TGA", "ICO", "PCX", "PSD", "QOI"),
)
READABLE = "JPEG, PNG, WebP, AVIF, TIFF, GIF, BMP, JPEG 2000, PPM, TGA, PCX, QOI or PSD"

DECODED_LIMIT = 750_000_000
"""More bytes than this are not decoded; what else is needed then stays below 1 GB altogether."""
_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16L": 2, "I;16B": 2, "I;16N": 2}  # of a pixel in Pillow; others take 4
_ASIDE = {"WEBP": 8, "AVIF": 12, "JPEG2000": 16, "GIF": 8, "ICO": 8, "QOI": 8}  # bytes a pixel, that decoders take too


def decode(path: Path, size: int | None) -> tuple[Image.Image, tuple[int, int]]:
    """Open and decode the first frame, or say in plain words why that fails.

    Returns:
        The picture, and the width and height that it is to have; a JPEG that is far larger comes reduced already.
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
            raise too_large(path, image.width, image.height)
        wanted = scaled_size(image.width, image.height, size)
        if image.format == "JPEG" and is_far_larger(image, wanted[1]):
            image.draft(None, (FILTERED * wanted[0], FILTERED * wanted[1]))
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
            f"The picture '{path}' is damaged or incomplete ({reason_of(error)}).",
            "Copy or download it again, or save it again in a picture editor.",
            id="picture-damaged",
        ) from error
    return image, wanted


def _bytes_decoded(image: Image.Image) -> int:
    """How much memory decoding takes, about."""
    width, height = image.size
    pixel = _BYTES.get(image.mode, 4) + _ASIDE.get(image.format or "", 0)
    if image.format == "TIFF":  # a strip is decoded as a whole, and may be the whole picture
        rows = image.tag_v2.get(278, height) if hasattr(image, "tag_v2") else height
        rows = rows if isinstance(rows, int) else height
        return width * height * pixel + width * min(max(rows, 1), height) * 4
    return width * height * pixel


def reason_of(error: Exception) -> str:
    """The decoder's own words on one line, without a full stop."""
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def too_large(path: Path, width: int, height: int) -> PictureError:
    return PictureError(
        f"The picture '{path}' has {width} x {height} pixels, more than the {PIXEL_LIMIT:,} accepted.",
        "Make a smaller copy and paint that.",
        id="picture-too-large",
    )
