"""What a PNG says of its colours that Pillow does not pass on, or not in the picture's own levels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from dreambrush.pictures.decoded import Decoded

GREY, RGB = 0, 2  # kinds of colour in the header
MOST_CHUNKS = 1000


def decoded_png(path: Path, image: Image.Image) -> Decoded:
    """A loaded PNG with its coded colours, and the one colour that stands for transparency."""
    with open(path, "rb") as file:
        chunks = dict(_chunks(file))
    header = chunks.get(b"IHDR", b"")
    coded = chunks.get(b"cICP", b"")
    found = Decoded(image, image.info.get("icc_profile"))
    if len(coded) == 4 and coded[2] == 0:  # a matrix other than RGB's is not allowed in PNG
        found.coded = (coded[0], coded[1])
        found.profile = None if coded[0] != 2 and coded[1] != 2 else found.profile  # it takes precedence
    clear = chunks.get(b"tRNS", b"")
    if len(header) < 10 or header[9] not in (GREY, RGB) or len(clear) != (2 if header[9] == GREY else 6):
        return found
    depth = header[8]
    levels = tuple(int.from_bytes(clear[at : at + 2], "big") for at in range(0, len(clear), 2))
    if header[9] == RGB:
        # Pillow keeps the upper half of 16 bits; two colours that differ in the lower half only count as one.
        found.clear = tuple(level >> 8 for level in levels) if depth == 16 else tuple(level & 255 for level in levels)
    else:
        step = 1 if depth == 16 else 255 // ((1 << depth) - 1)  # Pillow spreads the levels over 0..255
        found.clear = (levels[0] * step,)
    image.info.pop("transparency", None)
    if image.mode not in ("1", "L", "I;16", "I", "RGB"):
        found.clear = None
    return found


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Names and contents of the short chunks before the pixels."""
    file.seek(8)
    for _ in range(MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8 or head[4:] in (b"IDAT", b"IEND"):
            return
        length = int.from_bytes(head[:4], "big")
        if length <= 64:
            yield head[4:], file.read(length)
            file.seek(4, 1)
        else:
            file.seek(length + 4, 1)
