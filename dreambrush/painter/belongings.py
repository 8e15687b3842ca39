"""Which layers of a document are those that dreambrush painted, whatever the artist has called them since."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dreambrush.errors import OpenrasterError
from dreambrush.mypaint.brush_text import BrushText
from dreambrush.mypaint.layer import NORMAL
from dreambrush.mypaint.layer_facts import LayerFacts, framed
from dreambrush.mypaint.layer_tree import PaintLayer
from dreambrush.painter.motif import SHAPE_LAYER
from dreambrush.painter.saving import YOUR_TURN, your_turn_layer
from dreambrush.painter.sheet import brush_in_mode, layer_mode
from dreambrush.recipe import Recipe, digest


@dataclass(frozen=True)
class OurLayer:
    """A layer as dreambrush saved it.

    Attributes:
        painting: which of the file's recipes it belongs to.
        index: of the layer in the recipe; None if it holds no strokes of the recipe.
        name: that it had.
        composite_op: that it had.
        records: how many strokes its stroke map had.
        first_brush: of the first of these, as text; "" where there is none.
        optional: whether a painting may well be without it.
    """

    painting: int
    index: int | None
    name: str
    composite_op: str
    records: int
    first_brush: str = ""
    optional: bool = False


def our_layers(recipes: Sequence[Recipe]) -> list[OurLayer]:
    """The layers that all recipes together have made, recipe by recipe, and of each the lowest first."""
    return [layer for number, recipe in enumerate(recipes) for layer in _layers_of(recipe, number)]


def find_ours(
    ours: Sequence[OurLayer], layers: Mapping[PaintLayer, LayerFacts], recipes: Sequence[Recipe]
) -> dict[OurLayer, PaintLayer]:
    """Finds our layers in a document; those that are gone are left out.

    A layer is known by the first stroke of its stroke map, by its name, or else by its pixels.

    Args:
        ours: to be found.
        layers: the document's, the lowest first.
        recipes: of the file.
    """

    def same_pixels(our: OurLayer, layer: PaintLayer) -> bool:
        if our.index is None:
            return False
        recipe = recipes[our.painting]
        try:
            return digest(framed(layer, *recipe.strokes.size)) == recipe.digests[our.index]
        except OpenrasterError:
            return False

    def same_name(our: OurLayer, layer: PaintLayer) -> bool:
        return layer.name == our.name

    def same_stroke(our: OurLayer, layer: PaintLayer) -> bool:
        return our.first_brush != "" and layers[layer].first_brush == our.first_brush

    def same_name_and_stroke(our: OurLayer, layer: PaintLayer) -> bool:
        return same_name(our, layer) and same_stroke(our, layer)

    rules: tuple[Callable[[OurLayer, PaintLayer], bool], ...]
    rules = (same_name_and_stroke, same_stroke, same_name, same_pixels)
    found: dict[OurLayer, PaintLayer] = {}
    left = list(layers)
    for rule in rules:
        for our in ours:
            if our not in found:
                layer = next((layer for layer in left if rule(our, layer)), None)
                if layer is not None:
                    found[our] = layer
                    left.remove(layer)
    return found


def _layers_of(recipe: Recipe, painting: int) -> Iterator[OurLayer]:
    strokes, mode = recipe.strokes, layer_mode(recipe.pigment)
    if recipe.alpha is not None and recipe.ground is not None:
        yield OurLayer(painting, None, SHAPE_LAYER, NORMAL, 0)
    for index, name in enumerate(strokes.layers):
        mine = np.flatnonzero(strokes.layer == index)
        first = _brush_of(recipe, int(mine[0])) if len(mine) else ""
        yield OurLayer(painting, index, name, mode, len(mine), first)
    turn = your_turn_layer(recipe).strokes
    wanted = recipe.ground is not None and recipe.options.get("your_turn") is True
    yield OurLayer(painting, None, YOUR_TURN, mode, len(turn), turn[0].brush if turn else "", optional=not wanted)


def _brush_of(recipe: Recipe, stroke: int) -> str:
    """What a stroke map says of a stroke's brush."""
    strokes = recipe.strokes
    brush = strokes.brush[stroke]
    text = BrushText(brush_in_mode(recipe.brushes[brush], recipe.pigment), recipe.names[brush])
    return text.text(strokes.colour[stroke].tolist(), float(strokes.radius[stroke]))
