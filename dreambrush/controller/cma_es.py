"""Evolves the compact controller with CMA-ES, inside the dream only (World Models, section 2.3).

Nakano's controller (2019) never learned by evolution.  What makes the difference here: features in the error's own
frame (compact.py) instead of a latent picture, continuous strokes instead of discrete jumps, colour in closed form or
fixed, and as fitness the share of error removed, which every single stroke improves a little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import cma
import numpy as np
from numpy.typing import NDArray

from dreambrush.models import Dream
from dreambrush.painter.compact import PARAMETERS, frames_of_error, peaks_of_error, strokes_from
from dreambrush.painter.gain import best_colour_and_gain
from dreambrush.painter.moments import CHANNELS, moments_of

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class CmaOptions:
    """Every hyper-parameter."""

    generations: int = 150
    population: int = 16
    pictures: int = 16  # painted by each individual in each generation, the same for all
    strokes: int = 8  # laid on each picture
    sigma: float = 0.08  # step at the start, in units of weights: the features alone already paint, do not leap away
    long_taste: float = 0.1  # docks strokes shorter than wide, which the dream may believe in more than is right
    black: bool = False  # black paint only, as for digits; otherwise colour in closed form

    def as_dict(self) -> dict[str, float]:
        """For the card."""
        return asdict(self)


def evolve(
    dream: Dream,
    pictures: Float32,
    options: CmaOptions,
    seed: int,
    progress: Callable[[int, float, float], None] = lambda generation, best, mean: None,
) -> NDArray[np.float64]:
    """Evolves a genome.

    Args:
        dream: of the brush.
        pictures: (m, s, s, 3) float32 targets; the canvas begins with their corners' colour.
        options: hyper-parameters.
        seed: of everything.
        progress: told generation, best and mean fitness (share of error removed, less the docking).

    Returns:
        The mean of the last generation, (PARAMETERS,): less lucky and more robust than its best individual.
    """
    rng = np.random.default_rng(seed)
    strategy = cma.CMAEvolutionStrategy(
        np.zeros(PARAMETERS),
        options.sigma,
        {"popsize": options.population, "seed": seed + 1, "verbose": -9, "CMA_diagonal": 50},
    )
    for generation in range(options.generations):
        genomes = strategy.ask()
        batch = pictures[rng.integers(0, len(pictures), options.pictures)]
        fitness = fitnesses(dream, np.array(genomes), batch, options)
        strategy.tell(genomes, list(-fitness))
        progress(generation, float(fitness.max()), float(fitness.mean()))
    return np.asarray(strategy.result.xfavorite, np.float64)


def fitnesses(
    dream: Dream, genomes: NDArray[np.float64], pictures: Float32, options: CmaOptions
) -> NDArray[np.float64]:
    """Fitness (k,) of genomes (k, PARAMETERS), all painting the same pictures (m, s, s, 3) inside the dream."""
    count = len(pictures)
    target = np.tile(pictures, (len(genomes), 1, 1, 1))
    docked = np.zeros(len(target))
    canvas = start_canvas(target)
    before = ((target - canvas) ** 2).sum((1, 2, 3))
    for strokes, painted in roll_out(dream, genomes, target, options):
        canvas = painted
        chord = np.hypot(*(strokes[:, 4:6] - strokes[:, 0:2]).T)
        docked += np.exp(-chord / (2 * strokes[:, 8])) / options.strokes
    after = ((target - canvas) ** 2).sum((1, 2, 3))
    share = (before - after) / (before + 1e-6) - options.long_taste * docked
    return np.asarray(share.reshape(len(genomes), count).mean(1))


def roll_out(
    dream: Dream, genomes: NDArray[np.float64], target: Float32, options: CmaOptions
) -> Iterator[tuple[Float32, Float32]]:
    """Paints (k * m, s, s, 3) targets inside the dream, m for each genome; yields strokes and canvas after each."""
    side = target.shape[1]
    share = len(target) // len(genomes)
    canvas = start_canvas(target)
    axis = np.arange(side, dtype=np.float32) + 0.5
    points = np.stack(np.meshgrid(axis, axis), -1).reshape(1, -1, 2)
    for _ in range(options.strokes):
        frames = frames_of_error(target, canvas, peaks_of_error(target, canvas))
        strokes = np.concatenate(
            [strokes_from(frames[i * share : (i + 1) * share], genome) for i, genome in enumerate(genomes)]
        )
        where = np.ascontiguousarray(np.broadcast_to(points, (len(strokes), side * side, 2)))
        mean, variance = dream(strokes, where)
        if options.black:
            colour = np.zeros((len(strokes), 3), np.float32)
        else:
            moments = moments_of(target, canvas).reshape(len(strokes), -1, CHANNELS)
            colour, _ = best_colour_and_gain(np.ones_like(mean), mean, variance, moments)
        alpha = mean.reshape(-1, side, side, 1)
        canvas = canvas + alpha * (colour[:, None, None] - canvas)
        yield strokes, canvas


def start_canvas(target: Float32) -> Float32:
    """Canvases of one colour each, that of the target's corners (white for digits)."""
    corners = target[:, [0, 0, -1, -1], [0, -1, 0, -1]].mean(1)
    return np.broadcast_to(corners[:, None, None], target.shape).astype(np.float32)
