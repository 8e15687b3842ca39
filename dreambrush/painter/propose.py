"""Proposes strokes one by one in the dream, each for the canvas that the ones before it are expected to leave."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dreambrush.painter.geometry import boxes, dotness
from dreambrush.painter.judge import Judge
from dreambrush.painter.look import Looker
from dreambrush.painter.moments import Moments
from dreambrush.painter.pool import Pool
from dreambrush.painter.refine import Refiner, Sketch
from dreambrush.painter.search import Controller

Float32 = NDArray[np.float32]

WINDOWS, PROPOSALS, KEPT = 24, 8, 2  # looked through in each round, strokes proposed in each, of these kept
CAPACITY, IMPROVED = 256, 48  # strokes in the pool; the best of them that are improved in each round
GENERATIONS, CHILDREN = 3, 4  # of improvement in each round
LONG_TASTE = 0.15  # share of its gain that a mere dot is docked


def propose(
    refiner: Refiner,
    controller: Controller,
    canvas: Float32,
    count: int,
    rng: np.random.Generator,
    colour: Float32 | None = None,
    rounds: int = 1,
) -> Iterator[Sketch]:
    """Proposes strokes that each remove as much error as can be found.

    Args:
        refiner: knows the dream and the target.
        controller: where strokes come from.
        canvas: (h, w, 3) as it is expected to be.
        count: of strokes.
        rng: of all choices.
        colour: (3,) of all strokes; by default what suits each best.
        rounds: of thought about each stroke.

    Yields:
        One stroke at a time.
    """
    shape = refiner.height, refiner.width, 3
    area = (0, 0, refiner.width, refiner.height)
    canvas = canvas.reshape(shape)
    moments = Moments(refiner.target.reshape(shape), canvas)
    looker = Looker(moments, rng)
    with Judge(refiner.dream, moments, cores=1, colour=colour) as judge:
        pool = Pool(judge, refiner.tame, _merit, CAPACITY, rng)
        for _ in range(count):
            for _ in range(rounds):
                windows = looker.look(WINDOWS)
                old = len(pool)
                pool.add(windows.to_picture(controller.propose(windows, PROPOSALS, rng)), windows.size, KEPT)
                best = np.argsort(-pool.value[:old], kind="stable")[:IMPROVED]
                pool.improve(np.concatenate([best, np.arange(old, len(pool))]), GENERATIONS, CHILDREN)
            chosen = pool.choose(1, 0.0)
            strokes = pool.strokes[chosen]
            colours, gains = judge.study(strokes)
            looker.learn(pool.size[chosen], np.maximum(gains, 0))
            sketch = Sketch(strokes, colours)
            yield sketch
            canvas = refiner.laid(sketch, canvas).canvas.reshape(shape)
            moments.update(canvas, area)
            pool.forget(chosen, boxes(strokes, refiner.dream.reach))


def _merit(gains: Float32, strokes: Float32) -> Float32:
    return np.asarray(gains * (1 - LONG_TASTE * dotness(strokes)), np.float32)
