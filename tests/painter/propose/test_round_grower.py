"""Growing a sketch in the rounds of a learned controller."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.bezier import RADIUS
from dreambrush.painter.gain import Snap, only
from dreambrush.painter.propose.candidates import Belief, Candidates
from dreambrush.painter.propose.round_controller import Proposals, RoundController
from dreambrush.painter.propose.round_grower import RoundBudget, RoundGrower
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.sketch import Sketch
from dreambrush.pictures.palette import palette_of

SIDE = 64
Pictures = Callable[[int], Float32]
Tames = Callable[[int], Callable[[Float32], Float32]]


@pytest.fixture
def grower_for(tame_for: Tames, astronaut: Pictures) -> Callable[..., RoundGrower]:
    def make(dreams: Dreams, seed: int = 0, cell: int = 1, snap: Snap | None = None) -> RoundGrower:
        scene = Scene(astronaut(SIDE), dreams, tame_for(SIDE), cell, snap=snap)
        paper = np.broadcast_to(scene.target.mean(0), scene.target.shape).astype(np.float32)
        controllers = [RoundController(dream.folder) for dream in dreams.each]
        rng = np.random.default_rng(seed)
        return RoundGrower(scene, controllers, rng, paper, 60, lambda gain, strokes: gain, RoundBudget())

    return make


def grown(grower: RoundGrower, count: int = 60) -> Sketch:
    sketch = Sketch.empty()
    while len(sketch) < count:
        there = len(sketch)
        sketch = sketch.then(grower.round(there, grower.wanted(there, count - there)))
    return sketch


@pytest.mark.parametrize("cell", [1, 2])
def test_each_round_removes_error(grower_for: Callable[..., RoundGrower], oil: Dreams, cell: int) -> None:
    grower = grower_for(oil, cell=cell)
    errors = [grower.mse]
    there = 0
    while there < 60:
        there += len(grower.round(there, grower.wanted(there, 60 - there)))
        errors.append(grower.mse)
    assert all(later < earlier for earlier, later in pairwise(errors))
    assert errors[-1] < 0.3 * errors[0]  # 0.15 here


def test_what_a_round_adds_is_on_the_canvas(grower_for: Callable[..., RoundGrower], oil: Dreams) -> None:
    grower = grower_for(oil)
    paper = grower.canvas
    sketch = grown(grower)
    expected = grower.scene.view(sketch, paper).composite.canvas
    np.testing.assert_allclose(grower.canvas, expected, atol=1e-4)
    assert grower.mse == pytest.approx(grower.scene.canvas_error(expected), rel=1e-3)


def test_rounds_grow_with_what_is_there(grower_for: Callable[..., RoundGrower], oil: Dreams) -> None:
    grower = grower_for(oil)
    assert [grower.wanted(there, 1000) for there in (0, 40, 400)] == [16, 16, 100]
    assert grower.wanted(400, 7) == 7
    assert [len(grower.round(0, wanted)) for wanted in (1, 5, 16)] == [1, 5, 16]


def test_strokes_are_tame_and_broad_ones_lie_below(
    grower_for: Callable[..., RoundGrower], oil: Dreams, tame_for: Tames
) -> None:
    grower = grower_for(oil)
    grower.budget = RoundBudget(steps=0)
    sketch = grower.round(0, 40)
    np.testing.assert_allclose(tame_for(SIDE)(sketch.strokes), sketch.strokes, atol=1e-3)
    assert (np.diff(sketch.strokes[:, RADIUS]) <= 0).all()
    assert (sketch.colours >= 0).all() and (sketch.colours <= 1).all()


def test_every_brush_is_used_where_it_suits_best(
    grower_for: Callable[..., RoundGrower], dreams: Dreams, oil: Dreams
) -> None:
    several, single = grower_for(dreams), grower_for(oil)
    brushes = grown(several).brush
    grown(single)
    assert len(np.unique(brushes)) > 1
    assert several.mse < 1.2 * single.mse


def test_with_given_colours_the_controller_sees_what_can_be_painted(
    grower_for: Callable[..., RoundGrower], oil: Dreams, astronaut: Pictures
) -> None:
    palette = palette_of(astronaut(SIDE), 5)
    seen: list[Float32] = []

    class Watched(RoundController):
        def propose(self, target: Float32, canvas: Float32, weight: Float32, strokes: int) -> Proposals:
            seen.append(target)
            return super().propose(target, canvas, weight, strokes)

    grower = grower_for(oil, snap=palette.snapped)
    grower.controllers = [Watched(oil.each[0].folder)]
    before = grower.mse
    grown(grower)
    assert {tuple(colour) for colour in seen[0].reshape(-1, 3).tolist()} == {tuple(c) for c in palette.colours.tolist()}
    assert grower.mse < 0.5 * before


def test_one_colour_for_all_and_an_end(grower_for: Callable[..., RoundGrower], oil: Dreams) -> None:
    grower = grower_for(oil, snap=only(np.array([0.1, 0.2, 0.3], np.float32)))
    sketch = grower.round(0, 16)
    assert (sketch.colours == np.array([0.1, 0.2, 0.3], np.float32)).all()
    grower.see(grower.scene.target)
    assert len(grower.round(16, 16, needed=False)) == 0 and grower.idle
    assert len(grower.round(16, 16)) == 1


def test_the_same_seed_grows_the_same(grower_for: Callable[..., RoundGrower], oil: Dreams) -> None:
    first, second = grown(grower_for(oil, 3)), grown(grower_for(oil, 3))
    assert (first.strokes == second.strokes).all() and (first.colours == second.colours).all()


def test_a_belief_is_the_canvas(grower_for: Callable[..., RoundGrower], oil: Dreams) -> None:
    grower = grower_for(oil)
    grown(grower, 20)
    other = grower_for(oil)
    assert other.fits(grower.belief)
    other.recall(grower.belief)
    assert other.mse == grower.mse
    assert not other.fits(Belief(grower.canvas, Candidates.none(), np.ones(3)))
