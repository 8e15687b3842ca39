"""Lays paintings out in rows and columns, with a title above each column."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

INK, SHEET = "black", "white"


def row_of(cells: Sequence[Image.Image], width: int, gap: int) -> Image.Image:
    """Pictures of one shape side by side, each so many pixels wide, with a gap between them."""
    height = round(width * cells[0].height / cells[0].width)
    row = Image.new("RGB", (len(cells) * (width + gap) - gap, height), SHEET)
    for index, cell in enumerate(cells):
        row.paste(cell.resize((width, height), Image.Resampling.LANCZOS), (index * (width + gap), 0))
    return row


def sheet_of(
    rows: Sequence[Image.Image], titles: Sequence[str], width: int, gap: int, header: int, letters: int
) -> Image.Image:
    """Rows under each other.

    Args:
        rows: as :func:`row_of` makes them.
        titles: above the columns.
        width: of a column in pixels.
        gap: between rows and columns in pixels.
        header: height of the titles' line in pixels.
        letters: their size in pixels.
    """
    sheet = Image.new("RGB", (rows[0].width, header + sum(row.height + gap for row in rows) - gap), SHEET)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(letters)
    for index, title in enumerate(titles):
        draw.text((index * (width + gap) + width // 2, header // 2), title, INK, font, anchor="mm")
    top = header
    for row in rows:
        sheet.paste(row, (0, top))
        top += row.height + gap
    return sheet
