"""A sheet of samples: what each brush does, painted by the real engine."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dreambrush.arrays import Pixels
from dreambrush.errors import BrushError
from dreambrush.events import APPROACH, LANDING_SECONDS, SECONDS_PER_EVENT, stroke_events
from dreambrush.models.catalogue import BrushFile
from dreambrush.mypaint.brushes.preview import wet_bands
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import ONE, Canvas
from dreambrush.mypaint.engine.myb import BrushSettings, read_myb

PAPER, INK, FAINT = (250, 248, 243), (52, 50, 48), (142, 138, 132)
NIGHT = (38, 42, 54)  # colour of the card that light paint is laid over
EDGE, GAP = 36, 28  # pixels around the sheet, and between the brushes
HEADING, HEIGHT = 34, 132  # pixels of a brush's name, and of its samples
WIDTHS, BETWEEN = (350, 140, 150), 10  # pixels of the three samples, and between them
CELL = sum(WIDTHS) + 2 * BETWEEN
NAME_SIZE, NOTE_SIZE = 19, 13  # pixels
SHAPE = 1.4  # width of the sheet over its height, as near as may be
CORNER = 8  # pixels, of the card

RADIUS = 11.0  # pixels: of the samples as they are written down here
LEAST, MOST = 1.2, 12.0  # pixels: each brush is shown in its own size, within these bounds
SWEEP = ((20.0, 100.0), (128.0, -98.0), (214.0, 226.0), (328.0, 30.0))  # a cubic Bezier curve, in pixels
SWEEP_EVENTS, LIGHT, HEAVY = 72, 0.04, 1.0  # pressure rises evenly along the sweep
SWEEP_COLOUR = (0.15, 0.22, 0.36)


class _Touch(NamedTuple):
    """A stroke of a sample: start, control and end in pixels, pressures, radius, colour."""

    path: tuple[tuple[float, float], ...]
    pressure: tuple[float, float]
    radius: float
    colour: tuple[float, float, float]


OVERLAPPING = (
    _Touch(((16, 40), (66, 26), (124, 92)), (0.85, 0.85), 12.0, (0.86, 0.63, 0.18)),
    _Touch(((16, 98), (64, 112), (124, 38)), (0.85, 0.85), 12.0, (0.20, 0.44, 0.52)),
    _Touch(((62, 16), (40, 66), (74, 116)), (0.85, 0.85), 12.0, (0.74, 0.25, 0.17)),
)
LIGHT_OVER_DARK = (
    _Touch(((24, 50), (74, 18), (126, 48)), (0.9, 0.9), 12.0, (0.97, 0.92, 0.80)),
    _Touch(((24, 88), (78, 66), (126, 88)), (0.5, 0.5), 10.0, (0.95, 0.78, 0.47)),
    _Touch(((28, 112), (76, 100), (124, 108)), (1.0, 0.1), 4.0, (0.97, 0.92, 0.80)),
)


def draw_brush_sheet(brushes: Sequence[BrushFile]) -> Image.Image:
    """Paints samples of brushes and lays them out under their names; the same brushes give the same pixels.

    Each shows a sweep from the lightest pressure to the heaviest, strokes that overlap, and light paint over dark.
    If a brush cannot be painted with, the sheet says why.

    Args:
        brushes: one brush or more.
    """
    across, down = CELL + GAP, HEADING + HEIGHT + GAP
    columns = min(len(brushes), max(1, round(math.sqrt(SHAPE * len(brushes) * down / across))))
    rows = math.ceil(len(brushes) / columns)
    size = 2 * EDGE + columns * across - GAP, 2 * EDGE + rows * down - GAP
    sheet = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(sheet)
    for index, brush in enumerate(brushes):
        # Down the columns, as a list is read.
        left, top = EDGE + index // rows * across, EDGE + index % rows * down
        _draw_brush(sheet, pen, (left, top), brush)
    return sheet


def _draw_brush(sheet: Image.Image, pen: ImageDraw.ImageDraw, corner: tuple[int, int], brush: BrushFile) -> None:
    left, top = corner
    name_font, note_font = ImageFont.load_default(NAME_SIZE), ImageFont.load_default(NOTE_SIZE)
    pen.text((left, top + NAME_SIZE), brush.name, INK, name_font, "ls")
    after = left + int(name_font.getlength(brush.name)) + 14
    try:
        settings = read_myb(brush.path)
        samples = (_sweep(settings), _overlapping(settings), _light_over_dark(settings))
    except BrushError as error:
        pen.text((after, top + NAME_SIZE), _fitting(error.message, left, after), FAINT, note_font, "ls")
        return
    pen.text((after, top + NAME_SIZE), _fitting(settings.description, left, after), FAINT, note_font, "ls")
    for sample, width in zip(samples, WIDTHS, strict=True):
        sheet.paste(Image.fromarray(sample), (left, top + HEADING))
        left += width + BETWEEN


def _fitting(note: str, left: int, after: int) -> str:
    """As many words of the note as there is room for beside the name."""
    font, room = ImageFont.load_default(NOTE_SIZE), left + CELL - after
    words = " ".join(note.split())
    if font.getlength(words) <= room:
        return words
    while words and font.getlength(words + " ...") > room:
        words = words.rpartition(" ")[0]
    return words + " ..." if words else ""


def _sweep(settings: BrushSettings) -> Pixels:
    canvas, brush = _paper(settings, WIDTHS[0]), Brush(settings)
    brush.set_colour(SWEEP_COLOUR)
    radius = RADIUS * _scale(settings)
    brush.set_radius(radius)
    time = np.linspace(0, 1, SWEEP_EVENTS)[:, None]
    bernstein = np.hstack([math.comb(3, k) * time**k * (1 - time) ** (3 - k) for k in range(4)])
    points = bernstein @ np.array(SWEEP)
    pressure = np.linspace(LIGHT, HEAVY, SWEEP_EVENTS)[:, None]
    events = np.hstack([points, pressure, np.full_like(time, SECONDS_PER_EVENT)])
    towards = (points[1] - points[0]) / np.linalg.norm(points[1] - points[0])
    landing = np.array([[*(points[0] - APPROACH * radius * towards), 0.0, LANDING_SECONDS]])
    canvas.stroke(brush, np.vstack([landing, events]))
    return _over_paper(canvas.read8())


def _overlapping(settings: BrushSettings) -> Pixels:
    return _over_paper(_touched(_paper(settings, WIDTHS[1]), settings, OVERLAPPING))


def _paper(settings: BrushSettings, width: int) -> Canvas:
    """What there is to paint on: nothing, or paint for a brush that picks it up or takes it away."""
    canvas = Canvas(width, HEIGHT)
    if settings.smudges or settings.erases:
        canvas.write(wet_bands(HEIGHT, width))
    return canvas


def _light_over_dark(settings: BrushSettings) -> Pixels:
    canvas = Canvas(WIDTHS[2], HEIGHT)
    night = np.array([*NIGHT, 255]) / 255 * ONE
    canvas.write(np.broadcast_to(np.rint(night).astype(np.uint16), (HEIGHT, WIDTHS[2], 4)))
    pixels = _touched(canvas, settings, LIGHT_OVER_DARK)
    card = Image.new("L", (WIDTHS[2] * 4, HEIGHT * 4))  # four times as large, so that its corners are smooth
    ImageDraw.Draw(card).rounded_rectangle((0, 0, card.width - 1, card.height - 1), CORNER * 4, 255)
    shape = np.asarray(card.resize((WIDTHS[2], HEIGHT), Image.Resampling.BOX)) / 255
    pixels[..., 3] = np.rint(pixels[..., 3] * shape)
    return _over_paper(pixels)


def _touched(canvas: Canvas, settings: BrushSettings, touches: Sequence[_Touch]) -> Pixels:
    """The canvas (h, w, 4) after some strokes."""
    brush, scale = Brush(settings), _scale(settings)
    for touch in touches:
        brush.set_colour(touch.colour)
        brush.set_radius(touch.radius * scale)
        canvas.stroke(brush, stroke_events(touch.path, touch.pressure, touch.radius * scale))
    return canvas.read8()


def _scale(settings: BrushSettings) -> float:
    own = math.exp(settings.settings["radius_logarithmic"].base_value)
    return min(max(own, LEAST), MOST) / RADIUS


def _over_paper(pixels: Pixels) -> Pixels:
    alpha = pixels[..., 3:] / 255
    return np.rint(pixels[..., :3] * alpha + np.array(PAPER) * (1 - alpha)).astype(np.uint8)
