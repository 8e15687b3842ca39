from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dreambrush.bezier import (
    CONTROL,
    END,
    NUMBERS,
    PATH,
    PRESSURES,
    RADIUS,
    START,
    control_points,
    path_length,
    path_nodes,
    point_at,
    polyline_length,
    velocity_at,
)

coordinates = st.floats(-500, 500, width=32)
rows = hnp.arrays(np.float32, (6, NUMBERS), elements=coordinates)
shares = st.floats(0, 1, width=32)


def test_columns_are_all_numbers_of_a_stroke_in_order() -> None:
    numbers = np.arange(NUMBERS, dtype=np.float32)
    parts = [numbers[part] for part in (START, CONTROL, END, PRESSURES)]
    assert np.concatenate([*parts, [numbers[RADIUS]]]).tolist() == numbers.tolist()
    assert numbers[PATH].tolist() == np.concatenate(parts[:3]).tolist()
    assert [point.tolist() for point in control_points(numbers)] == [[0, 1], [2, 3], [4, 5]]


@given(rows)
@settings(max_examples=50, deadline=None)
def test_a_path_begins_and_ends_at_its_ends(strokes: np.ndarray) -> None:
    nodes = path_nodes(strokes, 7)
    assert nodes.shape == (6, 8, 2) and nodes.dtype == np.float32
    np.testing.assert_array_equal(nodes[:, 0], strokes[:, START])
    np.testing.assert_array_equal(nodes[:, -1], strokes[:, END])
    start, control, end = control_points(strokes)
    np.testing.assert_array_equal(velocity_at(start, control, end, 0.0), 2 * (control - start))
    np.testing.assert_array_equal(velocity_at(start, control, end, 1.0), 2 * (end - control))


@given(rows, shares)
@settings(max_examples=50, deadline=None)
def test_a_path_is_the_same_from_its_other_end(strokes: np.ndarray, t: float) -> None:
    start, control, end = control_points(strokes.astype(np.float64))
    there, back = point_at(start, control, end, t), point_at(end, control, start, 1 - t)
    np.testing.assert_allclose(there, back, rtol=0, atol=1e-9)
    velocity, backward = velocity_at(start, control, end, t), velocity_at(end, control, start, 1 - t)
    np.testing.assert_allclose(velocity, -backward, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(path_length(strokes), path_length(strokes[:, [4, 5, 2, 3, 0, 1, 6, 7, 8]]))


@given(rows, shares)
@settings(max_examples=50, deadline=None)
def test_a_point_is_where_de_casteljau_finds_it(strokes: np.ndarray, t: float) -> None:
    start, control, end = control_points(strokes.astype(np.float64))
    before, after = start + t * (control - start), control + t * (end - control)
    np.testing.assert_allclose(point_at(start, control, end, t), before + t * (after - before), rtol=0, atol=1e-9)
    np.testing.assert_allclose(velocity_at(start, control, end, t), 2 * (after - before), rtol=0, atol=1e-9)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=50, deadline=None)
def test_length_is_that_of_a_fine_polyline(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ends = rng.uniform(-100, 100, (20, 2, 2))
    chord = ends[:, 1] - ends[:, 0]
    aside = np.stack([-chord[:, 1], chord[:, 0]], 1)
    along, sideways = rng.uniform(0.25, 0.75, (20, 1)), rng.uniform(-0.45, 0.45, (20, 1))  # as far as hands bend them
    control = ends[:, 0] + along * chord + sideways * aside
    paths = np.stack([ends[:, 0], control, ends[:, 1]], 1)
    true = np.hypot(*np.diff(path_nodes(with_path(paths), 1000).astype(np.float64), axis=1).transpose(2, 0, 1)).sum(1)
    np.testing.assert_allclose(path_length(with_path(paths)), true, rtol=0.02, atol=0.01)
    np.testing.assert_allclose(polyline_length(paths, 500), true, rtol=1e-4, atol=1e-3)
    assert (polyline_length(paths, 4) <= polyline_length(paths, 8) + 1e-9).all()  # chords cut the curve short


def with_path(paths: np.ndarray) -> np.ndarray:
    strokes = np.ones((len(paths), NUMBERS), np.float32)
    strokes[:, PATH] = paths.reshape(-1, 6)
    return strokes


def test_a_straight_line_has_its_own_length() -> None:
    line = np.array([[[0, 0], [5, 0], [10.0, 0]]])
    assert polyline_length(line) == pytest.approx(10)
    assert path_length(with_path(line)) == pytest.approx(10)
