"""``dreambrush train``: teaches dreambrush what a brush does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dreambrush.cli.shared.brushes import brushes_of_group, complete_group, each_once
from dreambrush.cli.shared.completers import every_brush
from dreambrush.cli.shared.options import CLUSTER, QUIET, folder_option, jobs_option, seed_option, whole_number
from dreambrush.cli.shared.packages import need_train_packages
from dreambrush.cli.shared.ranks import in_all_ranks
from dreambrush.cli.train.lesson import STAGES, Lesson, learn
from dreambrush.cli.ui.notes import note
from dreambrush.cli.ui.progress import progress_bar
from dreambrush.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from dreambrush.models.catalogue import BrushFile
    from dreambrush.train.fit.ranks import Ranks

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
    note(lines, quiet=quiet)
    return ExitCode.OK


def _learn_several(lessons: Sequence[Lesson], jobs: int, cluster: str | None, *, quiet: bool) -> int:
    from dreambrush.cli.shared.several import do_several
    from dreambrush.cores import available_cores

    todo = {lesson.brush.name: lesson for lesson in lessons if not lesson.is_learnt}
    if len(todo) < len(lessons):
        note(f"{len(lessons) - len(todo)} of {len(lessons)} brushes are already learned.", quiet=quiet)
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
