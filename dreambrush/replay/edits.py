"""What the artist has changed since dreambrush painted.

A layer with the digest of the recipe is as it was.  Otherwise it may only have been saved by MyPaint, which moves
translucent colours a little.  So the strokes are painted again.  A pixel counts as changed if no number of saves could
have made it of what was painted (see :mod:`~dreambrush.mypaint.ora.resaved`).
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dreambrush.arrays import Pixels
from dreambrush.errors import BrushError
from dreambrush.mypaint.engine.canvas import LARGEST_SIDE
from dreambrush.mypaint.layer import TILE_SIZE
from dreambrush.mypaint.ora.document import Document
from dreambrush.mypaint.ora.layer_facts import LayerFacts, framed
from dreambrush.mypaint.ora.layer_tree import Group, PaintLayer
from dreambrush.mypaint.ora.resaved import may_be_resaved
from dreambrush.painter.see.target import SHAPE_LAYER
from dreambrush.recipe import Recipe, digest
from dreambrush.relief import RELIEF_LAYER
from dreambrush.replay.belongings import OurLayer, PixelBudget, find_ours, our_layers
from dreambrush.replay.repaint import repaint

LONGEST = 300.0  # seconds that laying the strokes of a recipe again may take; usually it takes a few
PIXELS_A_STROKE = 5000  # that could be looked at in the time in which a stroke is painted, about


@dataclass(frozen=True)
class LayerEdit:
    """What became of one of our layers.

    Attributes:
        painting: number of the recipe in the file that the layer belongs to, from 0.
        name: name that the layer was saved with.
        removed: whether the layer is gone; the other attributes then say nothing.
        renamed: new name of the layer, or None.
        hidden: whether the layer was switched off.
        opacity: new opacity of the layer, or None.
        composite_op: new mode of the layer, or None.
        pixels: number of pixels that are not as we painted them; None if that cannot be told.
        strokes: number of strokes that its stroke map has beyond ours.
    """

    painting: int
    name: str
    removed: bool = False
    renamed: str | None = None
    hidden: bool = False
    opacity: float | None = None
    composite_op: str | None = None
    pixels: int | None = 0
    strokes: int = 0

    @property
    def changed(self) -> bool | None:
        """Whether anything did; None where that cannot be told."""
        if self.removed or self.renamed is not None or self.hidden or self.pixels or self.strokes:
            return True
        if self.opacity is not None or self.composite_op is not None:
            return True
        return None if self.pixels is None else False


@dataclass(frozen=True)
class Edits:
    """What became of a file that dreambrush painted.

    Attributes:
        size: new width and height of the document, or None.
        paper: whether there is another background than our ground.
        layers: edits of our layers, recipe by recipe, the lowest first.
        reordered: whether layers of one painting lie in another order.
        added: labels of layers and groups that are not ours, topmost first, if the whole file was.
    """

    size: tuple[int, int] | None
    paper: bool
    layers: tuple[LayerEdit, ...]
    reordered: bool
    added: tuple[str, ...]

    @property
    def changed(self) -> bool | None:
        """Whether anything did; None where that cannot be told."""
        layers = [layer.changed for layer in self.layers]
        if self.size is not None or self.paper or self.reordered or self.added or True in layers:
            return True
        return None if None in layers else False


def find_edits(document: Document, recipes: Sequence[Recipe], facts: Mapping[PaintLayer, LayerFacts]) -> Edits:
    """Compares a document with the recipes that it holds.

    It takes about as long as painting the strokes, if the file is not as it was, and no time to speak of if it is.

    Args:
        document: document that is open.
        recipes: one recipe or more, the oldest first.
        facts: facts of all layers of the document.

    Raises:
        OpenrasterError: the pixels of a layer that is ours cannot be read.
    """
    upward = list(reversed(document.layers()))
    ours = our_layers(recipes)
    budget = PixelBudget()
    found = find_ours(ours, {layer: facts[layer] for layer in upward}, recipes, budget)
    painted = [_Painted(recipe, budget) for recipe in recipes]
    changes = []
    for our in ours:
        if our in found:
            changes.append(_change_of(our, found[our], facts[found[our]], painted[our.painting], document))
        elif not our.optional:
            changes.append(LayerEdit(our.painting, our.name, removed=True))
    first, last = recipes[0].strokes.size, recipes[-1].strokes.size
    here = document.width, document.height
    return Edits(
        size=None if here in (first, last) else here,
        paper=recipes[0].ground is not None and not _is_background(document, recipes[0].background),
        layers=tuple(changes),
        reordered=_is_reordered(ours, found, upward),
        added=() if recipes[0].ground is None else tuple(_added(document.root, found, recipes)),
    )


def _change_of(our: OurLayer, layer: PaintLayer, facts: LayerFacts, painted: _Painted, document: Document) -> LayerEdit:
    return LayerEdit(
        our.painting,
        our.name,
        renamed=None if layer.name == our.name else layer.name,
        hidden=not layer.visible,
        opacity=None if layer.opacity == 1.0 else layer.opacity,
        composite_op=None if layer.composite_op == our.composite_op else layer.composite_op,
        pixels=painted.changed_pixels(our, layer, document.working_eotf),
        strokes=max(facts.records - our.records, 0),
    )


class _Painted:
    """The layers that a recipe makes, painted when they are needed."""

    def __init__(self, recipe: Recipe, budget: PixelBudget) -> None:
        self.recipe, self._budget = recipe, budget

    def changed_pixels(self, our: OurLayer, layer: PaintLayer, eotf: float) -> int | None:
        """How many of a layer's pixels nobody but the artist can have made; None where that cannot be told."""
        if not self._budget.allows(self.recipe.strokes.size, math.prod(layer.size())):
            return None
        now = framed(layer, *self.recipe.strokes.size)
        if our.index is None and our.name not in (SHAPE_LAYER, RELIEF_LAYER):
            return int(np.count_nonzero(now[..., 3]))  # it was empty
        relief = self.recipe.relief if our.index is None and our.name == RELIEF_LAYER else None
        saved = self.recipe.digests[our.index] if our.index is not None else relief and relief.digest
        if saved and digest(now) == saved:
            return 0
        before = self._pixels.get(our.name if our.index is None else our.index)
        return None if before is None else _count_changed(before, now, eotf)

    @cached_property
    def _pixels(self) -> dict[int | str, Pixels]:
        """By index, or name of shape or relief; nothing where this machine's engine does not paint as the recipe's."""
        strokes = self.recipe.strokes
        more = math.prod(strokes.size) * len(strokes.layers) + PIXELS_A_STROKE * len(strokes)
        if max(strokes.size) > LARGEST_SIDE or not self._budget.allows(strokes.size, more):
            return {}
        end = time.monotonic() + LONGEST

        def look_at_the_clock(_laid: int) -> None:
            if time.monotonic() > end:
                raise TimeoutError

        try:
            again = repaint(self.recipe, look_at_the_clock)
        except (BrushError, TimeoutError):  # a stranger's brush may ask for a million dabs in each stroke
            return {}
        if again.recipe.digests != self.recipe.digests:
            return {}
        above = self.recipe.relief is not None
        count = len(self.recipe.digests)
        below = len(again.layers) - count - above  # the shape of a transparent picture lies below
        places: list[int | str] = [*[SHAPE_LAYER] * below, *range(count), *[RELIEF_LAYER] * above]
        return {place: layer.pixels for place, layer in zip(places, again.layers, strict=True)}


def _count_changed(before: Pixels, now: Pixels, eotf: float) -> int:
    bands = (slice(top, top + TILE_SIZE) for top in range(0, len(before), TILE_SIZE))
    return sum(int(np.count_nonzero(~may_be_resaved(before[rows], now[rows], eotf))) for rows in bands)


def _is_background(document: Document, ours: Pixels) -> bool:
    """Whether the document's background is this colour (3,) or tile (h, w, 3)."""
    background = document.background
    if background is None:
        return False
    tile = background.tile()
    if ours.ndim == 3 and ours.shape[:2] != tile.shape[:2]:
        return False
    painted = np.empty_like(tile)
    painted[..., :3], painted[..., 3] = ours, 255
    return _count_changed(painted, tile, document.working_eotf) == 0


def _is_reordered(ours: Sequence[OurLayer], found: Mapping[OurLayer, PaintLayer], upward: list[PaintLayer]) -> bool:
    """Whether layers of one painting have changed places."""
    heights = {layer: height for height, layer in enumerate(upward)}
    places: dict[int, list[int]] = {}
    for our in ours:
        if our in found:
            places.setdefault(our.painting, []).append(heights[found[our]])
    return any(order != sorted(order) for order in places.values())


def _added(group: Group, found: Mapping[OurLayer, PaintLayer], recipes: Sequence[Recipe]) -> Iterator[str]:
    """Labels of what is not ours; a group that holds only what we painted onto the artist's work is."""
    owners = {layer: our for our, layer in found.items()}
    for child in group.children:
        if isinstance(child, Group):
            inside = [owners.get(node) for node in child.walk() if isinstance(node, PaintLayer)]
            if not inside or not all(our and recipes[our.painting].ground is None for our in inside):
                yield child.name or child.label
            yield from _added(child, found, recipes)
        elif child not in owners:
            yield child.name or child.label
