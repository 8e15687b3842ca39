"""Boil wiggles strokes by seed, and leaves them where they are when it is 0."""

from __future__ import annotations

import numpy as np
import pytest

from dreambrush.bezier import PATH, RADIUS
from dreambrush.film.boil import boiled
from dreambrush.painter.sketch import Sketch
from tests.film.test_carry import sketch

NUMBERS = np.arange(400)


def test_no_boil_changes_nothing() -> None:
    still = sketch()
    assert boiled(still, NUMBERS[: len(still)], 0.0, 3) is still
    assert len(boiled(Sketch.empty(), NUMBERS[:0], 1.0, 3)) == 0


def test_each_drawing_is_another_and_the_same_again() -> None:
    still = sketch()
    one, other, again = (
        boiled(still, NUMBERS[: len(still)], 0.5, 3),
        boiled(still, NUMBERS[: len(still)], 0.5, 4),
        boiled(still, NUMBERS[: len(still)], 0.5, 3),
    )
    assert np.array_equal(one.strokes, again.strokes) and np.array_equal(one.colours, again.colours)
    assert (one.strokes[:, PATH] != other.strokes[:, PATH]).any()
    assert np.array_equal(one.strokes[:, 6:], still.strokes[:, 6:])  # pressures and radius


@pytest.mark.parametrize("boil", [0.2, 1.0])
def test_strokes_wiggle_by_their_widths(boil: float) -> None:
    still = sketch(count=400)
    shift = boiled(still, NUMBERS[: len(still)], boil, 0).strokes[:, PATH] - still.strokes[:, PATH]
    assert 0.3 * boil < np.std(shift / still.strokes[:, RADIUS, None]) < boil


def test_colours_stay_colours() -> None:
    bright = boiled(
        Sketch(sketch().strokes, np.ones((20, 3), np.float32), np.zeros(20, np.int64)), NUMBERS[:20], 1.0, 0
    )
    assert bright.colours.max() <= 1 and bright.colours.dtype == np.float32


def test_a_stroke_wiggles_by_its_number_alone() -> None:
    still, some = sketch(), np.array([3, 8, 11])
    all_of_them, few = boiled(still, NUMBERS[:20], 0.5, 3), boiled(still[some], some, 0.5, 3)
    assert np.array_equal(few.strokes, all_of_them.strokes[some])
    assert np.array_equal(few.colours, all_of_them.colours[some])
