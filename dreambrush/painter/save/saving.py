"""Saves a painting as an .ora that the artist goes on painting, with the recipe that made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dreambrush.machine import foundations
from dreambrush.models.catalogue import BrushFile
from dreambrush.mypaint.blend.flattening import flatten_layers
from dreambrush.mypaint.brushes.text import BrushText
from dreambrush.mypaint.engine.eotf import PLAIN
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.mypaint.layer import NORMAL, Layer
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.mypaint.strokemap import MASK_BYTES, RecordedStroke
from dreambrush.painter.lay.layer_canvas import brush_in_mode, canvas_eotf, layer_mode
from dreambrush.painter.painting import Painting
from dreambrush.pictures.paper import paper_tile
from dreambrush.recipe import Recipe, digest, recipes_to_settings

YOUR_TURN = "Your turn"
OFF_THE_PICTURE = {(-1, -1): b"\x01" + bytes(MASK_BYTES - 1)}  # one pixel above and left of it


def save_painting(
    path: Path,
    painting: Painting,
    brushes: Sequence[BrushFile],
    seed: int,
    options: Mapping[str, Any],
    *,
    your_turn: bool = True,
    overwrite: bool = False,
    members: Mapping[str, bytes] | None = None,
) -> None:
    """Writes a painting as a layered .ora.

    Args:
        path: the file; its folder must exist.
        painting: painting to be saved.
        brushes: brushes that it was painted with, in the order in which its strokes name them.
        seed: seed that it was painted with.
        options: what was wished for, plain data; kept in the recipe.
        your_turn: put an empty layer on top, selected; MyPaint then opens with a brush in the artist's hand.
        overwrite: replace an existing file.
        members: other files of the archive, besides MyPaint's, by name.

    Raises:
        OutputError: the file exists already or cannot be written.
    """
    recipe = recipe_of(painting, brushes, seed, options)
    write_painting(path, painting.layers, recipe, your_turn=your_turn, overwrite=overwrite, members=members)


def write_painting(
    path: Path,
    layers: Sequence[Layer],
    recipe: Recipe,
    *,
    your_turn: bool,
    overwrite: bool,
    members: Mapping[str, bytes] | None = None,
) -> None:
    """Writes layers and the recipe that made them; further arguments as in :func:`save_painting`.

    Args:
        path: the file.
        layers: bottom first.
        recipe: recipe of these layers.
        your_turn: put an empty layer on top.
        overwrite: replace an existing file.
        members: other files of the archive, as for :func:`save_painting`.
    """
    every = [*layers, your_turn_layer(recipe)] if your_turn else layers
    write_openraster(
        path,
        every,
        recipe.background,
        settings=recipes_to_settings([recipe]),
        selected=to_paint_on(every),
        overwrite=overwrite,
        eotf=saved_eotf(recipe),
        transparent=recipe.alpha is not None,
        members=members,
    )


def recipe_of(painting: Painting, brushes: Sequence[BrushFile], seed: int, options: Mapping[str, Any]) -> Recipe:
    """The recipe of a painting; arguments as in :func:`save_painting`."""
    from dreambrush import __version__

    settings = tuple(read_myb(brush.path) for brush in brushes)
    painted = painted_layers(painting.layers, len(painting.strokes.layers), relief=painting.relief is not None)
    relief = painting.relief and replace(painting.relief, digest=digest(painting.layers[-1].pixels))
    return Recipe(
        version=__version__,
        seed=seed,
        pigment=painting.pigment,
        ground=None if painting.onto_work else painting.background,
        strokes=painting.strokes,
        brushes=settings,
        names=tuple(brush.mypaint_name for brush in brushes),
        digests=tuple(digest(layer.pixels) for layer in painted),
        options=options,
        alpha=painting.alpha,
        grain=painting.grain,
        made_with=foundations(),
        flattened=painting.flattened,
        eotf=painting.eotf,
        washed=any(each.smudges for each in settings),
        relief=relief,
        anew=painting.anew,
    )


def painted_layers(layers: Sequence[Layer], count: int, *, relief: bool) -> Sequence[Layer]:
    """The layers with strokes: without the shape below a transparent picture, and the relief above it.

    Args:
        layers: bottom first.
        count: how many layers have strokes.
        relief: whether there is a relief.
    """
    end = len(layers) - int(relief)
    return layers[end - count : end]


def to_paint_on(layers: Sequence[Layer]) -> int:
    """The number of the topmost layer that is not locked, for MyPaint to select."""
    return max(number for number, layer in enumerate(layers) if not layer.locked)


def flatten_painting(painting: Painting) -> Painting:
    """The painting with layers that show the same picture in every program, to be saved.

    Args:
        painting: one that is not painted onto somebody's work.
    """
    background = painting.background
    if painting.grain and painting.alpha is None:
        background = paper_tile(background)
    eotf = canvas_eotf(painting.pigment, painting.eotf)
    layers = flatten_layers(painting.layers, background, eotf, transparent=painting.transparent)
    return replace(painting, layers=layers, flattened=True)


def saved_eotf(recipe: Recipe) -> float:
    """The eotf of the document in which a recipe's layers are saved."""
    return PLAIN if recipe.flattened else canvas_eotf(recipe.pigment, recipe.eotf)


def saved_mode(recipe: Recipe) -> str:
    """The mode with which a recipe's layers are saved."""
    return NORMAL if recipe.flattened else layer_mode(recipe.pigment)


def your_turn_layer(recipe: Recipe) -> Layer:
    """An empty layer for the artist.

    On opening a file MyPaint takes up brush and colour of the selected layer's last stroke (gui/filehandling.py).  So
    this layer remembers one that touched a pixel which is off the picture: the brush that painted most, of the
    strokes' usual size, in the colour that was laid last.

    Args:
        recipe: recipe of the painting below.
    """
    width, height = recipe.strokes.size
    pixels = np.zeros((height, width, 4), np.uint8)
    return Layer(YOUR_TURN, pixels, composite_op=saved_mode(recipe), strokes=your_turn_strokes(recipe))


def your_turn_strokes(recipe: Recipe) -> list[RecordedStroke]:
    """What the stroke map of :func:`your_turn_layer` holds."""
    strokes = recipe.strokes
    remembered = []
    if len(strokes):
        brush = int(np.bincount(strokes.brush).argmax())
        text = BrushText(brush_in_mode(recipe.brushes[brush], recipe.pigment), recipe.names[brush])
        size = float(np.median(strokes.radius[strokes.brush == brush]))
        remembered.append(RecordedStroke.pack(text.text(strokes.colour[-1].tolist(), size), OFF_THE_PICTURE))
    return remembered
