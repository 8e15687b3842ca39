"""Draws what was learned of a reference: its colours, some of its strokes, and how they run."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dreambrush.manner.distribution import at_levels
from dreambrush.manner.manner import PLACES, Manner, StrokeGroup
from dreambrush.reference.learn import Learned

WIDTH, BAR, ROW, GAP, LETTERS = 720, 60, 150, 12, 13  # pixels
SAMPLES = 7  # strokes of each breadth
LINES = 24  # pieces of a drawn stroke
INK, SHEET, GREY = (40, 40, 40), (255, 255, 255), (150, 150, 150)
Colour = tuple[int, int, int]


def draw_manner(learned: Learned) -> Image.Image:
    """A sheet (RGB) of what was learned; strokes are as large as in a painting that is as wide as the sheet."""
    manner = learned.manner
    groups = manner.of_place(PLACES[0])
    flow = 0 if not manner.flow else round(WIDTH / 2 * len(manner.flow) / len(manner.flow[0]))
    height = BAR + len(groups) * (ROW + GAP) + flow + 5 * GAP + 3 * LETTERS
    sheet = Image.new("RGB", (WIDTH, height), SHEET)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(LETTERS)
    draw.text((GAP, GAP), f"In the manner of {manner.source}: {learned.options['strokes']} strokes", INK, font)
    top = 2 * GAP + LETTERS
    _draw_palette(draw, manner, top)
    top += BAR + GAP
    colours = [_levels(swatch.colour) for swatch in manner.swatches]
    for group in groups:
        _draw_strokes(draw, group, top, colours)
        label = "{}: width {:.2g} %, length {:.2g} widths".format(
            group.breadth, *(at_levels(group.figures[name], np.array([0.5]))[0] for name in ("width", "length"))
        )
        draw.text((GAP, top), label, GREY, font)
        top += ROW + GAP
    if flow:
        draw.text((GAP, top), "how strokes run", GREY, font)
        _draw_flow(draw, manner, top + LETTERS + GAP)
    return sheet


def _draw_palette(draw: ImageDraw.ImageDraw, manner: Manner, top: int) -> None:
    """Colours side by side, each as wide as its share."""
    left, total = float(GAP), sum(swatch.share for swatch in manner.swatches) or 1.0
    for swatch in manner.swatches:
        right = left + swatch.share / total * (WIDTH - 2 * GAP)
        draw.rectangle((left, top, max(right, left + 1), top + BAR - GAP), fill=_levels(swatch.colour))
        left = right


def _draw_strokes(draw: ImageDraw.ImageDraw, group: StrokeGroup, top: int, colours: list[Colour]) -> None:
    """Strokes of one breadth, from short to long."""
    levels = (np.arange(SAMPLES) + 0.5) / SAMPLES
    widths = at_levels(group.figures["width"], levels[::-1]) * WIDTH / 100
    lengths = at_levels(group.figures["length"], levels)
    bends = at_levels(group.figures["bend"], (levels * 3) % 1)
    room = (WIDTH - 2 * GAP) / SAMPLES
    for number in range(SAMPLES):
        width = min(float(widths[number]), ROW / 3)
        reach = min(max(float(lengths[number]) - 1, 0.1) * width, 1.6 * room)
        t = np.linspace(-1, 1, LINES)
        x = GAP + (number + 0.5) * room + t * reach / 2
        y = top + ROW / 2 + (number % 2 - 0.5) * ROW / 3 + (1 - t * t) * min(float(bends[number]), 0.45) * reach / 2
        points = [(float(a), float(b)) for a, b in zip(x, y, strict=True)]
        colour = colours[number % len(colours)]
        draw.line(points, fill=colour, width=max(round(width), 1), joint="curve")
        for a, b in (points[0], points[-1]):
            draw.ellipse((a - width / 2, b - width / 2, a + width / 2, b + width / 2), fill=colour)


def _draw_flow(draw: ImageDraw.ImageDraw, manner: Manner, top: int) -> None:
    """A short line in each cell, as strokes run there; the surer, the longer."""
    cell = WIDTH / 2 / len(manner.flow[0])
    for row, cells in enumerate(manner.flow):
        for column, each in enumerate(cells):
            angle, reach = np.radians(each.angle), 0.5 * cell * each.strength
            x, y = GAP + (column + 0.5) * cell, top + (row + 0.5) * cell
            dx, dy = reach * float(np.cos(angle)), reach * float(np.sin(angle))
            draw.line((x - dx, y - dy, x + dx, y + dy), fill=INK, width=2)


def _levels(colour: tuple[float, float, float]) -> Colour:
    red, green, blue = (round(255 * each) for each in colour)
    return red, green, blue
