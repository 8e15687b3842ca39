from __future__ import annotations

import numpy as np
import pytest

from dreambrush.models.brush_widths import DIRECTIONS, PRESSURES, BrushWidths, measure_widths
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb


def measured(name: str, radius: float = 10.0) -> BrushWidths:
    return measure_widths(read_myb(find_brush(name).path), radius)


def test_a_round_firm_brush_is_as_wide_as_its_radius_says() -> None:
    oil = measured("oil")
    assert np.abs(oil.half_width[-1] - 1).max() < 0.06
    assert oil.opacity.min() > 0.97 and not oil.blunt
    assert (np.diff(oil.half_width.mean(1)) > 0).all()  # pressure widens it


def test_a_nib_held_at_an_angle_is_narrow_one_way() -> None:
    ink = measured("ink").half_width[2]
    assert ink.max() > 3 * ink.min()


def test_a_knife_ends_square() -> None:
    assert measured("knife").blunt


def test_a_glaze_is_translucent() -> None:
    assert measured("watercolour").opacity.max() < 0.6


def test_a_brush_that_lays_no_paint_has_no_width() -> None:
    nothing = measure_widths(read_myb(find_brush("oil").path).with_values(opaque=0.0), 10.0)
    assert not nothing.half_width.any() and not nothing.opacity.any()


@pytest.mark.parametrize("turn", [0.0, np.pi, -np.pi])
def test_between_what_was_measured_it_is_interpolated(turn: float) -> None:
    table = np.arange(len(PRESSURES) * DIRECTIONS, dtype=np.float64).reshape(len(PRESSURES), DIRECTIONS)
    widths = BrushWidths(table, table / table.max(), blunt=False)
    step = np.pi / DIRECTIONS
    pressure = np.array([PRESSURES[1], PRESSURES[1], 1.0, 0.0, (PRESSURES[2] + PRESSURES[3]) / 2])
    half, opacity = widths.at(pressure, turn + step * np.array([2.0, 2.5, 7.0, 0.0, 7.5]))
    expected = [table[1, 2], table[1, 2] + 0.5, table[4, 7], table[0, 0], table[2:4][:, [7, 0]].mean()]
    assert np.allclose(half, expected)
    assert np.allclose(opacity * table.max(), half)
