"""Which layers of a document are those that dreambrush painted, whatever the artist has called them since."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from dreambrush.errors import OpenrasterError
from dreambrush.mypaint.brushes.text import BrushText
from dreambrush.mypaint.layer import NORMAL
from dreambrush.mypaint.ora.layer_facts import LayerFacts, framed
from dreambrush.mypaint.ora.layer_tree import PaintLayer
from dreambrush.mypaint.ora.png import PIXEL_LIMIT
from dreambrush.painter.lay.layer_canvas import brush_in_mode
from dreambrush.painter.save.saving import YOUR_TURN, saved_mode, your_turn_strokes
from dreambrush.painter.see.target import SHAPE_LAYER
from dreambrush.recipe import Recipe, digest
from dreambrush.relief import RELIEF_LAYER

LOOKED_AT = 3_000_000_000  # pixels, to find out what has changed: some thirty seconds


@dataclass(frozen=True)
class OurLayer:
    """A layer as dreambrush saved it.

    Attributes:
        painting: number of the recipe in the file that the layer belongs to, from 0.
        index: number of the layer in the recipe; None if it holds no strokes of the recipe.
        name: name that the layer was saved with.
        composite_op: mode that the layer was saved with.
        records: number of strokes that its stroke map had.
        first_brush: brush of the first of these strokes, as text; "" if there is none.
        optional: whether a painting may lack the layer.
    """

    painting: int
    index: int | None
    name: str
    composite_op: str
    records: int
    first_brush: str = ""
    optional: bool = False


def our_layers(recipes: Sequence[Recipe]) -> list[OurLayer]:
    """The layers that the recipes made, recipe by recipe, the lowest first."""
    return [layer for number, recipe in enumerate(recipes) for layer in _layers_of(recipe, number)]


@dataclass
class PixelBudget:
    """The number of pixels that may still be looked at: a small file can ask for very many.

    Attributes:
        left: number of pixels that may still be looked at.
    """

    left: int = LOOKED_AT

    def allows(self, size: tuple[int, int], more: int = 0) -> bool:
        """Whether a picture of that width and height may be looked at, and more pixels; if so, they are spent."""
        pixels = math.prod(size) + more
        allowed = math.prod(size) <= PIXEL_LIMIT and pixels <= self.left
        self.left -= pixels if allowed else 0
        return allowed


def find_ours(
    ours: Sequence[OurLayer],
    layers: Mapping[PaintLayer, LayerFacts],
    recipes: Sequence[Recipe],
    budget: PixelBudget | None = None,
) -> dict[OurLayer, PaintLayer]:
    """Finds our layers in a document; those that are gone are left out.

    A layer is known by the first stroke of its stroke map, by its name, or else by its pixels.

    Args:
        ours: our layers, which are to be found.
        layers: layers of the document with their facts, the lowest first.
        recipes: recipes of the file.
        budget: pixels that may be looked at; once they are spent, no layer is known by its pixels.
    """
    budget = budget or PixelBudget()
    found: dict[OurLayer, PaintLayer] = {}
    left = dict.fromkeys(layers)

    def take(mark_of_ours: Callable[[OurLayer], Hashable], mark_of: Callable[[PaintLayer], Hashable]) -> None:
        """Gives each of our layers that is not found yet the lowest layer that is left and has the same mark."""
        wanted = {our: mark_of_ours(our) for our in ours if our not in found}
        marked: dict[Hashable, deque[PaintLayer]] = {}
        for layer in left if any(mark is not None for mark in wanted.values()) else ():
            marked.setdefault(mark_of(layer), deque()).append(layer)
        for our, mark in wanted.items():
            if mark is not None and marked.get(mark):
                found[our] = marked[mark].popleft()
                del left[found[our]]

    take(
        lambda our: (our.name, our.first_brush) if our.first_brush else None,
        lambda layer: (layer.name, layers[layer].first_brush),
    )
    take(lambda our: our.first_brush or None, lambda layer: layers[layer].first_brush)
    take(lambda our: our.name, lambda layer: layer.name)
    for size in dict.fromkeys(recipe.strokes.size for recipe in recipes):
        take(partial(_digest_of_ours, recipes, size), partial(_digest_of, size, budget))
    return found


def _digest_of_ours(recipes: Sequence[Recipe], size: tuple[int, int], our: OurLayer) -> str | None:
    """Digest of one of our layers; None if it holds no strokes, or if the recipe is of another size."""
    recipe = recipes[our.painting]
    if recipe.strokes.size != size:
        return None
    if our.name == RELIEF_LAYER and our.index is None and recipe.relief is not None:
        return recipe.relief.digest or None
    return None if our.index is None else recipe.digests[our.index]


def _digest_of(size: tuple[int, int], budget: PixelBudget, layer: PaintLayer) -> str | None:
    """Digest of a layer; None if it cannot be read, or if too much was looked at."""
    try:
        if not budget.allows(size, math.prod(layer.size())):
            return None
        return digest(framed(layer, *size))
    except OpenrasterError:
        return None


def _layers_of(recipe: Recipe, painting: int) -> Iterator[OurLayer]:
    strokes, mode = recipe.strokes, saved_mode(recipe)
    if recipe.alpha is not None and recipe.ground is not None:
        yield OurLayer(painting, None, SHAPE_LAYER, NORMAL, 0)
    for index, name in enumerate(strokes.layers):
        mine = np.flatnonzero(strokes.layer == index)
        first = next(brush_texts(recipe, mine[:1].tolist()), "")
        yield OurLayer(painting, index, name, mode, len(mine), first)
    if recipe.relief is not None:
        yield OurLayer(painting, None, RELIEF_LAYER, NORMAL, 0)
    turn = your_turn_strokes(recipe)
    wanted = recipe.ground is not None and recipe.options.get("your_turn") is True
    yield OurLayer(painting, None, YOUR_TURN, mode, len(turn), turn[0].brush if turn else "", optional=not wanted)


def brush_texts(recipe: Recipe, strokes: Iterable[int]) -> Iterator[str]:
    """What a stroke map says of the brushes of strokes, which count from 0 in the recipe."""
    writers: dict[int, BrushText] = {}
    for stroke in strokes:
        brush = int(recipe.strokes.brush[stroke])
        if brush not in writers:
            settings = brush_in_mode(recipe.brushes[brush], recipe.pigment)
            writers[brush] = BrushText(settings, recipe.names[brush])
        yield writers[brush].text(recipe.strokes.colour[stroke].tolist(), float(recipe.strokes.radius[stroke]))
