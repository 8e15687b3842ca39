from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.arrays import Mask
from dreambrush.reference.shapes import Shape, shape_of, shape_of_mask

SIZE = 200, 150


def tile(mask: Mask) -> bytes:
    return zlib.compress(np.asarray(mask, np.uint8).tobytes())


def dot(row: int, column: int) -> Mask:
    mask = np.zeros((64, 64), bool)
    mask[row, column] = True
    return mask


def covered(shape: Shape) -> list[tuple[float, float]]:
    rows, columns = np.nonzero(shape.cover)
    return [tuple(point) for point in shape.pixels_of(np.stack([columns, rows], 1).astype(float)).tolist()]


def test_pixels_are_where_the_tiles_and_the_layer_say() -> None:
    shape = shape_of({(1, 0): tile(dot(2, 3)), (-1, 2): tile(dot(0, 63))}, 10, -20, SIZE)
    assert shape is not None and shape.area == 2
    assert sorted(covered(shape)) == [(9.5, 108.5), (77.5, -17.5)]


@pytest.mark.parametrize(("x", "y"), [(-1, 5), (5, -1), (200, 5), (5, 150), (10**6, 10**6)])
def test_what_is_beside_the_picture_is_no_stroke(x: int, y: int) -> None:
    assert shape_of({(0, 0): tile(dot(0, 0))}, x, y, SIZE) is None
    assert shape_of({(0, 0): tile(dot(0, 0))}, min(max(x, 0), 199), min(max(y, 0), 149), SIZE) is not None


def test_nothing_is_no_shape() -> None:
    assert shape_of({}, 0, 0, SIZE) is None and shape_of({(0, 0): tile(np.zeros((64, 64), bool))}, 0, 0, SIZE) is None
    assert shape_of_mask(np.zeros((3, 4), bool)) is None


def test_a_large_shape_is_looked_at_more_coarsely() -> None:
    full = tile(np.ones((64, 64), bool))
    shape = shape_of({(x, y): full for x in range(70) for y in range(70)}, 0, 0, (4480, 4480))
    assert shape is not None and shape.cell == 4 and shape.area == 4480**2


@given(seed=st.integers(0, 2**32 - 1), factor=st.sampled_from([1, 2, 4, 8]))
def test_coarser_cells_keep_the_area_and_the_place(seed: int, factor: int) -> None:
    random = np.random.default_rng(seed)
    shape = shape_of_mask(random.random(tuple(random.integers(1, 40, 2))) < 0.5, 7, -5)
    if shape is None:
        return
    coarse = shape.coarser(factor)
    assert coarse.area == pytest.approx(shape.area) and coarse.cell == factor
    for one in (shape, coarse):
        rows, columns = np.nonzero(one.cover)
        points = one.pixels_of(np.stack([columns, rows], 1).astype(float))
        assert one.at(points) == pytest.approx(one.cover[rows, columns])
    mean = [np.average(np.array(covered(one)), 0, one.cover[one.cover > 0]) for one in (shape, coarse)]
    assert mean[0] == pytest.approx(mean[1], abs=factor / 2)
    assert shape.at(np.array([[1e9, 0.0], [-1e9, -1e9]])).tolist() == [0, 0]
