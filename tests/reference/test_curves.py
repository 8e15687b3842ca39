from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.bezier import point_at
from dreambrush.reference.curves import distance, fitted, pieces

places = st.tuples(st.floats(-100, 100), st.floats(-100, 100))


@given(start=places, control=places, end=places, count=st.integers(12, 60))
def test_points_of_a_curve_give_it_back(
    start: tuple[float, float], control: tuple[float, float], end: tuple[float, float], count: int
) -> None:
    curve = np.array([start, control, end])
    size = np.ptp(curve, axis=0).max()
    line = point_at(curve[0], curve[1], curve[2], np.linspace(0, 1, count)[:, None])
    # What folds back over itself has no even course.
    if np.hypot(*(curve[1] - (curve[0] + curve[2]) / 2)) < 0.4 * np.hypot(*(curve[2] - curve[0])):
        assert distance(line, fitted(line)) < 0.01 * size + 1e-6
        assert len(pieces(line, 0.01 * size + 1e-6)) == 1


def test_a_long_straight_line_is_one_piece() -> None:
    line = np.stack([np.linspace(0, 1000, 300), np.linspace(0, 300, 300)], 1)
    assert len(pieces(line, 0.1)) == 1


def test_a_wave_is_cut_into_pieces_that_follow_each_other() -> None:
    x = np.linspace(0, 4 * np.pi, 200)
    line = np.stack([20 * x, 30 * np.sin(x)], 1)
    parts = pieces(line, 0.6)
    assert 4 <= len(parts) <= 12
    assert parts[0][0] == 0 and parts[-1][1] == 199
    assert all(one[1] == other[0] for one, other in pairwise(parts))
    assert all(distance(line[first : last + 1], curve) <= 0.6 for first, last, curve in parts)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_few_points_or_one_place_are_a_curve_too(count: int) -> None:
    assert np.isfinite(fitted(np.zeros((count, 2)))).all()
    line = np.stack([np.arange(count), np.zeros(count)], 1).astype(float)
    assert fitted(line)[[0, 2]] == pytest.approx(line[[0, -1]], abs=1e-6)
