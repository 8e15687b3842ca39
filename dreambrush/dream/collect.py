"""Random strokes of a brush, painted by the real engine: what a dream is trained on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreambrush.cores import available_cores
from dreambrush.mypaint.brush import Brush
from dreambrush.mypaint.canvas import Canvas
from dreambrush.mypaint.myb import BrushSettings
from dreambrush.strokes import stroke_events

SIDE = 64  # pixels of each picture
SMALLEST_RADIUS, LARGEST_RADIUS = 0.6, 20.0  # pixels
LONGEST = 80.0  # pixels from start to end
STROKES_PER_BRUSH = 500  # a new Brush (hence a new random sequence) starts with each chunk

SAMPLING = (
    f"middle uniform over {SIDE}x{SIDE} px; radius {SMALLEST_RADIUS:g}..{LARGEST_RADIUS:g} px, half of them uniform "
    f"and half log-uniform; length 0..{LONGEST:g} px, denser when short; any direction; "
    "control point normal around the middle, 0.25 of the length; pressures uniform 0..1, equal for a third"
)


@dataclass(frozen=True)
class Collection:
    """Single strokes and what the engine made of them.

    Attributes:
        strokes: (n, 9) float32: start, control, end x and y in pixels, pressure at start and end, radius.
        alpha: (n, SIDE, SIDE) uint8, 255 = opaque.
    """

    strokes: NDArray[np.float32]
    alpha: NDArray[np.uint8]


def random_strokes(n: int, seed: int) -> NDArray[np.float32]:
    """Random strokes (n, 9) float32, spread as ``SAMPLING`` says."""
    rng = np.random.default_rng(seed)
    middle = rng.uniform(0, SIDE, (n, 2))
    radius = rng.uniform(SMALLEST_RADIUS, LARGEST_RADIUS, n)
    fine = rng.uniform(0, 1, n) < 0.5
    radius[fine] = np.exp(rng.uniform(np.log(SMALLEST_RADIUS), np.log(LARGEST_RADIUS), int(fine.sum())))
    length = LONGEST * rng.uniform(0, 1, n) ** 1.3
    angle = rng.uniform(0, 2 * np.pi, n)
    half = 0.5 * length[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    control = middle + 0.25 * length[:, None] * rng.standard_normal((n, 2))
    pressure = rng.uniform(0, 1, (n, 2))
    even = rng.uniform(0, 1, n) < 1 / 3
    pressure[even, 1] = pressure[even, 0]
    columns = (middle - half, control, middle + half, pressure, radius[:, None])
    return np.concatenate(columns, axis=1).astype(np.float32)


def paint_strokes(settings: BrushSettings, strokes: NDArray[np.float32], side: int = SIDE) -> NDArray[np.uint8]:
    """Paints each stroke alone on a fresh canvas.

    Args:
        settings: the brush; it paints in RGB mode, for alpha is the same in pigment mode and RGB is far quicker.
        strokes: (n, 9) as in :class:`Collection`.
        side: width and height of each picture in pixels.

    Returns:
        (n, side, side) uint8 alpha.
    """
    settings = settings.with_values(paint_mode=0.0)
    alpha = np.empty((len(strokes), side, side), np.uint8)

    def paint_chunk(first: int) -> None:
        canvas, brush = Canvas(side, side), Brush(settings)
        for index in range(first, min(first + STROKES_PER_BRUSH, len(strokes))):
            row = strokes[index]
            canvas.clear()
            brush.set_radius(float(row[8]))
            canvas.stroke(brush, stroke_events(row[:6].reshape(3, 2), row[6:8], float(row[8])))
            alpha[index] = canvas.read8()[..., 3]

    # Chunks are the same however many threads there are, hence so are the pictures.
    with ThreadPoolExecutor(available_cores()) as pool:
        list(pool.map(paint_chunk, range(0, len(strokes), STROKES_PER_BRUSH)))
    return alpha


def collect(settings: BrushSettings, n: int, seed: int) -> Collection:
    """Paints n random strokes; the same arguments give the same bytes."""
    strokes = random_strokes(n, seed)
    return Collection(strokes, paint_strokes(settings, strokes))
