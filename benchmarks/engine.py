"""What the engine costs as a library: ``python benchmarks/engine.py`` prints the table of docs/api.md.

Strokes of 400 pixels with 50 events each, as a tablet sends them, by libmypaint's default brush, on a canvas of 1024 x
1024 pixels; milliseconds of one core, the best of several runs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dreambrush.mypaint import Brush, Canvas

SIDE = 1024
EVENTS = 50
LENGTH = 400.0


def events(x: float, y: float) -> NDArray[np.float64]:
    """A wave from (x, y) to the right, pressed more and more, shape (EVENTS, 4)."""
    along = np.linspace(0, 1, EVENTS)
    return np.stack([x + LENGTH * along, y + 40 * np.sin(7 * along), 0.3 + 0.7 * along, np.full(EVENTS, 0.008)], axis=1)


def seconds(work: Callable[[], object], runs: int) -> float:
    """CPU seconds of the fastest run."""
    best = np.inf
    for _ in range(runs):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return float(best)


def strokes_cost(radius: float, strokes: int, runs: int, eotf: float = 1.0) -> float:
    """Milliseconds for a stroke."""
    canvas, brush = Canvas(SIDE, SIDE, eotf), Brush()
    brush.set_radius(radius)
    random = np.random.default_rng(0)
    wanted = [events(*random.uniform(50, SIDE - LENGTH - 50, 2)) for _ in range(strokes)]

    def paint() -> None:
        for stroke in wanted:
            canvas.stroke(brush, stroke)

    return seconds(paint, runs) / strokes * 1e3


def rows(strokes: int, runs: int) -> list[tuple[str, float]]:
    """What is measured, and the milliseconds."""
    found = [
        (f"a stroke of {LENGTH:.0f} pixels, {EVENTS} events, radius {radius}", strokes_cost(radius, strokes, runs))
        for radius in (2, 8, 32)
    ]
    found.append(("the same, radius 8, in linear light (eotf 2.2)", strokes_cost(8, strokes, runs, eotf=2.2)))
    canvas, brush = Canvas(SIDE, SIDE), Brush()
    brush.set(radius_logarithmic=4.0)
    for y in np.linspace(0, SIDE, 20):
        canvas.stroke(brush, np.stack([events(x, y) for x in (0, 300, 600)]).reshape(-1, 4))
    pixels = canvas.read()
    found.append((f"`read()` of {SIDE} x {SIDE} pixels", seconds(canvas.read, runs) * 1e3))
    found.append((f"`read8()` of {SIDE} x {SIDE} pixels", seconds(canvas.read8, runs) * 1e3))
    found.append((f"`write()` of {SIDE} x {SIDE} pixels", seconds(lambda: canvas.write(pixels), runs) * 1e3))
    found.append(("`Brush()`", seconds(Brush, runs) * 1e3))
    return found


def main(arguments: list[str]) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strokes", type=int, default=200, help="how many, each run")
    parser.add_argument("--runs", type=int, default=7, help="of which the fastest counts")
    options = parser.parse_args(arguments)
    print("| what | milliseconds |\n|---|---|")
    for what, cost in rows(options.strokes, options.runs):
        print(f"| {what} | {cost:.2f} |")


if __name__ == "__main__":
    main(sys.argv[1:])
