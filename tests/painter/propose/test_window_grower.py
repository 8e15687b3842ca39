from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.painter.gain import only
from dreambrush.painter.geometry import dotness
from dreambrush.painter.propose.ridge_proposer import RidgeProposer
from dreambrush.painter.propose.window_grower import SearchBudget, WindowGrower
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.see.cells import reduced
from dreambrush.painter.sketch import Sketch

if TYPE_CHECKING:
    from tests.painter.conftest import Painted, Pictures, Tames

SIDE = 64
PAPER = np.full((SIDE, SIDE, 3), 0.5, np.float32)
LITTLE = SearchBudget(windows=12, proposals=4, kept=16, steps=2, at_once=0.2, least_at_once=8)


def take_gain_for_merit(gains: Float32, strokes: Float32) -> Float32:
    return gains


def prefer_long_ones(gains: Float32, strokes: Float32) -> Float32:
    return np.asarray(gains * (1 - dotness(strokes)) ** 9, np.float32)


@pytest.fixture
def grower_for(tame_for: Tames, astronaut: Pictures) -> partial[WindowGrower]:
    return partial(new_grower, tame_for, astronaut)


def new_grower(
    tame_for: Tames,
    astronaut: Pictures,
    dreams: Dreams,
    seed: int = 0,
    cell: int = 1,
    colour: Float32 | None = None,
    score: object = take_gain_for_merit,
    thought: SearchBudget = LITTLE,
) -> WindowGrower:
    scene = Scene(astronaut(SIDE), dreams, tame_for(SIDE), cell, snap=None if colour is None else only(colour))
    paper, rng = reduced(PAPER, cell).reshape(-1, 3), np.random.default_rng(seed)
    return WindowGrower(scene, RidgeProposer(), rng, paper, 60, score, thought)  # type: ignore[arg-type]


def grown(grower: WindowGrower, rounds: int = 6) -> Sketch:
    sketch = Sketch.empty()
    for _ in range(rounds):
        sketch = sketch.then(grower.round(0, 8))
    return sketch


@pytest.mark.parametrize("cell", [1, 2])
def test_the_real_error_falls_round_by_round(
    grower_for: partial[WindowGrower], dreams: Dreams, painted: Painted, astronaut: Pictures, cell: int
) -> None:
    grower = grower_for(dreams, cell=cell)
    sketch, errors = Sketch.empty(), [np.square(PAPER - astronaut(SIDE)).mean()]
    for _ in range(4):
        sketch = sketch.then(grower.round(0, 8))
        errors.append(np.square(painted(sketch, PAPER) - astronaut(SIDE)).mean())
        real = reduced(painted(sketch, PAPER), cell)
        assert np.abs(grower.canvas.reshape(real.shape) - real).mean() < 0.013 * cell
        assert grower.mse == pytest.approx(np.square(real - reduced(astronaut(SIDE), cell)).mean(), rel=0.15)
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.6 * errors[0]


@pytest.mark.parametrize("wanted", [1, 2, 8, 30])
def test_no_more_strokes_than_wanted_and_at_least_one(
    grower_for: partial[WindowGrower], oil: Dreams, wanted: int
) -> None:
    grower = grower_for(oil)
    counts = [len(grower.round(0, wanted)) for _ in range(4)]
    assert all(1 <= count <= wanted for count in counts)
    assert wanted == 1 or max(counts) > 1


def test_what_a_round_adds_is_on_the_canvas(grower_for: partial[WindowGrower], dreams: Dreams) -> None:
    grower = grower_for(dreams)
    sketch = grown(grower, 3)
    whole = grower.scene.view(sketch, PAPER.reshape(-1, 3)).composite.canvas
    assert np.abs(grower.canvas - whole).max() < 1e-4
    assert np.array_equal(grower.pyramid.canvas.reshape(-1, 3), grower.canvas)


def test_strokes_are_tame_and_colours_colours(
    grower_for: partial[WindowGrower], dreams: Dreams, tame_for: Tames
) -> None:
    sketch = grown(grower_for(dreams))
    np.testing.assert_allclose(tame_for(SIDE)(sketch.strokes), sketch.strokes, atol=1e-3)
    assert ((sketch.colours >= 0) & (sketch.colours <= 1)).all()
    assert sketch.strokes.dtype == sketch.colours.dtype == np.float32


def test_every_brush_is_used_where_it_suits_best(
    grower_for: partial[WindowGrower], dreams: Dreams, oil: Dreams
) -> None:
    errors = []
    for seed in range(4):
        several, one = grower_for(dreams, seed), grower_for(oil, seed)
        assert len(set(grown(several).brush)) > 1 and set(grown(one).brush) == {0}
        errors.append((several.mse, one.mse))
    with_several, with_one = np.mean(errors, 0)
    assert with_several / with_one < 1.14  # with brushes at random it is 1.17


def test_one_colour_for_all(grower_for: partial[WindowGrower], oil: Dreams) -> None:
    colour = np.array([0.1, 0.1, 0.15], np.float32)  # of the darkest parts, which are large
    grower = grower_for(oil, colour=colour)
    before = grower.mse
    assert (grown(grower, 2).colours == colour).all() and grower.mse < 0.8 * before


def test_the_same_seed_grows_the_same(grower_for: partial[WindowGrower], dreams: Dreams) -> None:
    one, again, other = (grown(grower_for(dreams, seed), 3) for seed in (1, 1, 2))
    assert one.strokes.tobytes() == again.strokes.tobytes() and one.colours.tobytes() == again.colours.tobytes()
    assert not np.array_equal(one.strokes[:8], other.strokes[:8])


def test_what_is_maximised_is_merit(grower_for: partial[WindowGrower], oil: Dreams) -> None:
    as_proposed = replace(LITTLE, steps=0)
    gainful, long = (
        grown(grower_for(oil, score=score, thought=as_proposed)) for score in (take_gain_for_merit, prefer_long_ones)
    )
    assert dotness(long.strokes).mean() / dotness(gainful.strokes).mean() < 0.8


def test_a_canvas_that_is_really_otherwise_is_seen(
    grower_for: partial[WindowGrower], oil: Dreams, astronaut: Pictures
) -> None:
    grower = grower_for(oil)
    grown(grower, 2)
    real = astronaut(SIDE).copy()
    real[40:, 40:] = 0  # all is well, but for this corner
    grower.see(real.reshape(-1, 3))
    assert grower.mse == pytest.approx(np.square(real - astronaut(SIDE)).mean(), rel=1e-5)
    sketch = grown(grower, 1)
    ends = sketch.strokes[:, :6].reshape(-1, 3, 2)
    assert (ends.mean(1) > 32).all()


def test_a_perfect_canvas_is_not_spoilt(grower_for: partial[WindowGrower], oil: Dreams, astronaut: Pictures) -> None:
    grower = grower_for(oil)
    grower.see(astronaut(SIDE).reshape(-1, 3))
    assert len(grower.round(0, 1)) == 1  # as one was asked for
    assert grower.mse < 1e-6


def test_rounds_become_larger(grower_for: partial[WindowGrower], oil: Dreams) -> None:
    grower = grower_for(oil)
    sizes = [grower.wanted(there, 10_000) for there in (0, 10, 100, 1000)]
    assert sizes == sorted(sizes) and sizes[0] == 8 and sizes[-1] == 200
    assert grower.wanted(1000, 3) == 3
