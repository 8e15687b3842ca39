"""The pictures of an .ora on its page: as it is now, as dreambrush left it, and what was changed since."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dreambrush.arrays import Pixels
from dreambrush.errors import BrushError, DreambrushError
from dreambrush.gallery.embedded import shown_size
from dreambrush.gallery.work import Work, WorkView
from dreambrush.mypaint.engine.canvas import LARGEST_SIDE
from dreambrush.mypaint.ora.document import Document
from dreambrush.mypaint.ora.layer_facts import LayerFacts
from dreambrush.mypaint.ora.layer_tree import PaintLayer
from dreambrush.mypaint.ora.render import render_document
from dreambrush.painter.see.backdrop import only_layers
from dreambrush.recipe import Recipe
from dreambrush.replay.belongings import PixelBudget, find_ours, our_layers
from dreambrush.replay.repaint import repaint

LONGEST = 120.0  # seconds that painting a recipe again may take
MOST_PIXELS = 50_000_000  # of all layers of a recipe that is painted again
MOST_WORKS, MOST_BRUSHES = 20, 200  # on a page: paintings, and brushes in them, each of which is measured
SEEN = 8  # levels of 255 by which a pixel must differ to be shown as changed
FADED = 0.75  # share of paper in what is not changed
END_NOTES = {"As it was left": "this is what MyPaint's engine makes of them", "Now": "this is the file as it is now"}
WHITE = np.full(3, 255, np.uint8)


@dataclass(frozen=True, eq=False)
class Pictures:
    """What the page shows of a file.

    Attributes:
        works: a work for each recipe; none if dreambrush did not paint in the file.
        now: the picture as MyPaint shows it; None if it cannot be rendered.
        problem: why not, in a sentence; "" if it can.
        left_out: why some recipes have no work, in sentences.
    """

    works: list[Work]
    now: Pixels | None
    problem: str
    left_out: list[str]


def pictures_of(
    document: Document, recipes: Sequence[Recipe], facts: Mapping[PaintLayer, LayerFacts], *, changed: bool | None
) -> Pictures:
    """Renders a file, and makes the works of its page.

    Args:
        document: document that is open.
        recipes: its recipes, the oldest first.
        facts: facts of all layers of the document.
        changed: whether anything was changed since dreambrush painted; None if that cannot be told.
    """
    now, problem = None, ""
    try:
        now = render_document(document)
    except DreambrushError as error:
        problem = error.message
    works: list[Work] = []
    left_out: list[str] = []
    brushes = 0
    for number, recipe in enumerate(recipes[:MOST_WORKS]):
        brushes += len(recipe.brushes)
        if brushes > MOST_BRUSHES:
            left_out.append(
                f"The page draws the first {number} of {len(recipes)} paintings, for they have many brushes."
            )
            break
        alone = len(recipes) == 1
        left = _as_left(recipe) if alone and changed is not False and recipe.ground is not None else None
        views = _views(now, left)
        if not views:
            width, height = shown_size(recipe.strokes.size)
            views = [WorkView("Not rendered", np.full((height, width, 3), 255, np.uint8), problem)]
        title = "The painting" if alone else f"Painting {number + 1} of {len(recipes)}"
        end = views[0]
        work = Work(
            title,
            f"{len(recipe.strokes):,} strokes",
            recipe.strokes,
            recipe.brushes,
            _under(document, recipes, number, facts),
            views,
            end=0,
            shaped=recipe.alpha is not None and end.picture.shape[2] == 4,
            end_note=END_NOTES.get(end.name, ""),
        )
        try:
            work.for_script  # noqa: B018 - measures the brushes, which a stranger may have made so that they cannot be
        except BrushError as error:
            left_out.append(f"The strokes of {title.lower()} cannot be drawn. {error.message}")
        else:
            works.append(work)
    if len(recipes) > MOST_WORKS:
        left_out.append(f"The page draws the first {MOST_WORKS} of {len(recipes)} paintings at most.")
    return Pictures(works, now, problem, left_out)


def _views(now: Pixels | None, left: Pixels | None) -> list[WorkView]:
    views = [] if left is None else [WorkView("As it was left", left, "by dreambrush")]
    if now is not None:
        views.append(WorkView("Now", now, "as the file is, with all layers" if left is not None else ""))
    if left is not None and now is not None and left.shape == now.shape:
        views.append(WorkView("What changed", _changes(left, now), "since then, the rest faded"))
    return views


def _changes(before: Pixels, now: Pixels) -> Pixels:
    """The picture as it is now, faded where it is as it was."""
    seen = (np.abs(before.astype(np.int16) - now).max(-1) > SEEN)[..., None]
    grey = now[..., :3].mean(-1, keepdims=True)
    faded = np.rint(FADED * 255 + (1 - FADED) * grey).astype(np.uint8)
    return np.where(seen, now[..., :3], faded)


def _as_left(recipe: Recipe) -> Pixels | None:
    """What dreambrush left; None where that takes too long, or where this machine's engine paints something else."""
    size = recipe.strokes.size
    if max(size) > LARGEST_SIDE or math.prod(size) * max(len(recipe.strokes.layers), 1) > MOST_PIXELS:
        return None
    end = time.monotonic() + LONGEST

    def look_at_the_clock(_laid: int) -> None:
        if time.monotonic() > end:
            raise TimeoutError

    try:
        again = repaint(recipe, look_at_the_clock)
    except (DreambrushError, TimeoutError):  # a stranger's brush may ask for a million dabs in each stroke
        return None
    return again.merged() if again.recipe.digests == recipe.digests else None


def _under(
    document: Document, recipes: Sequence[Recipe], number: int, facts: Mapping[PaintLayer, LayerFacts]
) -> Pixels:
    """What is under the first stroke of a recipe: its ground, or the work that it was painted onto."""
    recipe = recipes[number]
    if recipe.ground is not None or recipe.strokes.size != (document.width, document.height):
        return recipe.background
    upward = {layer: facts[layer] for layer in reversed(document.layers())}
    found = find_ours(our_layers(recipes), upward, recipes, PixelBudget(0))
    ours = {layer.path for our, layer in found.items() if our.painting >= number}
    try:
        return render_document(replace(document, root=only_layers(document.root, lambda path: path not in ours)))
    except DreambrushError:
        return WHITE
