"""Makes HEIC files that are grids of tiles, as phones save them."""

from __future__ import annotations

import io
from typing import Any

import pillow_heif
from PIL import Image

from dreambrush.pictures.boxes import _boxes, box

LOSSLESS: dict[str, Any] = {"quality": -1, "chroma": 444, "matrix_coefficients": 0}


def _coded(tile: Image.Image, options: dict[str, Any]) -> tuple[list[bytes], bytes]:
    """Properties (complete boxes) and coded bytes of a picture."""
    file = io.BytesIO()
    pillow_heif.from_pillow(tile).save(file, **options)
    top = dict(_boxes(file.getvalue(), 0))
    inside = dict(_boxes(dict(_boxes(top[b"meta"], 4))[b"iprp"], 0))
    return [box(kind, body) for kind, body in _boxes(inside[b"ipco"], 0)], top[b"mdat"]


def heic_grid(image: Image.Image, side: int, turns: int | None = None, copies: bool = False, **options: Any) -> bytes:
    """A picture in square tiles.

    Args:
        image: the picture.
        side: of the tiles in pixels.
        turns: quarter turns against the clock in which it is to be shown.
        copies: whether all tiles are the first.
        options: of the encoder; by default it is lossless.
    """
    columns, rows = (-(-length // side) for length in image.size)
    corners = [(x * side, y * side) for y in range(rows) for x in range(columns)]
    made = {}
    for x, y in corners[: 1 if copies else None]:
        made[x, y] = _coded(image.crop((x, y, x + side, y + side)), options or LOSSLESS)
    coded = [made[corners[0] if copies else corner] for corner in corners]
    properties, data = coded[0][0], [each for _, each in coded]
    spread = box(b"ispe", bytes(4) + b"".join(length.to_bytes(4, "big") for length in image.size))
    kept = [*properties, spread]
    if turns is not None:
        kept.append(box(b"irot", bytes((turns,))))
    grid = len(data) + 1
    items = [(number, b"hvc1") for number in range(1, grid)] + [(grid, b"grid")]
    infos = b"".join(
        box(
            b"infe",
            b"\2\0\0" + (b"\1" if kind == b"hvc1" else b"\0") + number.to_bytes(2, "big") + b"\0\0" + kind + b"\0",
        )
        for number, kind in items
    )
    own = bytes((len(properties), *range(1, len(properties) + 1)))
    of_grid = bytes((len(kept) - len(properties), *range(len(properties) + 1, len(kept) + 1)))
    uses = b"".join(number.to_bytes(2, "big") + (own if number < grid else of_grid) for number, _ in items)
    plan = bytes((0, 0, rows - 1, columns - 1)) + b"".join(length.to_bytes(2, "big") for length in image.size)
    references = b"".join(number.to_bytes(2, "big") for number in (grid, grid - 1, *range(1, grid)))
    start = box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")

    def meta(begin: int) -> bytes:
        places, at = b"", begin
        for number, each in enumerate(data, 1):
            places += b"".join(
                value.to_bytes(size, "big")
                for value, size in ((number, 2), (0, 2), (0, 2), (1, 2), (at, 4), (len(each), 4))
            )
            at += 0 if copies else len(each)
        places += b"".join(
            value.to_bytes(size, "big") for value, size in ((grid, 2), (1, 2), (0, 2), (1, 2), (0, 4), (len(plan), 4))
        )
        parts = (
            box(b"hdlr", bytes(8) + b"pict" + bytes(13)),
            box(b"pitm", bytes(4) + grid.to_bytes(2, "big")),
            box(b"iloc", b"\1\0\0\0\x44\0" + grid.to_bytes(2, "big") + places),
            box(b"iinf", bytes(4) + grid.to_bytes(2, "big") + infos),
            box(b"iref", bytes(4) + box(b"dimg", references)),
            box(b"iprp", box(b"ipco", b"".join(kept)) + box(b"ipma", bytes(4) + grid.to_bytes(4, "big") + uses)),
            box(b"idat", plan),
        )
        return box(b"meta", bytes(4) + b"".join(parts))

    return start + meta(len(start) + len(meta(0)) + 8) + box(b"mdat", b"".join(data[: 1 if copies else None]))
