"""HEIC and HEIF, in which most phones save photos."""

from __future__ import annotations

from pathlib import Path

from dreambrush.errors import MissingPackageError
from dreambrush.pictures.decoded import Decoded
from dreambrush.pictures.limits import Limits

_BYTES_A_PIXEL = 12  # libheif's own planes, its RGB, and Pillow's copy of that
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
    limits.check_bytes(path, width, height, width * height * _BYTES_A_PIXEL)
    image = file.to_pillow()
    image.format = "HEIF"
    nclx = file.info.get("nclx_profile")
    coded = (int(nclx["color_primaries"]), int(nclx["transfer_characteristics"])) if nclx else None
    return Decoded(image, file.info.get("icc_profile"), coded, lossy_alpha=True, upright=True)
