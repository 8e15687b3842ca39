"""Thirty strokes that a mouse paints in the real MyPaint, and what is known of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from dreambrush.arrays import Float64
from dreambrush.bezier import point_at
from dreambrush.events import stroke_events
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.brushes.text import BrushText
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import Canvas
from dreambrush.mypaint.engine.myb import BrushSettings, read_myb
from dreambrush.mypaint.layer import Layer
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.mypaint.strokemap import RecordedStroke
from tests.gui.desktop import PATCH, Point, Screen, Window

CELL = 92  # pixels of the picture for each stroke, each way
WIDTH, HEIGHT = 7 * CELL, 7 * CELL  # wider ones would lie under the list of layers
MOUSE = 0.5  # the pressure that MyPaint takes for a mouse ("Fake Pressure", gui/freehand.py)
# Round brushes of MyPaint's that do not lag behind the hand, and whose width hangs on size and pressure alone; and two
# sizes of each.
BRUSHES = {"deevad/brush": (6, 11), "deevad/liner": (5, 9), "experimental/basic": (8, 14)}
SWATCHES = [(name, size) for name, sizes in BRUSHES.items() for size in sizes]
COLOURS = ((0.1, 0.2, 0.6), (0.7, 0.2, 0.1), (0.1, 0.5, 0.2), (0.6, 0.1, 0.5), (0.1, 0.1, 0.1), (0.7, 0.5, 0.1))
OF_EACH = 5  # strokes
MIDDLE = [(3, column) for column in range(1, 6)]  # rows and columns of the cells where the swatches are
APART, ASIDE = 42, 56  # pixels between swatches, and between the middle and the next of them
BLOCK = 8  # pixels
STRIDE = 3.0  # pixels that the mouse moves at once


@dataclass(frozen=True)
class Scripted:
    """A stroke as the mouse is told to paint it.

    Attributes:
        points: the mouse's places, in pixels of the picture.
        width: in pixels: the diameter of the brush's dabs at the pressure of a mouse.
        swatch: number of the swatch whose brush paints it.
    """

    points: list[Point]
    width: float
    swatch: int


def dab_diameter(settings: BrushSettings, radius: float, pressure: float) -> float:
    """The diameter of a round brush's dabs in pixels; what else than pressure changes it is left out."""
    curve = settings.settings["radius_logarithmic"].inputs.get("pressure", ())
    added = np.interp(pressure, [x for x, _ in curve], [y for _, y in curve]) if curve else 0.0
    return float(2 * radius * np.exp(added))


def swatch_at(number: int) -> Point:
    """Where a swatch is: half of them on either side of the middle."""
    left = len(SWATCHES) // 2
    aside = ASIDE + APART * (left - 1 - number if number < left else number - left)
    return WIDTH // 2 + (-aside if number < left else aside), HEIGHT // 2


def mark() -> Layer:
    """A pattern in the middle, by which the picture is found on the screen.  It is locked."""
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    levels = np.random.default_rng(0).integers(0, 256, (PATCH // BLOCK, PATCH // BLOCK, 1), np.uint8)
    pattern = np.kron(levels, np.ones((BLOCK, BLOCK, 3), np.uint8))
    top, left = (HEIGHT - PATCH) // 2, (WIDTH - PATCH) // 2
    pixels[top : top + PATCH, left : left + PATCH, :3] = pattern
    pixels[top : top + PATCH, left : left + PATCH, 3] = 255
    return Layer("Mark", pixels, locked=True)


def palette(path: Path) -> None:
    """Saves a picture with a dab of each brush in the middle, which the key W picks up."""
    canvas, strokes = Canvas(WIDTH, HEIGHT), []
    for number, ((name, size), colour) in enumerate(zip(SWATCHES, COLOURS, strict=True)):
        settings = read_myb(find_brush(name).path)
        brush = Brush(settings)
        brush.set_colour(colour)
        brush.set_radius(size)
        x, y = swatch_at(number)
        events = stroke_events([(x - 4, y), (x, y), (x + 4, y)], [MOUSE, MOUSE], size)
        _, masks = canvas.traced_stroke(brush, events)
        strokes.append(RecordedStroke.pack(BrushText(settings, name).text(colour, size), masks))
    layer = Layer("Strokes", canvas.read8(), strokes=strokes)
    write_openraster(path, [mark(), layer], np.array([255, 255, 255], np.uint8), settings={}, selected=1)


def script(seed: int = 0) -> list[Scripted]:
    """Thirty strokes in all directions, straight and bent, short and long; five of each swatch."""
    random = np.random.default_rng(seed)
    cells = [(row, column) for row in range(HEIGHT // CELL) for column in range(WIDTH // CELL)]
    cells = [cell for cell in cells if cell not in MIDDLE]
    count = OF_EACH * len(SWATCHES)
    chosen = random.permutation(len(cells))[:count]
    angles = random.permutation(count) * np.pi / count + random.uniform(0, np.pi / count)
    found = []
    for number in range(count):
        row, column = cells[chosen[number]]
        middle = np.array([column + 0.5, row + 0.5]) * CELL
        way = np.array([np.cos(angles[number]), np.sin(angles[number])]) * random.choice([-1, 1])
        length = random.uniform(54, 80)
        bend = 0.0 if number % 2 else random.uniform(0.2, 0.45) * length * random.choice([-1, 1])
        across = np.array([-way[1], way[0]]) * bend
        path = middle + np.stack([-way * length / 2 - across / 2, across / 2, way * length / 2 - across / 2])
        swatch = number // OF_EACH
        name, size = SWATCHES[swatch]
        width = dab_diameter(read_myb(find_brush(name).path), size, MOUSE)
        found.append(Scripted(_places(path), width, swatch))
    return found


def _places(path: Float64) -> list[Point]:
    count = max(round(float(np.hypot(*(path[2] - path[0]))) * 1.1 / STRIDE), 8)
    points = point_at(path[0], path[1], path[2], np.linspace(0, 1, count)[:, None])
    return [(round(float(x)), round(float(y))) for x, y in points]


def paint_in_mypaint(folder: Path, photographs: Path, strokes: list[Scripted], path: Path) -> None:
    """Paints strokes with the mouse in the real program and saves the file.

    Args:
        folder: scratch.
        photographs: folder for photographs.
        strokes: of :func:`script`.
        path: of the file, which is a :func:`palette` before.
    """
    from dreambrush.mypaint.ora.document import read_document
    from dreambrush.mypaint.ora.render import render_document

    with read_document(path) as document:
        shown = render_document(document)
    with Screen(folder, photographs) as screen, Window(screen, path, shown) as window:
        screen.photograph("own-hand-1-palette")
        held = None
        for stroke in strokes:
            if stroke.swatch != held:
                held = stroke.swatch
                for _ in range(2):  # a first key may go to the list of layers
                    window.press("w", swatch_at(held))
                    time.sleep(1.2)  # MyPaint shows the layer alone for a moment
            window.approach(stroke.points[0])
            window.paint(stroke.points)
            window.rest(stroke.points[-1])
        screen.photograph("own-hand-2-painted")
        window.save()


def picture_of(path: Path, saved: Path) -> None:
    """Saves what a file shows as a PNG."""
    from dreambrush.mypaint.ora.document import read_document
    from dreambrush.mypaint.ora.render import render_document

    with read_document(path) as document:
        Image.fromarray(render_document(document)).save(saved)
