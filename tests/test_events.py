from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dreambrush.bezier import polyline_length
from dreambrush.events import (
    AT_ONCE,
    LANDING_SECONDS,
    MOST_EVENTS,
    events_in_turn,
    events_of_all,
    events_of_rows,
    stroke_events,
)

paths = hnp.arrays(np.float64, (3, 2), elements=st.floats(-500, 500))


@given(paths, st.floats(0, 1), st.floats(0, 1), st.floats(0.5, 50))
@settings(max_examples=100, deadline=None)
def test_events_run_evenly_from_start_to_end(path: np.ndarray, first: float, last: float, radius: float) -> None:
    events = stroke_events(path, (first, last), radius)
    assert events.shape[0] <= MOST_EVENTS + 2
    assert np.isfinite(events).all()
    assert events[0, 2] == 0 and events[0, 3] == LANDING_SECONDS
    assert np.hypot(*(events[0, :2] - path[0])) <= 0.021 * radius
    np.testing.assert_allclose(events[[1, -1], :2], path[[0, 2]], atol=1e-6)
    np.testing.assert_allclose(events[[1, -1], 2], (first, last), atol=1e-12)
    moves = np.hypot(*np.diff(events[1:, :2], axis=0).T)
    assert moves.max(initial=0) <= 1.3 * polyline_length(path[None])[0] / len(moves) + 1e-6
    assert (events[:, 3] > 0).all()


def test_many_strokes_have_the_events_of_each_alone() -> None:
    rng = np.random.default_rng(0)
    path = rng.uniform(-50, 50, (300, 3, 2)) * rng.choice([0, 0.01, 1, 20], (300, 1, 1))
    pressure, radius = rng.random((300, 2)), rng.uniform(0.5, 50, 300)
    together = events_of_all(path, pressure, radius)
    assert len({len(events) for events in together}) > 5
    for events, *stroke in zip(together, path, pressure, radius.tolist(), strict=True):
        assert np.array_equal(events, stroke_events(*stroke))
    rows = np.concatenate([path.reshape(-1, 6), pressure, radius[:, None]], 1).astype(np.float32)
    exact = events_of_all(rows[:, :6].reshape(-1, 3, 2), rows[:, 6:8], rows[:, 8])
    assert all(map(np.array_equal, events_of_rows(rows), exact))
    assert events_of_all(path[:0], pressure[:0], radius[:0]) == []


def test_events_lie_on_the_curve_as_numpy_interpolates_it() -> None:
    path = np.array([(3.0, 4.0), (40.0, -25.0), (70.0, 60.0)])
    events = stroke_events(path, (0.2, 0.9), 5.0)
    count = len(events) - 2
    t = np.linspace(0, 1, 4 * count + 1)[:, None]
    fine = (1 - t) ** 2 * path[0] + 2 * t * (1 - t) * path[1] + t**2 * path[2]
    walked = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(fine, axis=0).T))])
    for axis in (0, 1):
        even = np.interp(np.linspace(0, walked[-1], count + 1), walked, fine[:, axis])
        np.testing.assert_allclose(events[1:, axis], even, rtol=0, atol=1e-12)


def test_events_in_turn_are_those_of_all() -> None:
    rng = np.random.default_rng(4)
    strokes = np.concatenate([rng.uniform(0, 90, (300, 6)), rng.random((300, 2)), rng.uniform(1, 9, (300, 1))], 1)
    strokes = strokes.astype(np.float32)
    assert AT_ONCE < 300 - AT_ONCE
    for events, expected in zip(events_in_turn(strokes), events_of_rows(strokes), strict=True):
        assert np.array_equal(events, expected)
    assert list(events_in_turn(strokes[:0])) == []
