"""Saves what an .ora shows for other programs, by the endings of the files' names."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dreambrush.arrays import Pixels
from dreambrush.files.output import open_output
from dreambrush.mypaint.ora.document import Document, read_document
from dreambrush.mypaint.ora.render import render_document
from dreambrush.pictures.flat import Resolution, encode_flat, has_transparency
from dreambrush.pictures.layered import psd_layers
from dreambrush.pictures.psd_writing import write_psd

ORA, PSD = ".ora", ".psd"
USUAL_DPI = 300  # pixels an inch, that of print


@dataclass(frozen=True)
class ExportedPicture:
    """What was saved.

    Attributes:
        width: of the picture in pixels.
        height: of the picture in pixels.
        transparent: whether some of it shows what is below it.
        notes: sentences on what the files do not show as the .ora does.
    """

    width: int
    height: int
    transparent: bool
    notes: tuple[str, ...] = ()


def export_document(
    file: Path, outputs: Sequence[Path], dpi: int | None = None, *, overwrite: bool = False
) -> ExportedPicture:
    """Save an .ora in other formats.

    Args:
        file: the .ora, of any program.
        outputs: the files to write, each with an ending of ``FLAT_FORMATS``, .psd, or .ora, which makes a copy.
        dpi: pixels an inch; None takes those of the .ora, or ``USUAL_DPI`` if it does not say.
        overwrite: replace existing files.

    Raises:
        OpenrasterError: the .ora cannot be read or rendered.
        LibmypaintError: libmypaint is not installed.
        OutputError: a file exists already, cannot be written, or cannot hold so large a picture.
    """
    notes: list[str] = []
    with read_document(file) as document:
        picture = render_document(document)
        resolution = (dpi, dpi) if dpi else document.resolution or (USUAL_DPI, USUAL_DPI)
        for output in outputs:
            ending = output.suffix.lower()
            if ending == PSD:
                notes += _save_psd(picture, document, output, resolution, overwrite=overwrite)
            elif ending == ORA:
                with open(file, "rb") as source, open_output(output, overwrite=overwrite) as copy:
                    shutil.copyfileobj(source, copy)
            elif note := save_flat(picture, output, resolution, overwrite=overwrite):
                notes.append(note)
    height, width = picture.shape[:2]
    return ExportedPicture(width, height, is_transparent(picture), tuple(dict.fromkeys(notes)))


def save_flat(
    picture: Pixels,
    output: Path,
    resolution: Resolution = (USUAL_DPI, USUAL_DPI),
    *,
    overwrite: bool = False,
) -> str:
    """Save a picture as a flat file.

    Args:
        picture: sRGB, (height, width, 3), or with straight alpha (height, width, 4), uint8.
        output: the file, with an ending of ``FLAT_FORMATS``.
        resolution: pixels an inch in x and y.
        overwrite: replace an existing file.

    Returns:
        A sentence on what the file does not show, or "".

    Raises:
        OutputError: the file exists already, cannot be written, or cannot hold so large a picture.
    """
    with open_output(output, overwrite=overwrite) as target:
        target.write(encode_flat(picture, output.suffix, resolution))
    if is_transparent(picture) and not has_transparency(output.suffix):
        return f"{output} shows the picture on white: {output.suffix} has no transparency."
    return ""


def is_transparent(picture: Pixels) -> bool:
    """Whether some pixel of a picture (height, width, 3 or 4), uint8, lets through what is below."""
    return picture.shape[2] == 4 and bool((picture[..., 3] < 255).any())


def _save_psd(
    picture: Pixels, document: Document, output: Path, resolution: Resolution, *, overwrite: bool
) -> list[str]:
    """Save the layers and return what there is to note."""
    layers, notes = psd_layers(document)
    with open_output(output, overwrite=overwrite) as target:
        write_psd(target, picture, layers, resolution)
    return notes
