"""``dreambrush inspect``: shows what an .ora holds, how dreambrush painted it, and what has changed since."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreambrush.cli.inspect.pixel import pixel_place
from dreambrush.cli.shared.completers import ora_files
from dreambrush.cli.shared.options import whole_number
from dreambrush.cli.shared.pages import BESIDE, PAGE, page_name
from dreambrush.cli.shared.recipes import RECIPE, settings_with_recipe
from dreambrush.errors import UsageError

if TYPE_CHECKING:
    from dreambrush.mypaint.ora.document import Document
    from dreambrush.recipe import Recipe

EXAMPLES = """\b
Examples:
  dreambrush inspect painting.ora
  dreambrush inspect painting.ora --at 120,80
  dreambrush inspect painting.ora --json | jq .changes
  dreambrush inspect painting.ora --strokes strokes.json --svg strokes.svg
  dreambrush inspect painting.ora --html
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
    "--html",
    metavar="[OUT.html]",
    is_flag=False,
    flag_value=BESIDE,
    type=page_name,
    help="Save a page that draws the strokes one after the other, in any browser and without a network: one file with "
    "the layers, the recipe and what has changed since.  [default name: the file's with .html, in this folder]",
)
@click.option(
    "--painting",
    metavar="N",
    type=whole_number(1, 10_000),
    help="Which painting to save, if dreambrush painted in the file several times.  [default: the last]",
)
@RECIPE
@click.option("--force", is_flag=True, help="Replace OUT.json, OUT.svg and OUT.html if they exist.")
def inspect(
    file: Path,
    as_json: bool,
    at: tuple[int, int] | None,
    strokes: Path | None,
    svg: Path | None,
    html: Path | None,
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
    page = Path(f"{file.stem}{PAGE}") if html == BESIDE else html
    _check_options(strokes, svg, page, painting, force=force)
    from dreambrush.cli.inspect.report import report_of, summary
    from dreambrush.cli.shared.outputs import check_output, check_replaces_none
    from dreambrush.mypaint.ora.document import read_document
    from dreambrush.recipe import chosen_recipe

    recipe = None
    files: dict[Path, bytes] = {}
    with read_document(file) as document:
        for path in filter(None, (strokes, svg, page)):  # before the work
            check_output(path, overwrite=force)
        if page:
            check_replaces_none(page, [file])
        source, settings = file, document.settings
        if strokes or svg or original:
            source, settings = settings_with_recipe(file, document, original)
            recipe = chosen_recipe(settings, source, painting)
        report = report_of(file, document, at, settings)
        if page:
            files[page] = _page(document, settings, report).encode()
    told = json.dumps(report) if as_json else "\n".join(summary(report))
    if recipe is not None:
        files |= _exported(recipe, strokes, svg)
    if files:  # what is refused is refused before anything is written
        _save(files, strokes, svg, page, recipe, overwrite=force)
    click.echo(told)


def _check_options(
    strokes: Path | None, svg: Path | None, page: Path | None, painting: int | None, *, force: bool
) -> None:
    if not (strokes or svg) and painting:
        raise UsageError("--painting is only for --strokes and --svg.", "Leave it out.", id="option-needs-another")
    outputs = {"--strokes": strokes, "--svg": svg, "--html": page}
    given = {option: os.path.realpath(path) for option, path in outputs.items() if path}
    if not given and force:
        raise UsageError("--force is only for --strokes, --svg and --html.", "Leave it out.", id="option-needs-another")
    for (one, path), (other, same) in combinations(given.items(), 2):
        if path == same:
            raise UsageError(f"{one} and {other} name the same file.", "Give each its own.", id="same-file-twice")


def _page(document: Document, settings: Mapping[str, Any], report: dict[str, Any]) -> str:
    from dreambrush.cli.inspect.report import change_lines
    from dreambrush.cli.shared.spoken import spoken
    from dreambrush.gallery.painting_page import painting_page
    from dreambrush.recipe import recipes_of

    recipes = recipes_of(settings) if report["paintings"] else []  # broken ones are told in the report
    changes = change_lines(report["changes"], report["changed"]) if report["changes"] else ()
    return painting_page(document, recipes, report, changes, spoken(click.get_current_context()))


def _exported(recipe: Recipe, strokes: Path | None, svg: Path | None) -> dict[Path, bytes]:
    from dreambrush.replay.svg import to_svg

    files = {strokes: recipe.strokes.to_json().encode()} if strokes else {}
    if svg:
        files[svg] = to_svg(recipe).encode()
    return files


def _save(
    files: dict[Path, bytes],
    strokes: Path | None,
    svg: Path | None,
    page: Path | None,
    recipe: Recipe | None,
    *,
    overwrite: bool,
) -> None:
    from dreambrush.files.output import write_together

    write_together(files, overwrite=overwrite)
    count = 0 if recipe is None else len(recipe.strokes)
    if strokes:
        click.echo(f"{strokes}: {count} strokes.", err=True)
    if svg:
        click.echo(f"{svg}: {count} strokes as vectors.", err=True)
    if page:
        click.echo(f"{page}: a page of {len(files[page]) / 1e6:.1f} MB.  Open it in a browser.", err=True)
