"""A sheet of looks: paintings of one picture side by side, with the command that made it under each."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from dreambrush.arrays import Pixels

PAPER, INK, FAINT = (250, 248, 243), (52, 50, 48), (92, 88, 83)
EDGE, GAP = 28, 22  # pixels around the sheet, and between the looks
TITLE_SIZE, COMMAND_SIZE = 17, 13  # pixels
TITLE, LINE = 32, 18  # pixels of height: of a title, and of a line of a command
NARROWEST = 300  # pixels of width that a look has at least, for its command
SPACING, HYPHEN = 0.4, 1.6  # pixels between letters, and around a hyphen: else two of them look like one dash
SHAPE = 1.1  # width of the sheet over its height, as near as may be


class Look(NamedTuple):
    """One look of the picture.

    Attributes:
        title: a few words about it.
        command: the command that paints it, in full.
        painting: (h, w, 3) uint8.
    """

    title: str
    command: str
    painting: Pixels


def draw_look_sheet(looks: Sequence[Look]) -> Image.Image:
    """Draws looks in rows, each with its title and its command below.  The same looks give the same pixels.

    Args:
        looks: one look or more.  All paintings have one size.

    Raises:
        ValueError: there is no look, or paintings differ in size.
    """
    if len({look.painting.shape[:2] for look in looks}) != 1:
        raise ValueError("Expected looks of one size.")
    tall, wide = looks[0].painting.shape[:2]
    title_font, font = ImageFont.load_default(TITLE_SIZE), ImageFont.load_default(COMMAND_SIZE)
    assert isinstance(font, ImageFont.FreeTypeFont)
    width = max(wide, NARROWEST)
    texts = [wrapped(_shown(look.command), font, width) for look in looks]
    below = TITLE + LINE * max(map(len, texts))
    columns = _columns(len(looks), width + GAP, tall + below + GAP)
    # Each row is as high as its longest command needs.
    heights = [tall + TITLE + LINE * max(map(len, texts[row : row + columns])) for row in range(0, len(looks), columns)]
    tops = list(accumulate((height + GAP for height in heights), initial=EDGE))
    sheet = Image.new("RGB", (2 * EDGE + columns * (width + GAP) - GAP, tops[-1] - GAP + EDGE), PAPER)
    pen = ImageDraw.Draw(sheet)
    for index, (look, lines) in enumerate(zip(looks, texts, strict=True)):
        left, top = EDGE + index % columns * (width + GAP), tops[index // columns]
        sheet.paste(Image.fromarray(look.painting), (left + (width - wide) // 2, top))
        pen.text((left, top + tall + TITLE - 8), look.title, INK, title_font, "ls")
        for number, line in enumerate(lines):
            _write(pen, (left, top + tall + TITLE + LINE * number + COMMAND_SIZE), line, font)
    return sheet


def wrapped(command: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """The command in lines that are no wider than that, in pixels.

    It is broken at spaces.  A word that is longer than a line is broken after a comma or a slash, or anywhere.
    """
    lines = [""]
    for word in command.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if _length(longer, font) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for piece in re.split("(?<=[,/])", word):
            fits = _length(piece, font) <= width
            for part in [piece] if fits else piece:
                if lines[-1] and _length(lines[-1] + part, font) > width:
                    lines.append("")
                lines[-1] += part
    return lines


def _columns(count: int, across: int, down: int) -> int:
    """How many columns make the sheet's shape the best, with few gaps in the last row."""

    def badness(columns: int) -> float:
        rows = -(-count // columns)
        shape = columns * across / (rows * down)
        return abs(math.log(shape / SHAPE)) + (rows * columns - count) / count

    return min(range(1, count + 1), key=badness)


def _write(pen: ImageDraw.ImageDraw, place: tuple[int, int], line: str, font: ImageFont.FreeTypeFont) -> None:
    """Write a line from that place on its base line, sign by sign."""
    left, base = place
    for index, sign in enumerate(line):
        pen.text((left + _length(line[:index], font) + _before(sign), base), sign, FAINT, font, "ls")


def _length(line: str, font: ImageFont.FreeTypeFont) -> float:
    return sum(font.getlength(sign) + _before(sign) + SPACING for sign in line)


def _before(sign: str) -> float:
    return HYPHEN if sign == "-" else 0.0


def _shown(command: str) -> str:
    """The command with signs that can be drawn: no line breaks, and no halves of characters."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in command)
