from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.painter.propose.error_pyramid import ErrorPyramid


def pictures(height: int, width: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    target, canvas = np.random.default_rng(seed).random((2, height, width, 3)).astype(np.float32)
    return target, canvas


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 90), (17, 33), (64, 64), (100, 130)])
def test_levels_hold_means(height: int, width: int) -> None:
    target, canvas = pictures(height, width)
    moments = ErrorPyramid(target, canvas)
    centre = np.array([[[0.5, 0.5], [width - 0.5, height - 0.5]]], np.float32)
    corner = moments.sample(centre, np.array([0]))[0]
    np.testing.assert_allclose(corner[0, :3], target[0, 0], atol=1e-6)
    np.testing.assert_allclose(corner[1, 3:6], canvas[-1, -1], atol=1e-6)
    np.testing.assert_allclose(corner[1, 6], (target[-1, -1] * canvas[-1, -1]).sum(), atol=1e-5)
    if height % 4 == 0 and width % 4 == 0 and len(moments.levels) > 2:
        cell = moments.sample(np.array([[[2, 2]]], np.float32), np.array([2]))[0, 0]
        np.testing.assert_allclose(cell[:3], target[:4, :4].mean((0, 1)), atol=1e-5)
        np.testing.assert_allclose(cell[7], (canvas[:4, :4] ** 2).sum(-1).mean(), atol=1e-5)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_an_update_of_a_part_is_as_good_as_starting_afresh(seed: int) -> None:
    rng = np.random.default_rng(seed)
    height, width = rng.integers(1, 70, 2)
    target, canvas = pictures(height, width, seed)
    moments = ErrorPyramid(target, canvas)
    x, y = rng.integers(0, width), rng.integers(0, height)
    w, h = rng.integers(0, width - x + 1), rng.integers(0, height - y + 1)
    canvas = canvas.copy()
    canvas[y : y + h, x : x + w] = rng.random((h, w, 3))
    moments.update(canvas[y : y + h, x : x + w], (x, y, w, h))
    np.testing.assert_array_equal(moments.cells, ErrorPyramid(target, canvas).cells)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.03, 0.2, 0.9]))
@settings(max_examples=25, deadline=None)
def test_an_update_of_some_cells_is_as_good_as_one_of_all(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    height, width = rng.integers(1, 70, 2)
    target, canvas = pictures(height, width, seed)
    moments = ErrorPyramid(target, canvas)
    places = np.flatnonzero(rng.random(height * width) < share)
    canvas = canvas.copy()
    canvas.reshape(-1, 3)[places] = rng.random((len(places), 3))
    moments.update_some(canvas.reshape(-1, 3), rng.permutation(np.repeat(places, 2)))
    np.testing.assert_array_equal(moments.cells, ErrorPyramid(target, canvas).cells)


def test_errors_count_by_weight() -> None:
    target, canvas = pictures(16, 24)
    weight = np.random.default_rng(1).random((16, 24)).astype(np.float32)
    moments = ErrorPyramid(target, canvas, weight)
    np.testing.assert_allclose(moments.error_map(0), weight * ((target - canvas) ** 2).sum(-1), rtol=1e-5)
    centre = np.array([[[2, 2]]], np.float32)
    np.testing.assert_allclose(moments.sample(centre, np.array([2]))[0, 0, 8], weight[:4, :4].mean(), rtol=1e-5)
    moments.update(canvas[4:8], (0, 4, 24, 4))
    np.testing.assert_array_equal(moments.cells, ErrorPyramid(target, canvas, weight).cells)
    assert (ErrorPyramid(target, canvas).sample(centre, np.array([1]))[..., 8] == 1).all()


def test_cells_may_be_wider_than_pixels() -> None:
    fine, coarse = ErrorPyramid(*pictures(16, 24)), ErrorPyramid(*pictures(16, 24), cell=4.0)
    points = np.random.default_rng(2).uniform(0, 24, (3, 50, 2)).astype(np.float32)
    level = np.array([0, 1, 2])
    np.testing.assert_allclose(coarse.sample(4 * points, level), fine.sample(points, level), atol=1e-5)
    spacing = np.array([0.3, 1, 2, 3, 100], np.float32)
    np.testing.assert_array_equal(coarse.level_for(4 * spacing), fine.level_for(spacing))


def test_points_beyond_the_edge_see_the_edge() -> None:
    moments = ErrorPyramid(*pictures(20, 30))
    points = np.array([[[-50, -50], [0.5, 0.5], [900, 900], [29.5, 19.5]]], np.float32)
    samples = moments.sample(points, np.array([0]))[0]
    np.testing.assert_array_equal(samples[0], samples[1])
    np.testing.assert_array_equal(samples[2], samples[3])
