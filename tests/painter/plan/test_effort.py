from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.models.catalogue import find_brush
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.plan.effort import DEFAULT, EFFORTS, HANDFUL, LEARNED_EFFORTS, LEAST, MOST, SETTLED, SINGLE
from dreambrush.painter.run import paint

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures


def test_the_dial_has_five_places() -> None:
    assert list(EFFORTS) == list(range(LEAST, MOST + 1)) == [1, 2, 3, 4, 5] and DEFAULT in EFFORTS


def test_more_effort_is_more_thought() -> None:
    for name in ("last_steps", "swaps", "stage_steps"):
        values = [getattr(effort, name) for effort in EFFORTS.values()]
        assert values == sorted(values) and values[-1] > values[0]
    looked_at = [effort.budget.windows * effort.budget.proposals for effort in EFFORTS.values()]
    assert looked_at == sorted(looked_at)


def test_few_strokes_are_given_more_thought_each_and_many_no_less() -> None:
    for effort in EFFORTS.values():
        steps = [effort.for_count(count).last_steps for count in (SINGLE, 10, 100, 1000, 10_000, 10**6)]
        assert steps == sorted(steps, reverse=True) and steps[0] <= 10 * effort.last_steps
        assert effort.for_count(10**6) == effort
        assert effort.for_count(0).last_steps == effort.for_count(1).last_steps == effort.last_steps


def test_a_handful_is_laid_in_more_rounds_and_many_strokes_as_ever() -> None:
    for effort in LEARNED_EFFORTS.values():
        assert effort.for_handful(HANDFUL, 64 * 64) == effort
        at_once = [effort.for_handful(count, 64 * 64).rounds.least_at_once for count in (1, 16, 50, HANDFUL - 1)]
        assert at_once == [2, 2, 6, 15] and effort.rounds.least_at_once == 16
        large = effort.for_count(50).for_handful(50, 256 * 256)
        assert large.last_steps == effort.for_count(50).last_steps
        assert effort.for_count(50).for_handful(50, 64 * 64).last_steps == min(large.last_steps, SETTLED)


def test_more_rounds_paint_a_handful_better(astronaut: Pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    target, options = astronaut(64), PaintOptions(hand=0)
    rounds = [paint(target, find_brush("oil"), 15, seed, options=options).mse for seed in range(6)]
    monkeypatch.setattr("dreambrush.painter.plan.effort.HANDFUL", 0)
    at_once = [paint(target, find_brush("oil"), 15, seed, options=options).mse for seed in range(6)]
    assert np.mean(rounds) < 0.88 * np.mean(at_once)  # 0.78 here


def test_more_thought_finds_a_better_painting(astronaut: Pictures) -> None:
    target = astronaut(40)
    errors = [
        paint(target, find_brush("oil"), 25, 1, options=PaintOptions(effort=effort, hand=0)).mse
        for effort in (LEAST, DEFAULT)
    ]
    assert errors[1] < errors[0] < 0.3 * np.var(target, axis=(0, 1)).mean()


@pytest.mark.parametrize(
    "effort", [1, 2, 3, pytest.param(4, marks=pytest.mark.slow), pytest.param(5, marks=pytest.mark.slow)]
)
def test_every_effort_paints_what_it_is_asked_for(effort: int) -> None:
    y, x = np.mgrid[0:12, 0:12] / 12
    target = np.stack([x, y, 0.5 * (x + y)], -1).astype(np.float32)
    painting = paint(target, find_brush("oil"), 6, 1, options=PaintOptions(effort=effort))
    variance = np.var(target, axis=(0, 1)).mean()
    assert len(painting.strokes) == 6 and painting.mse < (0.5 if effort == LEAST else 0.3) * variance
