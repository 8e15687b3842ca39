"""Drawings of a film as files that the artist opens in MyPaint, and what she has changed there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dreambrush.errors import OpenrasterError, UsageError
from dreambrush.film.camera import SCALE
from dreambrush.film.drawing import Drawing, enlarged
from dreambrush.film.hers import Hers, Key
from dreambrush.film.sheet import Sheet
from dreambrush.models.catalogue import BrushFile
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.layer import Layer
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.render import render_document
from dreambrush.painter.finish import record
from dreambrush.painter.lay.layer_canvas import layer_mode
from dreambrush.painter.painting import Painting
from dreambrush.painter.save.saving import save_painting
from dreambrush.recipe import recipes_of

OPTION = "film"  # of a recipe: which frame its strokes show
HER_LAYER = "From your drawing"


@dataclass(frozen=True, eq=False)
class KeyDrawing:
    """A drawing that is to be saved.

    Attributes:
        frame: number of the frame that it shows.
        drawing: its strokes, as they were laid.
        sheet: the real paint, with strokes that MyPaint knows.
        hers: what she has changed in an earlier drawing; None if there is nothing.
        mse: mean squared error against the frame.
    """

    frame: int
    drawing: Drawing
    sheet: Sheet
    hers: Hers | None
    mse: float


def key_path(film: Path, frame: int) -> Path:
    """Where the drawing of a frame is saved, beside the film."""
    return film.with_name(f"{film.stem}-{frame:05d}.ora")


def save_key(
    path: Path,
    key: KeyDrawing,
    brushes: Sequence[BrushFile],
    seed: int,
    options: Mapping[str, Any],
    *,
    your_turn: bool,
    overwrite: bool,
) -> None:
    """Saves a drawing as a layered .ora, at twice the size of a frame.

    Args:
        path: the file.
        key: the drawing.
        brushes: that it was painted with.
        seed: of the film.
        options: that were wished for, plain data; under OPTION, what else is said of the film.
        your_turn: put an empty layer on top.
        overwrite: replace an existing file.

    Raises:
        OutputError: the file exists already or cannot be written.
    """
    drawing, sheet = key.drawing, key.sheet
    used = sorted(set(drawing.layer.tolist())) or [0]
    layers = [sheet.layers[number] for number in used]
    names = tuple(layer.name for layer in layers)
    width, height = sheet.size
    on_layer = np.searchsorted(used, drawing.layer).astype(np.int32)
    brush_names = [brush.name for brush in brushes]
    strokes = record(enlarged(drawing.sketch, SCALE), on_layer, brush_names, names, (height, width))
    if key.hers is not None:
        layers = [*layers, Layer(HER_LAYER, key.hers.on_sheet(), composite_op=layer_mode(False))]
    painting = Painting(
        strokes=strokes,
        layers=layers,
        background=drawing.ground,
        alpha=None,
        merged=merge_layers(layers, drawing.ground, sheet.eotf),
        mse=key.mse,
        dreamed_mse=key.mse,
        laid_layers=[],
        seconds={},
        pigment=sheet.pigment,
        anew=True,
    )
    said = {**options, OPTION: {**options.get(OPTION, {}), "frame": key.frame}}
    save_painting(path, painting, brushes, seed, said, your_turn=your_turn, overwrite=overwrite)


def read_key(path: Path) -> Key:
    """Reads a drawing of a film that the artist may have changed.

    Raises:
        UsageError: the file is no drawing of a film.
        OpenrasterError: it cannot be read.
        StrokesError: its recipe is broken.
    """
    with read_document(path) as document:
        recipes = [each for each in recipes_of(document.settings) if isinstance(each.options.get(OPTION), dict)]
        frame = recipes[-1].options[OPTION].get("frame") if recipes else None
        if not isinstance(frame, int) or isinstance(frame, bool) or frame < 0:
            raise UsageError(
                f"'{path}' is no drawing of a film.",
                "Name one that was saved with: dreambrush paint clip.mp4 --keys 24",
                id="no-drawing-of-a-film",
            )
        merged = render_document(document)
    if merged.shape[2] == 4:
        raise OpenrasterError(
            f"The background of '{path}' is hidden.",
            "Show it in MyPaint, and save the file again.",
            id="key-without-ground",
        )
    options = {name: value for name, value in recipes[-1].options.items() if name != OPTION}
    film = {name: value for name, value in recipes[-1].options[OPTION].items() if name != "frame"}
    return Key(frame, merged, {**options, OPTION: film}, recipes[-1].seed)
