"""``dreambrush paint``: pictures in, paintings out."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dreambrush.cli.errors import tell
from dreambrush.cli.options import QUIET, seed_option, whole_number
from dreambrush.cli.outputs import plan_outputs
from dreambrush.cli.progress import progress_bar
from dreambrush.errors import DreambrushError, ExitCode, UsageError

if TYPE_CHECKING:
    from dreambrush.models import BrushFile
    from dreambrush.painter.paint import Painting, Progress

DEFAULT_BRUSH = "oil"
DEFAULT_STROKES = 1500
SAMPLE = Path(__file__).parent.parent / "samples" / "still-life.jpg"

EXAMPLES = """\b
Examples:
  dreambrush paint photo.jpg
  dreambrush paint photo.jpg -o portrait.ora --brush bristle --strokes 3000 --size 2048
  dreambrush paint *.jpg -o paintings --json > report.jsonl
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
@click.option(
    "--brush",
    metavar="NAME|FILE",
    default=DEFAULT_BRUSH,
    show_default=True,
    help="A brush by name (see: dreambrush brushes) or a .myb file.",
)
@click.option(
    "--strokes",
    metavar="N",
    type=whole_number(1, 100_000),
    default=DEFAULT_STROKES,
    show_default=True,
    help="How many strokes to paint, 1 to 100000.",
)
@click.option(
    "--size",
    metavar="PX",
    type=whole_number(16, 8192),
    help="Longer side of the painting in pixels, 16 to 8192.  [default: the picture's, at most 1024]",
)
@seed_option("Paints another variant of the picture; the same seed gives the same file.")
@click.option("--sample", is_flag=True, help="Paint the picture that comes with dreambrush.")
@click.option("--force", is_flag=True, help="Replace an output that exists already.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per picture on stdout.")
@QUIET
def paint(
    targets: tuple[Path, ...],
    output: Path | None,
    brush: str,
    strokes: int,
    size: int | None,
    seed: int,
    sample: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Paint pictures as layered .ora files.

    Every stroke is a real stroke of MyPaint's engine.

    TARGET is a picture: JPEG, PNG, WebP, AVIF, TIFF, GIF, BMP and some more.  Ctrl-C stops painting and saves
    what is painted so far.
    """
    if sample:
        targets = (*targets, SAMPLE)
    if not targets:
        raise UsageError("There is no picture to paint.", "Name one, or paint the one that comes along with --sample.")
    outputs = plan_outputs(targets, output, overwrite=force)
    brush_file = _brush_with_dream(brush, quiet=quiet)
    status: int = ExitCode.OK
    for target, out in zip(targets, outputs, strict=True):
        started = time.perf_counter()
        try:
            painting = _paint_one(target, out, brush_file, strokes, size, seed, force=force, quiet=quiet)
        except DreambrushError as error:
            code = tell(error)  # and go on: the other pictures are still painted
            status = status or code
            continue
        report = _report(target, out, painting, brush_file, seed, time.perf_counter() - started)
        if as_json:
            click.echo(json.dumps(report))
        if painting.interrupted:
            click.echo(f"Interrupted: '{out}' has the first {report['strokes']} strokes.", err=True)
            return ExitCode.INTERRUPTED
        if not quiet:
            click.echo(_summary(report), err=True)
    return status


def _brush_with_dream(name: str, *, quiet: bool) -> BrushFile:
    from dreambrush.cli.export import export_if_needed
    from dreambrush.models import find_brush
    from dreambrush.mypaint.myb import read_myb

    brush = find_brush(name)
    read_myb(brush.path)  # "it is broken" helps more than "it has no dream"
    export_if_needed(brush, quiet=quiet)  # before any picture is read
    return brush


def _paint_one(
    target: Path,
    output: Path,
    brush: BrushFile,
    strokes: int,
    size: int | None,
    seed: int,
    *,
    force: bool,
    quiet: bool,
) -> Painting:
    """Read, paint and save one picture; the seconds of reading and saving are added to the painting's."""
    from dreambrush import __version__
    from dreambrush.mypaint.openraster import write_openraster
    from dreambrush.painter.paint import Clock
    from dreambrush.painter.paint import paint as paint_picture
    from dreambrush.pictures import load_picture

    clock = Clock()
    with clock.stage("read"):
        picture = load_picture(target, size)
    with progress_bar(target.name, quiet=quiet) as update:

        def show(progress: Progress) -> None:
            if update is not None:
                update(progress.stage, progress.done, progress.total, f"error {progress.mse:.4f}")

        painting = paint_picture(picture, brush, strokes, seed, show)
    if painting.interrupted and not painting.strokes.radius.size:
        raise KeyboardInterrupt  # there is nothing to save yet
    settings = {"version": __version__, "brush": brush.name, "strokes": strokes, "seed": seed}
    with clock.stage("write"):
        write_openraster(output, painting.layers, painting.background, settings=settings, overwrite=force)
    painting.seconds.update(clock.seconds)
    return painting


def _report(
    target: Path, output: Path, painting: Painting, brush: BrushFile, seed: int, seconds: float
) -> dict[str, object]:
    width, height = painting.strokes.size
    return {
        "target": str(target),
        "output": str(output),
        "width": width,
        "height": height,
        "strokes": len(painting.strokes.radius),
        "seconds": round(seconds, 3),
        "mse": painting.mse,
        "psnr": -10 * math.log10(painting.mse) if painting.mse > 0 else None,
        "dreamed_mse": painting.dreamed_mse,
        "brush": brush.name,
        "seed": seed,
        "stages": painting.seconds,
        "interrupted": painting.interrupted,
    }


def _summary(report: dict[str, object]) -> str:
    psnr = report["psnr"]
    return (
        f"{report['output']}: {report['strokes']} strokes of {report['brush']}, "
        f"{report['width']} x {report['height']} px, in {report['seconds']:.1f} s; "
        f"mean squared error {report['mse']:.4f}" + (f" ({psnr:.1f} dB)." if psnr is not None else ".")
    )
