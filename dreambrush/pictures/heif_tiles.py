"""Large HEIC pictures that are a grid of tiles, as phones save them: a row of tiles is decoded at a time.

pi-heif decodes whole pictures only.  So each tile is given to it as a HEIC file of its own, with the bytes and the
properties that it has in the grid.  Sources: ISO/IEC 14496-12 (boxes), 23008-12 (grids).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from dreambrush.pictures import boxes
from dreambrush.pictures.banded import LARGEST_BAND, BandedImage

_UNDERSTOOD = frozenset((b"ispe", b"pixi", b"colr", b"irot", b"clli", b"mdcv", b"pasp"))  # properties of a grid
_TURNED = (1, 8, 3, 6)  # EXIF's orientation by quarter turns against the clock


@dataclass(frozen=True)
class _Grid:
    """A grid of tiles.

    Attributes:
        size: width and height of the picture in pixels; tiles may reach beyond it.
        rows: number of rows of tiles.
        columns: number of columns.
        orientation: how it is to be turned, as EXIF has it.
        tiles: for each tile its properties, complete boxes.
        places: for each tile where its bytes lie in the file: pairs of offset and length.
    """

    size: tuple[int, int]
    rows: int
    columns: int
    orientation: int
    tiles: tuple[tuple[bytes, ...], ...]
    places: tuple[tuple[tuple[int, int], ...], ...]


def tiled_heif(path: Path) -> BandedImage | None:
    """The main picture of a HEIC file, decoded row by row of its tiles; None if it is no plain grid of opaque tiles.

    It is not turned upright; its EXIF says how it is to be turned.
    """
    grid = _grid_of(boxes.meta_of(path))
    if grid is None:
        return None
    if grid.columns * _pixels(grid.tiles[0]) > LARGEST_BAND:
        return None
    tile_width, tile_height = _decoded(path, grid, 0).size
    if tile_width * grid.columns < grid.size[0] or tile_height * grid.rows < grid.size[1]:
        raise ValueError("its tiles do not cover it")

    def decode(row: int) -> Image.Image:
        band = Image.new("RGB", (tile_width * grid.columns, tile_height))
        for column in range(grid.columns):
            tile = _decoded(path, grid, row * grid.columns + column)
            if tile.size != (tile_width, tile_height):
                raise ValueError("its tiles differ in size")
            band.paste(tile, (column * tile_width, 0))
        return band

    return BandedImage(grid.size, tile_height, decode, orientation=grid.orientation)


def _grid_of(meta: boxes.Meta) -> _Grid | None:
    """What the main picture is made of; None if it is anything but a grid that can be put together here."""
    properties = meta.properties(meta.primary)
    if meta.kinds.get(meta.primary) != b"grid" or not {kind for kind, _ in properties} <= _UNDERSTOOD:
        return None
    tiles = meta.derived_from(meta.primary)
    data = meta.inline(meta.primary)
    wide = bool(data[1:2] and data[1] & 1)
    if len(data) < (12 if wide else 8):
        return None
    rows, columns, step = data[2] + 1, data[3] + 1, 4 if wide else 2
    size = int.from_bytes(data[4 : 4 + step], "big"), int.from_bytes(data[4 + step : 4 + 2 * step], "big")
    if len(tiles) != rows * columns or 0 in size or any(meta.kinds.get(tile) != b"hvc1" for tile in tiles):
        return None
    colours = [boxes.box(kind, body) for kind, body in properties if kind == b"colr"]
    turns = [body[0] & 3 for kind, body in properties if kind == b"irot" and body]
    of_tiles = []
    for tile in tiles:
        own = meta.properties(tile)
        if not {kind for kind, _ in own} <= _UNDERSTOOD - {b"irot"} | {b"hvcC"}:
            return None
        has_colours = any(kind == b"colr" for kind, _ in own)
        of_tiles.append((*(boxes.box(kind, body) for kind, body in own), *(() if has_colours else colours)))
    places = tuple(meta.places.get(tile, ()) for tile in tiles)
    if not all(places):
        return None
    return _Grid(size, rows, columns, _TURNED[sum(turns) % 4], tuple(of_tiles), places)


def _pixels(properties: tuple[bytes, ...]) -> int:
    """How many pixels a tile has, by its properties."""
    for each in properties:
        if each[4:8] == b"ispe":
            return int.from_bytes(each[12:16], "big") * int.from_bytes(each[16:20], "big")
    return LARGEST_BAND + 1


def _decoded(path: Path, grid: _Grid, number: int) -> Image.Image:
    """Decodes a tile."""
    import pi_heif

    with open(path, "rb") as file:
        data = b""
        for offset, length in grid.places[number]:
            file.seek(offset)
            data += file.read(length)
    opened: Any = pi_heif.open_heif(boxes.single_heic(grid.tiles[number], data), convert_hdr_to_8bit=True)
    image: Image.Image = opened.to_pillow()
    return image.convert("RGB")
