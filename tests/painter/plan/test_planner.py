from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.painter.gain import only
from dreambrush.painter.painting import Progress
from dreambrush.painter.plan.deadline import Deadline
from dreambrush.painter.plan.effort import EFFORTS, Effort
from dreambrush.painter.plan.planner import Planner
from dreambrush.painter.propose.ridge_proposer import RidgeProposer
from dreambrush.painter.propose.window_grower import WindowGrower
from dreambrush.painter.refine.scene import Scene, View
from dreambrush.painter.see.cells import reduced
from dreambrush.painter.sketch import Sketch

if TYPE_CHECKING:
    from dreambrush.painter.refine.dreams import Dreams
    from dreambrush.painter.refine.fragments import Grid
    from tests.painter.conftest import Painted, Pictures, Tames

SIDE = 48
PAPER = np.full((SIDE, SIDE, 3), 0.5, np.float32)
LITTLE = replace(EFFORTS[1], last_steps=4, stage_steps=4)


class Told:
    """What a planner has told, and a clock that goes on by a second each time."""

    def __init__(self) -> None:
        self.all: list[Progress] = []

    def run(self, steps: Iterator[Progress | None]) -> None:
        """Has a planner take all its steps."""
        for news in steps:
            if news is not None:
                self.all.append(news)

    def seconds(self) -> float:
        return float(len(self.all))


class Desk:
    """Makes planners for a small photograph."""

    def __init__(self, dreams: Dreams, tame_for: Tames, target: Float32) -> None:
        self.dreams, self.constrain, self.target = dreams, tame_for(SIDE), target
        self.told = Told()

    def planner(
        self,
        effort: Effort = LITTLE,
        cell: int = 1,
        seconds: float | None = None,
        seed: int = 0,
        again: bool = False,
    ) -> Planner:
        scene, coarse = (Scene(self.target, self.dreams, self.constrain, each) for each in (1, cell))
        rng, paper = np.random.default_rng(seed), reduced(PAPER, cell).reshape(-1, 3)
        grower = WindowGrower(coarse, RidgeProposer(), rng, paper, 40, lambda gain, strokes: gain, effort.budget)
        return Planner(
            scene, PAPER.reshape(-1, 3), grower, effort, rng, Deadline(seconds, self.told.seconds), again=again
        )

    def error(self, real: Float32) -> float:
        return float(np.square(real - self.target).mean())


@pytest.fixture
def desk(oil: Dreams, tame_for: Tames, astronaut: Pictures) -> Desk:
    return Desk(oil, tame_for, astronaut(SIDE))


@pytest.mark.parametrize("count", [0, 1, 2, 13, 40])
def test_as_many_strokes_as_wanted(desk: Desk, count: int) -> None:
    planner = desk.planner()
    desk.told.run(planner.plan(count))
    assert len(planner.sketch) == count


@pytest.mark.parametrize(("cell", "share"), [(1, 0.25), (2, 0.33)])
def test_the_plan_paints_the_picture(desk: Desk, painted: Painted, cell: int, share: float) -> None:
    planner = desk.planner(cell=cell)
    desk.told.run(planner.plan(40))
    real = desk.error(painted(planner.sketch, PAPER))
    assert real < share * desk.error(PAPER)
    expected = planner.scene.mean_squared(planner.scene.view(planner.sketch, planner.paper).error)
    assert expected == pytest.approx(real, rel=0.1)


def test_a_finished_plan_is_looked_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    planner, looked = desk.planner(cell=2), []
    view = Scene.view

    def counted(scene: Scene, sketch: Sketch, canvas: Float32, grid: Grid | None = None, rough: bool = False) -> View:
        if scene is planner.grower.scene and len(sketch) == 40:
            looked.append(sketch)
        return view(scene, sketch, canvas, grid, rough)

    monkeypatch.setattr(Scene, "view", counted)
    desk.told.run(planner.plan(40))
    seen = planner.view()
    assert len(looked) == 1 and looked[0] is planner.sketch
    again = planner.view()  # what was seen is not kept for ever
    assert len(looked) == 2 and np.array_equal(again.composite.canvas, seen.composite.canvas)
    planner.sketch = planner.sketch[slice(0, 39)]
    assert len(planner.view().fragments.starts) == 40


@pytest.mark.parametrize(("last", "first"), [(4, 4), (70, 56)])
def test_what_is_refined_again_is_refined_less_before(desk: Desk, last: int, first: int) -> None:
    for again, expected in ((False, last), (True, first)):
        planner = desk.planner(replace(LITTLE, pauses=(), last_steps=last), again=again)
        steps = []
        for _ in planner.plan(6):
            descent = planner.step.descent
            steps.append(0 if descent is None else descent.steps)
        assert max(steps) == expected
        before, begun = planner.sketch, 0
        for _ in planner.add(planner.paper, 0, 8):
            begun = max(begun, planner.step.descent.steps if planner.step.descent else 0)
        assert begun == last and len(planner.sketch) == 8
        assert not np.array_equal(planner.sketch.strokes[:6], before.strokes)


def test_one_is_told_how_far_it_is(desk: Desk) -> None:
    planner = desk.planner(replace(LITTLE, swaps=2, swapped=0.2, swap_steps=2))
    desk.told.run(planner.plan(30))
    told = desk.told.all
    grown, refined = ([each for each in told if each.stage == stage] for stage in ("Plan", "Refine"))
    assert len(grown) + len(refined) == len(told)
    assert all(0 < each.done <= each.total == 30 for each in grown)
    assert [(each.done, each.total) for each in refined] == [(1, 3), (2, 3), (3, 3)]
    first = next(index for index, each in enumerate(told) if each.stage == "Refine")
    assert any(each.stage == "Plan" and each.done == 30 for each in told[:first])
    assert grown[0].mse > refined[-1].mse > 0


def test_the_weakest_strokes_are_swapped_for_better_ones(desk: Desk, painted: Painted) -> None:
    errors = []
    for swaps in (0, 3):
        planner = desk.planner(replace(LITTLE, swaps=swaps, swapped=0.25, swap_steps=4))
        desk.told.run(planner.plan(25))
        assert len(planner.sketch) == 25
        errors.append(desk.error(painted(planner.sketch, PAPER)))
    assert errors[1] < 0.95 * errors[0]


def test_good_enough_is_enough(desk: Desk) -> None:
    planner = desk.planner()
    desk.told.run(planner.plan(200, enough=0.03))
    assert 0 < len(planner.sketch) < 150
    assert planner.grower.mse <= 0.03


def test_nothing_is_added_to_what_is_good_enough_from_the_beginning(desk: Desk) -> None:
    planner = desk.planner()
    desk.told.run(planner.plan(20, enough=1.0))
    assert len(planner.sketch) == 0


def test_the_same_seed_plans_the_same(desk: Desk) -> None:
    plans = []
    for seed in (1, 1, 2):
        planner = desk.planner(seed=seed)
        desk.told.run(planner.plan(15))
        plans.append(planner.sketch)
    assert plans[0].strokes.tobytes() == plans[1].strokes.tobytes()
    assert plans[0].colours.tobytes() == plans[1].colours.tobytes()
    assert not np.array_equal(plans[0].strokes, plans[2].strokes)


def test_when_time_is_up_the_plan_is_left_as_it_is(desk: Desk) -> None:
    hurried, idle = desk.planner(seconds=3), desk.planner()
    desk.told.run(hurried.plan(40))
    assert 0 < len(hurried.sketch) < 40  # not all, but some, were grown in the time there was
    assert desk.told.seconds() <= 4
    before = hurried.sketch
    desk.told.run(hurried.mend(PAPER.reshape(-1, 3), 2))
    desk.told.run(hurried.add(PAPER.reshape(-1, 3), 2, 40))
    assert np.array_equal(hurried.sketch.strokes, before.strokes)
    desk.told.run(idle.plan(40))
    assert len(idle.sketch) == 40


def test_what_is_laid_is_not_mended(desk: Desk, painted: Painted) -> None:
    shares = []
    for seed in range(3):
        planner = desk.planner(replace(LITTLE, stage_steps=40), seed=seed)
        desk.told.run(planner.plan(20))
        before = planner.sketch
        real = painted(before[:8], PAPER)
        real[:20] = 0  # something went wrong
        desk.told.run(planner.mend(real.reshape(-1, 3), 8))
        assert np.array_equal(planner.sketch.strokes[:8], before.strokes[:8])
        assert np.array_equal(planner.sketch.colours[:8], before.colours[:8])
        assert len(planner.sketch) == 20 and not np.array_equal(planner.sketch.strokes[8:], before.strokes[8:])
        after, left = (planner.scene.view(each[8:], real.reshape(-1, 3)).error for each in (planner.sketch, before))
        shares.append(after / left)
    assert np.mean(shares) < 0.95


@pytest.mark.parametrize("cell", [1, 2])
def test_strokes_are_added_for_what_the_real_canvas_lacks(desk: Desk, painted: Painted, cell: int) -> None:
    in_the_corner = []
    for seed in range(3):
        planner = desk.planner(cell=cell, seed=seed)
        desk.told.run(planner.plan(20))
        laid, done = planner.sketch, 12
        real = painted(laid[:done], PAPER)
        real[30:, 30:] = (0, 1, 0)  # someone was here
        desk.told.run(planner.add(real.reshape(-1, 3), done, 34))
        assert len(planner.sketch) == 34
        assert np.array_equal(planner.sketch.strokes[:done], laid.strokes[:done])
        in_the_corner.append((planner.sketch.strokes[20:, 2:4] > 26).all(1).mean())
        before, after = (planner.scene.view(each[done:], real.reshape(-1, 3)).error for each in (laid, planner.sketch))
        assert after / before < 0.7
    assert np.mean(in_the_corner) > 0.35  # it is a fifth of the canvas


def test_nothing_is_added_to_a_canvas_that_is_good_enough(desk: Desk) -> None:
    planner = desk.planner()
    desk.told.run(planner.plan(5))
    desk.told.run(planner.add(desk.target.reshape(-1, 3), 5, 30, enough=0.001))
    assert len(planner.sketch) == 5


def test_the_plan_is_whole_after_every_step(desk: Desk) -> None:
    planner, kinds = desk.planner(replace(LITTLE, swaps=2, swapped=0.3, swap_steps=2)), set()
    for _ in planner.plan(30):
        state = planner.state()
        sketch, step = state.sketch, state.step
        kinds.add((step.grown, step.before is not None, step.descent is not None, step.refined))
        assert 0 < len(sketch) <= 30
        assert len(sketch.strokes) == len(sketch.colours) == len(sketch.brush) and np.isfinite(sketch.strokes).all()
    assert len(kinds) > 4


def test_a_state_is_never_changed(desk: Desk) -> None:
    planner = desk.planner(replace(LITTLE, swaps=1, swapped=0.3, swap_steps=2))
    kept = []
    for _ in planner.plan(20):
        state = planner.state()
        kept.append((state, state.sketch.strokes.copy(), state.belief.canvas.copy(), state.belief.earned.copy()))
    for state, strokes, canvas, earned in kept:
        assert np.array_equal(state.sketch.strokes, strokes)
        assert np.array_equal(state.belief.canvas, canvas) and np.array_equal(state.belief.earned, earned)


def test_the_view_is_that_of_the_plan_on_bare_paper(desk: Desk) -> None:
    planner = desk.planner(cell=2)
    desk.told.run(planner.plan(15))
    paper = reduced(PAPER, 2).reshape(-1, 3)
    expected = Scene(desk.target, desk.dreams, desk.constrain, 2).view(planner.sketch, paper)
    assert np.array_equal(planner.view().composite.canvas, expected.composite.canvas)


def test_growing_ends_where_nothing_can_be_gained(desk: Desk) -> None:
    paper = np.full((SIDE, SIDE, 3), 0.5, np.float32)
    for colour, most in (((0.5, 0.5, 0.5), 1), ((1.0, 0.0, 1.0), 1), ((0.0, 0.0, 0.0), 200)):
        scene = Scene(desk.target, desk.dreams, desk.constrain, 1, snap=only(np.array(colour, np.float32)))
        rng = np.random.default_rng(0)
        grower = WindowGrower(
            scene, RidgeProposer(), rng, paper.reshape(-1, 3), 400, lambda gain, strokes: gain, LITTLE.budget
        )
        planner = Planner(scene, paper.reshape(-1, 3), grower, replace(LITTLE, swaps=1), rng, Deadline(None))
        before = grower.mse
        desk.told.run(planner.plan(400))
        assert 1 <= len(planner.sketch) <= most and planner.exhausted
        assert grower.mse <= before or most == 1
        desk.told.run(planner.add(paper.reshape(-1, 3), 0, 400))
        assert len(planner.sketch) <= most
