"""``dreambrush render``: any .ora as a flat picture, with MyPaint's own blending, as a PSD, or flattened."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from dreambrush.cli.shared.completers import ora_files
from dreambrush.cli.shared.configured import is_typed
from dreambrush.cli.shared.errors import tell
from dreambrush.cli.shared.formats import FLAT, ORA, PSD, dpi_option, format_option, in_words
from dreambrush.cli.shared.options import QUIET
from dreambrush.errors import ExitCode, OutputError, UsageError

FORMATS = *FLAT, PSD
DEFAULT = FLAT[0]
ORA_ENDING = f".{ORA}"

EXAMPLES = """\b
Examples:
  dreambrush render painting.ora painting.png
  dreambrush render painting.ora -o painting.psd -o print.tif --dpi 240
  dreambrush render *.ora -o out/
  dreambrush render *.ora -o out/ --format jpg
  dreambrush render work.ora -o for-krita.ora --flatten-pigment
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
@format_option((*FORMATS, ORA), DEFAULT, "; with --flatten-pigment: ora")
@dpi_option("that of the document, or 300")
@click.option(
    "--flatten-pigment",
    "flatten",
    is_flag=True,
    help="Save a copy of the .ora, or a .psd, whose layers need no blending, so that Krita, GIMP and others show the "
    "same picture as MyPaint.  Where paint is thin, a layer then holds what shines through it, too.",
)
@click.option("--force", is_flag=True, help="Replace the output if it exists.")
@QUIET
def render(
    words: tuple[Path, ...],
    outputs: tuple[Path, ...],
    formats: tuple[str, ...],
    dpi: int | None,
    flatten: bool,
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

    kinds = (ORA,) if flatten and not is_typed("formats") else tuple(dict.fromkeys(formats))
    if ORA in kinds and not flatten:
        raise UsageError(
            "--format ora needs --flatten-pigment.",
            f"A copy of an {ORA_ENDING} needs no dreambrush: cp makes it.",
            id="option-needs-another",
        )
    known = (*FORMATS, ORA) if flatten else FORMATS
    planned = plan_files([file.stem for file in files], outputs, overwrite=force, formats=kinds, known=known)
    _check_sources(files, planned)
    if len(files) == 1:
        _render(files[0], planned[0], dpi, flatten=flatten, force=force, quiet=quiet)
        return ExitCode.OK
    code = int(ExitCode.OK)
    for file, paths in zip(files, planned, strict=True):
        try:
            _render(file, paths, dpi, flatten=flatten, force=force, quiet=quiet)
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


def _check_sources(files: Sequence[Path], planned: Sequence[Sequence[Path]]) -> None:
    """Check that no file would be replaced by its copy, even with --force.

    Raises:
        OutputError: one would.
    """
    sources = {os.path.realpath(file) for file in files}
    for path in (path for paths in planned for path in paths):
        if os.path.realpath(path) in sources:
            raise OutputError(
                f"The copy would replace '{path}' itself.",
                "Choose another name or folder with -o.",
                id="output-is-the-picture",
            )


def _render(file: Path, outputs: Sequence[Path], dpi: int | None, *, flatten: bool, force: bool, quiet: bool) -> None:
    from dreambrush.pictures.exporting import export_document

    if flatten:
        from dreambrush.replay.flattened import flatten_painting_file

        with tempfile.TemporaryDirectory(prefix=".dreambrush-", dir=outputs[0].parent) as folder:
            flat = Path(folder) / "flat.ora"
            flatten_painting_file(file, flat)
            done = export_document(flat, outputs, dpi, overwrite=force)
    else:
        done = export_document(file, outputs, dpi, overwrite=force)
    if not quiet:
        for note in done.notes:
            click.echo(note, err=True)
        kind = ", with transparency" if done.transparent else ""
        click.echo(f"{in_words(outputs)}: {done.width} x {done.height} pixels{kind}.", err=True)
