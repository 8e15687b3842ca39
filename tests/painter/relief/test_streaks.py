"""Tracks of bristles."""

from __future__ import annotations

import numpy as np

from dreambrush.painter.relief.streaks import streaks

STEPS = np.linspace(-40, 40, 4001, dtype=np.float32)
STILL = np.zeros(len(STEPS), np.float32)


def test_they_are_smooth_even_and_random() -> None:
    line = streaks(STEPS, STILL, 7)
    assert np.abs(line).max() <= 1 and abs(float(line.mean())) < 0.2 and 0.25 < float(line.std()) < 0.7
    assert np.abs(np.diff(line)).max() < 0.08
    assert np.array_equal(line, streaks(STEPS, STILL, 7))
    assert abs(np.corrcoef(line, streaks(STEPS, STILL, 8))[0, 1]) < 0.3
    assert abs(np.corrcoef(line, streaks(STILL, STEPS, 7))[0, 1]) < 0.3


def test_a_place_has_its_number_whatever_is_asked_with_it() -> None:
    assert streaks(1e6 * STEPS, 1e7 * STEPS, 3).shape == STEPS.shape  # in no more memory
    both = streaks(STEPS, STEPS[::-1].copy(), 3)
    assert np.array_equal(both[100:200], streaks(STEPS[100:200], STEPS[::-1][100:200].copy(), 3))
