"""Paints pictures at several settings of ``--edges``: figures of their edges as a table, and all on one sheet.

    python -m benchmarks.edges [PICTURE...] --output docs/edges.jpg

Without pictures it takes three of scikit-image's.  The table on stdout has, for each picture and painting, the shares
of contour length that are hard, firm, soft and lost; how far a painting's shares are from the picture's; and the rank
correlation of softness along the contours (painter/measure/edge_softness.py).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image, ImageDraw, ImageFont

from benchmarks.small_jpeg import save_jpeg
from dreambrush.arrays import Float32
from dreambrush.benchmark import HAND
from dreambrush.errors import DreambrushError
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.measure.edge_softness import CLASSES, measure_edges
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint
from dreambrush.pictures.reading import load_picture

NAMES = ("astronaut", "coffee", "chelsea")
DIALS = (0.0, 0.5, 1.0)
CELL, GAP, HEADER = 384, 6, 30  # pixels of the sheet
MOST_BYTES = 400_000
INK, SHEET = "black", "white"


def pictures(files: Sequence[Path], size: int) -> Iterator[tuple[str, Float32]]:
    """Names and pictures (h, w, 3), with a longer side of that many pixels."""
    for file in files:
        yield file.stem, load_picture(file, size)
    for name in () if files else NAMES:
        image = Image.fromarray(getattr(skimage.data, name)())
        image.thumbnail((size, size), Image.Resampling.LANCZOS)
        yield name, np.asarray(image, np.float32) / np.float32(255)


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Paint pictures at several settings of --edges, and measure edges.")
    parser.add_argument("pictures", type=Path, nargs="*", help="picture files")
    parser.add_argument("--edges", type=float, nargs="+", default=DIALS, help="settings of the dial, 0 to 1")
    parser.add_argument("--brush", nargs="+", default=["oil"])
    parser.add_argument("--strokes", type=int, default=1000)
    parser.add_argument("--size", type=int, default=384, help="longer side of the paintings in pixels")
    parser.add_argument("--output", type=Path, help="a sheet of all, as JPEG")
    options = parser.parse_args()
    rows = []
    print(f"| picture | edges | {' | '.join(CLASSES)} | distance | agreement | error |\n|{'---|' * 9}")
    try:
        brushes = [find_brush(name) for name in options.brush]
        for name, target in pictures(options.pictures, options.size):
            own = measure_edges(target, target).picture
            print(f"| {name} | the picture | {' | '.join(f'{own[kind]:.2f}' for kind in CLASSES)} | | | |")
            row = [Image.fromarray((target * 255 + 0.5).astype(np.uint8))]
            for dial in options.edges:
                painting = paint(target, brushes, options.strokes, options=PaintOptions(hand=HAND, edges=dial))
                found = measure_edges(target, painting.merged.astype(np.float32) / np.float32(255))
                shares = " | ".join(f"{found.painting[kind]:.2f}" for kind in CLASSES)
                figures = f"{found.distance:.2f} | {found.agreement:.2f} | {painting.mse:.4f}"
                print(f"| {name} | {dial:g} | {shares} | {figures} |", flush=True)
                row.append(Image.fromarray(painting.merged))
            rows.append(row)
    except DreambrushError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    if options.output:
        save_jpeg(
            sheet_of(rows, ["the photo", *(f"--edges {dial:g}" for dial in options.edges)]), options.output, MOST_BYTES
        )
    return 0


def sheet_of(rows: Sequence[Sequence[Image.Image]], headings: Sequence[str]) -> Image.Image:
    """Rows of pictures under each other, with headings above the columns."""
    heights = [round(CELL * row[0].height / row[0].width) for row in rows]
    sheet = Image.new("RGB", (len(headings) * (CELL + GAP) - GAP, HEADER + sum(heights) + GAP * (len(rows) - 1)), SHEET)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(18)
    for index, text in enumerate(headings):
        draw.text((index * (CELL + GAP) + CELL // 2, HEADER // 2), text, INK, font, anchor="mm")
    top = HEADER
    for row, height in zip(rows, heights, strict=True):
        for index, image in enumerate(row):
            sheet.paste(image.resize((CELL, height), Image.Resampling.LANCZOS), (index * (CELL + GAP), top))
        top += height + GAP
    return sheet


if __name__ == "__main__":
    raise SystemExit(main())
