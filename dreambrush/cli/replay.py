"""``dreambrush replay``: paints the same strokes again, larger, with another brush, or only the first ones."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dreambrush.cli.shared.completers import every_brush, ora_files
from dreambrush.cli.shared.formats import DEFAULT_DPI, FORMATS, ORA, dpi_option, format_option, in_words
from dreambrush.cli.shared.options import QUIET, decimal_number, whole_number
from dreambrush.cli.shared.recipes import RECIPE, settings_with_recipe
from dreambrush.cli.ui.progress import progress_bar
from dreambrush.errors import UsageError

if TYPE_CHECKING:
    from dreambrush.recipe import Recipe
    from dreambrush.replay.repaint import Repainting
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
    metavar="OUT",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File to save, or a folder for it: .ora or .psd with layers, or a flat .png, .jpg, .webp or .tif.  Give it "
    "several times to save several files.  [default: the file's name with -replay.ora, in this folder]",
)
@format_option(FORMATS, ORA)
@dpi_option("300")
@click.option(
    "--scale", metavar="S", type=decimal_number(0.01, 64), help="How much larger, 0.01 to 64: 2 is twice as wide."
)
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
    "--flatten-pigment/--no-flatten-pigment",
    "flattened",
    default=None,
    help="Save layers that other programs show as MyPaint does.  [default: as in the painting]",
)
@click.option(
    "--relief",
    metavar="0-1",
    type=decimal_number(0, 1),
    help="How strongly light shows the thickness of the paint, in a layer of its own.  0 makes none.  [default: as in "
    "the painting]",
)
@click.option(
    "--painting",
    metavar="N",
    type=whole_number(1, 10_000),
    help="Which painting, if dreambrush painted in the file several times.  [default: the last]",
)
@RECIPE
@click.option("--your-turn/--no-your-turn", default=True, show_default=True, help="Add an empty layer on top for you.")
@click.option("--force", is_flag=True, help="Replace the output if it exists.")
@QUIET
def replay(
    file: Path,
    output: tuple[Path, ...],
    formats: tuple[str, ...],
    dpi: int | None,
    scale: float | None,
    size: int | None,
    brush: str | None,
    until: int | None,
    pigment: bool | None,
    flattened: bool | None,
    relief: float | None,
    painting: int | None,
    original: Path | None,
    your_turn: bool,
    force: bool,
    quiet: bool,
) -> None:
    """Paint the same strokes again, larger or with another brush.

    FILE.ora is a painting by dreambrush, even if MyPaint has saved it since.  What you painted on it is not
    repeated.  At the same size, the layers come out exactly the same.

    STROKES.json comes from `dreambrush inspect --strokes`.  These strokes are painted on white.
    """
    if scale is not None and size is not None:
        raise UsageError("--scale and --size cannot be used together.", "Leave one of them out.", id="options-conflict")
    from dreambrush.cli.shared.outputs import plan_files
    from dreambrush.models.catalogue import find_brush
    from dreambrush.replay.repaint import altered_recipe, repaint

    kinds = tuple(dict.fromkeys(formats))
    (files,) = plan_files([f"{file.stem}-replay"], output, overwrite=force, formats=kinds)
    recipe = read_recipe(file, painting, original)
    width, height = recipe.strokes.size
    factor = scale if scale is not None else size / max(width, height) if size is not None else 1.0
    wanted = max(round(factor * width), 1), max(round(factor * height), 1)
    chosen = find_brush(brush) if brush else None
    recipe = altered_recipe(recipe, wanted, chosen, until, pigment, flattened, relief)
    with progress_bar(file.name, quiet=quiet) as update:
        count = len(recipe.strokes)
        done = repaint(recipe, lambda laid: update("replay", laid, count, "") if update else None)
        notes = _save(done, files, dpi or DEFAULT_DPI, your_turn=your_turn, overwrite=force)
    if not quiet:
        for note in notes:
            click.echo(note, err=True)
        strokes = "1 stroke" if count == 1 else f"{count} strokes"
        click.echo(f"{in_words(files)}: {strokes}, {wanted[0]} x {wanted[1]} px.", err=True)


def _save(done: Repainting, files: Sequence[Path], dpi: int, *, your_turn: bool, overwrite: bool) -> list[str]:
    """Save the files and return what there is to note."""
    from dreambrush.pictures.exporting import ORA, PSD, export_document, save_flat

    def save_ora(path: Path, *, overwrite: bool) -> None:
        done.save_openraster(path, your_turn=your_turn, overwrite=overwrite)

    def of_kind(*endings: str) -> list[Path]:
        return [path for path in files if path.suffix.lower() in endings]

    for path in of_kind(ORA):
        save_ora(path, overwrite=overwrite)
    notes: list[str] = []
    if layered := of_kind(PSD):
        with tempfile.TemporaryDirectory(prefix=".dreambrush-", dir=layered[0].parent) as folder:
            save_ora(Path(folder) / "painting.ora", overwrite=False)
            notes += export_document(Path(folder) / "painting.ora", layered, dpi, overwrite=overwrite).notes
    if flat := [path for path in files if path not in of_kind(ORA, PSD)]:
        picture = done.merged()
        notes += [save_flat(picture, path, (dpi, dpi), overwrite=overwrite) for path in flat]
    return [note for note in notes if note]


def read_recipe(file: Path, painting: int | None, original: Path | None = None) -> Recipe:
    """The recipe of a painting, or one made for strokes from a JSON file.

    Args:
        file: the painting or the strokes.
        painting: number of the painting, counted from 1; None for the last.
        original: the painting as it was before, which has the recipe.
    """
    from dreambrush.mypaint.ora.document import read_document
    from dreambrush.recipe import chosen_recipe
    from dreambrush.strokes import Strokes

    if file.suffix.lower() == ".json":
        return _recipe_of(Strokes.load(file))
    with read_document(file) as document:
        source, settings = settings_with_recipe(file, document, original)
    return chosen_recipe(settings, source, painting)


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
