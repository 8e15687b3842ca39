"""A film of ``dreambrush paint``: read, painted drawing by drawing, saved and reported."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreambrush.cli.paint.film_keys import check_changed, check_keys, key_options
from dreambrush.cli.paint.resume import digest_of_file, digests_of
from dreambrush.cli.paint.settings import PaintSettings
from dreambrush.cli.shared.brushes import brushes_with_dreams
from dreambrush.cli.shared.configured import is_typed
from dreambrush.cli.shared.outputs import check_output, check_replaces_none
from dreambrush.cli.ui.likeness import decibels
from dreambrush.cli.ui.notes import note
from dreambrush.cli.ui.progress import progress_bar
from dreambrush.errors import ExitCode, OutputError, UsageError
from dreambrush.pictures.film_files import MP4, SAVED, check_film_ending, film_ending

if TYPE_CHECKING:
    from dreambrush.arrays import Float32
    from dreambrush.film.clip import Clip
    from dreambrush.film.kept import Drawn
    from dreambrush.models.catalogue import BrushFile
    from dreambrush.painter.options import PaintOptions
    from dreambrush.painter.painting import Progress

# Options that are about single pictures, by their parameters.
NOT_OF_FILMS = {
    **{"onto": "--onto", "resume": "--resume", "watch": "--watch", "timelapse": "--timelapse", "formats": "--format"},
    **{"dpi": "--dpi", "time": "--time", "until": "--until", "relief": "--relief", "flow": "--flow"},
    **{"flatten_pigment": "--flatten-pigment", "jobs": "--jobs", "ground": "--ground", "cluster": "--cluster"},
    **{"above": "--above", "region": "--region", "fit": "--fit", "mask": "--mask", "in_place": "--in-place"},
    **{"save_every": "--save-every", "megapixels": "--megapixels", "preview": "--preview"},
}
OF_FILMS = {"held": "--on", "boil": "--boil", "keys": "--keys", "from_key": "--from"}
OFTEN = 0.2  # seconds from one look of the bar to the next


@dataclass(frozen=True)
class FilmSettings:
    """What the options of films say.

    Attributes:
        on: for how many frames a drawing is held.
        boil: how far strokes wiggle from drawing to drawing, 0..1.
        keys: one of so many frames is saved as .ora; None for none.
        from_key: a drawing that the artist has changed, or None.
    """

    on: int
    boil: float
    keys: int | None
    from_key: Path | None


def film_among(targets: Sequence[Path], outputs: Sequence[Path]) -> Path | None:
    """The film among what is to be painted; None if these are pictures.

    A video is always a film.  An animated picture and a folder are films if the output is one.

    Raises:
        UsageError: there is a film and something else.
    """
    from dreambrush.film.clip import is_film, is_video

    moving = any(film_ending(each) in SAVED for each in outputs)
    films = [each for each in targets if is_video(each) or (moving and is_film(each))]
    if films and len(targets) > 1:
        raise UsageError(
            "A film is painted alone, but there are several things to paint.",
            "Paint them one after the other.",
            id="only-one-picture",
        )
    return films[0] if films else None


def refuse_film_options() -> None:
    """Check that no option of films was given for pictures.

    Raises:
        UsageError: one was.
    """
    for name, option in OF_FILMS.items():
        if is_typed(name):
            raise UsageError(
                f"{option} is for films.",
                "Name a film and an output such as -o painted.mp4, or leave it out.",
                id="only-for-films",
            )


def paint_clip(
    path: Path,
    outputs: Sequence[Path],
    settings: PaintSettings,
    words: Sequence[str],
    film: FilmSettings,
    size: int | None,
    liked: Sequence[Path],
    *,
    force: bool,
    go_on: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Paint a film; return the exit code.

    Args:
        path: the film.
        outputs: where to save the painted one, as -o.
        settings: of its drawings.
        words: its brushes, as the user named them.
        film: what the options of films say.
        size: longer side of the frames in pixels; None for their own.
        liked: the pictures of --like.
        force: files may be replaced.
        go_on: finish an unfinished film.
        as_json: print a report.
        quiet: print nothing but errors.
        verbose: tell of each drawing in a line.

    Raises:
        DreambrushError: something is wrong with the film, an option or an output.
    """
    from dreambrush.film.clip import open_clip
    from dreambrush.film.commission import FilmCommission
    from dreambrush.film.flow import need_cv2
    from dreambrush.film.kept import Kept
    from dreambrush.film.keys import read_key
    from dreambrush.film.painted import KeyWish, paint_film

    for name, option in NOT_OF_FILMS.items():
        if is_typed(name):
            raise UsageError(f"{option} is not for films.", "Leave it out.", id="not-for-films")
    need_cv2()
    settings = replace(settings, time=None, until=None)  # files of settings may have them
    out = _output_of(path, outputs)
    clip = open_clip(path, size)
    kept = Kept(out)
    goes_on = go_on and kept.is_there
    if go_on and not goes_on and os.path.lexists(out):
        note(f"{out} is there already.", quiet=quiet)
        return ExitCode.OK
    overwrite = force or (goes_on and kept.replaces)  # what goes on may replace what it might replace when it began
    _check_output(out, path, liked, overwrite=overwrite)
    if kept.is_there and not (go_on or force):
        raise OutputError(
            f"'{kept.folder}' holds an unfinished film.",
            "Finish it with --continue, or begin anew with --force.",
            id="film-unfinished",
        )
    brushes = brushes_with_dreams(words, quiet=quiet)
    keys, recorded = None, key_options(settings, film.on, film.boil)
    if film.keys is not None:
        check_keys(out, kept, len(clip.times), film.keys, film.on, film.from_key, overwrite=overwrite)
        keys = KeyWish(film.keys, recorded, settings.your_turn)
    key = None
    if film.from_key is not None:
        key = read_key(film.from_key)
        check_changed(film.from_key, key, clip, recorded, settings.seed)
    request = _request(clip, brushes, settings, film)
    begun = None
    if goes_on:
        begun = kept.go_on(request)
    else:
        kept.begin(request, replaces=force)
    make = partial(_options, settings, brushes)
    asked = FilmCommission(tuple(brushes), settings.strokes, settings.seed, make, film.on, film.boil, key)
    started = time.perf_counter()
    try:
        with progress_bar(path.name, quiet=quiet or verbose) as update:
            show = _told(path.name, len(clip.times)) if verbose else _shown(update, len(clip.times))
            drawn = paint_film(clip, asked, kept, out, begun, keys, show, overwrite=overwrite)
    except KeyboardInterrupt:
        done = kept.drawn[-1].frame + 1 if kept.drawn else 0
        click.echo(f"Interrupted: {done} of {len(clip.times)} frames of '{out}' are painted.", err=True)
        note("Go on with the same command and --continue.", quiet=quiet)
        return ExitCode.INTERRUPTED
    report = _report(path, out, clip, drawn, time.perf_counter() - started)
    if as_json:
        click.echo(json.dumps(report))
    if not quiet:
        near = decibels(report["mse"])
        close = "" if near is None else f", {near:.1f} dB from the clip"
        counts = ", ".join(_many(report[each], each) for each in ("frames", "drawings", "shots"))
        click.echo(f"{out}: {counts}{close}, painted in {report['seconds']:.0f} s.", err=True)
    return ExitCode.OK


def _many(count: int, things: str) -> str:
    return f"{count} {things.removesuffix('s') if count == 1 else things}"


def _output_of(path: Path, outputs: Sequence[Path]) -> Path:
    """The file for the painted film.

    Raises:
        UsageError: there are several, or it is no film.
    """
    if len(outputs) > 1:
        raise UsageError(
            "A film is saved as one file, but -o names several.", "Leave all but one out.", id="options-conflict"
        )
    out = outputs[0] if outputs else Path()
    if os.path.isdir(out):  # Path.is_dir() raises an error where a name is too long
        out = out / f"{path.stem or path.name}-painted{MP4}"
    check_film_ending(out)
    return out


def _check_output(out: Path, path: Path, liked: Sequence[Path], *, overwrite: bool) -> None:
    from dreambrush.pictures.opening import picture_endings

    try:
        check_replaces_none(out, [path, *liked])
        if os.path.realpath(out.parent) == os.path.realpath(path) and film_ending(out) in picture_endings():
            raise OutputError(  # the next time, it would be one
                f"The film '{out}' would lie among its frames.",
                "Choose another folder with -o.",
                id="output-is-the-picture",
            )
        check_output(out, overwrite=overwrite)
    except OSError as error:  # a name that is too long, a folder that may not be entered
        raise OutputError(
            f"The output cannot be written ({error}).", "Choose another one with -o.", id="cannot-write"
        ) from None


def _request(clip: Clip, brushes: Sequence[BrushFile], settings: PaintSettings, film: FilmSettings) -> dict[str, Any]:
    """All on which the bytes of the film depend, as plain data."""
    from dreambrush import __version__
    from dreambrush.film.clip import files_of

    content = [[os.fsencode(each.name).hex(), digest_of_file(each)] for each in files_of(clip.path)]
    key = None if film.from_key is None else digest_of_file(film.from_key)
    return {
        **{"version": __version__, "clip": content, "size": list(clip.size)},
        **{"on": film.on, "boil": film.boil, "keys": film.keys, "from": key, "settings": settings.record()},
        "digests": {name: each for name, each in digests_of(Path(), brushes, settings, None).items() if name},
    }


def _options(settings: PaintSettings, brushes: Sequence[BrushFile], picture: Float32) -> PaintOptions:
    height, width = picture.shape[:2]
    return settings.for_painter(width, height, 0.0, picture, brushes)


def _told(name: str, frames: int) -> Callable[[int, Progress | None], None]:
    """Tells of each drawing in a line."""

    def tell(frame: int, progress: Progress | None) -> None:
        if progress is None:
            click.echo(f"{name}: {frame} of {frames} frames", err=True)

    return tell


def _shown(update: Callable[[str, int, int, str], None] | None, frames: int) -> Callable[[int, Progress | None], None]:
    """Tells the bar how many frames are done, and of a drawing that takes long, how far it is."""
    told = [0.0]

    def show(frame: int, progress: Progress | None) -> None:
        now = time.monotonic()
        if update is None or (progress is not None and now < told[0] + OFTEN):
            return
        told[0] = now
        note = "" if progress is None else f"{progress.stage.lower()} {progress.done} of {progress.total}"
        update("paint", frame, frames, note)

    return show


def _report(path: Path, out: Path, clip: Clip, drawn: Sequence[Drawn], seconds: float) -> dict[str, Any]:
    return {
        "target": str(path),
        "output": str(out),
        "size": list(clip.size),
        "frames": len(clip.times),
        "drawings": len(drawn),
        "shots": drawn[-1].shot + 1,
        "mse": sum(each.mse for each in drawn) / len(drawn),
        "sound": clip.sound and film_ending(out) == MP4,
        "seconds": round(seconds, 3),
    }
