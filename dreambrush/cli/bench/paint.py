"""``dreambrush bench paint``: whole paintings, measured on the user's machine and set beside the docs' figures."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreambrush.cli.bench.page import save_paintings_page
from dreambrush.cli.bench.results import made_folder
from dreambrush.cli.ui.progress import progress_bar
from dreambrush.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from dreambrush.benchmark import Case, Measured
    from dreambrush.painter.painting import Progress

TASK = "paint"
SHEET, REPORT = f"{TASK}.png", f"{TASK}.json"
SEEN_AT = 256  # pixels: paintings of this size are on the contact sheet


def bench_paint(
    seed: int, folder: Path | None, page: Path | None = None, *, force: bool, as_json: bool, quiet: bool
) -> int:
    """Paint the docs' pictures, and compare errors and seconds with the docs.

    Args:
        seed: of all paintings; the docs use 0.
        folder: where to save a contact sheet and the figures; by default nothing is saved.
        page: where to save a page of it; by default none is saved.
        force: whether older results may be replaced.
        as_json: print one JSON object instead of a table.
        quiet: print nothing on stderr.

    Raises:
        OutputError: results are there already, or cannot be written.
        KeyboardInterrupt: Ctrl-C was pressed before anything was done.
    """
    from dreambrush import benchmark
    from dreambrush.cli.bench.report import print_comparison

    figures, cases = benchmark.read_figures(), benchmark.CASES
    rows = [benchmark.docs_row(case, figures) for case in cases]
    expected = [row["wall_seconds"] if row else None for row in rows]
    done: list[Measured] = []
    interrupted = False
    results = made_folder(folder, (folder / SHEET, folder / REPORT), force=force) if folder else nullcontext()
    with results, progress_bar("benchmark", quiet=quiet) as update:

        def show(case: Case, progress: Progress) -> None:
            if update is not None:
                here = f"{progress.stage.lower()} {progress.done}/{progress.total}, error {progress.mse:.4f}"
                update("paint", cases.index(case), len(cases), f"{case.title}: {here}")

        try:
            for measured in benchmark.run_benchmark(cases, seed, expected, progress=show):
                done.append(measured)
        except KeyboardInterrupt:
            if not done:
                raise  # there is nothing to report yet
            interrupted = True
    painted = [measured.case for measured in done]
    report = {
        "task": TASK,
        "interrupted": interrupted,
        "left_out": [case.title for case in cases if case not in painted],
        **benchmark.compare(done, seed, figures),
    }
    if folder is not None:
        _save(folder, report, done, force=force)
    if page is not None:
        save_paintings_page(page, report, done, force=force, quiet=quiet)
    if as_json:
        click.echo(json.dumps(report))
    else:
        print_comparison(report)
    if interrupted:
        click.echo(f"Interrupted: these are the first {len(done)} of {len(cases)} paintings.", err=True)
        return ExitCode.INTERRUPTED
    if folder is not None and not quiet:
        click.echo(f"{folder}: a contact sheet and the figures.", err=True)
    return ExitCode.OK


def refuse_settings(**given: object) -> None:
    """Refuse settings that change the paintings, because the docs have no figures for them.

    Args:
        given: the values by the names of their options; what is not given is None or empty.

    Raises:
        UsageError: one of them is given.
    """
    for name, value in given.items():
        if value:
            raise UsageError(
                f"dreambrush bench paint takes no {name}.",
                f"Leave out the {name}, or name another task: digits, kana or portraits.",
                id="option-not-for-this-task",
            )


def _save(folder: Path, report: dict[str, Any], done: list[Measured], *, force: bool) -> None:
    from dreambrush.files.output import open_output
    from dreambrush.pictures.contact_sheet import Picture, save_contact_sheet

    rows: list[list[Picture]] = [[measured.target, measured.real] for measured in done if measured.case.size == SEEN_AT]
    if rows:
        save_contact_sheet(folder / SHEET, rows, ("target", "painting"), 1, overwrite=force)
    with open_output(folder / REPORT, overwrite=force) as file:
        file.write((json.dumps(report, indent=2) + "\n").encode())
