"""``dreambrush paint``: pictures in, paintings out."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreambrush.cli.inputs import Input, opened_inputs
from dreambrush.cli.options import QUIET, whole_number
from dreambrush.cli.outputs import check_output, plan_outputs
from dreambrush.cli.paint_brushes import brushes_with_dreams
from dreambrush.cli.paint_many import paint_many
from dreambrush.cli.paint_onto import Onto, onto_options
from dreambrush.cli.paint_options import Wishes, painting_options
from dreambrush.cli.paint_report import report_of, summary, summary_of_all
from dreambrush.cli.progress import progress_bar
from dreambrush.errors import ExitCode, PictureError, UsageError

if TYPE_CHECKING:
    from dreambrush.models import BrushFile
    from dreambrush.painter.painting import Progress

SAMPLE = Path(__file__).parent.parent / "samples" / "still-life.jpg"

EXAMPLES = """\b
Examples:
  dreambrush paint photo.jpg
  dreambrush paint photo.jpg -o portrait.ora --brush bristle --strokes 3000 --size 2048
  dreambrush paint photo.jpg --brush oil --brush bristle --brush ink --effort 5 --hand 0.7
  dreambrush paint photo.jpg --brush set:drawing --min-size 1% --time 30s
  dreambrush paint album -o paintings --jobs 2 --json > report.jsonl
  convert photo.heic png:- | dreambrush paint - -o photo.ora
  dreambrush paint photo.jpg --onto my-work.ora --region "Background"
"""


@click.command(epilog=EXAMPLES)
@click.argument("targets", metavar="TARGET...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    metavar="OUT.ora",
    type=click.Path(path_type=Path),
    help="The file to save, or a folder for it.  [default: the picture's name with .ora, in this folder]",
)
@painting_options
@onto_options
@click.option(
    "--timelapse",
    metavar="OUT.mp4|.gif|.webp",
    type=click.Path(path_type=Path),
    help="Save a film of 20 seconds, too; more choices has: dreambrush timelapse.",
)
@click.option("--sample", is_flag=True, help="Paint the picture that comes with dreambrush.")
@click.option(
    "--jobs",
    metavar="N",
    type=whole_number(1, 64),
    default=1,
    show_default=True,
    help="How many pictures to paint at the same time, 1 to 64.  One alone uses all cores for much of its work, and "
    "each takes memory of its own.",
)
@click.option("--force", is_flag=True, help="Replace an output that exists already.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per picture on stdout.")
@QUIET
def paint(
    targets: tuple[Path, ...],
    output: Path | None,
    brushes: tuple[str, ...],
    size: int | None,
    timelapse: Path | None,
    sample: bool,
    jobs: int,
    force: bool,
    as_json: bool,
    quiet: bool,
    onto: Path | None,
    above: str | None,
    region: str | None,
    mask: Path | None,
    in_place: bool,
    **wished: Any,
) -> int:
    """Paint pictures as layered .ora files.

    Every stroke is a real stroke of MyPaint's engine.

    TARGET is a picture: JPEG, PNG, WebP, AVIF, TIFF, GIF, BMP and some more.  A transparent one is painted only where
    it is opaque.  A folder stands for all pictures in it (not in its sub-folders), a pattern such as "*.jpg" for all
    that match, and - for one that comes by standard input (saved as stdin.ora).  Of several, a failed one does not stop
    the others.

    Ctrl-C stops painting and saves what is painted so far.
    """
    wishes = Wishes(**wished)
    if sample:
        targets = (*targets, SAMPLE)
    if not targets:
        raise UsageError("There is no picture to paint.", "Name one, or paint the one that comes along with --sample.")
    work = Onto.asked(onto, above, region, mask, in_place)

    def note(text: str) -> None:
        if not quiet:
            click.echo(text, err=True)

    status: int = ExitCode.OK
    with opened_inputs(targets, note) as pictures:
        files = [picture.file for picture in pictures]
        outputs = (
            plan_outputs(files, output, overwrite=force)
            if work is None
            else _output_onto(work, files, output, size, force)
        )
        if timelapse is not None:
            _check_film(timelapse, len(files), overwrite=force)
        brush_files = brushes_with_dreams(brushes, quiet=quiet)
        paint_one = partial(
            _paint_one,
            brushes=brush_files,
            size=size,
            wishes=wishes,
            onto=work,
            film=timelapse,
            force=force,
            quiet=quiet,
            bar=min(jobs, len(pictures)) == 1,
        )
        reports, failed = [], []
        for done in paint_many(paint_one, list(zip(pictures, outputs, strict=True)), jobs):
            if done.exit_code == ExitCode.INTERRUPTED:
                status = done.exit_code
            status = status or done.exit_code
            if done.report is None:
                failed += [done.picture.name] if done.exit_code != ExitCode.INTERRUPTED else []
                continue
            reports.append(done.report)
            if as_json:
                click.echo(json.dumps(done.report))
            if done.report["interrupted"]:
                out, strokes = done.report["output"], done.report["strokes"]
                click.echo(f"Interrupted: '{out}' has the first {strokes} strokes.", err=True)
            else:
                note(summary(done.report))
        if len(pictures) > 1 and (status or not quiet):
            click.echo(summary_of_all(len(pictures), reports, failed), err=True)
    if status == ExitCode.INTERRUPTED and not any(report["interrupted"] for report in reports):
        raise KeyboardInterrupt  # nothing has told of it yet
    return status


def _paint_one(
    target: Input,
    output: Path,
    *,
    brushes: Sequence[BrushFile],
    size: int | None,
    wishes: Wishes,
    onto: Onto | None,
    film: Path | None,
    force: bool,
    quiet: bool,
    bar: bool,
) -> dict[str, Any]:
    """Read, paint and save one picture, and report; the seconds of reading and saving are added to the painting's."""
    from dreambrush.painter.paint import paint as paint_picture
    from dreambrush.painter.painting import Clock
    from dreambrush.painter.saving import recipe_of, save_painting
    from dreambrush.painter.timelapse import save_timelapse
    from dreambrush.pictures import load_picture

    started, clock = time.perf_counter(), Clock()
    with clock.stage("read"):
        work = None
        try:
            if onto is None:
                picture = load_picture(target.file, size, keep_alpha=True)
            else:
                picture, work = onto.look(target.file)
        except PictureError as error:
            raise target.in_its_name(error) from None
    with progress_bar(target.file.name, quiet=quiet or not bar) as update:

        def show(progress: Progress) -> None:
            if update is not None:
                update(progress.stage, progress.done, progress.total, f"error {progress.mse:.4f}")

        height, width = picture.shape[:2]
        options = wishes.for_painter(width, height, time.perf_counter() - started, picture[..., :3])
        if work is not None:
            options = replace(options, pigment=work.pigment)  # as the work's other layers
        painting = paint_picture(picture, brushes, wishes.strokes, wishes.seed, show, options, work=work)
    if painting.interrupted and not len(painting.strokes):
        raise KeyboardInterrupt  # there is nothing to save yet
    saved = {"your_turn": wishes.your_turn, "overwrite": force}
    with clock.stage("write"):
        if onto is None:
            save_painting(output, painting, brushes, wishes.seed, wishes.record(), **saved)
        else:
            note = onto.save(output, painting, brushes, wishes.seed, wishes.record(), **saved)
            if note and not quiet:
                click.echo(note, err=True)
        if film is not None and not painting.interrupted:
            save_timelapse(recipe_of(painting, brushes, wishes.seed, wishes.record()), film, overwrite=force)
    painting.seconds.update(clock.seconds)
    return report_of(target.name, output, painting, brushes, wishes, time.perf_counter() - started)


def _output_onto(work: Onto, targets: Sequence[Path], output: Path | None, size: int | None, force: bool) -> list[Path]:
    """The file that is written when a picture is painted into a work, checked to be writable."""
    if len(targets) > 1:
        raise UsageError("Only one picture can be painted onto a work at once.", "Paint them one after the other.")
    if size is not None:
        raise UsageError("--size and --onto are both given.", "Leave --size out: the work has its own.")
    path = work.output(output)
    check_output(path, overwrite=force or work.in_place)
    return [path]


def _check_film(film: Path, pictures: int, *, overwrite: bool) -> None:
    """Finds out before painting what would go wrong after it."""
    from dreambrush.painter.timelapse import TimelapseOptions, plan_film

    if pictures > 1:
        raise UsageError(
            "--timelapse makes one film, but there are several pictures.", "Paint them one after the other."
        )
    plan_film(film, TimelapseOptions())
    check_output(film, overwrite=overwrite)
