"""Opens a picture's file with the reader for its kind, or says in plain words why that fails."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from dreambrush.errors import MissingPackageError, PictureError
from dreambrush.pictures import boxes, camera_raw, jxl, psd
from dreambrush.pictures.decoded import Decoded
from dreambrush.pictures.heif import read_heif
from dreambrush.pictures.jpeg2000 import check_depth
from dreambrush.pictures.layered_psd import composite_layers
from dreambrush.pictures.limits import BYTES, Limits
from dreambrush.pictures.png_colours import decoded_png
from dreambrush.pictures.scaling import FILTERED, is_far_larger, scaled_size
from dreambrush.pictures.tiff_bands import banded_tiff
from dreambrush.pictures.tiff_samples import decoded_tiff, teach_pillow

# Absent on purpose: EPS and WMF, which run other programs, and the formats of films and science.
FORMATS = (
    *("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "GIF", "BMP"),
    *("JPEG2000", "PPM", "TGA", "ICO", "PCX", "QOI"),
)
READABLE = "JPEG, PNG, WebP, HEIC, AVIF, TIFF, GIF, BMP, JPEG 2000, PPM, TGA, PCX, QOI or PSD"

OTHER_ENDINGS = frozenset((".heic", ".heif", ".hif", ".psd", ".psb", ".jxl")) | camera_raw.ENDINGS
"""What the names of pictures end in that Pillow alone does not read."""

_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16L": 2, "I;16B": 2, "I;16N": 2}  # of a pixel in Pillow; others take 4
_ASIDE = {"WEBP": 8, "AVIF": 12, "JPEG2000": 16, "GIF": 8, "ICO": 8, "QOI": 8, "JXL": 16}  # that decoders take too


def decode(path: Path, size: int | None, limits: Limits) -> tuple[Decoded, tuple[int, int]]:
    """Opens and decodes the first frame, or says in plain words why that fails.

    Returns:
        The picture, and the width and height that it is to have.  A JPEG that is far larger is reduced already.

    Raises:
        PictureError: the file is missing, a folder, damaged, too large, or no picture.
        MissingPackageError: it is of a kind for which an extra is needed.
    """
    _check_file(path)
    try:
        if path.stat().st_size == 0:
            raise PictureError(
                f"The file '{path}' is empty.", "Copy or download the picture again.", id="picture-empty"
            )
        with open(path, "rb") as file:
            head = file.read(64)
        if head.startswith(psd.MAGIC):
            return _whole(_read_psd(path, limits), size)
        if boxes.brands_of(head) & boxes.HEIF_BRANDS and not boxes.brands_of(head) & boxes.AVIF_BRANDS:
            return _whole(read_heif(path, limits), size)
        if camera_raw.is_camera_raw(path, head):
            return _whole(camera_raw.read_camera_raw(path, size, limits), size)
        return _by_pillow(path, head, size, limits)
    except (PictureError, MissingPackageError):
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
            f"The picture '{path}' has more pixels than the {limits.pixels:,} accepted.",
            "Make a smaller copy and paint that.",
            id="picture-too-large",
        ) from None
    except Exception as error:  # decoders raise almost anything when the bytes are wrong
        raise PictureError(
            f"The picture '{path}' is damaged or incomplete ({reason_of(error)}).",
            "Copy or download it again, or save it again in a picture editor.",
            id="picture-damaged",
        ) from error


def picture_endings() -> set[str]:
    """What the names of pictures end in, such as ".jpg"."""
    return {ending for ending, kind in Image.registered_extensions().items() if kind in FORMATS} | OTHER_ENDINGS


def _check_file(path: Path) -> None:
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


def _whole(picture: Decoded, size: int | None) -> tuple[Decoded, tuple[int, int]]:
    return picture, scaled_size(picture.width, picture.height, size)


def _read_psd(path: Path, limits: Limits) -> Decoded:
    with open(path, "rb") as file:
        header = psd.read_header(file)
        limits.check_pixels(path, header.width, header.height)
        limits.check_bytes(path, header.width, header.height, psd.bytes_needed(header))
        if header.composite:
            return psd.read_composite(file, header)
    return composite_layers(path, header, limits)


def _by_pillow(path: Path, head: bytes, size: int | None, limits: Limits) -> tuple[Decoded, tuple[int, int]]:
    Image.preinit()  # the common formats; without it all there are would be prepared for
    formats: tuple[str, ...] = FORMATS
    if head.startswith(jxl.MAGIC):
        jxl.need_jxl(path)
        formats = ("JXL",)
    teach_pillow()
    image = _opened(path, formats, limits)
    wanted = scaled_size(image.width, image.height, size)
    usual = min(limits.bytes, BYTES)  # who raised the limit need not pay for it where it can be had for less
    if image.format == "JPEG" and (is_far_larger(image, wanted[1]) or _bytes_decoded(image) > usual):
        _draft(image, wanted, usual)
    tags = getattr(image, "tag_v2", {})
    if image.format == "TIFF" and _bytes_decoded(image) > BYTES and (banded := banded_tiff(path, image)):
        return _whole(decoded_tiff(banded, tags), size)
    limits.check_bytes(path, image.width, image.height, _bytes_decoded(image))
    if image.format == "JPEG2000":
        check_depth(path, image.mode)
    image.load()
    return _understood(path, image, tags), wanted


def _opened(path: Path, formats: tuple[str, ...], limits: Limits) -> Image.Image:
    """The picture before it is decoded; Pillow's limit, which is one for all pictures, is lifted."""
    usual, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        image = Image.open(path, formats=formats)
    finally:
        Image.MAX_IMAGE_PIXELS = usual
    limits.check_pixels(path, image.width, image.height)
    return image


def _draft(image: Image.Image, wanted: tuple[int, int], most: int) -> None:
    """Has a JPEG decoded at a half, a quarter or an eighth of its size; smaller ones take less memory."""
    for filtered in (FILTERED, FILTERED // 2, FILTERED // 4):
        least = filtered * wanted[0], filtered * wanted[1]
        scale = min(image.width // least[0], image.height // least[1], 8)
        if scale > 0 and _bytes_decoded(image) // (1 << (scale.bit_length() - 1)) ** 2 <= most:
            break
    image.draft(None, least)


def _understood(path: Path, image: Image.Image, tags: dict[int, object]) -> Decoded:
    """What a loaded picture's pixels mean."""
    if image.format == "PNG":
        return decoded_png(path, image)
    if image.format == "TIFF":
        return decoded_tiff(image, tags)
    found = Decoded(image, image.info.get("icc_profile"))
    if image.format == "AVIF":
        found.coded, found.lossy_alpha = boxes.nclx_of(path), True
    return found


def _bytes_decoded(image: Image.Image) -> int:
    """About how many bytes of memory decoding takes."""
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
