"""``dreambrush train``: teaches dreambrush what a brush does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreambrush.cli.shared.brushes import brushes_of_group, complete_group, each_once
from dreambrush.cli.shared.completers import every_brush
from dreambrush.cli.shared.options import CLUSTER, QUIET, folder_option, jobs_option, seed_option, whole_number
from dreambrush.cli.shared.packages import need_train_packages
from dreambrush.cli.shared.ranks import in_all_ranks
from dreambrush.cli.shared.travels import MADE
from dreambrush.cli.ui.progress import progress_bar
from dreambrush.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from dreambrush.models.catalogue import BrushFile
    from dreambrush.train.fit.ranks import Ranks
    from dreambrush.train.plan import Stage, TrainOptions

STAGES: tuple[Stage, ...] = ("collect", "dream", "controller", "export")
VAGUE = 0.5  # a dream that predicts less than this share of what can be predicted gets a warning

EXAMPLES = """\b
Examples:
  dreambrush train my-brush.myb
  dreambrush paint photo.jpg --brush my-brush
  dreambrush train my-brush.myb --thorough
  dreambrush train --all-of ramon --jobs 2
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
@click.argument("brushes", metavar="BRUSH.myb|NAME...", nargs=-1, shell_complete=every_brush)
@folder_option(
    "Folder for what is learned; of several brushes, for a folder of each.  [default: where `dreambrush paint` finds "
    "it by the brush's name]"
)
@click.option(
    "--all-of",
    "groups",
    metavar="GROUP|set:NAME",
    multiple=True,
    shell_complete=complete_group,
    help="Learn all brushes of a group of MyPaint, such as ramon, classic or deevad, or of a set.  You may give it "
    "several times.",
)
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
@jobs_option("How many brushes to learn at the same time, 1 to 64.")
@CLUSTER
@click.option("--keep", is_flag=True, help="Keep the random strokes and what else is only needed for training.")
@click.option("--restart", is_flag=True, help="Discard an unfinished training and start over.")
@QUIET
@in_all_ranks
def train(
    brushes: tuple[str, ...],
    output: Path | None,
    groups: tuple[str, ...],
    strokes: int | None,
    seed: int,
    thorough: bool,
    device: str,
    pictures: Path | None,
    only: tuple[str, ...],
    jobs: int,
    cluster: str | None,
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

    Several brushes are learned one after the other, or at the same time with --jobs.  Those that the same command has
    learned before are left out.  If one cannot be learned, the others still are.
    """  # noqa: D301
    from dreambrush.cli.shared.outputs import check_folder
    from dreambrush.models.catalogue import user_dreams
    from dreambrush.mypaint.engine.myb import read_myb
    from dreambrush.pictures.picture_sets import open_picture_set

    if cluster is not None and (other := "only" if only else "pictures" if pictures else "keep" if keep else None):
        raise UsageError(
            f"--cluster and --{other} cannot be used together.", "Leave one of them out.", id="options-conflict"
        )
    stages = [stage for stage in STAGES if not only or stage in only]
    every = _brush_files(brushes, groups)
    several = len(every) > 1 or bool(groups)
    folders = {}
    for each in every:
        read_myb(each.path)  # "it is broken" helps more than what is missing for training
        folders[each] = (output / each.name if several else output) if output else user_dreams() / each.name
        check_folder(folders[each])
    if pictures is not None:
        open_picture_set(pictures)
    need_train_packages("Training")
    from dreambrush.train.plan import TrainOptions

    options = TrainOptions(seed=seed, device=device)
    options = options.patient() if thorough else options
    options = replace(options, strokes=strokes) if strokes else options
    options = options if pictures is None else replace(options, practice=str(pictures))
    lessons = [Lesson(each, folders[each], options, stages, keep, restart) for each in every]
    if (several or cluster is not None) and ranks is not None:
        raise UsageError(
            "torchrun trains one brush at a time.",
            "Name one brush, or learn several at the same time with --jobs instead of torchrun.",
            id="options-conflict",
        )
    if several or cluster is not None:
        return _learn_several(lessons, jobs, cluster, quiet=quiet)
    (lesson,) = lessons
    brush_file = lesson.brush
    from dreambrush.cli.ui.pace import Pace, in_words
    from dreambrush.train.collect.wet import is_wet_brush
    from dreambrush.train.plan import expected_seconds

    pace = Pace(expected_seconds(options, stages, wet=is_wet_brush(read_myb(brush_file.path))))
    with progress_bar(brush_file.name, quiet=quiet) as update:

        def show(stage: str, done: int, total: int) -> None:
            left = pace.tell(stage, done, total)
            if update is not None:
                update(stage, done, total, in_words(left))

        try:
            lines = learn(lesson, show=show, ranks=ranks)
        except KeyboardInterrupt:
            click.echo(f"Interrupted: run the same command again to continue training {brush_file.name}.", err=True)
            return ExitCode.INTERRUPTED
    if not quiet:
        click.echo(lines, err=True)
    return ExitCode.OK


@dataclass(frozen=True)
class Lesson:
    """What to learn of a brush.

    Attributes:
        brush: the brush.
        folder: where what is learned goes.
        options: of the training.
        stages: those to do.
        keep: do not delete the strokes and checkpoints after the last stage.
        restart: throw away what an unfinished training left.
    """

    brush: BrushFile
    folder: Path
    options: TrainOptions
    stages: Sequence[Stage]
    keep: bool
    restart: bool

    @property
    def inputs(self) -> dict[str, Path]:
        """As in :class:`~dreambrush.cli.shared.travels.Travels`."""
        return {f"brush/{self.brush.path.name}": self.brush.path}

    @property
    def made(self) -> Path:
        """The folder of what is learned."""
        return self.folder

    @property
    def replaces(self) -> bool:
        """What was learned before is replaced."""
        return True

    def moved_to(self, folder: Path) -> Lesson:
        """The same lesson with its files below a folder."""
        path = folder / "brush" / self.brush.path.name
        brush = replace(self.brush, path=path, dream=None, called=self.brush.mypaint_name)
        return replace(self, brush=brush, folder=folder / MADE / "dream")

    @property
    def is_learnt(self) -> bool:
        """Whether all of it was learned before, with these options."""
        from dreambrush.models.catalogue import CARD_FILE, read_card
        from dreambrush.mypaint.engine.myb import read_myb
        from dreambrush.train.workspace import FOLDER

        if self.restart or len(self.stages) < len(STAGES) or (self.folder / FOLDER).exists():
            return False
        if not (self.folder / CARD_FILE).is_file():
            return False
        card = read_card(self.folder)
        wanted = {
            "brush_digest": read_myb(self.brush.path).digest(),
            "command": self.options.command(self.brush.name),
        }
        return all(card.get(name) == value for name, value in wanted.items())


def learn(
    lesson: Lesson,
    *,
    workers: int | None = None,
    show: Callable[[str, int, int], None] | None = None,
    ranks: Ranks | None = None,
) -> str:
    """Learn a brush, and return lines that tell of it.

    Args:
        lesson: what to learn.
        workers: processes that paint strokes; by default one per core.
        show: told the stage, how much is done, and of how much.
        ranks: the processes that train it together; None for this one alone.

    Raises:
        DreambrushError: it cannot be learned.
    """
    from dreambrush.models.catalogue import read_card
    from dreambrush.train.fit.ranks import ALONE
    from dreambrush.train.pipeline import train as train_brush

    started = time.perf_counter()
    brush, folder, stages = lesson.brush, lesson.folder, lesson.stages
    tell = show or (lambda stage, done, total: None)
    how: dict[str, Any] = {"keep": lesson.keep, "restart": lesson.restart, "workers": workers, "ranks": ranks or ALONE}
    train_brush(brush, folder, lesson.options, stages, tell, **how)
    seconds = time.perf_counter() - started
    if "export" in stages:
        return "\n".join(_result(brush, folder, read_card(folder), seconds))
    return f"{folder}: {' and '.join(stages)} done in {seconds:.0f} s."


def _learn_several(lessons: Sequence[Lesson], jobs: int, cluster: str | None, *, quiet: bool) -> int:
    from dreambrush.cli.shared.several import do_several
    from dreambrush.cores import available_cores

    todo = {lesson.brush.name: lesson for lesson in lessons if not lesson.is_learnt}
    if len(todo) < len(lessons) and not quiet:
        click.echo(f"{len(lessons) - len(todo)} of {len(lessons)} brushes are already learned.", err=True)
    if not todo:
        return ExitCode.OK
    cores = max(1, available_cores() // min(jobs, len(todo)))
    do = partial(learn, workers=cores if cluster is None else 1)  # a worker of a cluster starts no processes
    try:
        return do_several(do, todo, jobs, cluster, what="brushes", verb="learned", quiet=quiet)
    except KeyboardInterrupt:
        click.echo("Interrupted: run the same command again to continue training.", err=True)
        return ExitCode.INTERRUPTED


def _brush_files(words: Sequence[str], groups: Sequence[str]) -> list[BrushFile]:
    """The brushes that the command line names, each once.

    Raises:
        BrushError: there is no such brush or group.
        UsageError: two brushes have the same name.
    """
    from dreambrush.models.catalogue import find_brush

    if not words and not groups:
        raise click.MissingParameter(param_type="argument", param_hint="'BRUSH.myb|NAME...'")
    every = [find_brush(word) for word in words]
    every += [brush for group in groups for brush in brushes_of_group(group)]
    return each_once(every)


def _result(brush: BrushFile, folder: Path, card: dict[str, Any], seconds: float) -> Iterator[str]:
    """What was learned, line by line."""
    from dreambrush.dream.wet import lays_own
    from dreambrush.errors import BrushError
    from dreambrush.models.catalogue import find_brush
    from dreambrush.models.foretold import foretold_share
    from dreambrush.models.stock_table import how_well

    share = foretold_share(card)
    known = f"its strokes {how_well(share)} ({_per_cent(share)} of what can be known)"
    if "wet" in card:
        explained = card["wet"]["held_out"]["explained"]
        known += f", and what they do to paint that lies there {how_well(explained)} ({_per_cent(explained)})"
    yield f"{folder}: {brush.name} is learned, in {seconds:.0f} s.  dreambrush knows {known}."
    if share < VAGUE:
        yield f"Warning: {brush.name} could not be learned well.  Train it longer, with --thorough."
    if card.get("changes_colour"):
        yield f"Warning: {brush.name} changes the colours it is given.  So the colours of paintings will be off."
    try:
        known_by_name = find_brush(brush.name).dream == folder
    except BrushError:  # a file from elsewhere, whose model goes elsewhere
        known_by_name = False
    name = brush.name if known_by_name else folder
    beside = "" if lays_own(card) else "--brush oil "
    yield f"Paint with it: dreambrush paint photo.jpg {beside}--brush {name}"


def _per_cent(share: float) -> str:
    return f"{100 * max(share, 0):.1f} %"
