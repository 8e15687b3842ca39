"""Contact sheets: pictures side by side, enlarged pixel by pixel, with a heading above each column."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dreambrush.arrays import Float32, Pixels
from dreambrush.files.output import open_output

GAP = 4  # pixels between pictures and around them
HEADING = 14  # pixels of height for the headings
PAPER, INK = (255, 255, 255), (64, 64, 64)
FRAME = (208, 208, 208)  # around each picture, so that white pictures show where they end

Picture = Pixels | Float32


def draw_contact_sheet(rows: Sequence[Sequence[Picture]], headings: Sequence[str], scale: int = 2) -> Image.Image:
    """Draws a contact sheet.

    Args:
        rows: rows of pictures (h, w, 3), uint8 or float32 in 0..1 (values beyond are clipped), all of one size.  No row
            has more pictures than there are headings.
        headings: headings of the columns, drawn as far as they fit.
        scale: factor by which pictures are enlarged, with sharp pixels.

    Raises:
        ValueError: there is no picture, or pictures differ in size.
    """
    if not any(rows) or any(len(row) > len(headings) for row in rows):
        raise ValueError(f"Expected rows of up to {len(headings)} pictures but had {[len(row) for row in rows]}.")
    shapes = {picture.shape for row in rows for picture in row}
    if len(shapes) > 1 or len(shape := shapes.pop()) != 3 or shape[2] != 3:
        raise ValueError("Expected pictures of one shape (h, w, 3) but had others.")
    height, width = shape[0] * scale, shape[1] * scale
    across, down = width + GAP, height + GAP
    sheet = Image.new("RGB", (len(headings) * across + GAP, len(rows) * down + GAP + HEADING), PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(10)
    for column, heading in enumerate(headings):
        pen.text((GAP + column * across, 2), _fitting(heading, font, width), INK, font)
    for i, row in enumerate(rows):
        for j, picture in enumerate(row):
            left, top = GAP + j * across, HEADING + GAP + i * down
            pen.rectangle((left - 1, top - 1, left + width, top + height), outline=FRAME)
            enlarged = Image.fromarray(_as_uint8(picture)).resize((width, height), Image.Resampling.NEAREST)
            sheet.paste(enlarged, (left, top))
    return sheet


def save_contact_sheet(
    path: Path | str,
    rows: Sequence[Sequence[Picture]],
    headings: Sequence[str],
    scale: int = 2,
    *,
    overwrite: bool = False,
) -> None:
    """Draws a contact sheet and saves it as a PNG, whole or not at all.  The same pictures give the same bytes.

    Args:
        path: the file.
        rows: as for :func:`draw_contact_sheet`.
        headings: as for :func:`draw_contact_sheet`.
        scale: as for :func:`draw_contact_sheet`.
        overwrite: replace a file of that name.

    Raises:
        ValueError: pictures differ in size.
        OutputError: the file exists (without ``overwrite``) or cannot be written.
    """
    sheet = draw_contact_sheet(rows, headings, scale)
    with open_output(path, overwrite=overwrite) as file:
        sheet.save(file, "PNG", optimize=True)


def draw_named_pictures(pictures: Sequence[tuple[str, Picture]], across: int = 3) -> Image.Image:
    """Draws pictures (h, w, 3) of one size in rows, each with its name above it.

    Raises:
        ValueError: there is no picture.
    """
    if not pictures:
        raise ValueError("Expected pictures but had none.")
    height, width = pictures[0][1].shape[:2]
    line = 2 * HEADING
    rows = -(-len(pictures) // across)
    size = min(across, len(pictures)) * (width + GAP) + GAP, rows * (height + line + GAP) + GAP
    sheet = Image.new("RGB", size, PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(HEADING + 2)
    for index, (name, picture) in enumerate(pictures):
        left, top = GAP + index % across * (width + GAP), GAP + index // across * (height + line + GAP)
        pen.text((left + width // 2, top + line // 2), _fitting(name, font, width), INK, font, anchor="mm")
        sheet.paste(Image.fromarray(_as_uint8(picture)), (left, top + line))
    return sheet


def _as_uint8(picture: Picture) -> Pixels:
    if picture.dtype == np.uint8:
        return np.ascontiguousarray(picture, np.uint8)
    rounded: Pixels = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return rounded


def _fitting(heading: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> str:
    """As much of the heading as fits above a picture."""
    while heading and font.getlength(heading) > width:
        heading = heading[:-1]
    return heading
