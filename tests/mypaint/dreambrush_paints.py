"""Paints the cases of test_parity.py with dreambrush, in its own process.  Usage as mypaint_paints.py."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
from parity_strokes import BRUSHES, COLOURS, SEED, SIDE, Case, all_cases, digest, ground, share, strokes

from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import Canvas


def paint(case: Case) -> Any:
    canvas = Canvas(SIDE, SIDE, case.eotf)
    canvas.write(ground())
    brush = Brush.load(BRUSHES / f"{case.brush}.myb", paint_mode=case.paint_mode)
    for colour, events in zip(COLOURS, strokes(), strict=True):
        brush.set_colour(colour, case.eotf)
        canvas.stroke(brush, events, SEED)
    return canvas.read()


def main() -> None:
    if len(sys.argv) == 3:
        cases = share(all_cases(), int(sys.argv[1]), int(sys.argv[2]))
        print(json.dumps({case.name: digest(paint(case)) for case in cases}))
    else:
        np.save(sys.argv[4], paint(Case(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))))


if __name__ == "__main__":
    main()
