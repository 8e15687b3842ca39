"""``dreambrush paint``: pictures in, paintings out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from dreambrush.cli.paint.brushes import brushes_with_dreams
from dreambrush.cli.paint.job import Job, run_job
from dreambrush.cli.paint.onto import Onto, onto_options
from dreambrush.cli.paint.options import duration, painting_options
from dreambrush.cli.paint.pool import run_pool
from dreambrush.cli.paint.report import summary, summary_of_all
from dreambrush.cli.paint.resume import check_resume, output_of_resumed, read_unfinished
from dreambrush.cli.paint.settings import PaintSettings
from dreambrush.cli.paint.watch import check_watch, paint_when_saved
from dreambrush.cli.shared.completers import ora_files
from dreambrush.cli.shared.configured import ConfiguredCommand, is_typed
from dreambrush.cli.shared.inputs import STDIN, TargetPath, opened_inputs
from dreambrush.cli.shared.options import QUIET, whole_number
from dreambrush.cli.shared.outputs import check_output, is_finished, plan_outputs
from dreambrush.errors import ExitCode, UsageError

SAMPLE = Path(__file__).parents[2] / "samples" / "still-life.jpg"
# Parameters that are about one painting, and so cannot be set by files and the environment.
ONLY_FLAGS = (
    *("output", "timelapse", "sample", "resume", "go_on", "force", "watch", "as_json"),
    *("onto", "above", "region", "mask", "in_place"),
)

SOONEST = 0.1  # seconds between two times that an unfinished painting is saved

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


@click.command(cls=ConfiguredCommand, only_flags=ONLY_FLAGS, epilog=EXAMPLES)
@click.argument("targets", metavar="TARGET...", nargs=-1, type=TargetPath(path_type=Path))
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
@click.option(
    "--save-every",
    metavar="TIME",
    type=duration(SOONEST),
    default="30s",
    show_default=True,
    help="How often the unfinished painting is saved, such as 10s or 5m, so that nothing can take more from you.",
)
@click.option(
    "--resume",
    metavar="FILE.ora",
    type=click.Path(path_type=Path),
    shell_complete=ora_files,
    help="Go on with a painting that was interrupted, to the same end.  All options are as they were.",
)
@click.option(
    "--continue",
    "go_on",
    is_flag=True,
    help="Leave out pictures whose paintings are there already, and go on with unfinished ones, as --resume does.",
)
@click.option("--force", is_flag=True, help="Replace an output that exists already.")
@click.option(
    "--watch",
    is_flag=True,
    help="Paint again when TARGET, a single one, is saved.  The painting before is replaced, unless somebody else has "
    "saved that meanwhile: then the new one gets a name of its own.  Ctrl-C ends the waiting.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per picture on stdout.")
@click.option(
    "--preview/--no-preview",
    default=True,
    show_default=True,
    help="Show what the painting looks like while it is painted, in a terminal with colours that is large enough.",
)
@click.option("-v", "--verbose", is_flag=True, help="Tell in plain lines on stderr how far it is, also when piped.")
@QUIET
def paint(
    targets: tuple[Path, ...],
    output: Path | None,
    brushes: tuple[str, ...],
    size: int | None,
    timelapse: Path | None,
    sample: bool,
    jobs: int,
    save_every: float,
    resume: Path | None,
    go_on: bool,
    force: bool,
    watch: bool,
    as_json: bool,
    preview: bool,
    verbose: bool,
    quiet: bool,
    onto: Path | None,
    above: str | None,
    region: str | None,
    mask: Path | None,
    in_place: bool,
    **chosen: Any,
) -> int:
    """Paint pictures as layered .ora files.

    Every stroke is a real stroke of MyPaint's engine.

    TARGET is a picture: JPEG, PNG, WebP, AVIF, TIFF, GIF, BMP and some more.  A transparent one is painted only where
    it is opaque.  A folder stands for all pictures in it (not in its sub-folders), a pattern such as "*.jpg" for all
    that match, and - for one that comes by standard input (saved as stdin.ora).  Of several, a failed one does not stop
    the others.

    While it paints, what is painted so far is saved from time to time (--save-every), and so it is when it is stopped
    by Ctrl-C, or because the computer is shut down.  --resume goes on.
    """
    settings, request = PaintSettings(**chosen), None
    if sample:
        targets = (*targets, SAMPLE)
    if resume is not None:
        check_resume(targets)
        request, _ = read_unfinished(resume)
        targets = targets or (Path(request.target),)
    if go_on and (force or watch or onto is not None):
        other = "force" if force else "watch" if watch else "onto"
        raise UsageError(f"--continue and --{other} are both given.", "Leave one of them out.", id="options-conflict")
    if not targets:
        raise UsageError(
            "There is no picture to paint.",
            "Name one, or paint the one that comes along with --sample.",
            id="no-picture-given",
        )
    if quiet and verbose and is_typed("quiet") != is_typed("verbose"):  # what is typed undoes what is set
        quiet, verbose = is_typed("quiet"), is_typed("verbose")
    if quiet and verbose:
        raise UsageError("-q and -v are both given.", "Leave one of them out.", id="options-conflict")
    if watch and STDIN in targets:  # before all of it is read
        check_watch([str(STDIN)], in_place=in_place, film=timelapse is not None)
    work = Onto.asked(onto, above, region, mask, in_place)

    def note(text: str) -> None:
        if not quiet:
            click.echo(text, err=True)

    status: int = ExitCode.OK
    with opened_inputs(targets, note) as pictures:
        files = [picture.file for picture in pictures]
        if watch:
            check_watch([picture.name for picture in pictures], in_place=in_place, film=timelapse is not None)
        if resume is not None:
            outputs = [output_of_resumed(resume, output, overwrite=force)]
        elif work is None:
            outputs = plan_outputs(files, output, overwrite=force or go_on)
        else:
            outputs = _output_onto(work, files, output, size, force)
        if timelapse is not None:
            _check_film(timelapse, len(files), overwrite=force)
        job = Job(
            words=brushes,
            brushes=brushes_with_dreams(brushes, quiet=quiet) if request is None else (),
            size=size,
            settings=settings,
            onto=work,
            film=timelapse,
            force=force,
            save_every=save_every,
            resumed=resume,
            go_on=go_on,
            quiet=quiet,
            verbose=verbose,
            bar=min(jobs, len(pictures)) == 1,
            preview=preview,
        )
        todo = list(zip(pictures, outputs, strict=True))
        if go_on:
            todo = [each for each in todo if not is_finished(each[1])]
            note(f"{len(outputs) - len(todo)} of {len(outputs)} paintings are there already.")
        paint_it = partial(run_job, job)
        reports, failed = [], []
        every = paint_when_saved(paint_it, pictures[0], outputs[0], note) if watch else run_pool(paint_it, todo, jobs)
        for done in every:
            if done.exit_code == ExitCode.INTERRUPTED:
                status = done.exit_code
            status = status or done.exit_code
            if done.report is None:
                failed += [done.picture.name] if done.exit_code != ExitCode.INTERRUPTED else []
                if as_json and done.error is not None:
                    click.echo(json.dumps({"target": done.picture.name, "error": done.error._asdict()}))
                continue
            reports.append(done.report)
            if as_json:
                click.echo(json.dumps(done.report))
            if done.report["interrupted"]:
                out, strokes = done.report["output"], done.report["strokes"]
                click.echo(f"Interrupted: '{out}' has the first {strokes} strokes.", err=True)
                note(f"Go on with: dreambrush paint --resume '{out}'")
            else:
                note(summary(done.report))
        if len(todo) > 1 and (status or not quiet):
            click.echo(summary_of_all(len(todo), reports, failed), err=True)
    if status == ExitCode.INTERRUPTED and not any(report["interrupted"] for report in reports):
        raise KeyboardInterrupt  # nothing has told of it yet
    return status


def _output_onto(work: Onto, targets: Sequence[Path], output: Path | None, size: int | None, force: bool) -> list[Path]:
    """The file that is written when a picture is painted into a work, checked to be writable."""
    if len(targets) > 1:
        raise UsageError(
            "Only one picture can be painted onto a work at once.",
            "Paint them one after the other.",
            id="only-one-picture",
        )
    if size is not None and is_typed("size"):
        raise UsageError(
            "--size and --onto are both given.", "Leave --size out: the work has its own.", id="options-conflict"
        )
    path = work.output(output)
    check_output(path, overwrite=force or work.in_place)
    return [path]


def _check_film(film: Path, pictures: int, *, overwrite: bool) -> None:
    """Finds out before painting what would go wrong after it."""
    from dreambrush.painter.timelapse import TimelapseOptions, plan_film

    if pictures > 1:
        raise UsageError(
            "--timelapse makes one film, but there are several pictures.",
            "Paint them one after the other.",
            id="only-one-picture",
        )
    plan_film(film, TimelapseOptions())
    check_output(film, overwrite=overwrite)
