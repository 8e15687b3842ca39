"""``dreambrush bench --html``: the page that explains the results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreambrush.cli.shared.options import Decorator
from dreambrush.cli.shared.pages import page_file
from dreambrush.cli.ui.notes import note

if TYPE_CHECKING:
    from dreambrush.benchmark import Measured
    from dreambrush.cli.bench.results import ResultsFolder
    from dreambrush.models.catalogue import BrushFile

HTML: Decorator = click.option(
    "--html",
    "page",
    metavar="REPORT.html",
    type=page_file,
    help="Save a page for any browser, one file that needs no network: pictures, strokes that are drawn one after the "
    "other, error against time, and real strokes beside dreamt ones.",
)


def check_page(page: Path | None, folder: Path, *, overwrite: bool) -> None:
    """Check before the work that the page can be saved.

    Args:
        page: the page, if one is wanted.
        folder: folder of the results, which may not be there yet; the page may lie in it.
        overwrite: whether an older page may be replaced.

    Raises:
        OutputError: it exists already, or cannot be written.
    """
    from dreambrush.cli.shared.outputs import check_output

    if page is not None and (page.parent != folder or folder.exists()):
        check_output(page, overwrite=overwrite)


def save_paintings_page(
    page: Path, report: dict[str, Any], done: Sequence[Measured], *, force: bool, quiet: bool
) -> None:
    """Save the page of ``bench paint``.

    Raises:
        OutputError: it cannot be written.
    """
    from dreambrush.benchmark import BRUSH
    from dreambrush.gallery.bench_page import page_of_paintings
    from dreambrush.models.catalogue import find_brush

    _save(page, page_of_paintings(report, done, find_brush(BRUSH), _command()), force=force, quiet=quiet)


def save_task_page(
    page: Path, report: dict[str, Any], results: ResultsFolder, brush: BrushFile, *, force: bool, quiet: bool
) -> None:
    """Save the page of a task with few strokes.

    Raises:
        OutputError: it cannot be written.
    """
    from dreambrush.gallery.bench_page import page_of_task

    done = {count: [(lot.name, trial) for lot, trial in results.of(count)] for count in results.counts}
    _save(page, page_of_task(report, done, brush, _command()), force=force, quiet=quiet)


def _command() -> str:
    from dreambrush.cli.shared.spoken import spoken

    return spoken(click.get_current_context())


def _save(page: Path, text: str, *, force: bool, quiet: bool) -> None:
    from dreambrush.files.output import open_output

    data = text.encode()
    with open_output(page, overwrite=force) as file:
        file.write(data)
    note(f"{page}: a page of {len(data) / 1e6:.1f} MB.  Open it in a browser.", quiet=quiet)
