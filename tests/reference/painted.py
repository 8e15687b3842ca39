"""Files with strokes that are known: the engine paints them, and MyPaint's rule says which pixels they changed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from dreambrush.arrays import Float64
from dreambrush.bezier import point_at
from dreambrush.events import stroke_events
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.brushes.text import BrushText
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import Canvas
from dreambrush.mypaint.engine.myb import BrushSettings, read_myb
from dreambrush.mypaint.strokemap import RecordedStroke, encode
from tests.mypaint.ora_files import MYPAINT, OraFile

WIDTH, HEIGHT = 256, 192
STROKEMAP = f"{{{MYPAINT}}}strokemap"


@dataclass(frozen=True)
class Known:
    """A stroke: path (3, 2) in pixels, pressures, radius in pixels, colour."""

    path: ArrayLike
    pressure: tuple[float, float] = (1.0, 1.0)
    radius: float = 6.0
    colour: tuple[float, float, float] = (0.8, 0.2, 0.1)


def settings_of(name: str, **values: float) -> BrushSettings:
    return read_myb(find_brush(name).path).with_values(**values)


def recorded(strokes: Sequence[Known], settings: BrushSettings, name: str) -> list[RecordedStroke]:
    """The records of strokes that are painted one over the other."""
    canvas, brush, text = Canvas(WIDTH, HEIGHT), Brush(settings), BrushText(settings, name)
    records = []
    for each in strokes:
        brush.set_colour(each.colour)
        brush.set_radius(each.radius)
        _, masks = canvas.traced_stroke(brush, stroke_events(each.path, each.pressure, each.radius))
        records.append(RecordedStroke.pack(text.text(each.colour, each.radius), masks))
    return records


def add_layer(
    ora: OraFile, records: Sequence[RecordedStroke] | bytes, parent: ET.Element | None = None, **attributes: object
) -> None:
    """Adds an empty layer with a stroke map, below those that are there."""
    member = f"data/strokes-{len(ora.members)}.dat"
    ora.members[member] = records if isinstance(records, bytes) else encode(records)
    ora.layer(np.zeros((64, 64, 4), np.uint8), parent, **{STROKEMAP: member, **attributes})


def saved(folder: Path, strokes: Sequence[Known], brush: str = "oil", **values: float) -> Path:
    """A file with one layer of strokes of a brush of ours."""
    ora = OraFile(WIDTH, HEIGHT)
    add_layer(ora, recorded(strokes, settings_of(brush, **values), f"dreambrush/{brush}"), name="Paint")
    ora.save(folder / "work.ora")
    return folder / "work.ora"


def along(path: ArrayLike) -> Float64:
    """Many points of a curve."""
    start, control, end = np.asarray(path, np.float64)
    return point_at(start, control, end, np.linspace(0, 1, 65)[:, None])


def apart(one: ArrayLike, other: ArrayLike) -> float:
    """The mean distance of two curves, whichever way they go."""
    far = np.sqrt(((along(one)[:, None] - along(other)[None]) ** 2).sum(-1))
    return float(max(far.min(0).mean(), far.min(1).mean()))
