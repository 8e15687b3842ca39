"""Strokes as a short text, as a recipe keeps them.

The text holds the little-endian float32 of path, pressure, radius and colour and the int32 of brush and layer, column
by column, compressed and in base64: nothing is lost, and 3,000 strokes take about 150 KB.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreambrush.bezier import PATH, PRESSURES, RADIUS
from dreambrush.strokes import COLOUR, Strokes

COLUMNS = 12  # float32 numbers of a stroke, before the two int32
MOST_STROKES = 1_000_000  # of all recipes in a file
FREE_STROKES, LEAST_PACKED = (
    10_000,
    4,
)  # each stroke beyond so many takes so many bytes at least; usually forty


def pack_strokes(strokes: Strokes) -> str:
    """Path, pressure, radius, colour, brush and layer of strokes as text."""
    numbers = np.concatenate([strokes.rows(), strokes.colour], 1).astype("<f4")
    indices = np.stack([strokes.brush, strokes.layer], 1).astype("<i4")
    # All first bytes, then all second bytes, and so on: like bytes in a row compress better.
    planes = [array.T.copy().view(np.uint8).reshape(-1, 4).T.tobytes() for array in (numbers, indices)]
    return base64.b64encode(zlib.compress(b"".join(planes), 9)).decode()


def unpack_strokes(text: Any, size: tuple[int, int], brushes: tuple[str, ...], layers: tuple[str, ...]) -> Strokes:
    """Strokes from the text that :func:`pack_strokes` made.

    Args:
        text: text from a file, which a stranger may have written.
        size: width and height in pixels of the canvas.
        brushes: names of brushes.
        layers: names of layers, bottom first.

    Raises:
        ValueError: the text is broken, or holds more strokes than it can.
        StrokesError: a number is out of range.
    """
    inflater = zlib.decompressobj()
    row = 4 * (COLUMNS + 2)
    packed = base64.b64decode(text, validate=True)
    # Numbers of real strokes hardly compress.  A few bytes that claim a million of them would cost an hour of painting.
    most = min(FREE_STROKES + len(packed) // LEAST_PACKED, MOST_STROKES)
    data = inflater.decompress(packed, most * row + 1)
    if len(data) > most * row:
        raise ValueError("its strokes are cut off, or far more than it could hold")
    if len(data) % row or inflater.unconsumed_tail or not inflater.eof:
        raise ValueError("its strokes are cut off")
    n = len(data) // row

    def columns(planes: bytes, count: int, dtype: str) -> NDArray[Any]:
        values = np.frombuffer(planes, np.uint8).reshape(4, n * count).T.copy().view(dtype)
        return values.reshape(count, n).T

    numbers = columns(data[: 4 * COLUMNS * n], COLUMNS, "<f4").astype(np.float32)
    indices = columns(data[4 * COLUMNS * n :], 2, "<i4").astype(np.int32)
    return Strokes(
        path=numbers[:, PATH].reshape(n, 3, 2),
        pressure=numbers[:, PRESSURES],
        radius=numbers[:, RADIUS],
        colour=numbers[:, COLOUR],
        brush=indices[:, 0],
        layer=indices[:, 1],
        size=size,
        brushes=brushes,
        layers=layers,
    )
