"""``dreambrush train``: teaches dreambrush what a brush does."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreambrush.cli.shared.options import BRUSH, QUIET, folder_option, seed_option, whole_number
from dreambrush.cli.shared.packages import need_train_packages
from dreambrush.cli.shared.ranks import in_all_ranks
from dreambrush.cli.ui.progress import progress_bar
from dreambrush.errors import ExitCode

if TYPE_CHECKING:
    from dreambrush.models.catalogue import BrushFile
    from dreambrush.train.fit.ranks import Ranks
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
@folder_option("Folder for what is learned.  [default: where `dreambrush paint` finds it by the brush's name]")
@click.option(
    "--strokes",
    metavar="N",
    type=whole_number(100, 1_000_000),
    help="Number of random strokes to learn from, 100 to 1000000.  [default: 40000, or 80000 with --thorough]",
)
@seed_option("Number of the training.  Another number gives other random strokes, and a slightly different result.")
@click.option("--thorough", is_flag=True, help="Learn from more strokes, for four times as long.")
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    default="cpu",
    show_default=True,
    help="Train on the processor (cpu), or on a graphics card (cuda), which does not give the same result each time.",
)
@click.option(
    "--pictures",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of pictures to practise on.  [default: pictures that dreambrush draws]",
)
@click.option(
    "--only",
    metavar=f"[{'|'.join(STAGES)}]",
    type=stage_name,
    multiple=True,
    shell_complete=complete_stage,
    help="Do only this stage.  You may give it several times.",
)
@click.option("--keep", is_flag=True, help="Keep the random strokes and what else is only needed for training.")
@click.option("--restart", is_flag=True, help="Discard an unfinished training and start over.")
@QUIET
@in_all_ranks
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
    ranks: Ranks | None = None,
) -> int:
    """Teach dreambrush a brush of your own.

    It learns what a stroke of the brush looks like before it is painted, and where to put strokes.  This takes some
    minutes, and has four stages:

    \b
      collect     MyPaint paints random strokes with the brush.
      dream       A small network learns from them what any stroke looks like.
                  If the brush is wet, a blender or an eraser, another learns
                  what it does to paint that lies there.
      controller  Another practises with the brush, and learns where strokes go.
      export      What was learned is saved for painting, and checked.  A preview
                  sheet shows real strokes beside foretold ones.

    You can stop at any time, and the same command continues.  What was learned before stays in use until the new
    training is finished.
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
    from dreambrush.train.fit.ranks import ALONE
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
            train_brush(brush_file, folder, options, stages, show, keep=keep, restart=restart, ranks=ranks or ALONE)
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
    from dreambrush.models.stock_table import how_well
    from dreambrush.train.card import foretold_share

    share = foretold_share(card)
    known = f"its strokes {how_well(share)} ({_per_cent(share)} of what can be known)"
    if "wet" in card:
        explained = card["wet"]["held_out"]["explained"]
        known += f", and what they do to paint that lies there {how_well(explained)} ({_per_cent(explained)})"
    click.echo(f"{folder}: {brush.name} is learned, in {seconds:.0f} s.  dreambrush knows {known}.", err=True)
    if share < VAGUE:
        click.echo(f"Warning: {brush.name} could not be learned well.  Train it longer, with --thorough.", err=True)
    if card.get("changes_colour"):
        click.echo(
            f"Warning: {brush.name} changes the colours it is given.  So the colours of paintings will be off.",
            err=True,
        )
    try:
        known_by_name = find_brush(brush.name).dream == folder
    except BrushError:  # a file from elsewhere, whose model goes elsewhere
        known_by_name = False
    name = brush.name if known_by_name else folder
    beside = "" if lays_own(card) else "--brush oil "
    click.echo(f"Paint with it: dreambrush paint photo.jpg {beside}--brush {name}", err=True)


def _per_cent(share: float) -> str:
    return f"{100 * max(share, 0):.1f} %"
