"""``dreambrush try``: one picture in twelve looks on one sheet, and the command for each."""

from __future__ import annotations

import os
import shlex
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from dreambrush.cli.shared.options import QUIET, SHEET_SIZE, seed_option, whole_number
from dreambrush.errors import ExitCode

if TYPE_CHECKING:
    from dreambrush.arrays import Float32
    from dreambrush.cli.paint.settings import PaintSettings, StrokeWidth
    from dreambrush.cli.shared.inputs import Input
    from dreambrush.cli.shared.outputs import Outputs
    from dreambrush.models.catalogue import BrushFile

MOST_JOBS = 4  # by default: more would take memory for little
EFFORT = 1  # of the paintings on the sheet
STEM = "-looks"  # photo-looks.png
DEFAULT_SIDE = 1024  # pixels: longer side of a full painting, unless the picture is smaller

EXAMPLES = """\b
Examples:
  dreambrush try photo.jpg
  dreambrush try photo.jpg -o looks.png --size 512
  dreambrush try photo.jpg --seed 7 --force > looks.txt
"""


class LookOptions(NamedTuple):
    """A look to try.

    Attributes:
        name: a word for the file of its painting.
        title: a few words for the sheet.
        options: of ``dreambrush paint``, as they are typed.
    """

    name: str
    title: str
    options: str


# Those that differ at a glance and suit most photos.  Each is to be looked at again when brushes or styles change.
LOOKS = (
    LookOptions("plain", "As it comes", ""),
    LookOptions("loose", "A free hand", "--hand 1 --strokes 800"),
    LookOptions("oil", "Oil, wet in wet", "--style oil-alla-prima"),
    LookOptions("impasto", "Thick oil", "--style oil-impasto"),
    LookOptions("impressionist", "Broken colour", "--style impressionist"),
    LookOptions("watercolour", "Watercolour", "--style watercolour"),
    LookOptions("pastel", "Pastel", "--style pastel"),
    LookOptions("coloured-pencil", "Coloured pencils", "--style coloured-pencil"),
    LookOptions("pencil", "Pencil", "--style pencil"),
    LookOptions("charcoal", "Charcoal", "--style charcoal"),
    LookOptions("ink-wash", "Ink and wash", "--style ink-wash"),
    LookOptions("pointillist", "Dots of pure colour", "--style pointillist"),
)


@click.command("try", epilog=EXAMPLES)
@click.argument("photo", metavar="PHOTO", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    metavar="OUT.png|DIR",
    type=click.Path(path_type=Path),
    help="The sheet.  [default: the photo's name with -looks.png, in this folder]",
)
@SHEET_SIZE
@seed_option("Another seed gives other strokes.  The commands on the sheet have it, too.")
@click.option(
    "--jobs",
    metavar="N",
    type=whole_number(1, 64),
    help=f"How many looks to paint at the same time.  [default: one for each core, at most {MOST_JOBS}]",
)
@click.option("--force", is_flag=True, help="Replace the sheet if it exists.")
@QUIET
def try_(photo: Path, output: Path | None, size: int, seed: int, jobs: int | None, force: bool, quiet: bool) -> int:
    """Show a photo in twelve looks, with the command for each.

    The looks differ in brushes, hand, colours and style.  They are painted small and quickly, in less than a minute on
    two cores, and come on one sheet.  Below each look is the command that paints it at full size.  The commands are
    printed on stdout, too, one on a line.

    If you press Ctrl-C, the sheet has the looks that are ready by then.
    """
    from dreambrush.cli.paint.album import paint_pictures
    from dreambrush.cli.shared.inputs import Input
    from dreambrush.cli.shared.outputs import Outputs
    from dreambrush.cli.ui.progress import progress_bar
    from dreambrush.cores import available_cores
    from dreambrush.jobs.crew import open_crew

    started = time.monotonic()
    sheet = _sheet_file(photo, output, overwrite=force)
    tries = {f"{photo.name} ({look.name})": _try_of(look, photo, seed, quiet=quiet) for look in LOOKS}
    target = _picture(photo, size, next(iter(tries.values())).megapixels)
    status, told = int(ExitCode.OK), 0
    with tempfile.TemporaryDirectory(prefix="dreambrush-") as folder, progress_bar(photo.name, quiet=quiet) as update:
        files = {name: Path(folder, f"{number}.npy") for number, name in enumerate(tries)}
        todo = [(Input(photo, name), Outputs(file)) for name, file in files.items()]
        paint_it = partial(paint_look, tries, target)
        with (
            suppress(KeyboardInterrupt),
            open_crew(min(jobs or min(available_cores(), MOST_JOBS), len(todo))) as crew,
            closing(paint_pictures(paint_it, todo, crew)) as every,
        ):
            for done in every:
                if done.exit_code == ExitCode.INTERRUPTED:
                    break
                status, told = status or done.exit_code, told + 1
                if update:
                    update("paint", told, len(tries), "")
        if told < len(tries):  # whatever Ctrl-C came in between
            status = ExitCode.INTERRUPTED
        # What counts is the file: Ctrl-C may have kept a painter from saying that it is there.
        looks = {tries[name]: file for name, file in files.items() if file.exists()}
        if looks:
            _save_sheet(sheet, looks, overwrite=force)
    if not looks and status == ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    for each in looks:
        _print(each.command)
    if status == ExitCode.INTERRUPTED:
        click.echo(f"Interrupted: '{sheet}' has {len(looks)} of {len(tries)} looks.", err=True)
    elif looks and not quiet:
        click.echo(f"{sheet}: {len(looks)} looks, in {time.monotonic() - started:.0f} s.", err=True)
        click.echo("Open it, choose a look, and run the command below it.", err=True)
    return status


@dataclass(frozen=True)
class Try:
    """A look of one photo.

    Attributes:
        title: a few words about it.
        command: the command that paints it at full size.
        settings: of its small painting.
        brushes: that it is painted with.
        megapixels: how large the photo may be; None for the usual limits.
    """

    title: str
    command: str
    settings: PaintSettings
    brushes: tuple[BrushFile, ...]
    megapixels: int | None


def paint_look(tries: Mapping[str, Try], target: Float32, picture: Input, outputs: Outputs) -> dict[str, Any]:
    """Paint one look, and save the pixels (h, w, 3) uint8 as a .npy file.

    Args:
        tries: the looks by name.
        target: the photo, (h, w, 3 or 4) float32, sRGB 0..1.
        picture: has the name of the look.
        outputs: the .npy file.

    Returns:
        A report for the crew.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed before the look was ready.
    """
    import numpy as np

    from dreambrush.files.output import open_output
    from dreambrush.painter.run import paint as paint_picture

    each = tries[picture.name]
    height, width = target.shape[:2]
    options = each.settings.for_painter(width, height, 0.0, target[..., :3], each.brushes)
    painting = paint_picture(target, each.brushes, each.settings.strokes, each.settings.seed, options=options)
    if painting.interrupted:
        raise KeyboardInterrupt
    with open_output(outputs.work) as file:
        np.save(file, painting.merged)
    return {"interrupted": False}


def _try_of(look: LookOptions, photo: Path, seed: int, *, quiet: bool) -> Try:
    """The look of this photo, with the settings that ``dreambrush paint`` would find for it."""
    from dreambrush.cli.paint.command import paint
    from dreambrush.cli.paint.settings import PaintSettings
    from dreambrush.cli.shared.brushes import brushes_with_dreams

    seeded = f"--seed {seed}" if seed else ""
    words = [_typed(str(photo)), look.options, seeded, "-o", _typed(f"{photo.stem}-{look.name}.ora")]
    command = " ".join(["dreambrush paint", *filter(None, words)])
    chosen = paint.make_context("paint", shlex.split(command)[2:]).params
    settings = PaintSettings.of(chosen)
    side = chosen["size"] or DEFAULT_SIDE
    narrowest, widest = (_in_per_cent(width, side) for width in (settings.min_size, settings.max_size))
    small = replace(settings, effort=EFFORT, time=None, min_size=narrowest, max_size=widest)
    brushes = tuple(brushes_with_dreams(chosen["brushes"], quiet=quiet))
    return Try(look.title, command, small, brushes, chosen["megapixels"])


def _typed(name: str) -> str:
    """A file's name as it is typed: quoted if it must be, and no option if it begins with a hyphen."""
    return shlex.quote(f"./{name}" if name.startswith("-") else name)


def _in_per_cent(width: StrokeWidth | None, side: int) -> StrokeWidth | None:
    """The same width for a painting of any size, if it is meant for one with this longer side in pixels."""
    if width is None or width.per_cent:
        return width
    return replace(width, value=100 * width.value / side, per_cent=True)


def _sheet_file(photo: Path, output: Path | None, *, overwrite: bool) -> Path:
    """The file of the sheet, which is free and writable.

    Raises:
        PictureError: there is no photo.
        UsageError: the file has another ending than .png.
        OutputError: the file exists already, is the photo, or cannot be written.
    """
    from dreambrush.cli.shared.formats import check_ending
    from dreambrush.cli.shared.outputs import plan_outputs

    name = f"{photo.stem}{STEM}.png"
    if output is None:
        output = Path(name)
    elif output.is_dir():
        output = output / name
    else:
        check_ending(output, ("png",))
    (planned,) = plan_outputs([photo], [output], overwrite=overwrite)
    return planned.others[0]


def _picture(photo: Path, size: int, megapixels: int | None) -> Float32:
    from dreambrush.pictures.limits import Limits
    from dreambrush.pictures.reading import load_picture

    limits = None if megapixels is None else Limits.of_megapixels(megapixels)
    return load_picture(photo, size, keep_alpha=True, limits=limits)


def _save_sheet(sheet: Path, looks: Mapping[Try, Path], *, overwrite: bool) -> None:
    import numpy as np

    from dreambrush.files.output import open_output
    from dreambrush.pictures.look_sheet import Look, draw_look_sheet

    drawn = draw_look_sheet([Look(each.title, each.command, np.load(file)) for each, file in looks.items()])
    with open_output(sheet, overwrite=overwrite) as file:
        drawn.save(file, "PNG", optimize=True)


def _print(command: str) -> None:
    """Print a command, with the bytes that the file's name has, even if they are no characters."""
    click.echo(command if command.isprintable() else os.fsencode(command))
