"""MyPaint's stroke map: which stroke of a layer painted which pixels, with which brush (format "v2").

MyPaint keeps one stroke map for each layer, beside its pixels. "Pick Stroke and Layer" finds brush and colour in it.
The file has no header, and its numbers are big-endian.  It is a sequence of records that ends with the byte ``}``::

    'b'  u32 length, zlib(text of a brush, UTF-8)     brushes count from 0 in the order of these records
    's'  u32 brush, u32 length, tiles                 strokes in the order in which they were painted
         a tile:  i32 column, i32 row, u32 length, zlib(64 x 64 bytes of 0 or 1)

Tiles count from the layer's own x and y in stack.xml, which MyPaint keeps at multiples of 64.  Sources: MyPaint 2.0.1,
lib/layer/data.py and lib/strokemap.py.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dreambrush.errors import OpenrasterError

TILE_SIZE = 64  # MyPaint stores every surface in squares of 64 x 64 pixels
MASK_BYTES = TILE_SIZE * TILE_SIZE
MOST_TEXT = 1 << 20  # bytes of one brush; MyPaint writes some 8,000
MOST_TEXTS = 1 << 28  # bytes of all brushes of a map
MOST_STROKES = MOST_TILES = 1_000_000
_ADVICE = "Go back to an earlier copy of the file."
_WINDOW = 12  # 2**12 bytes hold a whole brush; with zlib's usual 2**15 packing takes three times as long

Tile = tuple[int, int]
"""Column and row, in tiles of 64 x 64 pixels."""


@dataclass(frozen=True, slots=True)
class RecordedStroke:
    """One stroke of a stroke map.  Everything stays compressed (zlib) until it is asked for.

    Attributes:
        packed_brush: the brush's text in UTF-8, compressed.
        packed_masks: the compressed mask of each tile with a changed pixel: 4096 bytes of 0 or 1, row by row.
    """

    packed_brush: bytes
    packed_masks: Mapping[Tile, bytes]

    @classmethod
    def pack(cls, brush: str, masks: Mapping[Tile, bytes]) -> RecordedStroke:
        """Compresses a brush's text (see :class:`~dreambrush.mypaint.brushes.text.BrushText`) and masks.

        Raises:
            ValueError: a mask has another length than 4096 bytes.
        """
        if any(len(mask) != MASK_BYTES for mask in masks.values()):
            raise ValueError(f"Expected masks of {MASK_BYTES} bytes but not all are")
        packer = zlib.compressobj(9, wbits=_WINDOW)
        packed_brush = packer.compress(brush.encode()) + packer.flush()
        # At zlib's usual level: MyPaint recognises a tile that is painted all over by these very bytes.
        return cls(packed_brush, {tile: zlib.compress(mask) for tile, mask in masks.items()})

    @property
    def brush(self) -> str:
        """The brush's text: JSON as in a .myb file, or an older format in maps of MyPaint before 1.2."""
        return zlib.decompress(self.packed_brush).decode()

    @property
    def masks(self) -> dict[Tile, bytes]:
        """The masks, 4096 bytes each."""
        return {tile: zlib.decompress(packed) for tile, packed in self.packed_masks.items()}

    def covers(self, x: int, y: int) -> bool:
        """Whether the stroke has changed a pixel."""
        packed = self.packed_masks.get((x // TILE_SIZE, y // TILE_SIZE))
        return packed is not None and zlib.decompress(packed)[y % TILE_SIZE * TILE_SIZE + x % TILE_SIZE] != 0


def pick(strokes: Sequence[RecordedStroke], x: int, y: int) -> int | None:
    """Finds the stroke that MyPaint's "Pick Stroke" would find in a layer.

    Args:
        strokes: the layer's strokes, in painting order.
        x: column of the pixel, counted from where the tiles' columns count.
        y: row of the pixel, counted from where the tiles' rows count.

    Returns:
        The index of the last stroke that covers the pixel; None if none does.
    """
    return next((index for index in reversed(range(len(strokes))) if strokes[index].covers(x, y)), None)


def encode(strokes: Iterable[RecordedStroke], origin: tuple[int, int] = (0, 0)) -> bytes:
    """Writes the file that MyPaint reads.  Equal brushes are stored once.

    Args:
        strokes: strokes of one layer, in painting order.
        origin: the layer's x and y in stack.xml, in the pixels in which the strokes' tiles count.

    Raises:
        ValueError: the origin is not a multiple of 64, or a tile is too far from it for the format.
    """
    column, row = _tile_at(origin)
    numbers: dict[bytes, int] = {}
    parts = []
    for stroke in strokes:
        brush = stroke.packed_brush
        if brush not in numbers:
            numbers[brush] = len(numbers)
            parts += [struct.pack(">cI", b"b", len(brush)), brush]
        tiles = [_tile_record(x - column, y - row, mask) for (x, y), mask in stroke.packed_masks.items()]
        parts += [struct.pack(">cII", b"s", numbers[brush], sum(map(len, tiles))), *tiles]
    return b"".join([*parts, b"}"])


def decode(data: bytes, origin: tuple[int, int] = (0, 0)) -> list[RecordedStroke]:
    """Reads a stroke map of MyPaint, of :func:`encode`, or of a stranger.

    Args:
        data: the file.
        origin: the layer's x and y in stack.xml; tiles then count from the picture's corner.  If x and y are not
            multiples of 64, leave it out, and pick with pixels that count from the layer's corner.

    Returns:
        The strokes in painting order.  The text of a brush has at most 1 MiB, and every mask has 4096 bytes.

    Raises:
        OpenrasterError: the bytes are no stroke map, or a damaged one, or they unpack to far more than MyPaint ever
            writes.
        ValueError: the origin is not a multiple of 64.
    """
    shift = _tile_at(origin)
    brushes: list[bytes] = []
    strokes: list[RecordedStroke] = []
    sound: set[bytes] = set()  # packed masks that were looked at: those of tiles painted all over are all alike
    texts = count = at = 0
    while (kind := data[at : at + 1]) != b"}":
        if kind == b"b":
            (length,), at = _numbers(">I", data, at + 1)
            packed, at = _bytes(data, at, length)
            text = _unpack(packed, MOST_TEXT, "a brush")
            texts += len(text)
            if texts > MOST_TEXTS:
                raise _damaged("its brushes are far too long")
            try:
                text.decode()
            except UnicodeDecodeError:
                raise _damaged("a brush is not text") from None
            brushes.append(packed)
        elif kind == b"s":
            (number, length), at = _numbers(">II", data, at + 1)
            tiles, at = _bytes(data, at, length)
            if number >= len(brushes):
                raise _damaged("a stroke has a brush that is not there")
            if len(strokes) == MOST_STROKES:
                raise _damaged(f"it has more than {MOST_STROKES:,} strokes")
            masks, count = _tiles(tiles, *shift, sound, count)
            strokes.append(RecordedStroke(brushes[number], masks))
        else:
            raise _damaged("it has something that is neither a brush nor a stroke" if kind else "its end is missing")
    return strokes


def _tile_at(origin: tuple[int, int]) -> Tile:
    x, y = origin
    if x % TILE_SIZE or y % TILE_SIZE:
        raise ValueError(f"Expected the origin to be multiples of {TILE_SIZE} but it was {origin}")
    return x // TILE_SIZE, y // TILE_SIZE


def _tile_record(column: int, row: int, mask: bytes) -> bytes:
    try:
        return struct.pack(">iiI", column, row, len(mask)) + mask
    except struct.error:
        raise ValueError(f"Expected tiles within 32 bits of the origin but one was {column, row} from it") from None


def _tiles(data: bytes, column: int, row: int, sound: set[bytes], count: int) -> tuple[dict[Tile, bytes], int]:
    """The packed masks of a stroke, and how many the map has with them; ``count`` came before this stroke."""
    tiles = {}
    at = 0
    while at < len(data):
        count += 1
        if count > MOST_TILES:
            what = f"The stroke map is damaged: it has masks for more than {MOST_TILES:,} tiles."
            raise OpenrasterError(what, _ADVICE, id="strokemap-damaged")
        (x, y, length), at = _numbers(">iiI", data, at)
        packed, at = _bytes(data, at, length)
        if packed not in sound:
            if len(_unpack(packed, MASK_BYTES, "a mask")) != MASK_BYTES:
                raise _damaged("a mask is too short")
            sound.add(packed)
        tiles[x + column, y + row] = packed
    return tiles, count


def _numbers(form: str, data: bytes, at: int) -> tuple[tuple[int, ...], int]:
    """Reads numbers.  Returns them and where they end."""
    packed, end = _bytes(data, at, struct.calcsize(form))
    return struct.unpack(form, packed), end


def _bytes(data: bytes, at: int, length: int) -> tuple[bytes, int]:
    end = at + length
    if end > len(data):
        raise _damaged("it is incomplete")
    return data[at:end], end


def _unpack(packed: bytes, most: int, what: str) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(packed, most + 1)
    except zlib.error:
        raise _damaged(f"{what} cannot be unpacked") from None
    if len(unpacked) > most:
        raise _damaged(f"{what} is too long")
    if not unpacker.eof:
        raise _damaged(f"{what} is incomplete")
    return unpacked


def _damaged(what: str) -> OpenrasterError:
    return OpenrasterError(f"The stroke map is damaged: {what}.", _ADVICE, id="strokemap-damaged")
