"""Draws error against CPU seconds: our paintings at every effort, and other programs beside them.

    python -m benchmarks.paint astronaut coffee --effort 1 2 3 4 5 --json out/efforts.jsonl
    python -m benchmarks.peers.peers astronaut coffee --json out/peers.jsonl
    python -m benchmarks.effort_plot out/efforts.jsonl out/peers.jsonl --output docs/effort.png

Each file holds one JSON object a line; what is no such row is passed over.  A row with ``effort`` is a painting of
ours, a dot with that number on the curve of its picture and its count of strokes; one with ``painter`` is another
program's, a dot with its name in the same colour.  Both axes are logarithmic.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.curves import Curve, Mark, draw_curves
from dreambrush.errors import DreambrushError, UsageError

Row = dict[str, Any]

ERRORS = {"mse": "mean squared error", "lpips": "shift-tolerant LPIPS"}


def read_rows(files: Iterable[Path]) -> list[Row]:
    """Every JSON object of these files, one a line.

    Raises:
        UsageError: a file cannot be read, or a line that begins as an object is none.
    """
    rows = []
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
            rows += [json.loads(line) for line in lines if line.startswith("{")]
        except (OSError, ValueError) as error:
            raise UsageError(f"'{file}' cannot be read ({error}).", "Give files with one JSON object a line.") from None
    return rows


def arrange(
    rows: Iterable[Row], pictures: list[str], strokes: list[int], size: int, error: str
) -> tuple[dict[str, Curve], dict[str, list[Mark]]]:
    """Curves and marks by name of the curve; of rows for the same dot the last one counts.

    Args:
        rows: see the module.
        pictures: names to draw, as in the rows.
        strokes: counts to draw.
        size: longer side of the pictures in pixels.
        error: the row's key of what goes up, "mse" or "lpips".

    Raises:
        UsageError: no row fits.
    """
    dots: dict[tuple[str, int], dict[str, tuple[float, float]]] = {}
    for row in rows:
        label = row.get("painter") or str(row.get("effort", ""))
        place = (str(row.get("picture")), int(row.get("strokes", 0)))
        fits = place[0] in pictures and place[1] in strokes and size == max(row.get("width", 0), row.get("height", 0))
        if fits and label and error in row and "total" in row:
            dots.setdefault(place, {})[label] = (row["total"]["cpu"], row[error])
    if not dots:
        raise UsageError(f"No row has {size} px, '{error}' and these pictures and strokes.", "Look at the files' keys.")
    curves: dict[str, Curve] = {}
    marks: dict[str, list[Mark]] = {}
    for picture in pictures:
        for count in strokes:
            name, found = f"{picture}, {count} strokes", dots.get((picture, count), {})
            ours = [found[label] for label in sorted(found) if label.isdigit()]
            curves[name] = [x for x, _ in ours], [y for _, y in ours]
            marks[name] = [(*found[label], label) for label in sorted(found)]
    return curves, marks


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Draw error against CPU seconds at every effort, beside the peers'.")
    parser.add_argument("rows", type=Path, nargs="+", help="files with one JSON object a line")
    parser.add_argument("--output", type=Path, required=True, help="PNG")
    parser.add_argument("--pictures", nargs="+", default=["astronaut", "coffee"])
    parser.add_argument("--strokes", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--size", type=int, default=256, help="longer side of the pictures in pixels")
    parser.add_argument("--error", choices=ERRORS, default="mse")
    options = parser.parse_args()
    try:
        rows = read_rows(options.rows)
        curves, marks = arrange(rows, options.pictures, options.strokes, options.size, options.error)
        title = f"{ERRORS[options.error]} at {options.size} px; 1 to 5: dreambrush at that effort"
        across, scales = "CPU seconds", {"logarithmic": True, "logarithmic_across": True}
        draw_curves(curves, options.output, title, across, marks=marks, **scales)
    except DreambrushError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
