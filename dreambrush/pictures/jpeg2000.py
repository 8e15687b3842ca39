"""JPEG 2000 of more than 8 bits: Pillow rounds the lightest levels of its colours to black."""

from __future__ import annotations

from pathlib import Path

from dreambrush.errors import PictureError

_SIZES = b"\xff\x4f\xff\x51"  # markers: start of the code stream, then sizes
_LOOKED_AT = 1 << 20  # bytes; an ICC profile may come before the code stream


def check_depth(path: Path, mode: str) -> None:
    """Refuses colours of more than 8 bits.

    Args:
        path: the file.
        mode: that Pillow opens it in.

    Raises:
        PictureError: it has them.
    """
    if mode.startswith("I;16"):
        return  # grey of 16 bits is read as it is
    with open(path, "rb") as file:
        data = file.read(_LOOKED_AT)
    at = data.find(_SIZES)
    if at < 0:
        return
    components = int.from_bytes(data[at + 40 : at + 42], "big")
    depths = [(level & 0x7F) + 1 for level in data[at + 42 : at + 42 + 3 * components : 3]]
    if any(depth > 8 for depth in depths):
        raise PictureError(
            f"The picture '{path}' is a JPEG 2000 of {max(depths)} bits a channel, of which only 8 can be read.",
            "Save it with 8 bits, or as TIFF or PNG.",
            id="picture-too-deep",
        )
