"""``dreambrush inspect``: shows what an .ora holds, how dreambrush painted it, and what has changed since."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dreambrush.cli.inspect.pixel import pixel_place
from dreambrush.cli.shared.completers import ora_files
from dreambrush.cli.shared.options import whole_number
from dreambrush.cli.shared.recipes import RECIPE, settings_with_recipe
from dreambrush.errors import UsageError

if TYPE_CHECKING:
    from dreambrush.recipe import Recipe

EXAMPLES = """\b
Examples:
  dreambrush inspect painting.ora
  dreambrush inspect painting.ora --at 120,80
  dreambrush inspect painting.ora --json | jq .changes
  dreambrush inspect painting.ora --strokes strokes.json --svg strokes.svg
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", metavar="FILE.ora", type=click.Path(path_type=Path), shell_complete=ora_files)
@click.option("--json", "as_json", is_flag=True, help="For scripts: print all of it on stdout, as one JSON object.")
@click.option(
    "--at",
    metavar="X,Y",
    type=pixel_place,
    help="Show which stroke painted this pixel, in each layer from the top: its number, brush, colour, width and "
    "pressure.  X and Y count from 0 in the upper left corner.",
)
@click.option(
    "--strokes",
    metavar="OUT.json",
    type=click.Path(path_type=Path),
    help="Save the strokes.  `dreambrush replay` paints them again.",
)
@click.option("--svg", metavar="OUT.svg", type=click.Path(path_type=Path), help="Save the strokes as a vector drawing.")
@click.option(
    "--painting",
    metavar="N",
    type=whole_number(1, 10_000),
    help="Which painting to save, if dreambrush painted in the file several times.  [default: the last]",
)
@RECIPE
@click.option("--force", is_flag=True, help="Replace OUT.json and OUT.svg if they exist.")
def inspect(
    file: Path,
    as_json: bool,
    at: tuple[int, int] | None,
    strokes: Path | None,
    svg: Path | None,
    painting: int | None,
    original: Path | None,
    force: bool,
) -> None:
    """Show what is in an .ora file.

    This lists the layers of any .ora, and how many strokes MyPaint can pick in each.

    If dreambrush painted the file, this also shows how, and what has changed since: layers that were added, removed or
    painted on.  A file that MyPaint has only saved again counts as unchanged.

    --at asks about one pixel instead.  It finds the strokes that MyPaint's "Pick Stroke" would find there.
    """
    if not (strokes or svg) and (painting or force):
        raise UsageError(
            "--painting and --force are only for --strokes and --svg.", "Leave them out.", id="option-needs-another"
        )
    if strokes and svg and os.path.realpath(strokes) == os.path.realpath(svg):
        raise UsageError("--strokes and --svg name the same file.", "Give each its own.", id="same-file-twice")
    from dreambrush.cli.inspect.report import report_of, summary
    from dreambrush.cli.shared.outputs import check_output
    from dreambrush.mypaint.ora.document import read_document
    from dreambrush.recipe import chosen_recipe

    recipe = None
    with read_document(file) as document:
        for path in filter(None, (strokes, svg)):  # before the work
            check_output(path, overwrite=force)
        source, settings = file, document.settings
        if strokes or svg or original:
            source, settings = settings_with_recipe(file, document, original)
            recipe = chosen_recipe(settings, source, painting)
        report = report_of(file, document, at, settings)
    told = json.dumps(report) if as_json else "\n".join(summary(report))
    if recipe is not None and (strokes or svg):  # what is refused is refused before anything is written
        _export(recipe, strokes, svg, overwrite=force)
    click.echo(told)


def _export(recipe: Recipe, strokes: Path | None, svg: Path | None, *, overwrite: bool) -> None:
    from dreambrush.files.output import write_together
    from dreambrush.replay.svg import to_svg

    files = {strokes: recipe.strokes.to_json().encode()} if strokes else {}
    if svg:
        files[svg] = to_svg(recipe).encode()
    write_together(files, overwrite=overwrite)
    if strokes:
        click.echo(f"{strokes}: {len(recipe.strokes)} strokes.", err=True)
    if svg:
        click.echo(f"{svg}: {len(recipe.strokes)} strokes as vectors.", err=True)
