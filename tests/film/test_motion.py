"""Steps through a film, with a look at what comes."""

from __future__ import annotations

import numpy as np
import pytest

from dreambrush.film.flow import backward
from dreambrush.film.motion import Reel, motion_between, steps
from tests.film.clips import STEP, motion, moving


def test_every_frame_is_a_step_with_the_motion_that_leads_to_it() -> None:
    frames = moving(4)
    walked = list(steps(frames))
    assert [step.number for step in walked] == [0, 1, 2, 3] and walked[0].motion is None
    for before, step in zip(frames, walked[1:], strict=False):
        assert step.motion is not None and not step.motion.cut
        assert np.array_equal(step.motion.before, before) and np.array_equal(step.frame, frames[step.number])
        assert np.abs(np.median(step.motion.flow, axis=(0, 1)) + STEP).max() < 0.2
    assert [step.motion is None for step in steps(frames, known=2)] == [True, True, True, False]


def test_the_motion_is_calm_and_can_be_seen_from_both_frames() -> None:
    frames = moving(2)
    exact = np.ascontiguousarray(motion(frames))
    between = motion_between(frames[0], frames[1], exact)
    assert np.allclose(between.calm, exact, atol=1e-4)
    assert np.allclose(between.back, backward(between.calm))
    assert np.allclose(between.back, np.broadcast_to(STEP, exact.shape), atol=1e-3)


@pytest.mark.parametrize("ahead", [0, 1, 3, 9])
def test_one_can_look_ahead_and_misses_nothing(ahead: int) -> None:
    reel, seen = Reel(steps(moving(5))), []
    for step in reel:
        seen.append(step.number)
        assert [each.number for each in reel.coming(ahead)] == list(range(step.number + 1, 5))[:ahead]
    assert seen == [0, 1, 2, 3, 4]
