from __future__ import annotations

import numpy as np
import pytest

from dreambrush.dream import collect as collecting
from dreambrush.dream.collect import LARGEST_RADIUS, SIDE, SMALLEST_RADIUS, collect, random_strokes
from dreambrush.models import find_brush
from dreambrush.mypaint.myb import read_myb


def test_the_same_strokes_whatever_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    bristle = read_myb(find_brush("bristle").path)
    pictures = []
    for cores in (1, 3):
        monkeypatch.setattr(collecting, "available_cores", lambda cores=cores: cores)
        pictures.append(collect(bristle, 1200, seed=5))
    assert np.array_equal(pictures[0].alpha, pictures[1].alpha)
    assert np.array_equal(pictures[0].strokes, pictures[1].strokes)
    assert not np.array_equal(pictures[0].strokes, collect(bristle, 1200, seed=6).strokes)


def test_random_strokes_cover_what_painters_do() -> None:
    strokes = random_strokes(5000, 0)
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
