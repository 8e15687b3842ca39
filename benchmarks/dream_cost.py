"""What it costs to ask a dream at a point: value, and gradient; by our kernel and by onnxruntime.

    python -m benchmarks.dream_cost --brush oil

Prints one JSON object.  Microseconds of processor time for a point, on one thread: the least of a few rounds, in which
all ways take turns, so that a busy machine slows all of them.  `agreement` says how far the kernel's answers are from
onnxruntime's, over random strokes.  Of a wet brush the same is said of its wet dream.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.dream.dream import Dream
from dreambrush.dream.gradient import DreamGradient
from dreambrush.dream.kernel.agreement import compare
from dreambrush.dream.kernel.kernel import Kernel
from dreambrush.dream.kernel.weights import packed_weights
from dreambrush.dream.kernel.wet_kernel import WetKernel, agreed
from dreambrush.dream.wet import WetDream, WetGradient, WetPaint, is_wet
from dreambrush.kernel.library import LEVELS, kernel
from dreambrush.machine import describe_machine
from dreambrush.models.catalogue import DREAM_FILE, WET_FILE, WET_GRADIENT_FILE, find_brush

Way = Callable[[], object]


def questions(strokes: int, points: int, seed: int) -> tuple[Float32, Int64, Float32, Float32]:
    """Strokes (k, 9) of a painting's kind, starts, points (n, 2) in and around them, and weights (2, n) of answers."""
    rng = np.random.default_rng(seed)
    middle, radius = rng.uniform(0, 256, (strokes, 2)), np.exp(rng.uniform(np.log(1), np.log(20), (strokes, 1)))
    path = np.repeat(middle, 3, 0).reshape(strokes, 6) + rng.normal(0, 2, (strokes, 6)) * radius
    rows = np.concatenate([path, rng.random((strokes, 2)), radius], 1).astype(np.float32)
    around = middle[:, None] + rng.normal(0, 1.5, (strokes, points, 2)) * radius[:, None]
    by = rng.normal(0, 1, (2, strokes * points)).astype(np.float32)
    return rows, np.arange(strokes + 1) * points, around.astype(np.float32).reshape(-1, 2), by


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Say what it costs to ask a dream at a point.")
    parser.add_argument("--brush", default="oil")
    parser.add_argument("--strokes", type=int, default=400)
    parser.add_argument("--points", type=int, default=64, help="of each stroke")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    folder = find_brush(options.brush).dream_folder()
    strokes, starts, points, by = questions(options.strokes, options.points, options.seed)
    dream, gradient = Dream(folder, threads=1, compiled=False), DreamGradient(folder, threads=1, compiled=False)
    values: dict[str, Way] = {"onnxruntime": lambda: dream.at(strokes, starts, points)}
    gradients: dict[str, Way] = {"onnxruntime": lambda: gradient.at(strokes, starts, points, *by)}
    model = (folder / DREAM_FILE).read_bytes()
    weights, found, agreement = packed_weights(model), kernel(), None
    if weights is not None and found is not None:
        for level in LEVELS[: found[1].db_best_instructions() + 1]:
            own = Kernel(weights, level)
            values[level] = partial(own.values, strokes, starts, points)
            gradients[level] = partial(own.vjp, strokes, starts, points, *by)
        agreement = vars(compare(Kernel(weights).values, model, DREAM_FILE))
    costs = {
        "value": timed(values, options.rounds, len(points)),
        "value and gradient": timed(gradients, options.rounds, len(points)),
    }
    found_of: dict[str, object] = {"microseconds": costs, "agreement": agreement}
    if is_wet(folder):
        found_of["wet"] = wet_costs(folder, (strokes, starts, points), options.rounds)
    print(json.dumps({**vars(options), **found_of, "machine": describe_machine()}))


def wet_costs(folder: Path, questions: tuple[Float32, Int64, Float32], rounds: int) -> dict[str, object]:
    """The same of a wet dream."""
    points, wet = questions[2], WetDream(folder, threads=1, compiled=False)
    rng = np.random.default_rng(0)
    shapes = [(len(points),)] * 3 + [(len(points), wet.node_count)]
    by = WetPaint(*(rng.normal(0, 1, shape).astype(np.float32) for shape in shapes))
    values: dict[str, Way] = {"onnxruntime": lambda: wet.at(*questions)}
    gradients: dict[str, Way] = {}
    if (folder / WET_GRADIENT_FILE).is_file():
        gradient = WetGradient(folder, threads=1, compiled=False)
        gradients["onnxruntime"] = lambda: gradient.at(*questions, by)
    found = kernel()
    weights, agreement = agreed((folder / WET_FILE).read_bytes(), WET_FILE) if found is not None else (None, None)
    if weights is not None and found is not None:
        for level in LEVELS[: found[1].db_best_instructions() + 1]:
            own = WetKernel(weights, level)
            values[level] = partial(own.values, *questions)
            gradients[level] = partial(own.vjp, *questions, *by)
    costs = {
        "value": timed(values, rounds, len(points)),
        "value and gradient": timed(gradients, rounds, len(points)),
    }
    return {"microseconds": costs, "agreement": None if agreement is None else vars(agreement)}


def timed(ways: dict[str, Way], rounds: int, points: int) -> dict[str, float]:
    """Microseconds a point by way."""
    least = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.process_time()
            way()
            least[name] = min(least[name], time.process_time() - start)
    return {name: round(seconds / points * 1e6, 4) for name, seconds in least.items()}


if __name__ == "__main__":
    main()
