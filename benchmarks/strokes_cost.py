"""Says what strokes cost: CPU seconds and peak memory of paintings with more and more of them, a JSON object each.

    python -m benchmarks.strokes_cost coffee rocket --size 1024 --effort 1 --strokes 1000 2000 4000 8000

Each painting is made in a process of its own on one core; it is not saved.  ``cell`` is how many pixels wide the cells
are that the plan is grown on (``painter/refine/scene.py``): where that is halved there are four times as many to look
at.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.paint import target_picture
from dreambrush.benchmark import HAND
from dreambrush.machine import describe_machine, peak_memory
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint
from dreambrush.painter.see.cells import cell_for


def cost(picture: str, size: int, strokes: int, brush: str, effort: int, seed: int) -> dict[str, Any]:
    """Paints once, and tells what that took of this process."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    target = target_picture(picture, size)
    before = time.process_time()
    painting = paint(target, find_brush(brush), strokes, seed, options=PaintOptions(effort=effort, hand=HAND))
    cpu = time.process_time() - before
    height, width = target.shape[:2]
    return {
        "picture": Path(picture).stem,
        "width": width,
        "height": height,
        "strokes": len(painting.strokes),
        "brush": brush,
        "effort": effort,
        "seed": seed,
        "cell": cell_for(height, width, strokes),
        "cpu": round(cpu, 2),
        "cpu_by_work": {work: round(spent["cpu"], 2) for work, spent in painting.seconds.items()},
        "peak_memory_mb": peak_memory(),
        "mse": round(painting.mse, 6),
        "machine": describe_machine(),
    }


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Say what strokes cost in time and memory.")
    parser.add_argument("picture", nargs="*", default=["coffee", "rocket"], help="files, or pictures of scikit-image")
    parser.add_argument("--size", type=int, default=1024, help="longer side in pixels")
    parser.add_argument("--strokes", type=int, nargs="+", default=[1000, 2000, 4000, 8000])
    parser.add_argument("--brush", default="oil")
    parser.add_argument("--effort", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    context = get_context("spawn")  # a fork would begin with the memory of this process
    for picture in options.picture:
        for strokes in options.strokes:
            words = (picture, options.size, strokes, options.brush, options.effort, options.seed)
            with ProcessPoolExecutor(1, context) as alone:
                print(json.dumps(alone.submit(cost, *words).result()), flush=True)


if __name__ == "__main__":
    main()
