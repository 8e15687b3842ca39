"""The learned controller against the walk along ridges: error and CPU seconds on the real canvas, picture by picture.

    python -m benchmarks.controllers pictures/ --brush oil ink watercolour --strokes 200 1000 --ridge-effort 3

Start it in the root of the repository; ``pictures/`` is a folder, or see benchmarks/paint.py.  Each picture is painted
by both in turn, every time in a process of its own.  Ratios are learned / ridge, their means geometric.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # also as: python benchmarks/controllers.py

from benchmarks.paint import Row, Task, attempt, expanded
from dreambrush.benchmark import HAND
from dreambrush.machine import describe_machine
from dreambrush.painter.options import CONTROLLERS, PaintOptions


def compare(pictures: Sequence[str], size: int, strokes: int, brush: str, efforts: dict[str, int], seed: int) -> Row:
    """Paints each picture with both controllers; the figures of both, and their ratios."""
    usual = PaintOptions()
    rows: dict[str, list[Row]] = {kind: [] for kind in CONTROLLERS}
    fresh = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(1, mp_context=fresh, max_tasks_per_child=1) as process,
    ):
        for picture, kind in product(pictures, CONTROLLERS):
            shared = (usual.layers, False, seed, Path(folder), kind)
            task = Task(picture, size, strokes, (brush,), efforts[kind], HAND, *shared)
            row = process.submit(attempt, task).result()
            if isinstance(row, str):
                sys.exit(row)
            rows[kind].append(row)
    learned, ridge = (rows[kind] for kind in CONTROLLERS)
    errors = [ours["mse"] / theirs["mse"] for ours, theirs in zip(learned, ridge, strict=True)]
    seconds = [ours["total"]["cpu"] / theirs["total"]["cpu"] for ours, theirs in zip(learned, ridge, strict=True)]
    return {
        "brush": brush,
        "strokes": strokes,
        "size": size,
        "pictures": len(errors),
        "efforts": efforts,
        "error_ratio": round(statistics.geometric_mean(errors), 3),
        "worst_error_ratio": round(max(errors), 3),
        "cpu_ratio": round(statistics.geometric_mean(seconds), 3),
        **{
            f"{kind}_{name}": round(statistics.fmean(row[name] for row in rows[kind]), 5)
            for kind in CONTROLLERS
            for name in ("mse",)
        },
        **{
            f"{kind}_cpu": round(statistics.fmean(row["total"]["cpu"] for row in rows[kind]), 3) for kind in CONTROLLERS
        },
        "looks": {
            kind: {
                name: round(statistics.fmean(row["looks"][name] for row in rows[kind]), 3)
                for name in learned[0]["looks"]
            }
            for kind in CONTROLLERS
        },
        "seed": seed,
        "machine": describe_machine(),
    }


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Compare the learned controller with the walk along ridges.")
    parser.add_argument("picture", nargs="*", default=["astronaut", "coffee", "chelsea"])
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--strokes", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--brush", nargs="+", default=["oil", "ink", "watercolour"])
    parser.add_argument("--effort", type=int, default=PaintOptions().effort, help="of the learned controller")
    parser.add_argument("--ridge-effort", type=int, default=PaintOptions().effort)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    efforts = dict(zip(CONTROLLERS, (options.effort, options.ridge_effort), strict=True))
    pictures = list(expanded(options.picture))
    for brush, strokes in product(options.brush, options.strokes):
        print(json.dumps(compare(pictures, options.size, strokes, brush, efforts, options.seed)), flush=True)


if __name__ == "__main__":
    main()
