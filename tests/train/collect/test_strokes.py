from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import pytest

from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.train.collect import strokes as collecting
from dreambrush.train.collect.strokes import (
    LARGEST_RADIUS,
    SIDE,
    SMALLEST_RADIUS,
    brownian_strokes,
    brownian_walk,
    collect,
    paint_coloured,
    random_colours,
    random_strokes,
)


@pytest.mark.slow
def test_the_same_strokes_whatever_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    bristle = read_myb(find_brush("bristle").path)
    pictures = []
    for cores in (1, 3):
        monkeypatch.setattr(collecting, "available_cores", lambda cores=cores: cores)
        pictures.append(collect(bristle, 1200, seed=5))
    assert np.array_equal(pictures[0].alpha, pictures[1].alpha)
    assert np.array_equal(pictures[0].strokes, pictures[1].strokes)
    assert not np.array_equal(pictures[0].strokes, collect(bristle, 1200, seed=6).strokes)


@pytest.mark.parametrize("sample", [random_strokes, brownian_strokes])
def test_strokes_cover_what_painters_do(sample: Callable[[int, int], np.ndarray]) -> None:
    strokes = sample(5000, 0)
    assert strokes.dtype == np.float32 and strokes.shape == (5000, 9)
    radius, pressure = strokes[:, 8], strokes[:, 6:8]
    assert radius.min() >= SMALLEST_RADIUS and radius.max() <= LARGEST_RADIUS
    assert (radius < 2).mean() > 0.1 and (radius > 10).mean() > 0.2
    assert pressure.min() < 0.01 and pressure.max() > 0.99
    length = np.hypot(*(strokes[:, 4:6] - strokes[:, 0:2]).T)
    assert (length < 5).mean() > 0.05 and (length > 50).mean() > 0.1


def test_strokes_are_on_the_pictures() -> None:
    collection = collect(read_myb(find_brush("oil").path), 300, seed=1)
    assert collection.alpha.shape == (300, SIDE, SIDE) and collection.alpha.dtype == np.uint8
    painted = (collection.alpha > 127).reshape(300, -1).any(1)
    assert painted.mean() > 0.85  # the shortest strokes are too short for a single dab


def test_the_strokes_that_the_pretrained_dreams_saw() -> None:
    digest = hashlib.sha256(np.rint(random_strokes(500, 0) * 1000).astype(int).tobytes()).hexdigest()[:16]
    assert digest == "49c75bac088e846b"


def test_brownian_strokes_are_spread_like_uniform_ones_but_come_in_small_steps() -> None:
    walk, jump = brownian_strokes(30_000, 2), random_strokes(30_000, 2)
    for share in (5, 25, 50, 75, 95):
        there, here = (np.percentile(strokes, share, axis=0) for strokes in (walk, jump))
        np.testing.assert_allclose(there[:6], here[:6], atol=5)
        np.testing.assert_allclose(there[6:8], here[6:8], atol=0.06)
        np.testing.assert_allclose(there[8], here[8], atol=1.2)
    steps = [np.abs(np.diff(strokes, axis=0)).mean(0) for strokes in (walk, jump)]
    assert (steps[0] < 0.6 * steps[1]).all()


def test_a_walk_stays_within_its_ranges() -> None:
    walk = brownian_walk(20_000, 2, 0)
    assert walk.min() >= 0 and walk.max() <= 1
    assert np.histogram(walk, 4, (0, 1))[0].min() > 8000
    assert brownian_walk(0, 3, 0).shape == (0, 3)


def test_coloured_strokes_have_the_alpha_of_plain_ones() -> None:
    oil = read_myb(find_brush("oil").path)
    plain = collect(oil, 40, seed=1)
    coloured = paint_coloured(oil, plain.strokes, random_colours(40, 0))
    assert np.array_equal(coloured.alpha, plain.alpha)
    assert coloured.rgb is not None and coloured.rgb.shape == (40, SIDE, SIDE, 3)
