"""Files of cameras that hold what the sensor saw: told from pictures, and developed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image, TiffImagePlugin

from dreambrush.errors import MissingPackageError, PictureError
from dreambrush.pictures.decoded import Decoded
from dreambrush.pictures.limits import Limits

ENDINGS = frozenset(
    (
        *(".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".iiq", ".kdc", ".mef", ".mos", ".mrw"),
        *(".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"),
    )
)
_STARTS = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb", b"\0MRM", b"II\x1a\0\0\0HEAPCCDR")
_TIFF = (b"II*\0", b"MM\0*")
DNG_VERSION, SUB_FILES, PHOTOMETRIC, SUB_FILE_TYPE = 50706, 330, 262, 254
_MOSAIC = (
    32803,
    34892,
)  # photometric interpretations: what each cell of the sensor saw, and that for all three colours
_MOST_SUB_FILES = 16
_SRGB_CURVE = (2.4, 12.92)  # exponent and slope near black; LibRaw's usual curve is that of television
_BYTES_A_PIXEL = 20  # of LibRaw, for a picture of full size; of half the size it takes a third


def is_camera_raw(path: Path, head: bytes) -> bool:
    """Whether a file is a camera's, by its first 32 bytes and, where these are of a TIFF, its directories."""
    if head.startswith(_STARTS) or (head[4:8] == b"ftyp" and head[8:12] == b"crx "):
        return True
    if not head.startswith(_TIFF):
        return False
    if head[8:11] == b"CR\2":
        return True
    try:
        with open(path, "rb") as file:
            first, *others = _directories(file)
            if DNG_VERSION in first:
                return True
            if any(each.get(PHOTOMETRIC) in _MOSAIC for each in (first, *others)):
                return True
        thumbnail = bool(_number(first.get(SUB_FILE_TYPE)) & 1)
        return path.suffix.lower() in ENDINGS and (thumbnail or SUB_FILES in first)
    except Exception:  # a broken directory; the reader of TIFF says so
        return False


def read_camera_raw(path: Path, wanted: int | None, limits: Limits) -> Decoded:
    """Develops what the sensor saw, with the white balance that the camera chose, turned upright.

    Args:
        path: the file.
        wanted: the longer side that is enough, in pixels; None for all there is.
        limits: what it may take.

    Raises:
        MissingPackageError: rawpy is not installed.
        PictureError: it is too large, damaged, or of an unknown camera.
    """
    try:
        import rawpy
    except ImportError:
        raise MissingPackageError(
            f"Reading '{path}', which is a camera's raw file, needs an extra that is not installed.",
            "Install it with: pip install 'dreambrush[raw]'  (or develop it to JPEG or TIFF)",
            id="packages-missing",
        ) from None
    try:
        with rawpy.imread(str(path)) as raw:
            width, height = raw.sizes.iwidth, raw.sizes.iheight
            limits.check_pixels(path, width, height)
            half = wanted is not None and max(width, height) >= 2 * wanted
            limits.check_bytes(path, width, height, width * height * _BYTES_A_PIXEL // (3 if half else 1))
            pixels = raw.postprocess(use_camera_wb=True, half_size=half, output_bps=8, gamma=_SRGB_CURVE)
    except rawpy.LibRawError as error:
        reason = error.args[0] if error.args else error
        reason = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
        raise PictureError(
            f"The camera's raw file '{path}' cannot be developed ({' '.join(str(reason).split()).rstrip('.')}).",
            "Develop it with the camera's own program, and paint the JPEG or TIFF.",
            id="raw-not-developed",
        ) from None
    return Decoded(Image.fromarray(pixels), upright=True)


def _directories(file: Any) -> list[dict[int, Any]]:
    """Tags of the first directory of a TIFF and of those below it."""
    head = file.read(8)
    first = _directory(file, head, int.from_bytes(head[4:8], "little" if head[:2] == b"II" else "big"))
    places = first.get(SUB_FILES, ())
    places = places if isinstance(places, tuple) else (places,)
    return [first, *(_directory(file, head, place) for place in places[:_MOST_SUB_FILES])]


def _directory(file: Any, head: bytes, place: int) -> dict[int, Any]:
    found = TiffImagePlugin.ImageFileDirectory_v2(head)
    file.seek(place)
    found.load(file)
    return {tag: found.get(tag) for tag in (DNG_VERSION, SUB_FILES, PHOTOMETRIC, SUB_FILE_TYPE) if tag in found}


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
