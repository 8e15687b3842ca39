"""A progress bar on stderr; stdout belongs to results."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Update = Callable[[str, int, int, str], None]
"""Takes the stage ("paint"), how much is done, of how much, and a note such as the error."""


@contextmanager
def progress_bar(title: str, *, quiet: bool = False) -> Iterator[Update | None]:
    """Show a bar while the block runs; gives None where nobody looks, so that nothing is printed.

    Args:
        title: what is worked on.
        quiet: show nothing.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
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
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("look", total=None, note="")

        def update(stage: str, done: int, total: int, note: str) -> None:
            bar.update(task, description=stage, completed=done, total=total, note=note)

        yield update
