"""MyPaint's brush engine for numpy: brushes with all of libmypaint's settings, and canvases that are read as arrays.

A library in its own right: it needs numpy and cffi alone, and nothing of what paints pictures by itself.  The names
below are loaded when they are first used; docs/api.md shows them at work.

- :class:`Brush`: a brush in the engine, from a .myb file or from settings.
- :class:`BrushSettings` and :class:`BrushSetting`: what a brush is, as values and curves.
- :class:`Canvas`: a surface that brushes paint on.
- :func:`read_myb`: a brush file.
- :func:`setting_ranges` and :func:`input_ids`: what the engine knows, by name.
- :func:`libmypaint_version`: the engine's version.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dreambrush.mypaint.engine.brush import Brush
    from dreambrush.mypaint.engine.canvas import Canvas
    from dreambrush.mypaint.engine.library import input_ids, libmypaint_version, setting_ranges
    from dreambrush.mypaint.engine.myb import BrushSetting, BrushSettings, read_myb

__all__ = [
    "Brush",
    "BrushSetting",
    "BrushSettings",
    "Canvas",
    "input_ids",
    "libmypaint_version",
    "read_myb",
    "setting_ranges",
]

_HOMES = {
    "Brush": "dreambrush.mypaint.engine.brush",
    "BrushSettings": "dreambrush.mypaint.engine.myb",
    "Canvas": "dreambrush.mypaint.engine.canvas",
    "BrushSetting": "dreambrush.mypaint.engine.myb",
    "input_ids": "dreambrush.mypaint.engine.library",
    "libmypaint_version": "dreambrush.mypaint.engine.library",
    "read_myb": "dreambrush.mypaint.engine.myb",
    "setting_ranges": "dreambrush.mypaint.engine.library",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
