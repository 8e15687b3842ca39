from __future__ import annotations

import numpy as np

from dreambrush.train.fit.dead_leaves import SIDE, drawn_pictures


def test_pictures_are_alike_for_a_seed_and_otherwise_all_different() -> None:
    first, again, other = drawn_pictures(3, seed=1), drawn_pictures(2, seed=1), drawn_pictures(2, seed=2)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=False))
    assert not any(np.array_equal(a, b) for a in first for b in other)
    for picture in first:
        assert picture.shape == (SIDE, SIDE, 3) and picture.dtype == np.float32
        assert 0 <= picture.min() < picture.max() <= 1


def test_they_have_flat_parts_and_edges_as_photographs_do() -> None:
    steps = np.concatenate([np.abs(np.diff(picture, axis=0)).mean(2).ravel() for picture in drawn_pictures(6, seed=3)])
    assert np.median(steps) < 0.02  # most neighbours are nearly equal
    assert np.quantile(steps, 0.99) > 0.1  # and some are not at all
