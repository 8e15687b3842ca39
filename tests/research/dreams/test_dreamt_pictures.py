from __future__ import annotations

import numpy as np
import pytest

from dreambrush.dream.dream import Dream
from dreambrush.models.catalogue import find_brush
from research.dreams.dreamt_pictures import dreamt_pictures, near_patches

SIDE = 32


def random_strokes(count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    columns = [rng.uniform(-10, 74, (count, 6)), rng.random((count, 2)), rng.uniform(0.6, 12, (count, 1))]
    return np.concatenate(columns, 1).astype(np.float32)


@pytest.fixture(scope="module", params=["oil", "ink", "bristle"])
def dream(request: pytest.FixtureRequest) -> Dream:
    folder = find_brush(request.param).dream
    assert folder is not None
    return Dream(folder, threads=1)


def test_looking_only_where_paint_gets_sees_what_looking_everywhere_sees(dream: Dream) -> None:
    strokes = random_strokes(70, 1)
    mean, variance = dreamt_pictures(dream, strokes, SIDE, 2.0)
    y, x = (np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) + 0.5) * 2
    points = np.repeat(np.stack([x, y], -1).reshape(1, -1, 2), len(strokes), 0)
    whole = dream(strokes, points)
    for seen, expected in zip((mean, variance), whole, strict=True):
        np.testing.assert_allclose(seen.reshape(len(strokes), -1), expected, atol=0.005)


def test_the_number_of_cores_does_not_matter(dream: Dream) -> None:
    strokes = random_strokes(70, 2)
    one, three = (dreamt_pictures(dream, strokes, SIDE, 2.0, cores) for cores in (1, 3))
    assert np.array_equal(one[0], three[0]) and np.array_equal(one[1], three[1])


def test_strokes_off_the_picture_leave_it_empty(dream: Dream) -> None:
    strokes = random_strokes(3, 3)
    strokes[:, :6] += 1000
    assert not near_patches(strokes, dream.reach, SIDE, 2.0).any()
    assert not dreamt_pictures(dream, strokes, SIDE, 2.0)[0].any()
    assert dreamt_pictures(dream, strokes[:0], SIDE)[0].shape == (0, SIDE, SIDE)


def test_fine_strokes_are_near_few_patches(dream: Dream) -> None:
    fine = np.array([[10, 10, 30, 20, 50, 10, 1, 1, 1]], np.float32)
    near = near_patches(fine, dream.reach, 64, 1.0)
    assert 0 < near.mean() < 0.15
