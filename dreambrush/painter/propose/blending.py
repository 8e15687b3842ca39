"""Where paint might be blended: strokes drawn at random, for a brush that nobody has taught where its strokes go.

A controller learns on canvases of its own brush's paint.  A blender has no paint, so it has no controller.  Where it
gains, and how wide it must be there, has little to do with where a stroke of paint would go.
"""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.bezier import CONTROL, END, NUMBERS, PRESSURES, RADIUS, START

LATE = 0.6  # of the strokes must be there: earlier there is little to blend, and paint would cover what was blended
TRIES, FEWEST = 16, 600  # number of strokes drawn for each that is wanted; the least number of a round

# What the 60 best of 6,000 wider draws had, over 8 pictures painted with 50 and 150 strokes of oil:
NARROWEST, WIDEST = 0.15, 0.7  # radius, as a share of the side of the room for a stroke
SHORTEST, LONGEST = 3.0, 7.0  # radii that a path is long; any direction
LIGHTEST = 0.2  # pressure
BENT = 0.1  # standard deviation of the control point from the middle, as a share of the length


def blending_strokes(height: float, width: float, strokes: int, count: int, rng: np.random.Generator) -> Float32:
    """Draws strokes (count, 9) on a canvas.

    Args:
        height: of the canvas in pixels.
        width: of the canvas in pixels.
        strokes: number of strokes that share the canvas.
        count: how many to draw.
        rng: random numbers.
    """
    radius = room_for_one(height, width, strokes) * np.exp(rng.uniform(np.log(NARROWEST), np.log(WIDEST), count))
    length = radius * rng.uniform(SHORTEST, LONGEST, count)
    direction = rng.uniform(0, 2 * np.pi, count)
    middle = rng.random((count, 2)) * (width, height)
    half = 0.5 * length[:, None] * np.stack([np.cos(direction), np.sin(direction)], 1)
    out = np.empty((count, NUMBERS), np.float32)
    out[:, START], out[:, END] = middle - half, middle + half
    out[:, CONTROL] = middle + rng.normal(0.0, BENT, (count, 2)) * length[:, None]
    out[:, PRESSURES] = rng.uniform(LIGHTEST, 1.0, (count, 2))
    out[:, RADIUS] = radius
    return out


def best_of_each_place(strokes: Float32, gains: Float32, side: float) -> Int64:
    """The strokes (n, 9) that gain something (n,), and most of all whose middle lies in the same square.

    Two that mend the same place would each be counted in full.

    Args:
        strokes: in pixels.
        gains: of each.
        side: of the squares in pixels.

    Returns:
        Their numbers, best first.
    """
    best = np.argsort(-gains, kind="stable")
    best = best[gains[best] > 0]
    squares = np.floor(strokes[best, CONTROL] / np.float32(side)).astype(np.int64)
    _, first = np.unique(squares, axis=0, return_index=True)
    return np.asarray(best[np.sort(first)])


def room_for_one(height: float, width: float, strokes: int) -> float:
    """Side in pixels of the square that each of so many strokes has for itself."""
    return float(np.sqrt(height * width / max(strokes, 1)))
