from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.painter.see.interest import Interest
from dreambrush.painter.see.shapes import in_shapes

if TYPE_CHECKING:
    from dreambrush.arrays import Float32
    from tests.painter.conftest import Pictures

GREYS = np.array([[0.9] * 3, [0.6] * 3, [0.2] * 3], np.float32)


def looked(size: tuple[int, int], value: float = 0.2) -> Interest:
    return Interest(np.full(size, value, np.float32), 1, 1.0)


def steps(picture: Float32) -> int:
    """How many pixels differ from the next in their row: the length of outlines."""
    return int((np.abs(np.diff(picture, axis=1)).max(2) > 1e-3).sum())


def test_shapes_have_the_colours_that_are_given(astronaut: Pictures) -> None:
    picture = astronaut(96)
    flat = in_shapes(picture, looked((96, 96)), 6.0, GREYS)
    assert flat.dtype == np.float32 and flat.shape == picture.shape
    assert {tuple(each) for each in flat.reshape(-1, 3).tolist()} <= {tuple(each) for each in GREYS.tolist()}


def test_broader_ones_are_fewer_and_smaller_ones_stand_where_one_looks(astronaut: Pictures) -> None:
    picture = astronaut(96)
    fine, broad = (in_shapes(picture, looked((96, 96)), width, GREYS) for width in (3.0, 16.0))
    assert steps(broad) < 0.7 * steps(fine)
    seen = in_shapes(picture, looked((96, 96), 1.0), 16.0, GREYS)
    assert steps(seen) > 1.3 * steps(broad)


def test_specks_go_under_but_what_is_far_from_all_around_it_stays() -> None:
    picture = np.full((80, 80, 3), 0.6, np.float32)
    picture[20:23, 20:23] = 0.68  # nearer to the light grey than its surroundings are, but hardly
    picture[50:57, 50:57] = (0.9, 0.1, 0.1)
    colours = np.array([[0.6] * 3, [0.7] * 3, [0.9, 0.1, 0.1]], np.float32)
    flat = in_shapes(picture, looked((80, 80)), 10.0, colours)
    assert np.array_equal(flat[21, 21], colours[0]) and np.array_equal(flat[53, 53], colours[2])


def test_without_colours_each_shape_has_a_mean_of_its_own() -> None:
    ramp = np.repeat(np.linspace(0.5, 0.6, 120, dtype=np.float32)[None, :, None], 60, 0).repeat(3, 2)
    ramp[:, 60:, 0] = 0.1
    flat = in_shapes(ramp, looked((60, 120)), 4.0)
    left, right = flat[30, 10], flat[30, 110]
    assert left[0] == pytest.approx(0.5, abs=0.03) and right[0] == pytest.approx(0.1, abs=0.05)
    assert np.abs(np.diff(flat[30, 5:55, 1])).max() < 0.02, "it changes slowly"
    assert abs(float(flat[30, 62, 0] - flat[30, 57, 0])) > 0.3, "its edge is hard"


def test_rims_are_darker_than_what_they_enclose() -> None:
    picture = np.full((80, 80, 3), 0.9, np.float32)
    picture[20:60, 20:60] = 0.5
    plain, rimmed = (in_shapes(picture, looked((80, 80)), 6.0, rims=rims) for rims in (0.0, 0.5))
    assert rimmed[40, 18:24].min() < 0.9 * plain[40, 25:55].mean()
    assert np.allclose(rimmed[40, 35:45], plain[40, 35:45], atol=0.01)


def test_shades_of_black_are_one() -> None:
    picture = np.full((60, 60, 3), 0.03, np.float32)
    picture[:, 30:] = 0.07
    picture[:10] = 0.8
    flat = in_shapes(picture, looked((60, 60)), 5.0, np.array([[0.02] * 3, [0.08] * 3, [0.8] * 3], np.float32))
    assert np.array_equal(flat[40, 10], flat[40, 50]) and flat[3, 30, 0] == pytest.approx(0.8)
