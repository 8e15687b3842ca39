"""What is shown while a painting is made, and that nothing of it stays."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rich.console import Console

from dreambrush.arrays import Float32
from dreambrush.cli.ui.preview import HALF_BLOCK
from dreambrush.cli.ui.progress import painting_progress, progress_bar
from dreambrush.cli.ui.terminals import Colours, Terminal
from dreambrush.cli.ui.time_left import TimeLeft
from dreambrush.errors import ExitCode
from dreambrush.painter.painting import Progress
from tests.cli.ui.test_preview import KITTY, TRUE, Screen

if TYPE_CHECKING:
    from tests.cli.conftest import Command

PLAIN = Terminal(live=True, colours=Colours.FEW, kitty=False)
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"
PICTURE = np.full((30, 40, 3), 0.2, np.float32)


def told(picture: Callable[[], Float32] | None = lambda: PICTURE) -> Progress:
    return Progress("Plan", 300, 1500, 0.0123, picture)


def shown(terminal: Terminal, **how: bool) -> str:
    """What is written by a painting that is seen twice, and is interrupted then."""
    screen = Screen()
    console = Console(file=screen, force_terminal=True, width=70, height=24, no_color=terminal is PLAIN)
    with (
        pytest.raises(KeyboardInterrupt),
        painting_progress("photo.jpg", TimeLeft(3), console=console, terminal=terminal, **how) as show,
    ):
        show(told())
        time.sleep(0.4)  # it is drawn four times a second
        raise KeyboardInterrupt
    return screen.getvalue()


def left_on_screen(text: str) -> list[str]:
    """The lines that are left on a terminal, which knows what is used here."""
    lines, row = [""], 0
    for part in re.findall(r"\x1b_G[^\x1b]*\x1b\\|\x1b\[[?\d;]*[A-Za-z]|[^\x1b\n\r]+|\n|\r", text):
        if part == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif part == "\x1b[2K":
            lines[row] = ""
        elif part.endswith("A") and part.startswith("\x1b["):
            row -= int(part[2:-1] or 1)
        elif not part.startswith(("\x1b", "\r")):
            lines[row] += part
    return [line for line in lines if line.strip()]


def test_it_tells_how_far_it_is_and_leaves_no_trace() -> None:
    text = shown(TRUE)
    for words in ("photo.jpg", "planning, 300 of 1500 strokes, a rough likeness so far", HALF_BLOCK, "38;2;51;51;51"):
        assert words in text
    assert text.index(HIDE) < text.rindex(SHOW)
    assert left_on_screen(text) == []
    assert left_on_screen(text[: text.rindex("likeness") + 20]) != []  # so that this can fail


def test_kitty_is_left_clean() -> None:
    text = shown(KITTY)
    assert "\x1b_Ga=T" in text and text.endswith("\x1b_Ga=d,d=I,i=7331,q=2\x1b\\")
    assert left_on_screen(text) == []


@pytest.mark.parametrize(("terminal", "how"), [(PLAIN, {}), (TRUE, {"preview": False})])
def test_a_bar_alone(terminal: Terminal, how: dict[str, bool]) -> None:
    text = shown(terminal, **how)
    assert "a rough likeness so far" in text and "0.0123" not in text and HALF_BLOCK not in text
    if terminal is PLAIN:
        assert not re.search(r"\x1b\[[\d;]*(3[0-8]|4[0-8]|9\d)[\d;]*m", text)  # no colours


@pytest.mark.parametrize(
    ("terminal", "how"),
    [(Terminal(False, Colours.ALL, False), {}), (TRUE, {"quiet": True}), (TRUE, {"live": False})],
)
def test_silence(terminal: Terminal, how: dict[str, bool], capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(terminal, **how) == ""
    assert capsys.readouterr() == ("", "")


@pytest.mark.slow
def test_no_more_than_a_fiftieth_of_the_time_is_spent_looking() -> None:
    looks: list[tuple[float, float]] = []

    def slowly() -> Float32:
        begin = time.monotonic()
        time.sleep(0.02)
        looks.append((begin, time.monotonic()))
        return PICTURE

    console, end = Console(file=Screen(), force_terminal=True, width=70, height=24), time.monotonic() + 30
    with painting_progress("photo.jpg", TimeLeft(3), console=console, terminal=TRUE) as show:
        while len(looks) < 2 and time.monotonic() < end:
            show(told(slowly))
            time.sleep(0.01)
    (begin, done), (again, _) = looks
    assert again - done >= 50 * (done - begin)


@pytest.mark.slow
def test_verbose_lines_without_a_terminal(command: Command) -> None:
    outcome = command("paint", "photo.png", "--strokes", "12", "-v")
    *lines, last = outcome.stderr.splitlines()
    assert all(
        re.fullmatch(
            r"photo\.png: [a-z -]+, \d+ of \d+ (strokes|rounds), [a-z ]+ so far \(error [\d.]+\), [\d.]+ s", line
        )
        for line in lines
    )
    stages = [line.split(": ")[1].split(",")[0] for line in lines]
    assert stages[:2] == ["planning", "refining"] and "painting block-in" in stages
    assert last.startswith("photo.ora: 12 strokes") and "\x1b" not in outcome.stderr


def test_quiet_and_verbose(command: Command) -> None:
    outcome = command("paint", "photo.png", "-q", "-v")
    assert outcome.code == ExitCode.USAGE and outcome.stderr.startswith("Error: -q and -v cannot be used together.\n")
    assert not Path("photo.ora").exists()


def test_a_bar_is_for_terminals() -> None:
    with progress_bar("oil") as update:
        assert update is None


COUNT = """
import time
import click
from dreambrush.cli.ui.progress import counting_bar

with counting_bar("pictures", "painted", 2) as count:
    for name in "ab":
        time.sleep(0.3)
        with count.one_more():
            click.echo(f"{name}.ora is painted.", err=True)
            click.echo("{}")
    time.sleep(0.3)
"""


def test_a_count_makes_room_for_what_is_printed_and_leaves_stdout_alone() -> None:
    ours, theirs = pty.openpty()
    variables = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    running = subprocess.Popen([sys.executable, "-c", COUNT], stdout=subprocess.PIPE, stderr=theirs, env=variables)
    os.close(theirs)
    text = ""
    with contextlib.suppress(OSError):  # as Linux says that nobody writes any more
        while read := os.read(ours, 10_000):
            text += read.decode()
    os.close(ours)
    assert running.communicate(timeout=60)[0] == b"{}\n{}\n"
    assert "pictures: painted" in text and "1/2" in text
    assert left_on_screen(text) == ["a.ora is painted.", "b.ora is painted."]
