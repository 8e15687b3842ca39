"""Paints a recipe again: at another size, with another brush, as pigment, or only so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from dreambrush.arrays import Pixels
from dreambrush.errors import UsageError
from dreambrush.models.catalogue import BrushFile
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.blend.flattening import flatten_layers
from dreambrush.mypaint.blend.transparency import cut_to_shape, merge_transparent
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.mypaint.layer import Layer
from dreambrush.painter.lay.lay_strokes import lay_strokes
from dreambrush.painter.lay.layer_canvas import canvas_eotf
from dreambrush.painter.relief.layer import relief_layer
from dreambrush.painter.save.saving import painted_layers, saved_eotf, write_painting
from dreambrush.painter.see.target import SHAPE_LAYER
from dreambrush.recipe import Recipe, digest
from dreambrush.relief import Relief

LARGEST_SIDE = 16384  # pixels
MOST_PIXELS = 100_000_000
FEW_LAYERS, MOST_IN_LAYERS = 8, 200_000_000  # so many layers may be of any size; of more, pixels in all of them
SOFT_RIM = 0.4  # pixels that it adds to a stroke's radius, about; found by what makes enlarged paintings most alike
THINNEST = 0.25  # share of its enlarged radius that a stroke keeps at least
EMPTY = "Paint"  # the layer of no strokes


@dataclass(frozen=True)
class Repainting:
    """A recipe that was painted again.

    Attributes:
        recipe: recipe of this painting, at this size.
        layers: bottom first, as :class:`~dreambrush.painter.painting.Painting` has them.
    """

    recipe: Recipe
    layers: list[Layer]

    @property
    def background(self) -> Pixels:
        """What lies under all layers, as :attr:`Recipe.background <dreambrush.recipe.Recipe.background>` has it."""
        return self.recipe.background

    def merged(self) -> Pixels:
        """The picture: (h, w, 3) uint8, or with alpha (h, w, 4) if it is transparent somewhere."""
        eotf = saved_eotf(self.recipe)
        if self.recipe.alpha is not None:
            return merge_transparent(self.layers, eotf)
        return merge_layers(self.layers, self.background, eotf)

    def save_openraster(self, path: Path, *, your_turn: bool = True, overwrite: bool = False) -> None:
        """Saves it as a layered .ora, with its recipe.

        Raises:
            OutputError: the file exists already or cannot be written.
        """
        write_painting(path, self.layers, self.recipe, your_turn=your_turn, overwrite=overwrite)


def altered_recipe(
    recipe: Recipe,
    size: tuple[int, int] | None = None,
    brush: BrushFile | None = None,
    until: int | None = None,
    pigment: bool | None = None,
    flattened: bool | None = None,
    relief: float | None = None,
) -> Recipe:
    """A recipe that differs from another in size, brush, number of strokes, mixing, relief or how layers are saved.

    Stroke i, counted from 0, is laid with ``recipe.seed + i``, whatever layer it is on.  Wet brushes that mix pigment
    use that seed.  So the first strokes come out the same, however many follow.

    Args:
        recipe: recipe of a painting.
        size: width and height in pixels; by default as it was.
        brush: brush that lays all strokes; by default each has its own.
        until: how many strokes are laid; by default all.
        pigment: whether to paint as pigment; by default as it was.
        flattened: whether to bake the layers for other programs; by default as it was.
        relief: strength of the relief, 0 for none; by default as it was.

    Raises:
        UsageError: the size is beyond what can be painted.
        BrushError: the brush is not a MyPaint brush.
    """
    strokes = recipe.strokes
    if until is not None or not strokes.layers:
        strokes = strokes[:until]
        used = sorted(set(strokes.layer.tolist()))  # layers without strokes are not there yet
        layer = np.searchsorted(used, strokes.layer).astype(np.int32)
        strokes = replace(strokes, layer=layer, layers=tuple(strokes.layers[index] for index in used) or (EMPTY,))
    alpha, made = recipe.alpha, recipe.relief
    if relief is not None:
        thin = () if made is None else made.thin
        made = Relief(relief, thin) if relief else None
    check_size(size or strokes.size, len(set(strokes.layer.tolist())))
    if size is not None and size != strokes.size:
        width, height = size
        before = strokes
        strokes = strokes.scaled(size)
        # The engine's soft rims are as wide at any size, and add to what is seen of a stroke.  So they must be
        # made larger, too, or thin strokes would turn out too thin.
        factor = np.float32(np.sqrt(width * height / np.prod(before.size, dtype=np.float64)))
        radius = np.maximum(strokes.radius + (factor - 1) * np.float32(SOFT_RIM), factor * THINNEST * before.radius)
        strokes = replace(strokes, radius=radius.astype(np.float32))
        if made is not None:
            made = made.scaled(width / before.size[0], height / before.size[1])
        if alpha is not None:
            alpha = np.asarray(Image.fromarray(alpha).resize(size, Image.Resampling.LANCZOS))
    brushes, names = recipe.brushes, recipe.names
    if brush is not None:
        brushes, names = (read_myb(brush.path),), (brush.mypaint_name,)
        strokes = replace(strokes, brush=np.zeros(len(strokes), np.int32), brushes=(brush.name,))
    mixes = recipe.pigment if pigment is None else pigment
    flat = recipe.flattened if flattened is None else flattened
    recipe = replace(recipe, strokes=strokes, alpha=alpha, brushes=brushes, names=names, relief=made)
    return replace(recipe, pigment=mixes, flattened=flat)


changed = altered_recipe
"""The name of :func:`altered_recipe` in earlier versions, kept for scripts that use it."""


def check_size(size: tuple[int, int], layers: int = 1) -> None:
    """Checks that a painting can be painted again.

    Args:
        size: width and height in pixels.
        layers: layers that have strokes.

    Raises:
        UsageError: it would take too much memory.
    """
    width, height = size
    if min(size) < 1 or max(size) > LARGEST_SIDE or width * height > MOST_PIXELS:
        raise UsageError(
            f"The painting would have {width} x {height} pixels.",
            f"Choose sides of 1 to {LARGEST_SIDE} and at most {MOST_PIXELS:,} pixels.",
            id="painting-too-large",
        )
    if layers > FEW_LAYERS and width * height * layers > MOST_IN_LAYERS:
        raise UsageError(
            f"The painting would have {layers:,} layers of {width} x {height} pixels.",
            f"Choose a size at which all layers together have at most {MOST_IN_LAYERS:,} pixels.",
            id="painting-too-large",
        )


def repaint(recipe: Recipe, progress: Callable[[int], None] | None = None) -> Repainting:
    """Lays all strokes of a recipe with the real engine: stroke i, counted from 0, with seed ``recipe.seed + i``.

    Args:
        recipe: what to paint; one that is as it was gives the same pixels.
        progress: called from time to time with the number of strokes laid.
    """
    mixing = recipe.pigment, recipe.names, progress, recipe.eotf
    layers = lay_strokes(recipe.strokes, recipe.brushes, recipe.seed, *mixing, washed=recipe.washed, anew=recipe.anew)
    count, transparent = len(layers), recipe.alpha is not None
    if recipe.alpha is not None:
        layers = cut_to_shape(layers, SHAPE_LAYER, recipe.background, recipe.alpha)
    eotf = canvas_eotf(recipe.pigment, recipe.eotf)
    relief = recipe.relief
    if relief is not None:
        lay = recipe.strokes, recipe.brushes, recipe.seed, recipe.ground
        layers = [*layers, relief_layer(relief, *lay, recipe.alpha, eotf, onto_work=False, progress=progress)]
    if recipe.flattened:
        layers = flatten_layers(layers, recipe.background, eotf, transparent=transparent)
    painted = painted_layers(layers, count, relief=relief is not None)
    digests = tuple(digest(layer.pixels) for layer in painted)
    relief = relief and replace(relief, digest=digest(layers[-1].pixels))
    return Repainting(replace(recipe, digests=digests, relief=relief), layers)
