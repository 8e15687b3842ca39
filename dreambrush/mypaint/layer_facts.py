"""What can be said of a layer without looking at its pixels, also of one that is damaged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreambrush.errors import OpenrasterError
from dreambrush.mypaint.layer_tree import PaintLayer
from dreambrush.mypaint.strokemap import TILE_SIZE, decode


@dataclass(frozen=True)
class LayerFacts:
    """Facts of a layer of pixels.

    Attributes:
        size: width and height of its picture in pixels, which is cut to the tiles that hold paint; None if it has none
            that can be read.
        strokes: how many the stroke map has on the picture; None if there is no map that can be read.
        records: how many it has in all: some touch no pixel, others lie beyond the edges.
        first_brush: the first record's brush, as text; "" if there is none.
        problems: what cannot be read, a sentence each.
    """

    size: tuple[int, int] | None
    strokes: int | None
    records: int
    first_brush: str
    problems: tuple[str, ...]


def facts_of(layer: PaintLayer, width: int, height: int) -> LayerFacts:
    """Looks at a layer's header and stroke map; width and height are the picture's."""
    problems = []
    size, strokes, records, first = None, None, 0, ""
    try:
        size = layer.size()
    except OpenrasterError as error:
        problems.append(error.message)
    try:
        data = layer.strokemap_bytes()
        if data is not None:
            recorded = decode(data)
            columns, rows = (range(-at, side - at) for at, side in ((layer.x, width), (layer.y, height)))
            strokes = sum(any(_within(tile, columns, rows) for tile in stroke.packed_masks) for stroke in recorded)
            records = len(recorded)
            first = recorded[0].brush if recorded else ""
    except OpenrasterError as error:
        problems.append(error.message)
    return LayerFacts(size, strokes, records, first, tuple(problems))


def _within(tile: tuple[int, int], columns: range, rows: range) -> bool:
    """Whether a tile has a pixel in a rectangle; both count from the layer's corner."""
    return all(
        at * TILE_SIZE < side.stop and (at + 1) * TILE_SIZE > side.start
        for at, side in zip(tile, (columns, rows), strict=True)
    )


def framed(layer: PaintLayer, width: int, height: int) -> NDArray[np.uint8]:
    """A layer's pixels within the frame: straight sRGB and alpha, (height, width, 4) uint8.

    Raises:
        OpenrasterError: they cannot be read.
    """
    pixels = layer.pixels()
    frame = np.zeros((height, width, 4), np.uint8)
    top, left = max(layer.y, 0), max(layer.x, 0)
    inside = pixels[top - layer.y : max(height - layer.y, 0), left - layer.x : max(width - layer.x, 0)]
    frame[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
    return frame
