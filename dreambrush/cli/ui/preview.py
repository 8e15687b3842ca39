"""A small picture of the painting in the terminal, redrawn in place.

It consists of half blocks.  Each shows two pixels: the upper one in the colour of the letter, the lower one in the
colour of the background.  Terminals with kitty's graphics protocol
(https://sw.kovidgoyal.net/kitty/graphics-protocol/) get the picture itself.
"""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from rich.segment import ControlType, Segment

from dreambrush.arrays import Float32, Int64, Pixels
from dreambrush.cli.ui.terminals import Colours, Terminal

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult


COLUMNS, ROWS = 40, 20  # at most
FEWEST_COLUMNS, FEWEST_ROWS = 6, 3  # smaller pictures show nothing
LEFT_FREE = 4  # rows of the terminal, for the progress and what was typed
KEPT = 240  # pixels: longer side of the picture that is kept
HALF_BLOCK = "▀"
RESET = "\x1b[0m"
IMAGE, CHUNK = 7331, 4096  # kitty's number of our picture; bytes it takes at once
LEVELS = np.array([0, 95, 135, 175, 215, 255])  # of each colour in xterm's cube of 216
CUBE, GREYS = 16, 232  # where the cube and the 24 greys begin


class Preview:
    """The painting in the terminal, as large as there is room for.  :class:`rich.live.Live` draws it.

    Args:
        terminal: the terminal that shows it.
    """

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._pixels: Pixels | None = None
        self._drawn: tuple[Pixels, tuple[int, int], list[str]] | None = None
        self.left_behind = ""  # what must be written at the end, so that no trace is left

    def show(self, picture: Float32) -> None:
        """Draw this picture (h, w, 3), sRGB 0..1, from now on."""
        height, width = picture.shape[:2]
        step = max(max(height, width) // (2 * KEPT), 1)  # large pictures are thinned out first
        some = Image.fromarray((np.clip(picture[::step, ::step], 0, 1) * 255 + 0.5).astype(np.uint8))
        some.thumbnail((KEPT, KEPT), Image.Resampling.BOX)
        self._pixels = np.asarray(some)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        pixels = self._pixels
        if pixels is None:
            return
        cells = cells_for(pixels, options.max_width, console.height)
        if cells is None:
            return
        drawn = self._drawn
        if drawn is None or drawn[0] is not pixels or drawn[1] != cells:
            lines = self._lines(pixels, *cells)
            self._drawn = pixels, cells, lines
        else:
            lines = drawn[2]
        for line in lines:
            # Control codes pass through rich unchanged.  Thousands of styles would cost much time.
            yield Segment(line, None, [(ControlType.BELL,)])
            yield Segment.line()
        if self._terminal.kitty:  # a picture stays until another one takes its place
            self._drawn = pixels, cells, [kitty_here(*cells), *[""] * (cells[1] - 1)]

    def _lines(self, pixels: Pixels, columns: int, rows: int) -> list[str]:
        if self._terminal.kitty:
            self.left_behind = kitty_gone()
            return [kitty_picture(pixels, columns, rows), *[""] * (rows - 1)]
        small = Image.fromarray(pixels).resize((columns, 2 * rows), Image.Resampling.BOX)
        return half_blocks(np.asarray(small), self._terminal.colours)


def cells_for(pixels: Pixels, width: int, height: int) -> tuple[int, int] | None:
    """Columns and rows for a picture, or None if it would be too small.

    A cell counts as twice as high as wide.

    Args:
        pixels: (h, w, 3).
        width: of the terminal, in columns.
        height: of the terminal, in rows.
    """
    tall, wide = pixels.shape[:2]
    most_columns, most_rows = min(COLUMNS, width - 1), min(ROWS, height - LEFT_FREE)
    scale = min(most_columns / wide, 2 * most_rows / tall)
    columns, rows = max(round(scale * wide), 1), max(round(scale * tall / 2), 1)
    if most_columns < FEWEST_COLUMNS or most_rows < FEWEST_ROWS:
        return None
    return columns, rows


def half_blocks(pixels: Pixels, colours: Colours) -> list[str]:
    """The lines of half blocks, with their colours, that show a picture (2 * rows, columns, 3)."""
    if colours is Colours.ALL:
        codes = [[f"2;{red};{green};{blue}" for red, green, blue in row] for row in pixels.tolist()]
    else:
        codes = [[f"5;{index}" for index in row] for row in nearest_of_256(pixels).tolist()]
    return [_line(upper, lower) for upper, lower in zip(codes[::2], codes[1::2], strict=True)]


def _line(upper: list[str], lower: list[str]) -> str:
    parts, before = [], ("", "")
    for letter, paper in zip(upper, lower, strict=True):
        changes = []
        if letter != before[0]:
            changes.append(f"38;{letter}")
        if paper != before[1]:
            changes.append(f"48;{paper}")
        parts.append((f"\x1b[{';'.join(changes)}m" if changes else "") + HALF_BLOCK)
        before = letter, paper
    return "".join(parts) + RESET


def nearest_of_256(pixels: Pixels) -> Int64:
    """The nearest of xterm's 256 colours, by squared distance in sRGB.

    Args:
        pixels: (h, w, 3).

    Returns:
        (h, w) numbers 16 to 255, from xterm's cube or its greys.
    """
    wanted = pixels.astype(np.int64)
    nearest = np.abs(wanted[..., None] - LEVELS).argmin(-1)
    in_cube = ((LEVELS[nearest] - wanted) ** 2).sum(-1)
    grey = np.clip(np.rint((wanted.mean(-1) - 8) / 10), 0, 23).astype(np.int64)
    in_greys = ((8 + 10 * grey[..., None] - wanted) ** 2).sum(-1)
    numbers: Int64 = np.where(in_greys < in_cube, GREYS + grey, CUBE + nearest @ np.array([36, 6, 1]))
    return numbers


def kitty_picture(pixels: Pixels, columns: int, rows: int) -> str:
    """The codes that draw a picture (h, w, 3) over so many cells.  The cursor stays where it is."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    text = base64.standard_b64encode(file.getvalue()).decode()
    chunks = [text[start : start + CHUNK] for start in range(0, len(text), CHUNK)]
    # Shown at once (T) as PNG (100) under one number and place, so that it replaces the last one; q=2: no answer.
    how = f"a=T,f=100,i={IMAGE},p=1,c={columns},r={rows},C=1,q=2,"
    return "".join(
        f"\x1b_G{how if not index else ''}m={int(index < len(chunks) - 1)};{chunk}\x1b\\"
        for index, chunk in enumerate(chunks)
    )


def kitty_here(columns: int, rows: int) -> str:
    """The codes that move that picture to the cursor."""
    return f"\x1b_Ga=p,i={IMAGE},p=1,c={columns},r={rows},C=1,q=2\x1b\\"


def kitty_gone() -> str:
    """The codes that remove that picture and free its memory."""
    return f"\x1b_Ga=d,d=I,i={IMAGE},q=2\x1b\\"
