"""``dreambrush render``: any .ora to PNG, with MyPaint's own blending."""

from __future__ import annotations

from pathlib import Path

import click

from dreambrush.cli.shared.completers import ora_files
from dreambrush.cli.shared.options import QUIET
from dreambrush.errors import UsageError

EXAMPLES = """\b
Examples:
  dreambrush render painting.ora painting.png
  for f in *.ora; do dreambrush render "$f" "${f%.ora}.png"; done
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", metavar="FILE.ora", type=click.Path(path_type=Path), shell_complete=ora_files)
@click.argument("output", metavar="OUT.png", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace OUT.png if it exists.")
@QUIET
def render(file: Path, output: Path, force: bool, quiet: bool) -> None:
    """Save an .ora as PNG, exactly as MyPaint shows it.

    FILE.ora may come from MyPaint, Krita, dreambrush or another program.  All of MyPaint's modes, groups,
    opacities and backgrounds are rendered with its own arithmetic.  A mode that MyPaint does not have is an error.

    The PNG has the size and resolution of the document, in sRGB.  It is transparent if the document has no
    background, as in Krita, or hides it.
    """
    if output.suffix.lower() != ".png":
        raise UsageError(
            f"The output '{output}' does not end in .png.",
            f"Try: dreambrush render '{file}' '{file.stem}.png'",
            id="wrong-ending",
        )
    from dreambrush.files.output import open_output
    from dreambrush.mypaint.ora.document import read_document
    from dreambrush.mypaint.ora.png import encode_png
    from dreambrush.mypaint.ora.render import render_document

    with open_output(output, overwrite=force) as png, read_document(file) as document:
        picture = render_document(document)
        png.write(encode_png(picture, document.resolution))
    if not quiet:
        height, width, channels = picture.shape
        kind = ", with transparency" if channels == 4 else ""
        click.echo(f"{output}: {width} x {height} pixels{kind}.", err=True)
