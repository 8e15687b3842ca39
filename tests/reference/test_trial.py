from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.arrays import Float64
from dreambrush.bezier import point_at, polyline_length
from dreambrush.reference.marks import measure_marks
from dreambrush.reference.tracing import Piece
from dreambrush.reference.trial import FEWEST, Bias, corrected, tried
from tests.reference.painted import settings_of

PATH = np.array([[30.0, 40.0], [60.0, 44.0], [90.0, 40.0]])


def piece(path: Float64 = PATH, pressure: float = 0.6, line: int = 0) -> Piece:
    return Piece(path, np.full(2, pressure), 8.0, line)


def test_a_brush_that_presses_on_as_it_goes_is_found_out() -> None:
    settings = settings_of("sable")
    marks = measure_marks(settings, 8.0)
    turned = [np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) for a in np.linspace(0, 3, 8)]
    strokes = [([piece(PATH @ turn.T)], 8.0, 5.0) for turn in turned]
    bias = tried(settings, None, marks, strokes)
    assert -0.4 < bias.pressure < -0.05, "its strokes begin thin"
    assert tried(settings, None, marks, strokes[: FEWEST - 1]) == Bias(), "too few to tell"


@given(length=st.floats(-0.7, 0.7))
def test_both_ends_of_a_line_move_along_it(length: float) -> None:
    (moved,) = corrected([piece()], Bias(0.2, length), 10.0)
    before, after = (float(polyline_length(path[None])[0]) for path in (PATH, moved.path))
    assert after - before == pytest.approx(-length * 10, abs=0.2)
    assert moved.pressure.tolist() == pytest.approx([0.4, 0.4])
    shared = point_at(moved.path[0], moved.path[1], moved.path[2], np.array([[0.5]]))
    assert shared[0] == pytest.approx([60, 42], abs=0.3)


def test_only_the_ends_of_the_line_move() -> None:
    rest = np.array([[90.0, 40.0], [120.0, 36.0], [150.0, 50.0]])
    first, second, other = corrected([piece(), piece(rest), piece(line=1)], Bias(0.0, 0.5), 10.0)
    assert first.path[2].tolist() == second.path[0].tolist() == [90, 40]
    assert first.path[0, 0] > 30 and second.path[2, 0] < 150 and other.path[2, 0] < 90


def test_pressures_stay_within_bounds() -> None:
    assert corrected([piece(pressure=0.9)], Bias(-0.5), 4.0)[0].pressure.tolist() == [1, 1]
