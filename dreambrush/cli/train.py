"""``dreambrush train``: teaches dreambrush what a brush does."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreambrush.cli.shared.options import BRUSH, QUIET, folder_option, seed_option, whole_number
from dreambrush.cli.shared.packages import need_train_packages
from dreambrush.cli.ui.progress import progress_bar
from dreambrush.errors import ExitCode

if TYPE_CHECKING:
    from dreambrush.models.catalogue import BrushFile
    from dreambrush.train.plan import Stage

STAGES: tuple[Stage, ...] = ("collect", "dream", "controller", "export")
VAGUE = 0.5  # a dream that predicts less than this share of what can be predicted gets a warning

EXAMPLES = """\b
Examples:
  dreambrush train my-brush.myb
  dreambrush paint photo.jpg --brush my-brush
  dreambrush train my-brush.myb --thorough
"""


def stage_name(value: str) -> str:
    """An option type: a stage."""
    if value not in STAGES:
        raise click.BadParameter(f"'{value}' is not one of {', '.join(map(repr, STAGES))}.")
    return value


def complete_stage(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What the shell offers."""
    return [stage for stage in STAGES if stage.startswith(incomplete)]


@click.command(epilog=EXAMPLES)
@BRUSH
@folder_option("Folder for the model.  [default: the folder where dreambrush looks for dreams]")
@click.option(
    "--strokes",
    metavar="N",
    type=whole_number(100, 1_000_000),
    help="Number of random strokes to learn from, 100 to 1000000.  [default: 40000, or 80000 with --thorough]",
)
@seed_option("Number that picks the random strokes and the first weights.")
@click.option("--thorough", is_flag=True, help="Learn from more strokes, for four times as long.")
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    default="cpu",
    show_default=True,
    help="Where to train the dream.  A GPU (cuda) does not give the same bytes each time.",
)
@click.option(
    "--pictures",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of pictures for the controller to practise on.  [default: pictures that dreambrush draws]",
)
@click.option(
    "--only",
    metavar=f"[{'|'.join(STAGES)}]",
    type=stage_name,
    multiple=True,
    shell_complete=complete_stage,
    help="Do only this stage.  You may give it several times.",
)
@click.option("--keep", is_flag=True, help="Keep the strokes and checkpoints at the end.")
@click.option("--restart", is_flag=True, help="Discard an unfinished training and start over.")
@QUIET
def train(
    brush: str,
    output: Path | None,
    strokes: int | None,
    seed: int,
    thorough: bool,
    device: str,
    pictures: Path | None,
    only: tuple[str, ...],
    keep: bool,
    restart: bool,
    quiet: bool,
) -> int:
    """Teach dreambrush a brush of your own.

    Training has four stages:

    \b
      collect     MyPaint's engine paints random strokes of the brush.
      dream       A small network learns to predict what a stroke looks like.
                  Of a wet brush, a blender or an eraser another learns what it
                  does with paint that lies there.
      controller  Another learns, in that dream, where to put strokes.
      export      The dream is saved as ONNX and checked.  A preview sheet shows
                  real strokes beside dreamt ones.

    You can stop at any time, and the same command continues.  An older model in the folder stays in use until
    the new one is ready.
    """  # noqa: D301
    from dreambrush.cli.shared.outputs import check_folder
    from dreambrush.models.catalogue import find_brush, read_card, user_dreams
    from dreambrush.mypaint.engine.myb import read_myb
    from dreambrush.pictures.picture_sets import open_picture_set

    stages = [stage for stage in STAGES if not only or stage in only]
    brush_file = find_brush(brush)
    settings = read_myb(brush_file.path)  # "it is broken" helps more than what is missing for training
    folder = output or user_dreams() / brush_file.name
    check_folder(folder)
    if pictures is not None:
        open_picture_set(pictures)
    need_train_packages("Training")
    from dreambrush.cli.ui.pace import Pace, in_words
    from dreambrush.train.collect.wet import is_wet_brush
    from dreambrush.train.pipeline import train as train_brush
    from dreambrush.train.plan import TrainOptions, expected_seconds

    options = TrainOptions(seed=seed, device=device)
    options = options.patient() if thorough else options
    options = replace(options, strokes=strokes) if strokes else options
    options = options if pictures is None else replace(options, practice=str(pictures))
    pace = Pace(expected_seconds(options, stages, wet=is_wet_brush(settings)))
    started = time.perf_counter()
    with progress_bar(brush_file.name, quiet=quiet) as update:

        def show(stage: str, done: int, total: int) -> None:
            left = pace.tell(stage, done, total)
            if update is not None:
                update(stage, done, total, in_words(left))

        try:
            train_brush(brush_file, folder, options, stages, show, keep=keep, restart=restart)
        except KeyboardInterrupt:
            click.echo(f"Interrupted: run the same command again to continue training {brush_file.name}.", err=True)
            return ExitCode.INTERRUPTED
    if not quiet:
        seconds = time.perf_counter() - started
        if "export" in stages:
            _tell_result(brush_file, folder, read_card(folder), seconds)
        else:
            click.echo(f"{folder}: {' and '.join(stages)} done in {seconds:.0f} s.", err=True)
    return ExitCode.OK


def _tell_result(brush: BrushFile, folder: Path, card: dict[str, Any], seconds: float) -> None:
    from dreambrush.dream.wet import lays_own
    from dreambrush.errors import BrushError
    from dreambrush.models.catalogue import find_brush
    from dreambrush.train.card import foretold_share

    share = foretold_share(card)
    known = f"it predicts {100 * share:.1f} % of what can be predicted of new strokes"
    if "wet" in card:
        explained = card["wet"]["held_out"]["explained"]
        known += f", and {100 * explained:.1f} % of what they do with paint that lies there"
    click.echo(f"{folder}: the dream of {brush.name}, trained in {seconds:.0f} s; {known}.", err=True)
    if share < VAGUE:
        click.echo(f"Warning: {brush.name} could not be learned well; train it with --thorough.", err=True)
    if card.get("changes_colour"):
        click.echo(
            f"Warning: {brush.name} changes the colours it is given, so the colours of paintings will be off.", err=True
        )
    try:
        known_by_name = find_brush(brush.name).dream == folder
    except BrushError:  # a file from elsewhere, whose model goes elsewhere
        known_by_name = False
    name = brush.name if known_by_name else folder
    beside = "" if lays_own(card) else "--brush oil "
    click.echo(f"Paint with it: dreambrush paint photo.jpg {beside}--brush {name}", err=True)
