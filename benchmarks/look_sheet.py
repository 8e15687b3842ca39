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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

from benchmarks.command_line import painted
from benchmarks.open_pictures import PICTURES, picture_file
from benchmarks.sheet import row_of, sheet_of
from benchmarks.small_jpeg import save_jpeg
from dreambrush.errors import DreambrushError
from dreambrush.styles import style_names

ONCE = "--brush oil --hand 0.3 --edges 0 --simplify 0 --temperature 0 --focus none --ground average"
CELL, GAP, HEADER, LETTERS = 180, 4, 26, 16  # pixels of the sheet
MOST_BYTES = 1_400_000


def looks() -> dict[str, str]:
    """The options of each look, by its title."""
    return {"before": ONCE, "default": "", **{name: f"--style {name}" for name in style_names()}}


def painted_row(file: Path, size: int, seed: int) -> Image.Image:
    """One picture, and what is painted of it in every look."""
    cells = [Image.open(file).convert("RGB")]
    for title, options in looks().items():
        cell, report = painted(file, ["--size", str(size), "--seed", str(seed), *options.split()])
        print(json.dumps({"picture": file.name, "look": title, "mse": report["mse"]}), flush=True)
        cells.append(cell)
    return row_of(cells, CELL, GAP)


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
            rows = list(pool.map(lambda file: painted_row(file, options.size, options.seed), files))
    except DreambrushError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except subprocess.CalledProcessError as error:
        return error.returncode  # it said why
    save_jpeg(sheet_of(rows, ("photo", *looks()), CELL, GAP, HEADER, LETTERS), options.output, MOST_BYTES)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
