"""The mean squared error that a sketch is expected to leave on a canvas, from few pixels."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.sketch import Sketch

MOST_PIXELS = 32768  # number of pixels that are looked at, at most


def expected_error(scene: Scene, sketch: Sketch, canvas: Float32, rng: np.random.Generator) -> float:
    """Expected mean squared error of a sketch on a canvas, from enough cells to tell within a few per mille.

    The error before is known of all cells.  It tells something of the cells that were not looked at (regression
    estimator; Cochran, "Sampling Techniques", chapter 7).

    Args:
        scene: scene that is painted.
        sketch: strokes that are to be laid.
        canvas: (height * width, 3) canvas under the strokes.
        rng: random numbers, which choose the cells that are looked at.
    """
    grid = scene.some(1, MOST_PIXELS, rng)
    views = [scene.view(strokes, canvas, grid) for strokes in (Sketch.empty(), sketch)]
    counts = scene.counts[grid.cells] * grid.parts
    bare, after = (view.errors(counts) for view in views)
    spread = float(np.var(bare))
    likeness = float(np.mean((bare - bare.mean()) * (after - after.mean()))) / spread if spread > 0 else 0.0
    missed = scene.canvas_error(canvas) - scene.mean_squared(float(bare.sum()) / grid.share)
    return scene.mean_squared(float(after.sum()) / grid.share) + likeness * missed
