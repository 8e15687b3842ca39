"""Draws lines over two of the pictures that come along, and paints these without the lines and along them.

    python -m benchmarks.flow_sheet --output docs/flow.jpg

Both are painted with ``dreambrush paint`` and the options HOW.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from benchmarks.command_line import painted
from benchmarks.sheet import row_of, sheet_of
from benchmarks.small_jpeg import save_jpeg

SAMPLES = Path(__file__).parent.parent / "dreambrush" / "samples"
INK, LARGER, THICK = (235, 50, 40, 255), 4, 0.006  # colour; times as large as drawn; share of the width
TITLES = "with lines drawn over it", "without --flow", "--flow lines.png"
HOW = "--hand", "0.7", "--jitter", "0.06", "--max-size", "2.5%"  # strokes that can be seen
CELL, GAP, HEADER, LETTERS = 420, 6, 30, 18  # pixels of the sheet
MOST_BYTES = 200_000
Line = Sequence[tuple[float, float]]
"""Points of a line: x and y as shares of the picture's width and height."""


def spiral(x: float, y: float, radius: float, turns: float, shape: float) -> Line:
    """A spiral around a place, for a picture that is so many times as wide as high."""
    steps = [step / 120 for step in range(12, 121)]
    return [
        (x + radius * t * math.cos(2 * math.pi * turns * t), y + shape * radius * t * math.sin(2 * math.pi * turns * t))
        for t in steps
    ]


def wave(left: float, right: float, y: float, height: float) -> Line:
    """A wave from left to right."""
    xs = [left + (right - left) * step / 60 for step in range(61)]
    return [(x, y + height * math.sin(14 * x)) for x in xs]


def arc(x: float, y: float, radius: float, first: float, last: float) -> Line:
    """A part of a circle in a square picture, from one angle to another in degrees."""
    angles = [math.radians(first + (last - first) * step / 60) for step in range(61)]
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]


STILL_LIFE = (
    spiral(0.80, 0.17, 0.105, 3.2, 4 / 3),
    wave(0.0, 0.62, 0.10, 0.05),
    wave(0.0, 0.20, 0.26, 0.05),
)
ASTRONAUT = (
    arc(0.45, 0.26, 0.21, -175, -10),
    arc(0.45, 0.26, 0.28, -165, -20),
    [(0.62, 0.45), (0.69, 0.30)],
)
PICTURES = {"still-life.jpg": STILL_LIFE, "astronaut.png": ASTRONAUT}


def drawn(lines: Sequence[Line], width: int, height: int) -> Image.Image:
    """Lines on a transparent picture."""
    large = Image.new("RGBA", (width * LARGER, height * LARGER), (*INK[:3], 0))
    draw = ImageDraw.Draw(large)
    for line in lines:
        points = [(x * large.width, y * large.height) for x, y in line]
        draw.line(points, fill=INK, width=round(THICK * large.width), joint="curve")
    return large.resize((width, height), Image.Resampling.LANCZOS)


def row(name: str, lines: Sequence[Line], options: Sequence[str], size: int) -> Image.Image:
    """One picture with its lines, painted without them, and along them."""
    with Image.open(SAMPLES / name) as image:
        photo = image.convert("RGB")
    photo = photo.resize((size, round(size * photo.height / photo.width)), Image.Resampling.LANCZOS)
    with tempfile.TemporaryDirectory() as folder:
        file, over = Path(folder) / "lines.png", drawn(lines, *photo.size)
        over.save(file)
        cells = [painted(SAMPLES / name, [*options, *more]) for more in ((), ("--flow", str(file)))]
    for _, report in cells:
        print(f"{name}, flow {bool(report['flow'])}: mean squared error {report['mse']:.5f}", flush=True)
    photo.paste(over, (0, 0), over)
    return row_of([photo, *(cell for cell, _ in cells)], CELL, GAP)


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Paint pictures without and along lines, on one sheet.")
    parser.add_argument("--size", type=int, default=800, help="longer side of the paintings in pixels")
    parser.add_argument("--output", type=Path, default=Path("docs/flow.jpg"))
    options = parser.parse_args()
    how = ["--size", str(options.size), *HOW]
    try:
        rows = [row(name, lines, how, options.size) for name, lines in PICTURES.items()]
    except subprocess.CalledProcessError as error:
        return error.returncode  # it said why
    save_jpeg(sheet_of(rows, TITLES, CELL, GAP, HEADER, LETTERS), options.output, MOST_BYTES)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
