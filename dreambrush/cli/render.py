"""``dreambrush render``: any .ora as a flat picture, with MyPaint's own blending, or as a PSD."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from dreambrush.cli.shared.completers import ora_files
from dreambrush.cli.shared.errors import tell
from dreambrush.cli.shared.formats import FLAT, PSD, dpi_option, format_option, in_words
from dreambrush.cli.shared.options import QUIET
from dreambrush.errors import ExitCode, UsageError

FORMATS = *FLAT, PSD
DEFAULT = FLAT[0]
ORA_ENDING = ".ora"

EXAMPLES = """\b
Examples:
  dreambrush render painting.ora painting.png
  dreambrush render painting.ora -o painting.psd -o print.tif --dpi 240
  dreambrush render *.ora -o out/
  dreambrush render *.ora -o out/ --format jpg
"""


@click.command(epilog=EXAMPLES)
@click.argument(
    "words",
    metavar="FILE.ora... [OUT.png]",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    shell_complete=ora_files,
)
@click.option(
    "-o",
    "--output",
    "outputs",
    metavar="OUT",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File to save, or a folder for it: a flat .png, .jpg, .webp or .tif, or a .psd with layers.  Give it several "
    "times to save several files.  For several pictures it must be a folder.",
)
@format_option(FORMATS, DEFAULT)
@dpi_option("that of the document, or 300")
@click.option("--force", is_flag=True, help="Replace the output if it exists.")
@QUIET
def render(
    words: tuple[Path, ...],
    outputs: tuple[Path, ...],
    formats: tuple[str, ...],
    dpi: int | None,
    force: bool,
    quiet: bool,
) -> int:
    """Save an .ora as PNG, PSD and so on, as MyPaint shows it.

    FILE.ora may come from MyPaint, Krita, dreambrush or another program.  All of MyPaint's modes, groups,
    opacities and backgrounds are rendered with its own arithmetic.  A mode that MyPaint does not have is an error.

    The picture has the size of the document, in sRGB.  It is transparent if the document has no background, as in
    Krita, or hides it.  If one of several files fails, the others are still saved.
    """
    files, outputs = _sorted_out(words, outputs)
    from dreambrush.cli.shared.outputs import plan_files

    kinds = tuple(dict.fromkeys(formats))
    planned = plan_files([file.stem for file in files], outputs, overwrite=force, formats=kinds, known=FORMATS)
    if len(files) == 1:
        _render(files[0], planned[0], dpi, force=force, quiet=quiet)
        return ExitCode.OK
    code = int(ExitCode.OK)
    for file, paths in zip(files, planned, strict=True):
        try:
            _render(file, paths, dpi, force=force, quiet=quiet)
        except Exception as error:
            told = tell(error)
            code = code or told.code
    return code


def _sorted_out(words: Sequence[Path], outputs: tuple[Path, ...]) -> tuple[Sequence[Path], tuple[Path, ...]]:
    """The files to render, and the outputs.  Without -o, the last word is the output, as for `cp`.

    Raises:
        UsageError: no output is named.
    """
    if outputs:
        return words, outputs
    *files, last = words
    if not files or (last.suffix.lower() == ORA_ENDING and not last.is_dir()):
        raise UsageError(
            "There is no OUT.png to save the picture in.",
            f"Try: dreambrush render '{last}' '{last.stem}.{DEFAULT}'  Or name a folder for several: -o FOLDER",
            id="missing-argument",
        )
    return files, (last,)


def _render(file: Path, outputs: Sequence[Path], dpi: int | None, *, force: bool, quiet: bool) -> None:
    from dreambrush.pictures.exporting import export_document

    done = export_document(file, outputs, dpi, overwrite=force)
    if not quiet:
        for note in done.notes:
            click.echo(note, err=True)
        kind = ", with transparency" if done.transparent else ""
        click.echo(f"{in_words(outputs)}: {done.width} x {done.height} pixels{kind}.", err=True)
