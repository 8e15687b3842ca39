"""HEIC and HEIF, in which most phones save photos."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from dreambrush.errors import MissingPackageError
from dreambrush.pictures.banded import BandedImage
from dreambrush.pictures.decoded import Decoded
from dreambrush.pictures.heif_tiles import tiled_heif
from dreambrush.pictures.limits import BYTES, Limits

_BYTES_A_PIXEL = 12  # libheif's own planes, its RGB, and Pillow's copy of that
_BYTES_WITHOUT_COPY = 7  # with alpha, or with colours for each pixel
_BYTES_OF_PHOTO = 5  # three for RGB; one and a half in libheif's planes, where four pixels share their colours
_BAND = 4_000_000  # pixels
_DEPTH = 8  # bits; for deeper pictures libheif takes more memory
_SHARED_COLOURS = 420  # chroma subsampling by two in each direction
LARGEST_FILE = 512 << 20  # bytes


def read_heif(path: Path, limits: Limits) -> Decoded:
    """Decodes the main picture, turned upright.

    Maps of depth and of HDR gain, thumbnails and the other pictures of a sequence are left alone: what remains is what
    the phone shows on an ordinary screen.

    Raises:
        MissingPackageError: pi-heif is not installed.
        PictureError: it is too large.
    """
    try:
        import pi_heif
    except ImportError as error:
        raise MissingPackageError(
            f"Reading '{path}', which is a HEIC file, needs the Python package pi-heif ({error}).",
            "Install it with: pip install pi-heif",
            id="packages-missing",
        ) from None
    if path.stat().st_size > LARGEST_FILE:
        raise MemoryError
    pi_heif.options.DECODE_THREADS = 1
    pi_heif.options.THUMBNAILS = pi_heif.options.DEPTH_IMAGES = pi_heif.options.AUX_IMAGES = False
    file = pi_heif.open_heif(path, convert_hdr_to_8bit=True)
    width, height = file.size
    limits.check_pixels(path, width, height)
    pixels = width * height
    nclx = file.info.get("nclx_profile")
    coded = (int(nclx["color_primaries"]), int(nclx["transfer_characteristics"])) if nclx else None
    profile = file.info.get("icc_profile")
    if pixels * _BYTES_A_PIXEL > BYTES and file.mode == "RGB" and (tiled := tiled_heif(path)):
        tiled.format = "HEIF"
        return Decoded(tiled, profile, coded)
    large = pixels * _BYTES_A_PIXEL > BYTES and file.info["bit_depth"] == _DEPTH
    limits.check_bytes(path, width, height, pixels * (_bytes_in_bands(file) if large else _BYTES_A_PIXEL))
    image = _banded(file) if large else file.to_pillow()
    image.format = "HEIF"
    return Decoded(image, profile, coded, lossy_alpha=True, upright=True)


def _bytes_in_bands(file: Any) -> int:
    """How many bytes a pixel takes while it is decoded, if Pillow gets no copy of all of them."""
    photo = file.mode == "RGB" and file.info.get("chroma") == _SHARED_COLOURS
    return _BYTES_OF_PHOTO if photo else _BYTES_WITHOUT_COPY


def _banded(file: Any) -> BandedImage:
    """What libheif has decoded, as pieces that Pillow copies when they are asked for."""
    width, height = file.size
    rows = max(_BAND // width, 1)

    def decode(number: int) -> Image.Image:
        first, last = number * rows, min((number + 1) * rows, height)
        data = memoryview(file.data)[first * file.stride : last * file.stride]
        return Image.frombytes(file.mode, (width, last - first), data, "raw", file.mode, file.stride)

    return BandedImage((width, height), rows, decode)
