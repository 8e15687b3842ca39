from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.painter.see.pyramid import SMALLEST_SIDE, Pyramid, halved_sides


def random_levels(height: int, width: int, channels: int = 2, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.random((*sides, channels), dtype=np.float32) for sides in halved_sides(height, width)]


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 500), (7, 8), (8, 8), (17, 33), (100, 130)])
def test_each_level_is_half_as_fine_until_it_would_be_too_small(height: int, width: int) -> None:
    sides = halved_sides(height, width)
    assert sides[0] == (height, width)
    for fine, coarse in pairwise(sides):
        assert coarse == (-(-fine[0] // 2), -(-fine[1] // 2)) and min(coarse) >= SMALLEST_SIDE
    assert min(sides[-1]) < 2 * SMALLEST_SIDE


@pytest.mark.parametrize("weights", [np.float32, np.float64])
def test_at_their_centres_cells_are_read_as_they_are(weights: type[np.float32] | type[np.float64]) -> None:
    levels = random_levels(17, 33)
    pyramid = Pyramid(levels, 3.0, weights)
    for number, level in enumerate(levels):
        row, column = np.indices(level.shape[:2]).reshape(2, -1)
        centres = (np.stack([column, row], -1)[None] + 0.5) * 3.0 * 2**number
        samples = pyramid.sample(centres.astype(np.float32), np.array([number]))
        assert samples.dtype == np.float32
        np.testing.assert_array_equal(samples[0].reshape(level.shape), level)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_between_centres_samples_are_bilinear_and_beyond_the_edge_its_own(seed: int) -> None:
    rng = np.random.default_rng(seed)
    height, width = rng.integers(1, 40, 2).tolist()
    levels = random_levels(height, width, seed=seed)
    pyramid = Pyramid(levels, 2.0, np.float64)
    number = int(rng.integers(len(levels)))
    level = levels[number]
    points = rng.uniform(-20, 100, (1, 30, 2)).astype(np.float32)
    samples = pyramid.sample(points, np.array([number]))[0]
    for point, sample in zip(points[0], samples, strict=True):
        x, y = np.clip(point.astype(float) / 2 / 2**number - 0.5, 0, (level.shape[1] - 1, level.shape[0] - 1))
        hats = [np.maximum(1 - abs(np.arange(side) - at), 0) for at, side in ((y, level.shape[0]), (x, level.shape[1]))]
        np.testing.assert_allclose(sample, np.einsum("i,j,ijc->c", *hats, level), atol=1e-5)


def test_rows_of_points_may_be_of_different_levels() -> None:
    pyramid = Pyramid(random_levels(40, 60), 1.0, np.float32)
    points = np.random.default_rng(1).uniform(0, 60, (3, 9, 2)).astype(np.float32)
    together = pyramid.sample(points, np.array([2, 0, 1]))
    for row, level in enumerate((2, 0, 1)):
        np.testing.assert_array_equal(together[row], pyramid.sample(points[row : row + 1], np.array([level]))[0])


def test_levels_are_views_of_the_cells() -> None:
    levels = random_levels(20, 30)
    pyramid = Pyramid(levels, 1.0, np.float64)
    pyramid.levels[1][...] = 7
    assert np.count_nonzero((pyramid.cells == 7).all(1)) == 10 * 15
    assert not (levels[1] == 7).any()  # a copy of what was given
