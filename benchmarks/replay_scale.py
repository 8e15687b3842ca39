"""Paints, replays the strokes four times as large, reduces that again, and tells how alike the two are.

    python -m benchmarks.replay_scale

Prints one JSON object a painting: PSNR in decibels between what was painted and the larger picture, reduced.
"""

from __future__ import annotations

import argparse
import json
import math

import numpy as np
from PIL import Image

from benchmarks.paint import target_picture
from dreambrush.machine import describe_machine
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint
from dreambrush.painter.save.saving import recipe_of
from dreambrush.replay.repaint import altered_recipe, repaint

PAINTINGS = (("oil", 384, 1500), ("knife", 384, 600), ("ink", 384, 300), ("oil", 1024, 1500))  # brush, pixels, strokes


def likeness(brush_name: str, size: int, strokes: int, scale: int, picture: str) -> float:
    """PSNR in decibels."""
    brush = find_brush(brush_name)
    painting = paint(target_picture(picture, size), brush, strokes, options=PaintOptions(effort=1))
    larger = repaint(altered_recipe(recipe_of(painting, [brush], 0, {}), (scale * size, scale * size))).merged()
    reduced = np.asarray(Image.fromarray(larger).resize((size, size), Image.Resampling.BOX), np.float64)
    return -10 * math.log10(float(((reduced - painting.merged) ** 2).mean()) / 255**2)


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Measure how alike paintings are that were replayed larger.")
    parser.add_argument("--picture", default="astronaut", help="name of a picture of scikit-image, or a file")
    parser.add_argument("--scale", type=int, default=4)
    options = parser.parse_args()
    for brush, size, strokes in PAINTINGS:
        decibels = likeness(brush, size, strokes, options.scale, options.picture)
        row = {"picture": options.picture, "brush": brush, "size": size, "strokes": strokes, "scale": options.scale}
        print(json.dumps({**row, "seed": 0, "psnr": round(decibels, 1), "machine": describe_machine()}), flush=True)


if __name__ == "__main__":
    main()
