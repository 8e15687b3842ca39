"""How well a hand can be measured from a picture, where the truth is known.

    python -m benchmarks.measured_hands PHOTO... [--paintings out/hands]

Paints photographs with many kinds of strokes, forgets the recipe, measures the picture (reference/patches.py), and
compares medians by visible area with those of the recipe.  For each figure it prints the rank correlation over the
paintings, the mean ratio of measured to true, and the spread of that ratio (standard deviation of its logarithm).

With --fitted it also measures strokes that the painter fits to the picture: the first idea, which does not do.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.command_line import painted_file
from dreambrush.arrays import Float32, Floats
from dreambrush.machine import describe_machine
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.render import render_document
from dreambrush.painter.measure.figures import StrokeFigures, figures_of
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint
from dreambrush.recipe import chosen_recipe
from dreambrush.reference.patches import figures_of_patches

FIGURES = ("width", "length", "bend", "angle", "turn", "spacing", "step")
HANDS = (
    "--brush oil --strokes 400 --min-size 3% --hand 0.5",
    "--brush bristle --strokes 1500 --min-size 1% --max-size 2% --hand 1",
    "--brush gouache --strokes 2500 --max-size 1.5% --max-length 2 --hand 0.3",
    "--brush oil --strokes 1200 --min-size 1.2% --max-size 2.5% --hand 0.8",
    "--brush bristle --strokes 500 --min-size 2.5% --hand 1",
    "--brush sable --strokes 2500 --max-size 1.2% --hand 1",
    "--brush oil --strokes 800 --min-size 2% --max-size 4% --max-length 2.5 --hand 0.5",
    "--brush bristle --strokes 2000 --min-size 0.8% --max-size 1.6% --hand 1",
    "--brush gouache --strokes 600 --min-size 2% --hand 0.9",
    "--brush oil --strokes 2000 --min-size 0.6% --max-size 3% --hand 0.2",
    "--style impressionist",
    "--style oil-impasto",
)
ALL = "--size 512 --relief 0 --focus none --force"


def medians(figures: StrokeFigures) -> dict[str, float]:
    """The median of each figure by visible area."""
    found = {}
    for name in FIGURES:
        values = getattr(figures, name)
        weights = figures.seen * (figures.formed if name == "angle" else 1)
        order = np.argsort(values, kind="stable")
        share = np.cumsum(weights[order])
        found[name] = float(values[order][np.searchsorted(share, share[-1] / 2)])
    return found


def fitted(picture: Float32, seed: int) -> StrokeFigures:
    """Figures of strokes that the painter fits to a picture."""
    painting = paint(picture, find_brush("oil"), 1500, seed, options=PaintOptions(effort=2, hand=0.0))
    return figures_of(painting.strokes, picture)


def agreement(true: Floats, measured: Floats) -> dict[str, float]:
    """How two columns (n,) go together."""
    ranks = [np.argsort(np.argsort(each, kind="stable"), kind="stable") for each in (true, measured)]
    ratio = np.log(measured / np.maximum(true, 1e-6))
    return {
        "rank_correlation": round(float(np.corrcoef(ranks[0], ranks[1])[0, 1]), 2),
        "ratio": round(float(np.exp(ratio.mean())), 2),
        "spread": round(float(ratio.std()), 2),
    }


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Measure hands in pictures whose strokes are known.")
    parser.add_argument("photos", nargs="+", type=Path)
    parser.add_argument("--paintings", type=Path, default=Path("out/hands"))
    parser.add_argument("--fitted", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.paintings.mkdir(parents=True, exist_ok=True)
    print(json.dumps({"machine": describe_machine(), "seed": options.seed}))
    rows: list[dict[str, Any]] = []
    for number, hand in enumerate(HANDS):
        photo, file = options.photos[number * len(options.photos) // len(HANDS)], options.paintings / f"{number}.ora"
        if not file.is_file():
            painted_file(photo, file, [*hand.split(), *ALL.split(), "--seed", str(options.seed)])
        with read_document(file) as document:
            strokes = chosen_recipe(document.settings, file).strokes
            picture = np.asarray(render_document(document)[..., :3] / np.float32(255), np.float32)
        row = {"photo": photo.name, "hand": hand, "true": medians(figures_of(strokes, picture))}
        row["patches"] = medians(figures_of_patches(picture)[1])
        if options.fitted:
            row["fitted"] = medians(fitted(picture, options.seed))
        rows.append(row)
        print(json.dumps(row), flush=True)
    for how in ("patches", "fitted") if options.fitted else ("patches",):
        told = {
            name: agreement(*(np.array([row[which][name] for row in rows]) for which in ("true", how)))
            for name in FIGURES
        }
        print(json.dumps({how: told}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
