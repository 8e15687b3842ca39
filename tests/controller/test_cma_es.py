from __future__ import annotations

import numpy as np
import pytest

from dreambrush.controller.cma_es import CmaOptions, evolve, fitnesses, roll_out, start_canvas
from dreambrush.models import Dream, find_brush
from dreambrush.painter.compact import PARAMETERS

QUICK = CmaOptions(generations=15, population=12, pictures=4, strokes=3, black=True)


@pytest.fixture(scope="module")
def dream() -> Dream:
    folder = find_brush("oil").dream
    assert folder is not None
    return Dream(folder, threads=1)


def scribbles(count: int, seed: int, side: int = 24) -> np.ndarray:
    """White pictures, each with a dark bar somewhere."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:side, 0:side] + 0.5 - side / 2
    pictures = np.ones((count, side, side, 3), np.float32)
    for picture in pictures:
        angle, shift = rng.uniform(0, np.pi), rng.uniform(-4, 4)
        along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle) - shift
        picture[(np.abs(along) < 8) & (np.abs(across) < 1.5)] = 0.05
    return pictures


def test_evolution_improves_on_pictures_it_did_not_see(dream: Dream) -> None:
    curve: list[float] = []
    genome = evolve(dream, scribbles(40, 0), QUICK, 0, lambda generation, best, mean: curve.append(best))
    assert len(curve) == QUICK.generations
    unseen = scribbles(12, 1)
    before, after = fitnesses(dream, np.stack([np.zeros(PARAMETERS), genome]), unseen, QUICK)
    assert after > before


def test_same_seed_same_genome(dream: Dream) -> None:
    options = CmaOptions(generations=2, population=4, pictures=2, strokes=2, black=True)
    first, again, other = (evolve(dream, scribbles(8, 0), options, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_canvases_begin_with_the_ground_and_get_nearer_to_the_target(dream: Dream) -> None:
    target = scribbles(5, 2)
    assert (start_canvas(target) == 1).all()
    canvases = [canvas for _, canvas in roll_out(dream, np.zeros((1, PARAMETERS)), target, QUICK)]
    errors = [float(np.mean((canvas - target) ** 2)) for canvas in canvases]
    assert len(errors) == QUICK.strokes
    assert errors[-1] < np.mean((target - 1) ** 2)
