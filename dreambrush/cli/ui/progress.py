"""Shows progress on stderr.  stdout belongs to results."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dreambrush.cli.ui.likeness import likeness
from dreambrush.cli.ui.pace import in_words
from dreambrush.cli.ui.terminals import Terminal, terminal_at
from dreambrush.cli.ui.time_left import TimeLeft

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from dreambrush.cli.ui.preview import Preview
    from dreambrush.painter.painting import Progress

Update = Callable[[str, int, int, str], None]
"""Takes the stage ("paint"), how much is done, of how much, and a note such as the error."""
Show = Callable[["Progress"], None]

REDRAWN = 4  # times a second
PREVIEW_EVERY, PREVIEW_COST = 0.7, 0.02  # seconds; share of the time that the preview may take
VERBOSE_EVERY = 5.0  # seconds
BAR = 40  # columns, at most
THOUGHT = {"Plan": "planning", "Refine": "refining"}  # stages that are not layers of the painting, in words


@contextmanager
def progress_bar(title: str, *, quiet: bool = False) -> Iterator[Update | None]:
    """Show a bar while the block runs.

    Args:
        title: what is being worked on.
        quiet: show nothing.

    Yields:
        A function that updates the bar, or None if nobody watches.
    """
    if quiet or not terminal_at().live:
        yield None
        return
    with _bar(title) as bar:
        task = bar.add_task("look", total=None, note="")

        def update(stage: str, done: int, total: int, note: str) -> None:
            bar.update(task, description=stage, completed=done, total=total, note=note)

        yield update


@contextmanager
def counting_bar(title: str, verb: str, total: int, *, quiet: bool = False) -> Iterator[Count]:
    """Show how many of several things are done while the block runs.

    Args:
        title: the things: "pictures".
        verb: what is done with them: "painted".
        total: how many there are.
        quiet: show nothing.
    """
    if quiet or not terminal_at().live:
        yield Count(None, None)
        return
    with _bar(title) as bar:
        yield Count(bar, bar.add_task(verb, total=total, note=""))


class Count:
    """A bar that counts, or none if nobody watches."""

    def __init__(self, bar: RichProgress | None, task: TaskID | None) -> None:
        self._bar, self._task = bar, task

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """One more thing is done.  The bar makes room for what the block prints of it."""
        if self._bar is None or self._task is None:
            yield
            return
        self._bar.stop()
        try:
            yield
        finally:
            self._bar.advance(self._task)
            self._bar.start()


def _bar(title: str) -> RichProgress:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn(f"{escape(title)}: {{task.description}}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)


@contextmanager
def painting_progress(
    title: str,
    left: TimeLeft,
    *,
    quiet: bool = False,
    verbose: bool = False,
    live: bool = True,
    preview: bool = True,
    console: Console | None = None,
    terminal: Terminal | None = None,
) -> Iterator[Show]:
    """Show the progress of a painting, and a preview of it, while the block runs.  Nothing of it stays afterwards.

    In pipes, and in terminals that cannot redraw, nothing is shown.  Without colours there is no preview.

    Args:
        title: of the painting.
        left: estimates the time left.
        quiet: show nothing.
        verbose: print plain lines instead, even into a pipe.
        live: show a bar; not useful if several paintings run at the same time.
        preview: show what the painting looks like.
        console: rich's console to draw on; by default stderr.
        terminal: what the terminal can show; by default that of stderr.
    """
    terminal = terminal or terminal_at()
    if quiet or not (verbose or (live and terminal.live)):
        yield lambda _: None
        return
    if verbose:
        yield _Lines(title).show
        return
    from rich.console import Console
    from rich.live import Live

    console = console or Console(stderr=True)
    image = None
    if preview and terminal.pictures:
        from dreambrush.cli.ui.preview import Preview

        image = Preview(terminal)
    view = _View(title, left, image)
    try:
        with Live(view, console=console, transient=True, refresh_per_second=REDRAWN):
            yield view.show
    finally:
        if image is not None and image.left_behind:
            console.file.write(image.left_behind)
            console.file.flush()


class _Lines:
    """Prints a line for each stage, and one every few seconds."""

    def __init__(self, title: str) -> None:
        self._title, self._begin = title, time.monotonic()
        self._stage, self._told = "", self._begin

    def show(self, progress: Progress) -> None:
        now = time.monotonic()
        finished = progress.stage not in THOUGHT  # a layer is told only at its end
        if progress.stage == self._stage and now - self._told < VERBOSE_EVERY and not finished:
            return
        self._stage, self._told = progress.stage, now
        words = f"{_told(progress)} (error {progress.mse:.4f}), {now - self._begin:.1f} s"
        print(f"{self._title}: {words}", file=sys.stderr, flush=True)


def _told(progress: Progress) -> str:
    """Words such as "planning, 300 of 1500 strokes, a rough likeness so far"."""
    stage = THOUGHT.get(progress.stage) or f"painting {progress.stage.lower()}"
    what = "rounds" if progress.stage == "Refine" else "strokes"
    return f"{stage}, {progress.done} of {progress.total} {what}, {likeness(progress.mse)} so far"


class _View:
    """The preview, the bar, and words for the current stage.  rich asks for it a few times a second."""

    def __init__(self, title: str, left: TimeLeft, image: Preview | None) -> None:
        self._title, self._left, self._image = title, left, image
        self._words = "look at the picture"
        self._look_again = 0.0  # when the next preview may be made

    def show(self, progress: Progress) -> None:
        self._left.tell(progress.stage, progress.done, progress.total)
        self._words = _told(progress)
        now = time.monotonic()
        if self._image is None or progress.picture is None or now < self._look_again:
            return
        self._image.show(progress.picture())
        after = time.monotonic()
        self._look_again = after + max(PREVIEW_EVERY, (after - now) / PREVIEW_COST)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        if self._image is not None:
            yield self._image
        share, seconds = self._left.share(), self._left.seconds()
        line = Table.grid(padding=(0, 1))
        line.add_column(no_wrap=True, overflow="ellipsis", max_width=max(options.max_width // 3, 1))
        line.add_column(no_wrap=True)
        line.add_column(no_wrap=True)
        line.add_column(no_wrap=True, overflow="ellipsis")
        width = min(BAR, max(options.max_width // 3, 1))
        words = "" if seconds is None else in_words(seconds)
        line.add_row(
            Text(self._title), ProgressBar(100.0, 100 * share, width=width), f"{100 * share:3.0f} %", Text(words)
        )
        yield line
        yield Text(self._words, no_wrap=True, overflow="ellipsis")
