"""``dreambrush styles``: lists the styles and paints a sample of each."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click

from dreambrush.cli.paint.options import EFFORTS
from dreambrush.cli.shared.options import QUIET, SHEET_SIZE, whole_number
from dreambrush.errors import UsageError

EXAMPLES = """\b
Examples:
  dreambrush styles
  dreambrush styles --sheet styles.png photo.jpg
  dreambrush paint photo.jpg --style charcoal
"""


@click.command(epilog=EXAMPLES)
@click.argument("picture", metavar="[PICTURE]", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For scripts: print one JSON object per style.")
@click.option(
    "--sheet",
    metavar="OUT.png",
    type=click.Path(path_type=Path),
    help="Paint PICTURE (or the sample) in every style, on one sheet.  This takes some minutes.",
)
@SHEET_SIZE
@click.option(
    "--effort",
    metavar="1-5",
    type=whole_number(*EFFORTS),
    help="How long to think about each stroke, in all styles.  1 is quick and rough.  [default: each style's own]",
)
@click.option("--force", is_flag=True, help="Replace OUT.png if it exists.")
@QUIET
def styles(
    picture: Path | None,
    as_json: bool,
    sheet: Path | None,
    size: int,
    effort: int | None,
    force: bool,
    quiet: bool,
) -> None:
    """List the styles, or paint a picture in all of them.

    A style is a set of options of `dreambrush paint` under one name, kept in a small text file (TOML).  Save your own
    styles in ~/.config/dreambrush/styles, or name the file: --style my-style.toml.  Options on the command line
    override those of the style.
    """
    from dreambrush.styles import list_styles

    if sheet is None and picture is not None:
        raise UsageError(
            "PICTURE is only for --sheet.",
            "Paint it with: dreambrush paint PICTURE --style NAME",
            id="option-needs-another",
        )
    found = list_styles()
    if sheet is not None:
        _paint_sheet(picture, sheet, size, effort, force=force, quiet=quiet)
        return
    width = max(len(style.name) for style in found)
    for style in found:
        about = {"name": style.name, "path": str(style.path), "description": style.description, **style.options}
        if style.stages:
            about["stages"] = list(style.stages)
        click.echo(json.dumps(about) if as_json else f"{style.name:{width}}  {style.description}")


def _paint_sheet(picture: Path | None, sheet: Path, size: int, effort: int | None, *, force: bool, quiet: bool) -> None:
    from dreambrush.cli.paint.command import SAMPLE, paint
    from dreambrush.cli.paint.settings import PaintSettings
    from dreambrush.cli.shared.brushes import brushes_with_dreams
    from dreambrush.cli.shared.outputs import check_output
    from dreambrush.files.output import open_output
    from dreambrush.painter.run import paint as paint_picture
    from dreambrush.pictures.contact_sheet import draw_named_pictures
    from dreambrush.pictures.reading import load_picture
    from dreambrush.styles import list_styles

    check_output(sheet, overwrite=force)
    target = load_picture(picture or SAMPLE, size)
    height, width = target.shape[:2]
    cells = []
    for style in list_styles():
        context = paint.in_style(str(style.path))
        settings = PaintSettings.of(context.params)
        brushes = brushes_with_dreams(context.params["brushes"], quiet=quiet)
        options = replace(settings, effort=effort or settings.effort).for_painter(width, height, 0.0, target, brushes)
        painting = paint_picture(target, brushes, settings.strokes, settings.seed, options=options)
        cells.append((style.name, painting.merged))
        if not quiet:
            click.echo(f"{style.name}: {len(painting.strokes)} strokes.", err=True)
    with open_output(sheet, overwrite=force) as file:
        draw_named_pictures(cells).save(file, "PNG", optimize=True)
