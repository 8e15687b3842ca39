"""The brushes of recorded strokes: thousands of texts that differ in little but colour and size."""

from __future__ import annotations

import colorsys
import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dreambrush.errors import BrushError
from dreambrush.mypaint.brushes.text import STROKE_SETTINGS
from dreambrush.mypaint.engine.brush import LARGEST_RADIUS, SMALLEST_RADIUS
from dreambrush.mypaint.engine.myb import BrushSettings, parse_myb
from dreambrush.mypaint.strokemap import RecordedStroke

UNNAMED = "brush"  # a brush that names no parent
UNKNOWN_COLOUR, UNKNOWN_RADIUS = (0.5, 0.5, 0.5), 4.0  # of brushes that cannot be read


@dataclass(frozen=True, eq=False)
class RecordedBrush:
    """The brush of a recorded stroke, with its colour and size.

    Attributes:
        settings: its settings; None if they cannot be read.  Colour and size may be those of another stroke.
        kind: tells brushes apart, whatever their colour and size.
        name: name by which MyPaint knows it.
        colour: red, green and blue, display sRGB 0..1.
        radius: basic radius in pixels.
        erases: whether it takes paint away.
    """

    settings: BrushSettings | None
    kind: str
    name: str
    colour: tuple[float, float, float]
    radius: float
    erases: bool


class BrushBox:
    """All brushes of a file.

    Attributes:
        settings: of each kind of brush, as the first stroke used it; None if they cannot be read.
    """

    def __init__(self) -> None:
        self.settings: dict[str, BrushSettings | None] = {}
        self._by_bytes: dict[bytes, RecordedBrush] = {}
        self._by_rest: dict[str, RecordedBrush] = {}

    def brush(self, stroke: RecordedStroke) -> RecordedBrush:
        """The brush of a stroke."""
        known = self._by_bytes.get(stroke.packed_brush)
        if known is None:
            known = self._by_bytes[stroke.packed_brush] = self._read(stroke.brush)
            self.settings.setdefault(known.kind, known.settings)
        return known

    def _read(self, text: str) -> RecordedBrush:
        """The brush of a text; what many texts have in common is read but once."""
        rest, values = _apart(text)
        known = None if rest is None else self._by_rest.get(rest)
        if known is not None and values is not None:
            return replace(known, colour=_colour(values), radius=_radius(values))
        brush = _brush_of(text)
        if rest is not None:
            self._by_rest[rest] = brush
        return brush


def _apart(text: str) -> tuple[str | None, dict[str, float] | None]:
    """A brush's text without colour and size, and these; None for what is no plain brush of today."""
    try:
        document: dict[str, Any] = json.loads(text)
        values = {name: document["settings"][name].pop("base_value") for name in STROKE_SETTINGS}
        if not all(type(value) in (int, float) and abs(value) < 1e9 for value in values.values()):
            return None, None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None, None
    return repr(document), values


def _brush_of(text: str) -> RecordedBrush:
    try:
        settings = parse_myb(text, "the brush of a stroke")
    except BrushError:
        return RecordedBrush(None, "", UNNAMED, UNKNOWN_COLOUR, UNKNOWN_RADIUS, False)
    values = {name: settings.settings[name].base_value for name in STROKE_SETTINGS}
    name = settings.parent_name or UNNAMED
    kind, erases = f"{settings.digest()} {name}", settings.settings["eraser"].base_value > 0.5
    return RecordedBrush(settings, kind, name, _colour(values), _radius(values), erases)


def _colour(values: dict[str, float]) -> tuple[float, float, float]:
    hue, saturation, value = (values[f"color_{axis}"] for axis in "hsv")
    return colorsys.hsv_to_rgb(hue % 1.0, min(max(saturation, 0.0), 1.0), min(max(value, 0.0), 1.0))


def _radius(values: dict[str, float]) -> float:
    return float(np.exp(np.clip(values["radius_logarithmic"], np.log(SMALLEST_RADIUS), np.log(LARGEST_RADIUS))))
