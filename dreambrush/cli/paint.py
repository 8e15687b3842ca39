"""``dreambrush paint``: pictures in, paintings out."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreambrush.cli.errors import tell
from dreambrush.cli.options import QUIET
from dreambrush.cli.outputs import check_output, plan_outputs
from dreambrush.cli.paint_brushes import brushes_with_dreams
from dreambrush.cli.paint_onto import Onto, onto_options
from dreambrush.cli.paint_options import Wishes, painting_options
from dreambrush.cli.paint_report import report_of, summary
from dreambrush.cli.progress import progress_bar
from dreambrush.errors import DreambrushError, ExitCode, UsageError

if TYPE_CHECKING:
    from dreambrush.models import BrushFile
    from dreambrush.painter.painting import Painting, Progress

SAMPLE = Path(__file__).parent.parent / "samples" / "still-life.jpg"

EXAMPLES = """\b
Examples:
  dreambrush paint photo.jpg
  dreambrush paint photo.jpg -o portrait.ora --brush bristle --strokes 3000 --size 2048
  dreambrush paint photo.jpg --brush oil --brush bristle --brush ink --effort 5 --hand 0.7
  dreambrush paint photo.jpg --brush set:drawing --min-size 1% --time 30s
  dreambrush paint *.jpg -o paintings --json > report.jsonl
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
@click.option("--sample", is_flag=True, help="Paint the picture that comes with dreambrush.")
@click.option("--force", is_flag=True, help="Replace an output that exists already.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per picture on stdout.")
@QUIET
def paint(
    targets: tuple[Path, ...],
    output: Path | None,
    brushes: tuple[str, ...],
    size: int | None,
    sample: bool,
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
    it is opaque.  Ctrl-C stops painting and saves what is painted so far.
    """
    wishes = Wishes(**wished)
    if sample:
        targets = (*targets, SAMPLE)
    if not targets:
        raise UsageError("There is no picture to paint.", "Name one, or paint the one that comes along with --sample.")
    work = Onto.asked(onto, above, region, mask, in_place)
    outputs = (
        plan_outputs(targets, output, overwrite=force)
        if work is None
        else _output_onto(work, targets, output, size, force)
    )
    brush_files = brushes_with_dreams(brushes, quiet=quiet)
    status: int = ExitCode.OK
    for target, out in zip(targets, outputs, strict=True):
        started = time.perf_counter()
        try:
            painting = _paint_one(target, out, brush_files, size, wishes, started, work, force=force, quiet=quiet)
        except DreambrushError as error:
            code = tell(error)  # and go on: the other pictures are still painted
            status = status or code
            continue
        report = report_of(target, out, painting, brush_files, wishes, time.perf_counter() - started)
        if as_json:
            click.echo(json.dumps(report))
        if painting.interrupted:
            click.echo(f"Interrupted: '{out}' has the first {report['strokes']} strokes.", err=True)
            return ExitCode.INTERRUPTED
        if not quiet:
            click.echo(summary(report), err=True)
    return status


def _paint_one(
    target: Path,
    output: Path,
    brushes: Sequence[BrushFile],
    size: int | None,
    wishes: Wishes,
    started: float,
    onto: Onto | None,
    *,
    force: bool,
    quiet: bool,
) -> Painting:
    """Read, paint and save one picture; the seconds of reading and saving are added to the painting's."""
    from dreambrush.painter.paint import paint as paint_picture
    from dreambrush.painter.painting import Clock
    from dreambrush.painter.saving import save_painting
    from dreambrush.pictures import load_picture

    clock = Clock()
    with clock.stage("read"):
        work = None
        if onto is None:
            picture = load_picture(target, size, keep_alpha=True)
        else:
            picture, work = onto.look(target)
    with progress_bar(target.name, quiet=quiet) as update:

        def show(progress: Progress) -> None:
            if update is not None:
                update(progress.stage, progress.done, progress.total, f"error {progress.mse:.4f}")

        height, width = picture.shape[:2]
        options = wishes.for_painter(width, height, time.perf_counter() - started)
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
    painting.seconds.update(clock.seconds)
    return painting


def _output_onto(work: Onto, targets: Sequence[Path], output: Path | None, size: int | None, force: bool) -> list[Path]:
    """The file that is written when a picture is painted into a work, checked to be writable."""
    if len(targets) > 1:
        raise UsageError("Only one picture can be painted onto a work at once.", "Paint them one after the other.")
    if size is not None:
        raise UsageError("--size and --onto are both given.", "Leave --size out: the work has its own.")
    path = work.output(output)
    check_output(path, overwrite=force or work.in_place)
    return [path]
