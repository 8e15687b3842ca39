"""Paints twelve pictures as they come, and in every style, and lays them out on one sheet.

    python -m benchmarks.look_sheet --pictures out/pictures --output docs/proof.jpg

The second column is what dreambrush painted by default before it had a hand of its own: one round brush, and all edges
alike.  The commands stand in docs/proof.md.  The pictures are fetched into that folder unless they are there (see
open_pictures.py).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from benchmarks.command_line import painted
from benchmarks.open_pictures import PICTURES, picture_file
from benchmarks.small_jpeg import save_jpeg
from dreambrush.errors import DreambrushError
from dreambrush.styles import style_names

ONCE = "--brush oil --hand 0.3 --edges 0 --simplify 0 --temperature 0 --focus none --ground average"
CELL, GAP, HEADER = 180, 4, 26  # pixels of the sheet
MOST_BYTES = 1_400_000
INK, SHEET = "black", "white"


def looks() -> dict[str, str]:
    """The options of each look, by its title."""
    return {"before": ONCE, "default": "", **{name: f"--style {name}" for name in style_names()}}


def row_of(file: Path, size: int, seed: int) -> Image.Image:
    """One picture, and what is painted of it in every look."""
    cells = [Image.open(file).convert("RGB")]
    for title, options in looks().items():
        cell, report = painted(file, ["--size", str(size), "--seed", str(seed), *options.split()])
        print(json.dumps({"picture": file.name, "look": title, "mse": report["mse"]}), flush=True)
        cells.append(cell)
    height = round(CELL * cells[0].height / cells[0].width)
    row = Image.new("RGB", (len(cells) * (CELL + GAP) - GAP, height), SHEET)
    for index, cell in enumerate(cells):
        row.paste(cell.resize((CELL, height), Image.Resampling.LANCZOS), (index * (CELL + GAP), 0))
    return row


def sheet_of(rows: Sequence[Image.Image]) -> Image.Image:
    """The rows under each other, with the titles above them."""
    sheet = Image.new("RGB", (rows[0].width, HEADER + sum(row.height + GAP for row in rows) - GAP), SHEET)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(16)
    for index, title in enumerate(("photo", *looks())):
        draw.text((index * (CELL + GAP) + CELL // 2, HEADER // 2), title, INK, font, anchor="mm")
    top = HEADER
    for row in rows:
        sheet.paste(row, (0, top))
        top += row.height + GAP
    return sheet


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Paint twelve pictures in every look, on one sheet.")
    parser.add_argument("--pictures", type=Path, default=Path("out/pictures"), help="folder of the pictures")
    parser.add_argument("--names", nargs="+", default=list(PICTURES), choices=list(PICTURES))
    parser.add_argument("--size", type=int, default=512, help="longer side of the paintings in pixels")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2, help="how many pictures are painted at the same time")
    parser.add_argument("--output", type=Path, default=Path("docs/proof.jpg"))
    options = parser.parse_args()
    try:
        files = [picture_file(name, options.pictures) for name in options.names]
        with ThreadPoolExecutor(options.jobs) as pool:
            rows = list(pool.map(lambda file: row_of(file, options.size, options.seed), files))
    except DreambrushError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except subprocess.CalledProcessError as error:
        return error.returncode  # it said why
    save_jpeg(sheet_of(rows), options.output, MOST_BYTES)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
