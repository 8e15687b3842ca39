"""``dreambrush timelapse``: a film of how a painting was painted."""

from __future__ import annotations

from pathlib import Path

import click

from dreambrush.cli.shared.completers import ora_files
from dreambrush.cli.shared.options import QUIET, decimal_number, whole_number
from dreambrush.cli.shared.recipes import RECIPE
from dreambrush.cli.ui.progress import progress_bar

EXAMPLES = """\b
Examples:
  dreambrush timelapse painting.ora
  dreambrush timelapse painting.ora -o painting.gif --size 480 --seconds 8
  dreambrush timelapse painting.ora -o painting.webp --by strokes
  dreambrush timelapse strokes.json --fps 60 --hold 5
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", metavar="FILE.ora|STROKES.json", type=click.Path(path_type=Path), shell_complete=ora_files)
@click.option(
    "-o",
    "--output",
    metavar="OUT.mp4|.gif|.webp",
    type=click.Path(path_type=Path),
    help="Film to save.  [default: the file's name with .mp4, in this folder]",
)
@click.option(
    "--seconds",
    metavar="S",
    type=decimal_number(0.1, 3600),
    default=20.0,
    help="Length of the film, 0.1 to 3600.  [default: 20]",
)
@click.option(
    "--fps", metavar="N", type=whole_number(1, 60), help="Frames a second, 1 to 60.  [default: 30, or 15 for a .gif]"
)
@click.option(
    "--size",
    metavar="PX",
    type=whole_number(16, 8192),
    help="Longer side of the film in pixels, 16 to 8192.  [default: that of the painting]",
)
@click.option(
    "--by",
    metavar="strokes|error",
    type=click.Choice(("strokes", "error")),
    default="error",
    show_default=True,
    help="The pace of the film.  error: the film slows down where strokes change much, so that the painting appears at "
    "an even pace.  strokes: each stroke takes as long.",
)
@click.option(
    "--hold",
    metavar="S",
    type=decimal_number(0, 60),
    default=2.0,
    help="Seconds at the end that show the finished painting, 0 to 60.  [default: 2]",
)
@click.option(
    "--painting",
    metavar="N",
    type=whole_number(1, 10_000),
    help="Which painting, if dreambrush painted in the file several times.  [default: the last]",
)
@RECIPE
@click.option("--force", is_flag=True, help="Replace the output if it exists.")
@QUIET
def timelapse(
    file: Path,
    output: Path | None,
    seconds: float,
    fps: int | None,
    size: int | None,
    by: str,
    hold: float,
    painting: int | None,
    original: Path | None,
    force: bool,
    quiet: bool,
) -> None:
    """Make a film of how a painting was painted.

    FILE.ora is a painting by dreambrush, even if MyPaint has saved it since.  STROKES.json comes from
    `dreambrush inspect --strokes`; these strokes are painted on white.

    MyPaint's engine paints the strokes again, and each frame shows the real canvas.  Strokes that were painted
    onto your own work are shown on white.  What you painted yourself is not in the film.

    An .mp4 plays everywhere, and needs the Python package av.  A .gif has 255 colours.  A .webp keeps every pixel and
    transparency.  A .gif keeps what is wholly transparent.  In an .mp4, a transparent painting lies on the colour of
    its ground.
    """
    from dreambrush.cli.replay import read_recipe
    from dreambrush.cli.shared.outputs import check_output
    from dreambrush.replay.repaint import check_size
    from dreambrush.replay.timelapse import TimelapseOptions, film_size, plan_film, save_timelapse

    out = output or Path(f"{file.stem}.mp4")
    options = TimelapseOptions(seconds, fps, size, by, hold)
    plan_film(out, options)
    check_output(out, overwrite=force)
    recipe = read_recipe(file, painting, original)
    check_size(recipe.strokes.size, len(set(recipe.strokes.layer.tolist())))
    with progress_bar(file.name, quiet=quiet) as update:
        tell = (lambda stage, laid, count: update(stage, laid, count, "")) if update else None
        film = save_timelapse(recipe, out, options, tell, overwrite=force)
    if not quiet:
        width, height = film_size(recipe, size)
        click.echo(f"{out}: {film.frames} frames, {film.frames / film.fps:g} s, {width} x {height} px.", err=True)
