"""``dreambrush timelapse``: a film of how a painting was painted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dreambrush.cli.shared.completers import ora_files
from dreambrush.cli.shared.options import CLUSTER, QUIET, decimal_number, jobs_option, whole_number
from dreambrush.cli.shared.recipes import RECIPE
from dreambrush.cli.shared.travels import MADE
from dreambrush.cli.ui.notes import note
from dreambrush.errors import ExitCode, OutputError, UsageError
from dreambrush.files.output import write_together
from dreambrush.pictures.film_files import MP4

if TYPE_CHECKING:
    from dreambrush.replay.timelapse import TimelapseOptions

EXAMPLES = """\b
Examples:
  dreambrush timelapse painting.ora
  dreambrush timelapse painting.ora -o painting.gif --size 480 --seconds 8
  dreambrush timelapse painting.ora -o painting.webp --by strokes
  dreambrush timelapse paintings/*.ora -o films --jobs 2
  dreambrush timelapse strokes.json --fps 60 --hold 5
"""


@click.command(epilog=EXAMPLES)
@click.argument(
    "files",
    metavar="FILE.ora|STROKES.json...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    shell_complete=ora_files,
)
@click.option(
    "-o",
    "--output",
    metavar="OUT.mp4|.gif|.webp|DIR",
    type=click.Path(path_type=Path),
    help="Film to save, or an existing folder for .mp4 films.  [default: the file's name with .mp4, in this folder]",
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
@jobs_option("How many films to make at the same time, 1 to 64.")
@CLUSTER
@click.option("--force", is_flag=True, help="Replace the output if it exists.")
@QUIET
def timelapse(
    files: tuple[Path, ...],
    output: Path | None,
    seconds: float,
    fps: int | None,
    size: int | None,
    by: str,
    hold: float,
    painting: int | None,
    original: Path | None,
    jobs: int,
    cluster: str | None,
    force: bool,
    quiet: bool,
) -> int:
    """Make a film of how a painting was painted.

    FILE.ora is a painting by dreambrush, even if MyPaint has saved it since.  STROKES.json comes from
    `dreambrush inspect --strokes`; these strokes are painted on white.

    MyPaint's engine paints the strokes again, and each frame shows the real canvas.  Strokes that were painted
    onto your own work are shown on white.  What you painted yourself is not in the film.

    An .mp4 plays everywhere, and needs the Python package av.  A .gif has 255 colours.  A .webp keeps every pixel and
    transparency.  A .gif keeps what is wholly transparent.  In an .mp4, a transparent painting lies on the colour of
    its ground.

    Of several files, each becomes a film of its own.  If one fails, the others are still made.
    """
    from dreambrush.cli.ui.progress import progress_bar
    from dreambrush.replay.timelapse import TimelapseOptions

    options = TimelapseOptions(seconds, fps, size, by, hold)
    wishes = _wishes(files, output, options, painting, original, force=force)
    if len(wishes) > 1 or cluster is not None:
        from dreambrush.cli.shared.several import do_several

        return do_several(make_film, wishes, jobs, cluster, what="films", verb="made", quiet=quiet)
    ((name, wish),) = wishes.items()
    with progress_bar(Path(name).name, quiet=quiet) as update:
        tell = (lambda stage, laid, count: update(stage, laid, count, "")) if update else None
        line = make_film(wish, tell)
    note(line, quiet=quiet)
    return ExitCode.OK


@dataclass(frozen=True)
class FilmWish:
    """A film to make.

    Attributes:
        file: the painting or the strokes.
        out: the film.
        options: of the film.
        painting: which painting of the file; None for the last.
        original: the file that has the recipe, if it is another one.
        force: whether the film may replace a file.
    """

    file: Path
    out: Path
    options: TimelapseOptions
    painting: int | None
    original: Path | None
    force: bool

    @property
    def inputs(self) -> dict[str, Path]:
        """As in :class:`~dreambrush.cli.shared.travels.Travels`."""
        found = {f"file/{self.file.name}": self.file}
        return found if self.original is None else {**found, f"original/{self.original.name}": self.original}

    @property
    def made(self) -> Path:
        """The film."""
        return self.out

    def to_go(self) -> FilmWish:
        """The same: all that it says holds everywhere."""
        return self

    def moved_to(self, folder: Path) -> FilmWish:
        """The same wish with its files below a folder."""
        original = None if self.original is None else folder / "original" / self.original.name
        file, out = folder / "file" / self.file.name, folder / MADE / self.out.name
        return replace(self, file=file, out=out, original=original)

    def receive(self, files: Mapping[str, bytes]) -> None:
        """Write the film; another is only replaced with ``--force``."""
        write_together({self.out: files[""]}, overwrite=self.force)


def make_film(wish: FilmWish, tell: Callable[[str, int, int], None] | None = None) -> str:
    """Make a film, and return a line that tells of it.

    Args:
        wish: what film.
        tell: told the stage, how much is done, and of how much.

    Raises:
        DreambrushError: the painting cannot be read, or the film not be made.
    """
    from dreambrush.cli.replay import read_recipe
    from dreambrush.replay.repaint import check_size
    from dreambrush.replay.timelapse import film_size, save_timelapse

    recipe = read_recipe(wish.file, wish.painting, wish.original)
    check_size(recipe.strokes.size, len(set(recipe.strokes.layer.tolist())))
    film = save_timelapse(recipe, wish.out, wish.options, tell, overwrite=wish.force)
    width, height = film_size(recipe, wish.options.size)
    return f"{wish.out}: {film.frames} frames, {film.frames / film.fps:g} s, {width} x {height} px."


def _wishes(
    files: Sequence[Path],
    output: Path | None,
    options: TimelapseOptions,
    painting: int | None,
    original: Path | None,
    *,
    force: bool,
) -> dict[str, FilmWish]:
    """The films by the names of their files.  All outputs are checked before the first film is made.

    Raises:
        UsageError: several films cannot go into one file, or have one recipe.
        OutputError: a film cannot be saved.
    """
    from dreambrush.cli.shared.outputs import check_output
    from dreambrush.replay.timelapse import plan_film

    several = len(files) > 1
    if several and original is not None:
        raise UsageError(
            "--recipe is for one painting, but there are several.", "Film them one by one.", id="options-conflict"
        )
    in_folder = output is None or output.is_dir()
    if several and not in_folder:
        raise UsageError(
            f"-o must be an existing folder for several films, but '{output}' is not.",
            f"Create it with: mkdir '{output}'",
            id="output-not-a-folder",
        )
    wishes: dict[str, FilmWish] = {}
    films: set[Path] = set()
    for file in files:
        out = (output or Path()) / f"{file.stem}{MP4}" if in_folder else output
        assert out is not None
        plan_film(out, options)
        check_output(out, overwrite=force)
        if out in films:
            raise OutputError(
                f"Two of the films would both be saved as '{out}'.",
                "Make them one by one, with -o.",
                id="outputs-collide",
            )
        films.add(out)
        wishes[str(file)] = FilmWish(file, out, options, painting, original, force)
    return wishes
