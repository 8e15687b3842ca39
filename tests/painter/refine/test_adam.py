from __future__ import annotations

import numpy as np
import pytest

from dreambrush.painter.refine.adam import Adam


@pytest.mark.parametrize("steepness", [0.01, 1.0, 1000.0])
def test_it_finds_the_bottom_of_a_parabola_however_steep(steepness: float) -> None:
    bottom = np.array([[3.0, -2.0], [0.5, 7.0]], np.float32)
    at, adam = np.zeros_like(bottom), Adam.of(bottom)
    for step in range(300):
        adam, direction = adam.step(np.float32(2 * steepness) * (at - bottom))
        at = at - np.float32(0.3 * (1 - step / 300)) * direction
    assert adam.steps == 300
    assert np.abs(at - bottom).max() < 0.02


def test_the_first_step_is_the_sign_of_the_gradient() -> None:
    gradient = np.array([5.0, -0.01, 200.0], np.float32)
    _, direction = Adam.of(gradient).step(gradient)
    assert np.abs(direction - np.sign(gradient)).max() < 1e-3


def test_what_was_remembered_before_a_step_is_still_there() -> None:
    before = Adam.of(np.ones(3, np.float32))
    after, _ = before.step(np.ones(3, np.float32))
    assert before.steps == 0 and not before.mean.any() and after.mean.any()
