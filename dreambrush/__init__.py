"""Paints a picture with MyPaint's own brush engine, stroke by stroke.

The names below are loaded when they are first used, so that ``import dreambrush`` costs nothing:

- :class:`Brush` and :class:`Canvas`: MyPaint's brush engine, with numpy arrays in and out.
- :class:`Strokes`: the strokes of a painting as arrays.
- :func:`paint`: paints a picture and returns its layers and strokes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dreambrush.mypaint.brush import Brush
    from dreambrush.mypaint.canvas import Canvas
    from dreambrush.painter.paint import paint
    from dreambrush.strokes import Strokes

__version__ = "0.1.0"
__all__ = ["Brush", "Canvas", "Strokes", "__version__", "paint"]

_HOMES = {
    "Brush": "dreambrush.mypaint.brush",
    "Canvas": "dreambrush.mypaint.canvas",
    "Strokes": "dreambrush.strokes",
    "paint": "dreambrush.painter.paint",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'dreambrush' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
