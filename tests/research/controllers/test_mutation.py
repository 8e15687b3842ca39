from __future__ import annotations

import numpy as np

from research.controllers.mutation import mutated


def test_changes_are_as_large_as_asked_for_and_the_strokes_are_left_alone() -> None:
    rng = np.random.default_rng(0)
    strokes = np.concatenate([rng.uniform(0, 60, (200, 6)), rng.random((200, 2)), rng.uniform(1, 8, (200, 1))], 1)
    strokes = strokes.astype(np.float32)
    before = strokes.copy()
    fine, bold = (np.abs(mutated(strokes, step, rng) - strokes).mean(0) for step in (0.1, 1.0))
    assert (fine > 0).all() and (bold > 4 * fine).all()
    np.testing.assert_array_equal(strokes, before)
    np.testing.assert_array_equal(mutated(strokes, 0.0, rng), strokes)
