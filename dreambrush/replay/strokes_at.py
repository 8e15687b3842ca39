"""Which stroke painted a pixel, layer by layer: what MyPaint's "Pick Stroke" finds, and what the recipe knows of it."""

from __future__ import annotations

import colorsys
import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dreambrush.errors import BrushError, UsageError
from dreambrush.mypaint.engine.brush import LARGEST_RADIUS, SMALLEST_RADIUS
from dreambrush.mypaint.engine.myb import parse_myb
from dreambrush.mypaint.ora.document import Document
from dreambrush.mypaint.ora.layer_facts import LayerFacts
from dreambrush.mypaint.ora.layer_tree import Group, PaintLayer
from dreambrush.mypaint.strokemap import RecordedStroke, decode, pick
from dreambrush.recipe import Recipe
from dreambrush.replay.belongings import OurLayer, PixelBudget, brush_texts, find_ours, our_layers


@dataclass(frozen=True)
class PickedStroke:
    """A stroke that MyPaint picks.

    Attributes:
        index_in_layer: number of the stroke in its layer's stroke map, from 0.
        brush: name of the brush; "" if the stroke map does not tell it.
        colour: display sRGB as "#rrggbb"; None if the stroke map does not tell it.
        width: twice the radius, in pixels; None if the stroke map does not tell it.
        painting: number of the stroke's recipe in the file, from 0; None if dreambrush did not lay it.
        index: number of the stroke among those of the recipe, from 0; None if dreambrush did not lay it.
        pressure: pressures at start and end, 0..1; None if dreambrush did not lay it, as stroke maps have none.
    """

    index_in_layer: int
    brush: str
    colour: str | None
    width: float | None
    painting: int | None = None
    index: int | None = None
    pressure: tuple[float, float] | None = None


@dataclass(frozen=True)
class PickedLayer:
    """A layer, and the stroke that MyPaint picks in it.

    Attributes:
        name: name of the layer.
        visible: whether the layer and all groups around it are shown.
        stroke: last stroke that changed the pixel; None if there is none, or the layer has no stroke map to read.
    """

    name: str
    visible: bool
    stroke: PickedStroke | None


def strokes_at(
    document: Document, recipes: Sequence[Recipe], facts: Mapping[PaintLayer, LayerFacts], x: int, y: int
) -> list[PickedLayer]:
    """Picks a stroke in each layer.

    Args:
        document: document that is open.
        recipes: recipes of the file, the oldest first; may be none.
        facts: facts of all layers of the document.
        x: column of the pixel, from the left edge of the picture.
        y: row of the pixel, from its upper edge.

    Returns:
        All layers of pixels, the topmost first.

    Raises:
        UsageError: the pixel lies outside of the picture.
    """
    if not (0 <= x < document.width and 0 <= y < document.height):
        raise UsageError(
            f"There is no pixel at {x},{y}: the picture has {document.width} x {document.height} pixels.",
            "Count from 0, in the upper left corner.",
            id="no-such-pixel",
        )
    upward = {layer: facts[layer] for layer in reversed(document.layers())}
    # A layer with strokes of ours is known by them; nobody needs to look at its pixels.
    owners = {layer: our for our, layer in find_ours(our_layers(recipes), upward, recipes, PixelBudget(0)).items()}
    picked = []
    for layer, visible in _with_visibility(document.root, True):
        stroke = None
        if facts[layer].strokes is not None:  # there is a map that can be read, and it belongs here
            recorded = decode(layer.strokemap_bytes() or b"")
            at = pick(recorded, x - layer.x, y - layer.y)
            stroke = None if at is None else _told(recorded, at, owners.get(layer), recipes)
        picked.append(PickedLayer(layer.name, visible, stroke))
    return picked


def _with_visibility(group: Group, shown: bool) -> Iterator[tuple[PaintLayer, bool]]:
    for child in group.children:
        if isinstance(child, Group):
            yield from _with_visibility(child, shown and child.visible)
        else:
            yield child, shown and child.visible


def _told(recorded: Sequence[RecordedStroke], at: int, our: OurLayer | None, recipes: Sequence[Recipe]) -> PickedStroke:
    """What is known of record number ``at`` of a layer."""
    if our is not None and our.index is not None:
        recipe = recipes[our.painting]
        index = _index_in_recipe(recorded[: at + 1], recipe, our.index)
        if index is not None:
            return _of_recipe(recipe, our.painting, index, at)
    return PickedStroke(at, *_of_text(recorded[at].brush))


def _index_in_recipe(recorded: Sequence[RecordedStroke], recipe: Recipe, layer: int) -> int | None:
    """Which stroke of a recipe the last of these records is; None if it is somebody else's.

    A stroke map has the strokes of its layer in order, but not those that changed no pixel.  So each record is the
    next stroke on the layer whose brush is the same text, colour and size included.
    """
    places: dict[int, list[int]] = {}
    mine = np.flatnonzero(recipe.strokes.layer == layer).tolist()
    for index, text in zip(mine, brush_texts(recipe, mine), strict=True):
        places.setdefault(hash(text), []).append(index)
    hashes: dict[bytes, int] = {}  # many strokes may have the same brush, which takes long to unpack
    found, after = None, -1
    for record in recorded:
        if record.packed_brush not in hashes:
            hashes[record.packed_brush] = hash(record.brush)
        alike = places.get(hashes[record.packed_brush], [])
        place = bisect_right(alike, after)
        found = alike[place] if place < len(alike) else None
        after = after if found is None else found
    return found


def _of_recipe(recipe: Recipe, painting: int, index: int, at: int) -> PickedStroke:
    strokes = recipe.strokes
    start, end = (round(float(pressure), 4) for pressure in strokes.pressure[index])
    return PickedStroke(
        index_in_layer=at,
        brush=strokes.brushes[strokes.brush[index]],
        colour=_hexadecimal(strokes.colour[index].tolist()),
        width=round(2 * float(strokes.radius[index]), 4),
        painting=painting,
        index=index,
        pressure=(start, end),
    )


def _of_text(text: str) -> tuple[str, str | None, float | None]:
    """Name, colour and width of a brush as a stroke map has it."""
    try:
        brush = parse_myb(text, "the brush")
    except BrushError:  # MyPaint before 1.2 wrote brushes in another way
        return "", None, None
    hue, saturation, value, size = (
        brush.settings[name].base_value for name in ("color_h", "color_s", "color_v", "radius_logarithmic")
    )
    colour = colorsys.hsv_to_rgb(hue % 1.0, *(min(max(share, 0.0), 1.0) for share in (saturation, value)))
    radius = math.exp(min(max(size, math.log(SMALLEST_RADIUS)), math.log(LARGEST_RADIUS)))
    return brush.parent_name, _hexadecimal(colour), round(2 * radius, 4)


def _hexadecimal(colour: Sequence[float]) -> str:
    return "#" + bytes(round(255 * channel) for channel in colour).hex()
