from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dreambrush.dream.dream import Dream
from dreambrush.models.catalogue import find_brush
from research.controllers.cma_es import RIDGE_BODY, CmaOptions, evolve, fitnesses, roll_out_genomes, start_canvas
from research.controllers.compact import CompactController

QUICK = CmaOptions(generations=10, population=10, pictures=4, strokes=2, candidates=2, black=True)


@pytest.fixture(scope="module")
def dream() -> Dream:
    return Dream(find_brush("oil").dream_folder(), threads=1)


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


@pytest.mark.slow
def test_evolution_improves_on_pictures_it_did_not_see(dream: Dream) -> None:
    curve: list[float] = []
    genome = evolve(dream, scribbles(40, 0), QUICK, 0, lambda generation, fitness, mean: curve.append(fitness.max()))
    assert len(curve) == QUICK.generations
    unseen = scribbles(12, 1)
    before, after = fitnesses(dream, np.stack([np.zeros_like(genome), genome]), unseen, QUICK)
    assert after > before


@pytest.mark.slow
def test_same_seed_same_genome_also_after_a_stop(dream: Dream) -> None:
    options = replace(QUICK, generations=4, population=4, pictures=2)
    pictures = scribbles(8, 0)
    kept: list[list[float]] = []
    first = evolve(dream, pictures, options, 1, lambda generation, fitness, mean: kept.append(fitness.tolist()))
    again, other = (evolve(dream, pictures, options, seed) for seed in (1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    told: list[list[float]] = []
    resumed = evolve(
        dream, pictures, options, 1, lambda generation, fitness, mean: told.append(fitness.tolist()), kept[:2]
    )
    assert np.array_equal(first, resumed) and told == kept


@pytest.mark.slow
def test_processes_do_not_change_the_result(dream: Dream) -> None:
    options = replace(QUICK, generations=1, population=7, pictures=2)
    pictures = scribbles(8, 0)
    assert np.array_equal(evolve(dream, pictures, options, 1), evolve(dream, pictures, options, 1, processes=2))


def test_genomes_are_judged_alike_alone_and_together(dream: Dream) -> None:
    genomes = np.random.default_rng(0).normal(0, 0.1, (3, len(RIDGE_BODY.scales)))
    pictures = scribbles(3, 4)
    alone = [fitnesses(dream, genome[None], pictures, QUICK)[0] for genome in genomes]
    np.testing.assert_allclose(fitnesses(dream, genomes, pictures, QUICK), alone, atol=1e-3)


def test_dots_are_docked(dream: Dream) -> None:
    dots = np.zeros((19, 9))
    dots[-1, 0:2] = -9  # begins and ends at the same place
    pictures = scribbles(4, 5)
    free, docked = (
        fitnesses(dream, dots.reshape(1, -1), pictures, replace(QUICK, long_taste=taste))[0] for taste in (0.0, 0.5)
    )
    assert docked < free - 0.02


def test_what_the_dream_is_unsure_of_may_count_as_error() -> None:
    pencil = Dream(find_brush("pencil").dream_folder(), threads=1)
    genome, pictures = np.zeros((1, len(RIDGE_BODY.scales))), scribbles(4, 6)
    mean, expected = (
        fitnesses(pencil, genome, pictures, replace(QUICK, certain=certain))[0] for certain in (False, True)
    )
    assert mean - 0.2 < expected < mean - 0.005


def printed_digits() -> np.ndarray:
    """The ten digits of Pillow's own font, as soft as if enlarged from 28 pixels: (10, 64, 64, 3)."""
    pictures = []
    for digit in range(10):
        small = Image.new("L", (28, 28), 255)
        draw = ImageDraw.Draw(small)
        draw.text((14, 14), str(digit), 0, ImageFont.load_default(24), anchor="mm", stroke_width=0.5)
        pictures.append(np.asarray(small.resize((64, 64), Image.Resampling.BICUBIC), np.float32) / 255)
    return np.repeat(np.stack(pictures)[..., None], 3, axis=-1)


def test_the_weights_evolved_for_the_pencil_paint_printed_digits_better_than_none() -> None:
    folder = Path(__file__).parents[3] / "research" / "pretrained"
    card = json.loads((folder / "digits-pencil.json").read_text())
    options = CmaOptions(**card["options"])
    genome = CompactController.load(folder / "digits-pencil.npy").genome
    pencil = Dream(find_brush(card["brush"]).dream_folder(), threads=1)
    without, evolved = fitnesses(pencil, np.stack([np.zeros_like(genome), genome]), printed_digits(), options)
    assert evolved > without
    assert card["held_out"]["evolved"]["planned_in_the_dream"]["mse"] <= 0.010


def test_canvases_begin_with_the_ground_and_get_nearer_to_the_target(dream: Dream) -> None:
    target = scribbles(5, 2)
    assert (start_canvas(target) == 1).all()
    rounds = list(roll_out_genomes(dream, np.zeros((1, len(RIDGE_BODY.scales))), target, QUICK))
    errors = [float(((target - laid.canvas) ** 2).sum()) for laid in rounds]
    assert len(errors) == QUICK.strokes
    assert errors[-1] <= errors[0] < 0.6 * float(((target - 1) ** 2).sum())
