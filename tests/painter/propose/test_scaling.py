from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from dreambrush.arrays import Float32
from dreambrush.kernel.library import LEVELS, NONE, using
from dreambrush.painter.propose.scaling import axis, scaled

SIZES = [((40, 50), (64, 80)), ((97, 131), (32, 48)), ((3, 2), (40, 32)), ((1, 7), (32, 56)), ((64, 64), (64, 64))]


@pytest.fixture(autouse=True)
def kernel_is_wanted() -> Iterator[None]:
    """Whatever the environment says."""
    with using(LEVELS[-1]):
        yield


def case(height: int, width: int) -> Float32:
    return np.random.default_rng(height).random((7, height, width), np.float32)


def whole(pictures: Float32, to: tuple[int, int]) -> Float32:
    down, across = axis(pictures.shape[1], to[0]), axis(pictures.shape[2], to[1])
    return scaled(pictures, down, across, slice(0, to[0]), slice(0, to[1]))


@pytest.mark.parametrize(("size", "to"), SIZES)
def test_it_scales_as_pillow_does(size: tuple[int, int], to: tuple[int, int]) -> None:
    pictures = case(*size)
    expected = [Image.fromarray(each).resize(to[::-1], Image.Resampling.BILINEAR) for each in pictures]
    found = whole(pictures, to)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, np.stack([np.asarray(each) for each in expected]), atol=2e-6)
    with using(NONE):
        np.testing.assert_allclose(whole(pictures, to), found, atol=2e-6)


@pytest.mark.parametrize(("size", "to"), SIZES)
def test_all_instructions_give_the_same_bits(size: tuple[int, int], to: tuple[int, int]) -> None:
    answers = []
    for level in LEVELS:
        with using(level):
            answers.append(whole(case(*size), to).tobytes())
    assert len(set(answers)) == 1


@pytest.mark.parametrize(("size", "to"), SIZES)
def test_a_part_has_the_numbers_of_the_whole(size: tuple[int, int], to: tuple[int, int]) -> None:
    pictures = case(*size)
    down, across = axis(size[0], to[0]), axis(size[1], to[1])
    every = whole(pictures, to)
    for rows, columns in ((slice(8, 24), slice(16, 32)), (slice(0, 8), slice(to[1] - 8, to[1])), (slice(5, 6),) * 2):
        part = scaled(pictures, down, across, rows, columns)
        assert part.tobytes() == np.ascontiguousarray(every[:, rows, columns]).tobytes()
        with using(NONE):
            np.testing.assert_allclose(scaled(pictures, down, across, rows, columns), part, atol=1e-5)


@pytest.mark.parametrize(("length", "wanted"), [(1, 1), (1, 9), (2, 3), (5, 4), (9, 1), (1000, 8), (7, 7), (333, 1024)])
def test_no_pixel_is_made_of_what_is_not_there(length: int, wanted: int) -> None:
    found = axis(length, wanted)
    assert found.first.min() >= 0 and found.first.max() + found.weights.shape[1] <= length
    assert (found.weights >= 0).all()
    np.testing.assert_allclose(found.weights.sum(1), 1, atol=1e-6)


def test_pictures_of_other_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="Expected"):
        scaled(case(4, 5), axis(5, 8), axis(5, 8), slice(0, 8), slice(0, 8))
