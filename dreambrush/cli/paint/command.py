"""``dreambrush paint``: pictures in, paintings out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import click

from dreambrush.cli.paint.album import Asked, Ended, endings, paint_pictures
from dreambrush.cli.paint.away import paint_away
from dreambrush.cli.paint.film import FilmSettings, film_among, paint_clip, refuse_film_options
from dreambrush.cli.paint.job import Job, run_job
from dreambrush.cli.paint.onto import Onto
from dreambrush.cli.paint.options import ESSENTIALS, ONLY_FLAGS, paint_options
from dreambrush.cli.paint.outcomes import Outcomes
from dreambrush.cli.paint.resume import check_resume, outputs_of_resumed, read_unfinished
from dreambrush.cli.paint.settings import PaintSettings
from dreambrush.cli.paint.watch import check_watch, check_watch_outputs, paint_when_saved
from dreambrush.cli.shared.brushes import brushes_with_dreams
from dreambrush.cli.shared.configured import ConfiguredCommand, is_typed
from dreambrush.cli.shared.formats import DEFAULT_DPI
from dreambrush.cli.shared.inputs import STDIN, TargetPath, opened_inputs
from dreambrush.cli.shared.outputs import Outputs, check_output, check_replaces_none, is_finished, plan_outputs
from dreambrush.cli.ui.progress import counting_bar
from dreambrush.errors import ExitCode, UsageError
from dreambrush.jobs.crew import open_crew

SAMPLE = Path(__file__).parents[2] / "samples" / "still-life.jpg"

EXAMPLES = """\b
Examples:
  dreambrush paint photo.jpg
  dreambrush paint photo.jpg -o portrait.ora --hand 0.8 --strokes 3000 --size 2048
  dreambrush paint photo.jpg -o painting.ora -o print.tif --dpi 240
  dreambrush paint album -o paintings --jobs 2 --json > report.jsonl
  dreambrush paint photo.jpg --onto my-work.ora --region "Background"
  dreambrush paint clip.mp4 -o painted.mp4 --on 2s --keys 24
"""


@click.command(cls=ConfiguredCommand, essentials=ESSENTIALS, only_flags=ONLY_FLAGS, epilog=EXAMPLES)
@click.argument("targets", metavar="TARGET...", nargs=-1, type=TargetPath(path_type=Path))
@paint_options
def paint(
    targets: tuple[Path, ...],
    output: tuple[Path, ...],
    formats: tuple[str, ...],
    dpi: int | None,
    brushes: tuple[str, ...],
    size: int | None,
    timelapse: Path | None,
    sample: bool,
    jobs: int,
    cluster: str | None,
    save_every: float,
    megapixels: int | None,
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
    fit: str | None,
    mask: Path | None,
    in_place: bool,
    held: str,
    boil: float,
    keys: int | None,
    from_key: Path | None,
    **chosen: Any,
) -> int:
    """Paint pictures as layered .ora files.

    Every stroke is a real stroke of MyPaint's brush engine.

    TARGET is a picture: JPEG, HEIC, PNG, WebP, AVIF, TIFF, PSD or another common format.  It may also be a folder, a
    pattern such as "*.jpg", or - for standard input (saved as stdin.ora).  A folder means the pictures in it, without
    its sub-folders.  Transparent parts stay unpainted.  If one picture fails, the others are still painted.  A
    video is painted as a film.  With -o FILM.mp4, so is an animated .gif or .webp, or a folder of frames.

    The unfinished painting is saved every 30 seconds (--save-every), and when you press Ctrl-C.  --resume finishes it.
    """
    settings, request = PaintSettings.of({**chosen, "brushes": brushes, "onto": onto}), None
    if sample:
        targets = (*targets, SAMPLE)
    if resume is not None:
        check_resume(targets)
        request, _ = read_unfinished(resume)
        targets = targets or (Path(request.target),)
    if go_on and (force or watch or onto is not None):
        other = "force" if force else "watch" if watch else "onto"
        raise UsageError(
            f"--continue and --{other} cannot be used together.", "Leave one of them out.", id="options-conflict"
        )
    if not targets:
        raise UsageError(
            "There is no picture to paint.",
            "Name a picture, or paint the one that comes with dreambrush: dreambrush paint --sample",
            id="no-picture-given",
        )
    if quiet and verbose and is_typed("quiet") != is_typed("verbose"):  # the command line overrides settings
        quiet, verbose = is_typed("quiet"), is_typed("verbose")
    if quiet and verbose:
        raise UsageError("-q and -v cannot be used together.", "Leave one of them out.", id="options-conflict")
    if (clip := film_among(targets, output)) is not None:
        film = FilmSettings(int(held[0]), boil, keys, from_key)
        how = {"force": force, "go_on": go_on, "as_json": as_json, "quiet": quiet, "verbose": verbose}
        return paint_clip(clip, output, settings, brushes, film, size, chosen["like"], **how)
    refuse_film_options()
    if watch and STDIN in targets:  # before standard input is read
        check_watch([str(STDIN)], in_place=in_place, film=timelapse is not None)
    if cluster is not None and (watch or onto is not None):
        other = "watch" if watch else "onto"
        raise UsageError(
            f"--cluster and --{other} cannot be used together.", "Leave one of them out.", id="options-conflict"
        )
    work = Onto.asked(onto, above, region, mask, in_place, fit)

    outcomes = Outcomes(as_json=as_json, quiet=quiet, verbose=verbose)
    with opened_inputs(targets, outcomes.note) as pictures:
        files = [picture.file for picture in pictures]
        if watch:
            check_watch([picture.name for picture in pictures], in_place=in_place, film=timelapse is not None)
        kinds, inch = tuple(dict.fromkeys(formats)), dpi or DEFAULT_DPI
        if request is not None:
            assert resume is not None
            outputs = [outputs_of_resumed(resume, request, output, dpi, overwrite=force)]
        elif work is None:
            outputs = plan_outputs(files, output, overwrite=force, formats=kinds, dpi=inch, go_on=go_on)
        else:
            _check_onto(files, size, flatten=settings.flatten_pigment)
            outputs = [work.outputs(output, kinds, inch, overwrite=force)]
        for path in (path for each in outputs for path in each.wanted):
            check_replaces_none(path, chosen["like"])
        if watch:
            check_watch_outputs(outputs)
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
            megapixels=megapixels,
            resumed=resume,
            go_on=go_on,
            quiet=quiet,
            verbose=verbose,
            bar=min(jobs, len(pictures)) == 1,
            preview=preview,
            focused=is_typed("focus"),
        )
        todo = list(zip(pictures, outputs, strict=True))
        if go_on:
            todo = [each for each in todo if not _is_done(each[1], outcomes.note)]
            outcomes.note(f"{len(outputs) - len(todo)} of {len(outputs)} pictures are already painted.")
        if watch:
            every = paint_when_saved(partial(run_job, job), pictures[0], outputs[0].work, outcomes.note)
        else:
            every = _painted_by(job, todo, min(jobs, len(todo)), cluster)
        try:
            for done in every:
                outcomes.take(done)
        except KeyboardInterrupt:
            outcomes.status = ExitCode.INTERRUPTED
    return outcomes.sum_up(len(todo))


def _painted_by(job: Job, todo: Sequence[Asked], jobs: int, cluster: str | None) -> Iterator[Ended]:
    """Paint pictures, show how many are done if several are painted at the same time, and yield each."""
    if not todo:
        return
    alone = cluster is None and jobs == 1
    with (
        open_crew(jobs, cluster, job.note) as crew,
        counting_bar("pictures", "painted", len(todo), quiet=job.quiet or job.verbose or alone) as count,
        closing(
            paint_pictures(partial(run_job, job), todo, crew)
            if cluster is None
            else endings(paint_away(crew, job, todo))
        ) as every,
    ):
        for done in every:
            with count.one_more():
                yield done


def _is_done(outputs: Outputs, note: Callable[[str], None]) -> bool:
    """Whether a picture is painted already.  Files that only lack being made of a finished .ora are made."""
    missing = outputs.missing()
    if not outputs.keep:
        return not missing
    if not is_finished(outputs.work):
        return False
    if missing:
        from dreambrush.pictures.exporting import export_document

        export_document(outputs.work, missing, outputs.dpi)
        note(f"Made of '{outputs.work}': {', '.join(map(str, missing))}.")
    return True


def _check_onto(targets: Sequence[Path], size: int | None, *, flatten: bool) -> None:
    """Check that the pictures and the other options go with --onto."""
    if len(targets) > 1:
        raise UsageError(
            "--onto takes one picture at a time.",
            "Paint them one after the other.",
            id="only-one-picture",
        )
    if size is not None and is_typed("size"):
        raise UsageError(
            "--size and --onto cannot be used together.",
            "Leave --size out: your work already has a size.",
            id="options-conflict",
        )
    if flatten and is_typed("flatten_pigment"):
        raise UsageError(
            "--flatten-pigment and --onto cannot be used together.",
            "Leave it out, and make a flattened copy of the result: dreambrush render WORK.ora -o FLAT.ora "
            "--flatten-pigment",
            id="options-conflict",
        )


def _check_film(film: Path, pictures: int, *, overwrite: bool) -> None:
    """Find errors of the film before painting instead of after it."""
    from dreambrush.replay.timelapse import TimelapseOptions, plan_film

    if pictures > 1:
        raise UsageError(
            "--timelapse films one picture, but there are several.",
            "Paint them one after the other.",
            id="only-one-picture",
        )
    plan_film(film, TimelapseOptions())
    check_output(film, overwrite=overwrite)
