"""Facts of a layer that can be known without its pixels, even if the layer is damaged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Pixels
from dreambrush.errors import OpenrasterError
from dreambrush.mypaint.ora.layer_tree import PaintLayer
from dreambrush.mypaint.strokemap import TILE_SIZE, decode


@dataclass(frozen=True)
class LayerFacts:
    """Facts of a layer of pixels.

    Attributes:
        size: width and height of its picture in pixels, which is cut to the tiles that hold paint; None if it cannot be
            read.
        strokes: number of strokes that the stroke map has on the picture; None if there is no readable map.
        records: number of all strokes in the map.  Some touch no pixel, others lie beyond the edges.
        first_brush: text of the first stroke's brush; "" if there is none.
        problems: a sentence for each part that cannot be read.
    """

    size: tuple[int, int] | None
    strokes: int | None
    records: int
    first_brush: str
    problems: tuple[str, ...]


@dataclass(frozen=True)
class _MapFacts:
    """Facts of a stroke map, if the layer lies there."""

    place: tuple[int, int]
    strokes: int
    records: int
    first_brush: str


def facts_of_all(layers: Iterable[PaintLayer], width: int, height: int) -> dict[PaintLayer, LayerFacts]:
    """Looks at headers and stroke maps of all layers; width and height are the picture's.

    A map is read once, however many layers name it.  So a small file cannot cause much work.
    """
    known: dict[str, _MapFacts | OpenrasterError] = {}
    return {layer: facts_of(layer, width, height, known) for layer in layers}


def facts_of(
    layer: PaintLayer, width: int, height: int, known: dict[str, _MapFacts | OpenrasterError] | None = None
) -> LayerFacts:
    """Looks at a layer's header and stroke map.

    Args:
        layer: a layer of an open document.
        width: width of the picture in pixels.
        height: height of the picture in pixels.
        known: stroke maps that were read before, by the member's name.  New ones are added.
    """
    problems = []
    known = {} if known is None else known
    size, strokes, records, first = None, None, 0, ""
    try:
        size = layer.size()
    except OpenrasterError as error:
        problems.append(error.message)
    try:
        if layer.strokemap is not None:
            found = known.get(layer.strokemap) or _map_facts(layer, width, height)
            known[layer.strokemap] = found
            if isinstance(found, OpenrasterError):
                raise found
            records, first = found.records, found.first_brush
            if found.place == (layer.x, layer.y):
                strokes = found.strokes
            else:
                problems.append("Its stroke map belongs to another layer.")
    except OpenrasterError as error:
        problems.append(error.message)
    return LayerFacts(size, strokes, records, first, tuple(problems))


def _map_facts(layer: PaintLayer, width: int, height: int) -> _MapFacts | OpenrasterError:
    """The facts of a layer's stroke map, or why it cannot be read."""
    try:
        recorded = decode(layer.strokemap_bytes() or b"")
    except OpenrasterError as error:
        return error
    columns, rows = (range(-at, side - at) for at, side in ((layer.x, width), (layer.y, height)))
    strokes = sum(any(_within(tile, columns, rows) for tile in stroke.packed_masks) for stroke in recorded)
    return _MapFacts((layer.x, layer.y), strokes, len(recorded), recorded[0].brush if recorded else "")


def _within(tile: tuple[int, int], columns: range, rows: range) -> bool:
    """Whether a tile has a pixel in a rectangle.  Both count from the layer's corner."""
    return all(
        at * TILE_SIZE < side.stop and (at + 1) * TILE_SIZE > side.start
        for at, side in zip(tile, (columns, rows), strict=True)
    )


def framed(layer: PaintLayer, width: int, height: int) -> Pixels:
    """A layer's pixels within the frame: straight sRGB and alpha, (height, width, 4) uint8.

    Raises:
        OpenrasterError: the pixels cannot be read.
    """
    pixels = layer.pixels()
    frame = np.zeros((height, width, 4), np.uint8)
    top, left = max(layer.y, 0), max(layer.x, 0)
    inside = pixels[top - layer.y : max(height - layer.y, 0), left - layer.x : max(width - layer.x, 0)]
    frame[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
    return frame
