"""The preview: its colours against those of the picture, its size, and what terminals get it."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from dreambrush.cli.ui.preview import HALF_BLOCK, KEPT, Preview, cells_for, half_blocks, nearest_of_256
from dreambrush.cli.ui.terminals import Colours, Terminal, terminal_at

TRUE = Terminal(live=True, colours=Colours.ALL, kitty=False)
KITTY = Terminal(live=True, colours=Colours.ALL, kitty=True)


class Screen(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def drawn(preview: Preview, width: int = 80, height: int = 30) -> str:
    """What is written to a terminal of that size."""
    screen = Screen()
    console = Console(file=screen, force_terminal=True, width=width, height=height, color_system="truecolor")
    console.print(preview)
    return screen.getvalue()


def seen(line: str) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """The colours that a terminal shows in the two rows of pixels of a line."""
    upper: list[tuple[int, ...]] = []
    lower: list[tuple[int, ...]] = []
    ink: tuple[int, ...] = ()
    paper: tuple[int, ...] = ()
    for numbers, block in re.findall(rf"\x1b\[([\d;]*)m|({HALF_BLOCK})", line):
        if block:
            upper.append(ink)
            lower.append(paper)
            continue
        left = [int(number) for number in numbers.split(";")]
        while left and left[0]:
            what, kind, *rest = left
            size = 3 if kind == 2 else 1
            ink, paper = (tuple(rest[:size]), paper) if what == 38 else (ink, tuple(rest[:size]))
            left = rest[size:]
    return upper, lower


def test_every_pixel_has_its_colour() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (6, 5, 3), dtype=np.uint8)
    pixels[:, 2:4] = 77  # whose colours are told once for both columns
    lines = half_blocks(pixels, Colours.ALL)
    rows = [row for line in lines for row in seen(line)]
    assert np.array_equal(rows, pixels)
    assert all(line.endswith("\x1b[0m") for line in lines)
    numbers = [row for line in half_blocks(pixels, Colours.CUBE) for row in seen(line)]
    assert np.array_equal(np.array(numbers)[..., 0], nearest_of_256(pixels))


def test_nearest_of_256() -> None:
    levels = [0, 95, 135, 175, 215, 255]
    colours = {16 + 36 * r + 6 * g + b: (levels[r], levels[g], levels[b]) for r, g, b in np.ndindex(6, 6, 6)}
    colours |= {232 + grey: (8 + 10 * grey,) * 3 for grey in range(24)}
    table = np.array([colours[number] for number in sorted(colours)])
    pixels = np.random.default_rng(2).integers(0, 256, (1, 400, 3), dtype=np.uint8)
    pixels[0, :100] = pixels[0, :100, :1]  # greys
    best = ((pixels[0, :, None].astype(int) - table) ** 2).sum(-1).min(1)
    found = table[nearest_of_256(pixels)[0] - 16]
    assert np.array_equal(((pixels[0].astype(int) - found) ** 2).sum(-1), best)


def test_what_is_drawn_is_the_picture() -> None:
    picture = np.zeros((60, 80, 3), np.float32)
    picture[:30, :, 0], picture[30:, :, 2] = 1.0, 0.5
    preview = Preview(TRUE)
    assert HALF_BLOCK not in drawn(preview)  # nothing is known yet
    preview.show(picture)
    lines = [line for line in drawn(preview).splitlines() if line]
    assert len(lines) == 15
    rows = np.array([row for line in lines for row in seen(line)])
    assert rows.shape == (30, 40, 3)
    assert (rows[:15] == (255, 0, 0)).all() and (rows[15:] == (0, 0, 128)).all()
    preview.show(np.ones_like(picture))
    assert "255;255;255" in drawn(preview)
    assert preview.left_behind == ""


@pytest.mark.parametrize(
    ("size", "terminal", "cells"),
    [
        ((100, 100), (80, 30), (40, 20)),
        ((100, 200), (80, 30), (40, 10)),
        ((200, 100), (80, 30), (20, 20)),
        ((100, 100), (21, 30), (20, 10)),
        ((100, 100), (80, 12), (16, 8)),
        ((1, 3000), (80, 30), (40, 1)),
        ((3000, 1), (80, 30), (1, 20)),
        ((100, 100), (6, 30), None),
        ((100, 100), (80, 6), None),
    ],
)
def test_it_fits(size: tuple[int, int], terminal: tuple[int, int], cells: tuple[int, int] | None) -> None:
    assert cells_for(np.zeros((*size, 3), np.uint8), *terminal) == cells


def test_it_follows_the_size_of_the_terminal() -> None:
    preview = Preview(TRUE)
    preview.show(np.zeros((50, 50, 3), np.float32))
    assert [drawn(preview, *size).count(HALF_BLOCK) for size in ((80, 30), (11, 30), (5, 30), (80, 30))] == [
        *(800, 50, 0, 800)
    ]


def test_kitty_gets_the_picture_itself() -> None:
    picture = np.random.default_rng(3).random((300, 400, 3)).astype(np.float32)
    preview = Preview(KITTY)
    preview.show(picture)
    first, again = drawn(preview), drawn(preview)
    assert HALF_BLOCK not in first and first.count("\n") == 15
    chunks = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", first)
    assert [keys.split(",")[-1] for keys, _ in chunks] == ["m=1"] * (len(chunks) - 1) + ["m=0"]
    assert all(len(chunk) <= 4096 for _, chunk in chunks)
    assert {"a=T", "f=100", "c=40", "r=15", "C=1", "q=2"} <= set(chunks[0][0].split(","))
    with Image.open(io.BytesIO(base64.b64decode("".join(chunk for _, chunk in chunks)))) as sent:
        assert sent.size == (KEPT, KEPT * 3 // 4)
        assert np.asarray(sent).mean() == pytest.approx(255 * picture.mean(), abs=2)
    assert "a=p" in again and "a=T" not in again  # it is sent once
    assert "a=d" in preview.left_behind and "d=I" in preview.left_behind


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TERM": "xterm-256color"}, Terminal(True, Colours.CUBE, False)),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, TRUE),
        ({"TERM": "xterm"}, Terminal(True, Colours.FEW, False)),
        ({"TERM": "xterm-kitty"}, KITTY),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, KITTY),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1", "TMUX": "x"}, Terminal(True, Colours.CUBE, False)),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, KITTY),
        ({"TERM": "xterm-kitty", "NO_COLOR": "1"}, Terminal(True, Colours.FEW, False)),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, Terminal(False, Colours.ALL, False)),
        ({}, Terminal(False, Colours.FEW, False)),
    ],
)
def test_what_terminals_say(environment: dict[str, str], expected: Terminal) -> None:
    assert terminal_at(Screen(), environment) == expected
    assert not terminal_at(io.StringIO(), environment).live
