"""Paints six pictures at four settings of ``--hand`` and lays them out on one sheet.

    python -m benchmarks.hand_sheet --pictures out/pictures --output docs/hand.jpg

The pictures are fetched into that folder unless they are there (see open_pictures.py).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from benchmarks.command_line import painted
from benchmarks.open_pictures import picture_file
from benchmarks.sheet import row_of, sheet_of
from benchmarks.small_jpeg import save_jpeg
from dreambrush.errors import DreambrushError
from dreambrush.painter.plan.hand import DEFAULT

NAMES = ("astronaut", "chelsea", "coffee", "pavilion", "dahlia", "cypresses")
HANDS = (0.0, 0.3, DEFAULT, 1.0)
CELL, GAP, HEADER, LETTERS = 256, 6, 30, 18  # pixels of the sheet
MOST_BYTES = 600_000


def painted_row(file: Path, brushes: Sequence[str], hands: Sequence[float], strokes: int, size: int) -> Image.Image:
    """One picture, painted by every hand."""
    how = [*(word for brush in brushes for word in ("--brush", brush)), "--strokes", str(strokes), "--size", str(size)]
    cells = []
    for hand in hands:
        cell, report = painted(file, [*how, "--hand", str(hand)])
        print(f"{file.name}, hand {hand:g}: mean squared error {report['mse']:.5f}", flush=True)
        cells.append(cell)
    return row_of(cells, CELL, GAP)


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Paint six pictures at four settings of --hand, on one sheet.")
    parser.add_argument("--pictures", type=Path, default=Path("out/pictures"), help="folder of the pictures")
    parser.add_argument("--hand", type=float, nargs="+", default=HANDS, help="settings of the dial, 0 to 1")
    parser.add_argument("--brush", nargs="+", default=["set:painter"])
    parser.add_argument("--strokes", type=int, default=1000)
    parser.add_argument("--size", type=int, default=384, help="longer side of the paintings in pixels")
    parser.add_argument("--output", type=Path, default=Path("docs/hand.jpg"))
    options = parser.parse_args()
    try:
        files = [picture_file(name, options.pictures) for name in NAMES]
        rows = [painted_row(file, options.brush, options.hand, options.strokes, options.size) for file in files]
    except DreambrushError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except subprocess.CalledProcessError as error:
        return error.returncode  # it said why
    titles = [f"--hand {hand:g}" + (" (default)" if hand == DEFAULT else "") for hand in options.hand]
    save_jpeg(sheet_of(rows, titles, CELL, GAP, HEADER, LETTERS), options.output, MOST_BYTES)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
