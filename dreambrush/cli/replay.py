"""``dreambrush replay``: paints the same strokes again, larger, with another brush, or only the first ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dreambrush.cli.shared.completers import every_brush, ora_files
from dreambrush.cli.shared.options import QUIET, decimal_number, whole_number
from dreambrush.cli.ui.progress import progress_bar
from dreambrush.errors import UsageError

if TYPE_CHECKING:
    from dreambrush.recipe import Recipe
    from dreambrush.strokes import Strokes

EXAMPLES = """\b
Examples:
  dreambrush replay painting.ora --scale 4
  dreambrush replay painting.ora --brush charcoal -o charcoal.ora
  dreambrush replay painting.ora --until 300 -o begun.png
  dreambrush replay strokes.json --size 2048
"""
WHITE = "#ffffff"


@click.command(epilog=EXAMPLES)
@click.argument("file", metavar="FILE.ora|STROKES.json", type=click.Path(path_type=Path), shell_complete=ora_files)
@click.option(
    "-o",
    "--output",
    metavar="OUT.ora|OUT.png",
    type=click.Path(path_type=Path),
    help="File to save: .ora with layers, or a flat .png.  [default: the file's name with -replay.ora, in this folder]",
)
@click.option("--scale", metavar="S", type=decimal_number(0.01, 64), help="Scale factor, 0.01 to 64.")
@click.option(
    "--size", metavar="PX", type=whole_number(16, 16384), help="Longer side of the painting in pixels, 16 to 16384."
)
@click.option("--brush", metavar="NAME|FILE", shell_complete=every_brush, help="Paint all strokes with this brush.")
@click.option("--until", metavar="N", type=whole_number(0, 1_000_000), help="Paint only the first N strokes.")
@click.option(
    "--pigment/--no-pigment",
    default=None,
    help="Mix colours like real pigments, or not.  [default: as in the painting]",
)
@click.option(
    "--painting",
    metavar="N",
    type=whole_number(1, 10_000),
    help="Which painting, if dreambrush painted in the file several times.  [default: the last]",
)
@click.option("--your-turn/--no-your-turn", default=True, show_default=True, help="Add an empty layer on top for you.")
@click.option("--force", is_flag=True, help="Replace the output if it exists.")
@QUIET
def replay(
    file: Path,
    output: Path | None,
    scale: float | None,
    size: int | None,
    brush: str | None,
    until: int | None,
    pigment: bool | None,
    painting: int | None,
    your_turn: bool,
    force: bool,
    quiet: bool,
) -> None:
    """Paint the same strokes again, larger or with another brush.

    FILE.ora is a painting by dreambrush, even if MyPaint has saved it since.  What you painted on it is not
    repeated.  At the same size, the layers come out bit for bit the same.

    STROKES.json comes from `dreambrush inspect --strokes`.  These strokes are painted on white.
    """
    if scale is not None and size is not None:
        raise UsageError("--scale and --size cannot be used together.", "Leave one of them out.", id="options-conflict")
    out = output or Path(f"{file.stem}-replay.ora")
    if out.suffix.lower() not in (".ora", ".png"):
        raise UsageError(
            f"The output '{out}' ends in neither .ora nor .png.", f"Try: -o '{file.stem}-replay.ora'", id="wrong-ending"
        )
    from dreambrush.cli.shared.outputs import check_output
    from dreambrush.models.catalogue import find_brush
    from dreambrush.replay.repaint import altered_recipe, repaint

    check_output(out, overwrite=force)
    recipe = read_recipe(file, painting)
    width, height = recipe.strokes.size
    factor = scale if scale is not None else size / max(width, height) if size is not None else 1.0
    wanted = max(round(factor * width), 1), max(round(factor * height), 1)
    recipe = altered_recipe(recipe, wanted, find_brush(brush) if brush else None, until, pigment)
    with progress_bar(file.name, quiet=quiet) as update:
        count = len(recipe.strokes)
        done = repaint(recipe, lambda laid: update("replay", laid, count, "") if update else None)
        if out.suffix.lower() == ".png":
            done.save_png(out, overwrite=force)
        else:
            done.save_openraster(out, your_turn=your_turn, overwrite=force)
    if not quiet:
        strokes = "1 stroke" if count == 1 else f"{count} strokes"
        click.echo(f"{out}: {strokes}, {wanted[0]} x {wanted[1]} px.", err=True)


def read_recipe(file: Path, painting: int | None) -> Recipe:
    """The recipe of a painting, or one made for strokes from a JSON file."""
    from dreambrush.mypaint.ora.document import read_document
    from dreambrush.recipe import chosen_recipe
    from dreambrush.strokes import Strokes

    if file.suffix.lower() == ".json":
        return _recipe_of(Strokes.load(file))
    with read_document(file) as document:
        return chosen_recipe(document.settings, file, painting)


def _recipe_of(strokes: Strokes) -> Recipe:
    import numpy as np

    from dreambrush import __version__
    from dreambrush.models.catalogue import find_brush
    from dreambrush.mypaint.engine.myb import read_myb
    from dreambrush.recipe import Recipe

    known = {name: find_brush(name) for name in dict.fromkeys(strokes.brushes)}
    brushes = [known[name] for name in strokes.brushes]
    return Recipe(
        version=__version__,
        seed=0,
        pigment=False,
        ground=np.full(3, 255, np.uint8),
        strokes=strokes,
        brushes=tuple(read_myb(brush.path) for brush in brushes),
        names=tuple(brush.mypaint_name for brush in brushes),
        digests=("",) * len(strokes.layers),
    )
