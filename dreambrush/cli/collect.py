"""``dreambrush collect``: random strokes of a brush, painted by MyPaint's engine, as training data."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path

import click

from dreambrush.cli.shared.options import BRUSH, CLUSTER, QUIET, folder_option, seed_option, whole_number
from dreambrush.cli.ui.notes import note
from dreambrush.cli.ui.progress import progress_bar
from dreambrush.errors import ExitCode, UsageError

DEFAULT_STROKES = 20_000

EXAMPLES = """\b
Examples:
  dreambrush collect oil
  dreambrush collect my-brush.myb --strokes 100000 -o strokes/my-brush
  dreambrush collect my-brush.myb --strokes 0 --episodes 1000 -o episodes
"""


@click.command(epilog=EXAMPLES)
@BRUSH
@folder_option("Folder for the strokes.  [default: the brush's name with -strokes, in this folder]")
@click.option(
    "--strokes",
    metavar="N",
    type=whole_number(0, 10_000_000),
    default=DEFAULT_STROKES,
    show_default=True,
    help="Number of single strokes, 0 to 10000000.  Each takes 4 KiB, or 16 KiB with colour.",
)
@click.option(
    "--episodes",
    metavar="N",
    type=whole_number(0, 1_000_000),
    default=0,
    show_default=True,
    help="Number of sequences of 16 strokes on one canvas, 0 to 1000000.  Each takes 272 KiB.",
)
@click.option(
    "--jobs",
    "--workers",
    "jobs",
    metavar="N",
    type=whole_number(1, 1024),
    help="Number of processes, 1 to 1024.  --workers is the older name.  [default: one per core]",
)
@CLUSTER
@seed_option("Number that picks the random strokes and colours.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object on stdout.")
@QUIET
def collect(
    brush: str,
    output: Path | None,
    strokes: int,
    episodes: int,
    jobs: int | None,
    cluster: str | None,
    seed: int,
    as_json: bool,
    quiet: bool,
) -> int:
    """Collect random strokes of a brush as training data.

    MyPaint's engine paints each stroke on 64x64 pixels, on all cores.  The folder gets a manifest
    (collection.json) and NumPy .npz files with strokes and alpha.  If the brush changes its colour along the
    stroke, they hold colour too.

    You can stop at any time.  The same command then paints what is missing, and larger numbers add to the
    folder.  The files do not depend on stops or on the number of processes.
    """
    from dreambrush.cores import available_cores
    from dreambrush.jobs.crew import open_crew
    from dreambrush.models.catalogue import find_brush
    from dreambrush.mypaint.engine.myb import read_myb
    from dreambrush.train.collect.gather import gather
    from dreambrush.train.collect.probe import probe
    from dreambrush.train.collect.shards import Manifest

    if not strokes and not episodes:
        raise UsageError(
            "There is nothing to collect.", "Ask for some with --strokes or --episodes.", id="nothing-to-collect"
        )
    brush_file = find_brush(brush)
    settings = read_myb(brush_file.path)
    found = probe(settings)
    if not found.lays_paint:
        note(f"Warning: {brush_file.name} lays no paint on an empty canvas; its strokes will be empty.", quiet=quiet)
    folder = output or Path(f"{brush_file.name.replace('/', '-')}-strokes")
    wanted = Manifest(brush_file.name, settings.digest(), seed, found.changes_colour, strokes, episodes)
    tally = _Tally()
    interrupted = False

    with progress_bar(brush_file.name, quiet=quiet) as update:

        def show(done: int, total: int) -> None:
            tally.tell(done, total)
            if update is not None:
                update("collect", done, total, f"{tally.painted / tally.seconds:.0f} strokes/s")

        try:
            with open_crew(jobs or available_cores(), cluster, partial(note, quiet=quiet)) as crew:
                wanted = gather(folder, settings, wanted, crew, show)
        except KeyboardInterrupt:
            if tally.before is None:
                raise  # not even the manifest is there
            interrupted = True
    if as_json:
        report = {
            "output": str(folder),
            "brush": wanted.brush,
            "seed": wanted.seed,
            "strokes": wanted.strokes,
            "episodes": wanted.episodes,
            "colour": wanted.colour,
            "painted": tally.painted,
            "seconds": round(tally.seconds, 3),
            "interrupted": interrupted,
        }
        click.echo(json.dumps(report))
    if interrupted:
        have = f"'{folder}' has {tally.done} of {tally.total} strokes"
        click.echo(f"Interrupted: {have}; run the same command again to continue.", err=True)
        return ExitCode.INTERRUPTED
    if not quiet:
        what = f"{wanted.strokes} strokes" + (f" and {wanted.episodes} episodes" if wanted.episodes else "")
        now = f"{tally.painted} strokes painted now in {tally.seconds:.1f} s"
        click.echo(f"{folder}: {what} of {brush_file.name}; {now}.", err=True)
    return ExitCode.OK


class _Tally:
    """Counts the strokes that were there before and those painted now, and measures the seconds."""

    def __init__(self) -> None:
        self.before: int | None = None
        self.done = self.total = 0
        self._started = time.perf_counter()

    def tell(self, done: int, total: int) -> None:
        if self.before is None:
            self.before = done
        self.done, self.total = done, total

    @property
    def painted(self) -> int:
        return self.done - (self.before or 0)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._started
