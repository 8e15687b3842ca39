"""Paints a picture with MyPaint's own brush engine, stroke by stroke.

Each name below is loaded when it is first used, so ``import dreambrush`` costs nothing. docs/api.md shows them at work:

- :class:`Brush` and :class:`Canvas`: MyPaint's brush engine, with numpy arrays in and out.
- :class:`Strokes` and :func:`stroke_events`: strokes as arrays, and one stroke as the engine wants it.
- :func:`find_brush`: a brush by name.
- :func:`paint` with :class:`PaintOptions`: paints a picture and returns a :class:`Painting`, its layers and strokes.
- :func:`load_picture` and :func:`save_painting`: a picture from a file, a painting to a file.
- :func:`read_document`, :func:`render_document`: any .ora, and what it shows.
- :func:`chosen_recipe` and :func:`repaint`: how dreambrush painted an .ora, and painting it again.
- :class:`DreambrushError`: the base of all errors that dreambrush expects.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dreambrush.errors import DreambrushError
    from dreambrush.events import stroke_events
    from dreambrush.models.catalogue import find_brush
    from dreambrush.mypaint.engine.brush import Brush
    from dreambrush.mypaint.engine.canvas import Canvas
    from dreambrush.mypaint.ora.document import read_document
    from dreambrush.mypaint.ora.render import render_document
    from dreambrush.painter.options import PaintOptions
    from dreambrush.painter.painting import Painting
    from dreambrush.painter.run import paint
    from dreambrush.painter.save.saving import save_painting
    from dreambrush.pictures.reading import load_picture
    from dreambrush.recipe import chosen_recipe
    from dreambrush.replay.repaint import repaint
    from dreambrush.strokes import Strokes

# onnxruntime 1.32 tells its makers what it runs, and keeps a database of that below ~/.cache.  Paintings are nobody's
# business but the artist's.  Its thread for this also draws from the C library's random numbers, which wet brushes
# need in pigment mode.  So without this line such a painting could not be replayed to the byte.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__version__ = "0.2.0"
__all__ = [
    "Brush",
    "Canvas",
    "DreambrushError",
    "PaintOptions",
    "Painting",
    "Strokes",
    "__version__",
    "chosen_recipe",
    "find_brush",
    "load_picture",
    "paint",
    "read_document",
    "render_document",
    "repaint",
    "save_painting",
    "stroke_events",
]

_HOMES = {
    "Brush": "dreambrush.mypaint.engine.brush",
    "Canvas": "dreambrush.mypaint.engine.canvas",
    "DreambrushError": "dreambrush.errors",
    "PaintOptions": "dreambrush.painter.options",
    "Painting": "dreambrush.painter.painting",
    "Strokes": "dreambrush.strokes",
    "chosen_recipe": "dreambrush.recipe",
    "find_brush": "dreambrush.models.catalogue",
    "load_picture": "dreambrush.pictures.reading",
    "paint": "dreambrush.painter.run",
    "read_document": "dreambrush.mypaint.ora.document",
    "render_document": "dreambrush.mypaint.ora.render",
    "repaint": "dreambrush.replay.repaint",
    "save_painting": "dreambrush.painter.save.saving",
    "stroke_events": "dreambrush.events",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'dreambrush' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
