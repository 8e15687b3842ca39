from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.arrays import Float64
from dreambrush.reference.outline import beyond, outline, resampled, smoothed
from dreambrush.reference.shapes import Shape, shape_of_mask


def bar(half: float, angle: float, share: float = 1.0) -> tuple[Shape, Float64]:
    """A bar through (100, 100), of which so much is covered, and the direction along it."""
    y, x = np.mgrid[0:200, 0:200] + 0.5
    way = np.array([np.cos(angle), np.sin(angle)])
    along, across = (x - 100) * way[0] + (y - 100) * way[1], (y - 100) * way[0] - (x - 100) * way[1]
    mask = (np.abs(along) < 70) & (np.abs(across) < half)
    shape = shape_of_mask(mask & (np.random.default_rng(0).random(mask.shape) < share))
    assert shape is not None
    return shape, way


@given(half=st.floats(3.0, 15.0), angle=st.floats(0, np.pi), off=st.floats(-0.5, 0.5))
def test_width_and_middle_of_a_bar(half: float, angle: float, off: float) -> None:
    shape, way = bar(half, angle)
    side = np.array([-way[1], way[0]]) * off * half
    line = np.array([100, 100]) + side + np.linspace(-40, 40, 30)[:, None] * way
    found = outline(shape, line, half, 2.2)
    assert np.median(found.half) == pytest.approx(half, abs=0.8)
    away = (found.points - 100) @ np.array([-way[1], way[0]])
    assert np.abs(np.median(away)) < 0.6
    end = np.array([100, 100]) + 60 * way
    assert beyond(shape, end, way, half, found.density, 6.0) == pytest.approx(10, abs=2)


def test_holes_count_as_much_as_they_cover() -> None:
    shape, way = bar(10.0, 0.4, share=0.5)
    line = np.array([100, 100]) + np.linspace(-40, 40, 30)[:, None] * way
    found = outline(shape, line, 10.0, 2.2)
    assert np.median(found.half) == pytest.approx(10, rel=0.1) and found.density == pytest.approx(0.5, abs=0.1)


def test_what_is_beyond_a_gap_does_not_count() -> None:
    mask = np.zeros((100, 100), bool)
    mask[20:30], mask[40:60] = True, True
    shape = shape_of_mask(mask)
    assert shape is not None
    line = np.stack([np.linspace(20, 80, 20), np.full(20, 25.0)], 1)
    assert np.median(outline(shape, line, 5.0, 4.0).half) == pytest.approx(5, abs=0.3)
    down = np.array([0.0, 1.0])
    assert beyond(shape, np.array([50.0, 22.0]), down, 5.0, 1.0, 6.0) == pytest.approx(8, abs=0.6)


def test_lines_are_resampled_and_smoothed_between_their_ends() -> None:
    line = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 20.0]])
    even = resampled(line, 1.0)
    assert len(even) == 31 and even[[0, -1]].tolist() == [[0, 0], [10, 20]]
    soft = smoothed(even, 3)
    assert soft[[0, -1]] == pytest.approx(even[[0, -1]]) and soft[10, 0] < 10
    assert smoothed(even[:2], 3).tolist() == even[:2].tolist()
