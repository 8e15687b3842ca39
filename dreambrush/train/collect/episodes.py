"""Episodes: strokes laid one over the other on one canvas, which is what memory and wet brushes are about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Pixels
from dreambrush.mypaint.engine.canvas import Canvas
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.train.collect.strokes import (
    SIDE,
    Seed,
    brownian_strokes,
    brownian_walk,
    paint_in_turn,
    random_colours,
    random_strokes,
)

EPISODE_LENGTH = 16  # strokes: one more than the longest task with black ink, kana, has
EPISODES_PER_BRUSH = 32  # a new Brush (hence a new random sequence) starts with each chunk

EPISODE_SAMPLING = (
    f"{EPISODE_LENGTH} strokes on a canvas that is transparent at first, in the brush's own paint mode; every other "
    "episode has uniform strokes in uniform colours, the others a Brownian walk through strokes and colours"
)


@dataclass(frozen=True)
class Episodes:
    """Sequences of strokes, each on a canvas of its own.

    Attributes:
        strokes: (n, EPISODE_LENGTH, 9) float32, as in :class:`~dreambrush.train.collect.strokes.Collection`.
        colour: (n, EPISODE_LENGTH, 3) float32, of each stroke, display sRGB 0..1.
        canvas: (n, EPISODE_LENGTH + 1, SIDE, SIDE, 4) uint8, straight RGBA; ``canvas[:, t]`` is what stroke t was laid
            on and ``canvas[:, t + 1]`` what it left.
    """

    strokes: Float32
    colour: Float32
    canvas: Pixels


def random_episodes(n: int, seed: Seed) -> tuple[Float32, Float32]:
    """Strokes (n, EPISODE_LENGTH, 9) and their colours (n, EPISODE_LENGTH, 3), as ``EPISODE_SAMPLING`` says."""
    seeds = np.random.SeedSequence(seed).generate_state(2 * n).reshape(n, 2).tolist()
    strokes = np.empty((n, EPISODE_LENGTH, 9), np.float32)
    colour = np.empty((n, EPISODE_LENGTH, 3), np.float32)
    for index, (one, other) in enumerate(seeds):
        if index % 2 == 0:
            strokes[index], colour[index] = random_strokes(EPISODE_LENGTH, one), random_colours(EPISODE_LENGTH, other)
        else:
            strokes[index] = brownian_strokes(EPISODE_LENGTH, one)
            colour[index] = brownian_walk(EPISODE_LENGTH, 3, other)
    return strokes, colour


def paint_episodes(settings: BrushSettings, strokes: Float32, colour: Float32) -> Episodes:
    """Paints episodes in order, all with one new brush.

    Args:
        settings: the brush; it paints in its own paint mode, for that is how its colours mix.
        strokes: (n, EPISODE_LENGTH, 9).
        colour: (n, EPISODE_LENGTH, 3).
    """
    canvas = Canvas(SIDE, SIDE)
    frames = np.zeros((*strokes.shape[:2], SIDE, SIDE, 4), np.uint8)
    painted = paint_in_turn(settings, strokes.reshape(-1, 9), canvas, colour.reshape(-1, 3), strokes.shape[1])
    for frame, _ in zip(frames.reshape(-1, SIDE, SIDE, 4), painted, strict=True):
        frame[:] = canvas.read8()
    empty = np.zeros((len(strokes), 1, SIDE, SIDE, 4), np.uint8)
    return Episodes(strokes, colour, np.concatenate([empty, frames], axis=1))
