"""Measures few strokes as ``dreambrush bench`` does, with any of the controllers.

    python -m research.controllers.bench digits DIGITS.npz --controller evolved
    python -m research.controllers.bench portraits FACES --controller search policy --count 8

TASK is digits (8 black strokes), kana (15 black strokes) or portraits (15, 30 and 50 strokes in colour).  PICTURES is a
folder, or an array of pictures in an .npz file.  Prints one JSON object for each controller and number of strokes, with
the mean squared error on the real canvas, that in the dream, the gap between these, and seconds.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.measure.few_strokes import run_trial, summarise
from dreambrush.pictures.picture_sets import dark_on_light, open_picture_set, square
from research.controllers.by_name import CONTROLLERS, controller_named

SIDE = 64  # pixels
STROKES = {"digits": (8,), "kana": (15,), "portraits": (15, 30, 50)}
BRUSHES = {"digits": "pencil", "kana": "pencil", "portraits": "oil"}
BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


def targets_of(path: Path, count: int, seed: int, *, ink: bool) -> list[Float32]:
    """Pictures (SIDE, SIDE, 3) drawn by lot: the same as ``dreambrush bench`` draws."""
    found = open_picture_set(path)
    drawn = np.random.default_rng(seed).choice(len(found), min(count, len(found)), replace=False)
    targets = [square(found.load(index), SIDE) for index in drawn.tolist()]
    return [dark_on_light(target) for target in targets] if ink else targets


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Measure few strokes with any controller.")
    parser.add_argument("task", choices=STROKES)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--controller", nargs="+", choices=CONTROLLERS, default=list(CONTROLLERS))
    parser.add_argument("--count", type=int, default=16, help="how many of the pictures, drawn by lot (default: 16)")
    parser.add_argument("--brush", help="default: pencil; for portraits oil")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    ink = options.task != "portraits"
    colour, ground = (BLACK, WHITE) if ink else (None, None)
    brush = find_brush(options.brush or BRUSHES[options.task])
    targets = targets_of(options.pictures, options.count, options.seed, ink=ink)
    for name in options.controller:
        follow = controller_named(name)
        for strokes in STROKES[options.task]:
            trials = [
                run_trial(target, brush, strokes, options.seed, colour=colour, ground=ground, controller=follow)
                for target in targets
            ]
            row = {"controller": name, "task": options.task, "brush": brush.name, "strokes": strokes}
            print(json.dumps({**row, "pictures": len(trials), **summarise(trials)}), flush=True)


if __name__ == "__main__":
    main()
