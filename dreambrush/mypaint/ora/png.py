"""PNG files as MyPaint reads and writes them: 8 bits a channel, straight alpha, sRGB whatever their tags say."""

from __future__ import annotations

import io
import struct
import warnings
from typing import NamedTuple

import numpy as np
from PIL import Image, PngImagePlugin

from dreambrush.arrays import Pixels

HEADER_SIZE = 33  # bytes: the signature and the first chunk, IHDR
PIXEL_LIMIT = 100_000_000  # more are refused before they are decoded: a small file can claim to be a huge picture
SIDE_LIMIT = 1 << 16

PNG_LEVEL = 2  # MyPaint's own degree of compression; higher ones are far slower and save little


class PngError(ValueError):
    """Bytes are no PNG, or a damaged or too large one.  The message says what they are, as in "... is {error}"."""

    def __init__(self, message: str, *, id: str = "layer-unreadable") -> None:
        super().__init__(message)
        self.id = id


class PngHeader(NamedTuple):
    """The declarations of a PNG about itself."""

    width: int
    height: int
    depth: int  # bits a channel: 1, 2, 4, 8 or 16
    colour: int  # 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA


def read_header(data: bytes) -> PngHeader:
    """Reads the first ``HEADER_SIZE`` bytes of a PNG.

    Raises:
        PngError: the bytes are not those of a PNG, or its size is beyond ``PIXEL_LIMIT`` or ``SIDE_LIMIT``.
    """
    if len(data) < HEADER_SIZE or data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        raise PngError("no PNG picture")
    header = PngHeader(*struct.unpack(">IIBB", data[16:26]))
    if not header.width or not header.height:
        raise PngError("a PNG picture without pixels")
    if header.width * header.height > PIXEL_LIMIT or max(header.width, header.height) > SIDE_LIMIT:
        raise PngError(
            f"a picture of {header.width} x {header.height} pixels, more than the {PIXEL_LIMIT:,} accepted"
            f" or wider than {SIDE_LIMIT:,}",
            id="ora-too-large",
        )
    return header


def decode_png(data: bytes) -> Pixels:
    """Decodes a PNG of any kind as MyPaint does: it cuts 16 bits to 8, and ignores profiles and gamma.

    Returns:
        Straight RGBA, shape (height, width, 4), uint8.

    Raises:
        PngError: the bytes are no PNG, or a damaged or too large one.
    """
    header = read_header(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of harmless oddities; what matters is raised
            with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
                if image.size != (header.width, header.height):
                    raise PngError("a damaged PNG picture")
                image.load()
                return _rgba(image, header)
    except PngError:
        raise
    except MemoryError:
        raise PngError("a picture for which there is not enough memory", id="ora-needs-more-memory") from None
    except Exception as error:  # decoders raise almost anything when the bytes are wrong
        raise PngError(f"a damaged PNG picture ({' '.join(str(error).split()).rstrip('.')})") from error


def encode_png(pixels: Pixels, resolution: tuple[int, int] | None = None) -> bytes:
    """Encodes a PNG, tagged as sRGB as MyPaint does.

    Args:
        pixels: RGB or straight RGBA, shape (height, width, 3 or 4), uint8.
        resolution: pixels per inch in x and y; None leaves it open.
    """
    tags = PngImagePlugin.PngInfo()
    tags.add(b"gAMA", struct.pack(">I", 45455))
    tags.add(b"sRGB", b"\0")  # rendering intent: perceptual
    tags.add(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))
    options = {"dpi": resolution} if resolution else {}
    png = io.BytesIO()
    Image.fromarray(pixels).save(png, "PNG", compress_level=PNG_LEVEL, pnginfo=tags, **options)
    return png.getvalue()


def _rgba(image: Image.Image, header: PngHeader) -> Pixels:
    transparent = image.info.get("transparency")
    if header.colour == 0:
        deep = header.depth == 16
        grey = np.asarray(image) if deep else np.asarray(image.convert("L"))
        pixels = np.empty((*grey.shape, 4), np.uint8)
        pixels[..., :3] = (grey >> 8 if deep else grey)[..., None]
        step = 1 if deep else 255 // ((1 << header.depth) - 1)  # Pillow spreads the grey levels, but not this one
        pixels[..., 3] = 255 if transparent is None else np.where(grey == transparent * step, 0, 255)
        return pixels
    if header.depth == 16 and header.colour == 2 and transparent is not None:
        raise PngError("a PNG picture of 16 bits that marks one colour as transparent, which is not supported")
    return np.asarray(image if image.mode == "RGBA" else image.convert("RGBA"))
