from __future__ import annotations

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.painter.see.flow import flow

SIDE = 65


def constant(value: float) -> Float32:
    return np.full((SIDE, SIDE), value, np.float32)


def halves() -> Float32:
    """Dark on the left, light on the right."""
    picture = np.full((SIDE, SIDE, 3), 0.2, np.float32)
    picture[:, SIDE // 2 :] = 0.7
    return picture


@pytest.mark.parametrize("width", [1.5, 4.0, 8.0])
def test_without_walls_it_is_about_a_gaussian(width: float) -> None:
    dot = np.zeros((SIDE, SIDE, 3), np.float32)
    dot[SIDE // 2, SIDE // 2] = 1
    spread = flow(dot, constant(1 / width), constant(0))
    assert dot.sum() == 3, "it changed what it was given"
    assert float(spread.sum()) == pytest.approx(3, rel=0.02)
    aside = np.arange(SIDE) - SIDE // 2
    for axis in (0, 1):
        assert np.sqrt(spread[..., 0].sum(1 - axis) @ aside**2) == pytest.approx(width, rel=0.15)
    diagonal = spread[np.arange(SIDE), np.arange(SIDE), 0]
    far = round(width * np.sqrt(0.5))
    along = spread[SIDE // 2, SIDE // 2 + round(width), 0]
    assert diagonal[SIDE // 2 + far] == pytest.approx(along, rel=0.35)  # no star


def test_a_wall_stops_it() -> None:
    picture = halves()
    open_, shut = (flow(picture, constant(1 / 5), constant(wall))[SIDE // 2, :, 0] for wall in (0, 10))
    assert np.diff(open_).max() < 0.06
    np.testing.assert_allclose(shut, picture[SIDE // 2, :, 0], atol=0.002)
    half = flow(picture, constant(1 / 5), constant(1.0))[SIDE // 2, :, 0]
    assert np.diff(open_).max() < np.diff(half).max() < np.diff(shut).max()


def test_where_it_is_slow_colours_stay() -> None:
    noise = np.random.default_rng(0).random((SIDE, SIDE, 3), np.float32)
    slowness = constant(1 / 6)
    slowness[: SIDE // 2] = 30
    flown = flow(noise, slowness, constant(0))
    np.testing.assert_allclose(flown[: SIDE // 2 - 1], noise[: SIDE // 2 - 1], atol=1e-4)
    assert flown[SIDE // 2 + 2 :].std() < 0.2 * noise.std()


def test_nothing_flows_over_the_border_of_what_is_painted() -> None:
    picture = halves()
    shape = (picture[..., 0] > 0.5).astype(np.float32)
    flown = flow(picture, constant(1 / 8), constant(0), shape)
    np.testing.assert_allclose(flown, picture, atol=1e-5)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 3)])
def test_small_pictures(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(1).random((*size, 3), np.float32)
    ones = np.ones(size, np.float32)
    flown = flow(picture, 0.1 * ones, 0 * ones)
    assert flown.shape == picture.shape and flown.min() >= picture.min() - 1e-6 and flown.max() <= picture.max() + 1e-6
