"""Evolves the compact controller with CMA-ES, inside the dream only (World Models, section 2.3).

Nakano's controller (2019) never learned by evolution.  What makes the difference here: features that say where the
error is and how it runs (ridge.py) instead of a latent picture, continuous strokes instead of discrete jumps, colour
in closed form or fixed, a start that already paints, and as fitness the share of error removed, to which every single
stroke adds.  Only the diagonal of the covariance is adapted (Ros & Hansen 2008): the whole of it would take far more
generations in so many dimensions than the dream can pay for.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

import numpy as np

from dreambrush.arrays import Float32, Float64
from dreambrush.bezier import END, RADIUS, START
from dreambrush.dream.dream import Dream
from research.controllers.compact import FEATURES, OUTPUTS, contours_of_error
from research.controllers.rollout import Round, rollout

Progress = Callable[[int, Float64, Float64], None]

BLACK = np.zeros(3, np.float32)
TOGETHER = 4  # genomes that paint at once
FEATURE_SCALE = 0.3


class Body(Protocol):
    """What a genome is the weights of: sees what is still wrong, and proposes strokes."""

    @property
    def scales(self) -> Float64:
        """How far (parameters,) each weight is changed at first, in units of CmaOptions.sigma."""
        ...

    def __call__(self, residual: Float32, genomes: Float64, count: int) -> Float32:
        """Strokes (m, count, 9) in pixels for residuals (m, s, s, 3), by genomes (m, parameters)."""
        ...


@dataclass(frozen=True)
class RidgeBody:
    """The compact controller's network."""

    @property
    def scales(self) -> Float64:
        """Weights of features count less than biases: there are many, and together they would drown what works."""
        scales = np.ones((FEATURES + 1, OUTPUTS))
        scales[:-1] = FEATURE_SCALE
        return scales.ravel()

    def __call__(self, residual: Float32, genomes: Float64, count: int) -> Float32:
        """See :class:`Body`."""
        strokes = contours_of_error(residual, count).corrected(np.repeat(genomes, count, axis=0))
        return strokes.reshape(len(residual), count, 9)


RIDGE_BODY = RidgeBody()


@dataclass(frozen=True)
class CmaOptions:
    """Every hyper-parameter."""

    generations: int = 150
    population: int = 16
    pictures: int = 24  # painted by each individual in each generation, the same for all
    strokes: int = 8  # laid on each picture, at most
    candidates: int = 6  # proposed for each stroke; the dream says which is best
    sigma: float = 0.06  # step at the start, in units of weights: the features alone already paint, do not leap away
    stepwise: float = 0.1  # how much the error after every stroke counts, beside that after the last
    long_taste: float = 0.02  # docks strokes shorter than wide, which the dream may believe in more than is right
    certain: bool = False  # whether what the dream is unsure of counts as error; a random brush needs that
    black: bool = False  # black paint only, as for digits; otherwise colour in closed form

    def as_dict(self) -> dict[str, float]:
        """For the card."""
        return asdict(self)


def evolve(
    dream: Dream,
    pictures: Float32,
    options: CmaOptions,
    seed: int,
    progress: Progress = lambda generation, fitness, favourite: None,
    known: Sequence[Sequence[float]] = (),
    start: Float64 | None = None,
    processes: int = 1,
    body: Body = RIDGE_BODY,
) -> Float64:
    """Evolves a genome.

    Args:
        dream: of the brush.
        pictures: (m, s, s, 3) float32 targets; the canvas begins with their corners' colour.
        options: hyper-parameters.
        seed: of everything.
        progress: told generation, fitness (population,) of its individuals, and the genome (parameters,) so far.
        known: fitness of the individuals of the first generations of an evolution like this one that was stopped;
            evolution is quick where it need not paint, and goes on as if it had never stopped.
        start: (parameters,) to begin with; zeros by default, which follow the ridges of error already.
        processes: to paint in; the result does not depend on it.
        body: what the genome is the weights of.

    Returns:
        The mean of the last quarter of all generations, (parameters,): less lucky and more robust than the last one's
        best individual, for a handful of pictures makes a noisy judge.
    """
    import cma

    rng = np.random.default_rng(seed)
    strategy = cma.CMAEvolutionStrategy(
        np.zeros(len(body.scales)) if start is None else start,
        options.sigma,
        {"popsize": options.population, "seed": seed + 1, "verbose": -9, "CMA_diagonal": True, "CMA_stds": body.scales},
    )
    favourites: deque[Float64] = deque(maxlen=max(options.generations // 4, 1))
    with _painters(dream, options, processes, body) as fitness_of:
        for generation in range(options.generations):
            genomes = np.array(strategy.ask())
            batch = pictures[rng.integers(0, len(pictures), options.pictures)]
            fitness = np.array(known[generation]) if generation < len(known) else fitness_of(genomes, batch)
            strategy.tell(list(genomes), list(-fitness))
            favourites.append(np.asarray(strategy.result.xfavorite, np.float64))
            progress(generation, fitness, np.mean(favourites, 0))
    return np.asarray(np.mean(favourites, 0), np.float64)


def fitnesses(
    dream: Dream, genomes: Float64, pictures: Float32, options: CmaOptions, body: Body = RIDGE_BODY
) -> Float64:
    """Fitness (k,) of genomes (k, parameters), all painting the same pictures (m, s, s, 3) inside the dream."""
    count = len(pictures)
    target = np.tile(pictures, (len(genomes), 1, 1, 1))
    before = ((target - start_canvas(target)) ** 2).sum((1, 2, 3))
    docked, shares = np.zeros(len(target)), []
    for laid in roll_out_genomes(dream, genomes, target, options, body):
        chord = np.hypot(*(laid.strokes[:, END] - laid.strokes[:, START]).T)
        docked += (laid.gain > 0) * np.exp(-chord / (2 * laid.strokes[:, RADIUS])) / options.strokes
        left = ((target - laid.canvas) ** 2).sum((1, 2, 3))
        if options.certain:
            left = left + laid.variance.sum((1, 2, 3))
        shares.append(1 - left / (before + 1e-6))
    share = (1 - options.stepwise) * shares[-1] + options.stepwise * np.mean(shares, 0)
    return np.asarray((share - options.long_taste * docked).reshape(len(genomes), count).mean(1), np.float64)


def roll_out_genomes(
    dream: Dream, genomes: Float64, target: Float32, options: CmaOptions, body: Body = RIDGE_BODY
) -> Iterator[Round]:
    """Paints (k * m, s, s, 3) targets inside the dream, m for each of k genomes; yields each round of strokes."""
    each = np.repeat(genomes, len(target) // len(genomes), axis=0)

    def propose(residual: Float32) -> Float32:
        return body(residual, each, options.candidates)

    return rollout(dream, target, start_canvas(target), options.strokes, propose, BLACK if options.black else None)


def start_canvas(target: Float32) -> Float32:
    """Canvases of one colour each, that of the target's corners (white for digits)."""
    corners = target[:, [0, 0, -1, -1], [0, -1, 0, -1]].mean(1)
    return np.broadcast_to(corners[:, None, None], target.shape).astype(np.float32)


@contextlib.contextmanager
def _painters(
    dream: Dream, options: CmaOptions, processes: int, body: Body
) -> Iterator[Callable[[Float64, Float32], Float64]]:
    """What finds the fitness of genomes: always the same few at once, so that it does not matter where."""

    def groups(genomes: Float64, batch: Float32) -> list[tuple[Float64, Float32]]:
        return [(genomes[i : i + TOGETHER], batch) for i in range(0, len(genomes), TOGETHER)]

    if processes == 1:
        yield lambda genomes, batch: np.concatenate(
            [fitnesses(dream, *group, options, body) for group in groups(genomes, batch)]
        )
        return
    with ProcessPoolExecutor(
        processes, get_context("spawn"), initializer=_start_painter, initargs=(dream.folder, options, body)
    ) as pool:
        yield lambda genomes, batch: np.concatenate(list(pool.map(_paint, groups(genomes, batch))))


_painter: tuple[Dream, CmaOptions, Body]


def _start_painter(folder: Path, options: CmaOptions, body: Body) -> None:
    global _painter
    _painter = Dream(folder, threads=1), options, body


def _paint(job: tuple[Float64, Float32]) -> Float64:
    dream, options, body = _painter
    return fitnesses(dream, *job, options, body)
