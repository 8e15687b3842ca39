"""``dreambrush styles``: lists the styles, paints a sample of each, and learns new ones."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from dreambrush.cli.paint.defaults import EFFORTS
from dreambrush.cli.shared.options import QUIET, SHEET_SIZE, whole_number
from dreambrush.cli.ui.notes import note
from dreambrush.errors import UsageError

EXAMPLES = """\b
Examples:
  dreambrush styles
  dreambrush styles --sheet styles.png photo.jpg
  dreambrush paint photo.jpg --style charcoal
  dreambrush styles --learn painting.jpg -o painter.toml
"""


@click.command(epilog=EXAMPLES)
@click.argument("pictures", metavar="[PICTURE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For scripts: print one JSON object per style.")
@click.option(
    "--sheet",
    metavar="OUT.png",
    type=click.Path(path_type=Path),
    help="Paint PICTURE (or the sample) in every style, on one sheet.  This takes some minutes.  With --learn: show "
    "what was learned.",
)
@click.option(
    "--learn",
    is_flag=True,
    help="Learn the manner of each PICTURE, all as one, and save it as a style.  PICTURE is a painting, or an .ora of "
    "dreambrush or MyPaint.",
)
@click.option(
    "-o", "--output", metavar="OUT.toml", type=click.Path(path_type=Path), help="With --learn: the file of the style."
)
@SHEET_SIZE
@click.option(
    "--effort",
    metavar="1-5",
    type=whole_number(*EFFORTS),
    help="How long to think about each stroke, in all styles.  1 is quick and rough.  [default: each style's own]",
)
@click.option("--force", is_flag=True, help="Replace OUT.png and OUT.toml if they exist.")
@QUIET
def styles(
    pictures: tuple[Path, ...],
    as_json: bool,
    sheet: Path | None,
    learn: bool,
    output: Path | None,
    size: int,
    effort: int | None,
    force: bool,
    quiet: bool,
) -> None:
    """List the styles, paint in all of them, or learn one of a painting.

    A style is a set of options of `dreambrush paint` under one name, kept in a small text file (TOML).  Save your own
    styles in ~/.config/dreambrush/styles, or name the file: --style my-style.toml.  Options on the command line
    override those of the style.
    """
    from dreambrush.styles import list_styles

    if learn or output is not None:
        _learn(pictures, output, sheet, learn=learn, as_json=as_json, force=force, quiet=quiet)
        return
    if sheet is None and pictures:
        raise UsageError(
            "PICTURE is only for --sheet and --learn.",
            "Paint it with: dreambrush paint PICTURE --style NAME",
            id="option-needs-another",
        )
    if len(pictures) > 1:
        raise UsageError(
            "--sheet draws one picture, but there are several.",
            "Make a sheet of each, one after the other.",
            id="only-one-picture",
        )
    picture = pictures[0] if pictures else None
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


def _learn(
    references: Sequence[Path],
    output: Path | None,
    sheet: Path | None,
    *,
    learn: bool,
    as_json: bool,
    force: bool,
    quiet: bool,
) -> None:
    """Learn the manner of references and save it as a style."""
    from dreambrush.cli.shared.errors import on_one_line
    from dreambrush.cli.shared.outputs import check_output, check_replaces_none
    from dreambrush.files.output import open_output
    from dreambrush.reference.learn import learn as learn_manner
    from dreambrush.reference.saved import found_by, save_style
    from dreambrush.reference.sheet import draw_manner
    from dreambrush.styles import SUFFIX

    if not learn or output is None or not references:
        missing = "--learn" if not learn else "-o OUT.toml" if output is None else "a PICTURE"
        raise UsageError(
            f"To learn a style, {missing} is missing.",
            "Write: dreambrush styles --learn PAINTING.jpg -o STYLE.toml",
            id="option-needs-another",
        )
    if output.suffix != SUFFIX:  # else --style does not take it for a file
        raise UsageError(
            f"A style is a .toml file, but '{output}' has another ending.",
            f"Write: -o '{output}{SUFFIX}'" if output.name else f"Name a file: -o my-style{SUFFIX}",
            id="style-ending",
        )
    if sheet is not None and os.path.realpath(sheet) == os.path.realpath(output):
        raise UsageError("-o and --sheet name the same file.", "Give each its own.", id="same-file-twice")
    for path in (output, sheet):
        if path is not None:
            check_replaces_none(path, references)
            check_output(path, overwrite=force)
    learned = learn_manner(references)
    save_style(learned, output, overwrite=force)
    if sheet is not None:
        with open_output(sheet, overwrite=force) as file:
            draw_manner(learned).save(file, "PNG", optimize=True)
    if as_json:
        about = {"output": str(output), "of": learned.manner.source, "found_by": learned.manner.means}
        click.echo(json.dumps({**about, **learned.options}))
    if not quiet:
        told = f"{output}: the manner of {learned.manner.source}, from {found_by(learned)}."
        click.echo(on_one_line(told), err=True)
        click.echo(on_one_line(f"Paint in it: dreambrush paint PHOTO.jpg --style {output}"), err=True)


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
        note(f"{style.name}: {len(painting.strokes)} strokes.", quiet=quiet)
    with open_output(sheet, overwrite=force) as file:
        draw_named_pictures(cells).save(file, "PNG", optimize=True)
