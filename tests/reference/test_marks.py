from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.mypaint.engine.myb import parse_myb
from dreambrush.reference.marks import (
    CONTRASTS,
    DIRECTIONS,
    PRESSURES,
    ROUND,
    Marks,
    contrast_class,
    measure_marks,
    octave,
)
from tests.reference.painted import settings_of

RISING = Marks(np.array([[0.4], [0.5], [0.7], [0.9], [1.1]]), np.zeros((5, 1)))


def test_marks_of_a_hard_round_brush_are_as_wide_as_its_dabs() -> None:
    marks = measure_marks(settings_of("oil"), 8.0)
    assert marks.told and marks.half.shape == (len(PRESSURES), 1)
    assert (np.diff(marks.half[:, 0]) > 0).all()
    assert marks.half[-1, 0] == pytest.approx(1, abs=0.12)
    assert 0.6 < marks.overhang[-1, 0] < 1.1, "a round end goes beyond the path by about a radius"


def test_marks_of_a_knife_end_square() -> None:
    marks = measure_marks(settings_of("knife"), 8.0)
    assert marks.half.shape == (len(PRESSURES), DIRECTIONS)
    assert marks.overhang[-1].mean() < 0.4 * marks.half[-1].mean()


def test_soft_marks_are_narrower_on_paint_that_is_alike() -> None:
    bare, *painted = (
        measure_marks(settings_of("watercolour"), 8.0, each).usual for each in (None, *reversed(CONTRASTS))
    )
    assert bare > painted[1] > painted[2] and painted[2] < 0.8 * bare


def test_scattered_dabs_make_a_wide_mark() -> None:
    assert measure_marks(settings_of("oil", offset_by_random=4.0), 4.0).half[-1, 0] > 3


def test_a_brush_that_paints_nothing_is_taken_for_a_round_one() -> None:
    assert measure_marks(settings_of("oil", opaque=0.0), 4.0) is ROUND and not ROUND.told
    greedy = settings_of("oil", dabs_per_second=80.0, dabs_per_actual_radius=6.0, radius_logarithmic=6.0)
    assert measure_marks(greedy.with_values(offset_by_random=25.0), 16.0).half.shape[0] == len(PRESSURES)


def test_a_strangers_brush_is_measured_or_taken_for_a_round_one() -> None:
    wild = {"version": 3, "settings": {"opaque": {"base_value": 1e9}, "radius_logarithmic": {"base_value": -1e9}}}
    marks = measure_marks(parse_myb(json.dumps(wild), "wild"), 4.0)
    assert np.isfinite(marks.half).all() and (marks.half > 0).all()


@given(pressure=st.floats(0.05, 1.0), direction=st.floats(-10, 10))
def test_a_width_tells_the_pressure_that_left_it(pressure: float, direction: float) -> None:
    half = RISING.half_at(np.array([pressure]), np.array([direction]))
    assert RISING.pressure_of(half, np.array([direction])) == pytest.approx(pressure, abs=0.05)
    assert ROUND.pressure_of(half, np.array([direction])) == 0.5


def test_directions_count_modulo_half_a_turn() -> None:
    marks = Marks(np.tile(np.arange(1.0, 9.0), (5, 1)), np.zeros((5, 8)))
    angles = np.linspace(0, np.pi, 30)
    one, other = (marks.half_at(np.full(30, 0.5), angles + turn) for turn in (0.0, np.pi))
    assert one == pytest.approx(other) and one[0] == pytest.approx(one[-1])


def test_sizes_and_contrasts_are_measured_in_few_steps() -> None:
    assert [octave(radius) for radius in (0.2, 3.0, 6.0, 300.0)] == [2.0, 4.0, 8.0, 16.0]
    assert [contrast_class(each) for each in (0.0, 0.06, 0.16, 1.0)] == [CONTRASTS[0], *CONTRASTS]
