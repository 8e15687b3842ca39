"""Paints thousands of strokes, has MyPaint's own code open the file and pick from it, and prints one JSON object.

    python -m benchmarks.strokemaps astronaut --size 1024 --strokes 5000

Needs Debian's MyPaint 2.0.1.  Of the seconds and milliseconds the median of all tries is told; each try is a new
process.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import zipfile
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.paint import target_picture
from dreambrush.machine import describe_machine
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint
from dreambrush.painter.save.saving import save_painting
from tests.mypaint.artist import sit_down

TRIES = 5
PICKS = 200  # in each try, at random pixels


def measured(path: Path, width: int, height: int) -> dict[str, object]:
    """What MyPaint makes of a file of that size in pixels."""
    random = np.random.default_rng(0)
    opened, picks = [], []
    for number in range(TRIES):
        places = [[int(random.integers(width)), int(random.integers(height))] for _ in range(PICKS)]
        report = sit_down(path, path.with_suffix(f".{number}.ora"), *({"pick": place} for place in places))
        opened.append(report["seconds"])
        picks += report["done"]
    milliseconds = [1000 * pick["seconds"] for pick in picks]
    return {
        "open_seconds": round(median(each["wall"] for each in opened), 3),
        "open_cpu_seconds": round(median(each["cpu"] for each in opened), 3),
        "pick_ms": round(median(milliseconds), 2),
        "slowest_pick_ms": round(max(milliseconds), 2),
        "picks_that_find_a_stroke": round(sum(pick["stroke"] is not None for pick in picks) / len(picks), 3),
    }


def main() -> None:
    """Paints, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("picture", nargs="?", default="astronaut", help="of scikit-image, or a file")
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--strokes", type=int, default=5000)
    parser.add_argument("--brush", default="oil")
    given = parser.parse_args()
    picture, brushes = target_picture(given.picture, given.size), [find_brush(given.brush)]
    start = time.perf_counter()
    painting = paint(picture, brushes, given.strokes, options=PaintOptions(effort=1))
    painted = time.perf_counter() - start
    height, width = picture.shape[:2]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "painting.ora"
        save_painting(path, painting, brushes, 0, {})
        with zipfile.ZipFile(path) as ora:
            maps = sum(member.file_size for member in ora.infolist() if member.filename.endswith("strokemap.dat"))
            recipe = ora.getinfo("data/mypaint-settings.json").file_size
        figures = {
            "picture": given.picture,
            "pixels": [width, height],
            "strokes": len(painting.strokes),
            "paint_seconds": round(painted, 1),
            "file_mb": round(path.stat().st_size / 1e6, 2),
            "strokemaps_mb": round(maps / 1e6, 2),
            "recipe_mb": round(recipe / 1e6, 2),
            **measured(path, width, height),
            "machine": describe_machine(),
        }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
