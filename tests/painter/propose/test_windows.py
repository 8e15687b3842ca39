from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.painter.propose.error_pyramid import ErrorPyramid
from dreambrush.painter.propose.windows import SIDE, WindowSampler

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures


def sampler(moments: ErrorPyramid, seed: int = 0) -> WindowSampler:
    return WindowSampler(moments, np.random.default_rng(seed))


def wrong_in_a_corner() -> ErrorPyramid:
    """All is well but for a patch at the right below."""
    target = np.full((100, 200, 3), 0.5, np.float32)
    canvas = target.copy()
    canvas[80:90, 170:180] = 1
    return ErrorPyramid(target, canvas)


def test_windows_show_target_and_canvas(astronaut: Pictures) -> None:
    target = astronaut(100)
    windows = sampler(ErrorPyramid(target, target[::-1])).look(60)
    assert len(windows) == 60 and windows.target.shape == windows.canvas.shape == (60, SIDE, SIDE, 3)
    for index in range(60):
        # The middle of a window cell, somewhere in the picture: about the colour that is there.
        row, column = SIDE // 2, SIDE // 3
        x, y = windows.corner[index] + (np.array([column, row]) + 0.5) * windows.scale[index]
        near = np.clip(np.array([x, y]) - 0.5, 0, 99)
        low, high = np.floor(near - windows.scale[index]), np.ceil(near + windows.scale[index]) + 1
        (x0, y0), (x1, y1) = np.clip(low, 0, 99).astype(int), np.clip(high, 1, 100).astype(int)
        for seen, picture in ((windows.target, target), (windows.canvas, target[::-1])):
            part = picture[y0:y1, x0:x1].reshape(-1, 3)
            assert (seen[index, row, column] >= part.min(0) - 0.02).all()
            assert (seen[index, row, column] <= part.max(0) + 0.02).all()


def test_one_looks_where_the_error_is() -> None:
    windows = sampler(wrong_in_a_corner()).look(200)
    middle = windows.corner + 0.5 * SIDE * windows.scale[:, None]
    off = np.abs(middle - (175, 85))
    assert (off < 6 + 0.5 * SIDE * windows.scale[:, None]).all()
    assert np.median(off) < 6


def test_sizes_reach_from_the_finest_strokes_to_the_whole_picture() -> None:
    for height, width in ((1, 1), (20, 300), (1000, 700)):
        target = np.zeros((height, width, 3), np.float32)
        scales = sampler(ErrorPyramid(target, target)).scales
        assert (np.diff(scales) > 0).all() and scales[0] <= 1 and scales[-1] * SIDE >= max(height, width)


def test_sizes_that_pay_off_are_looked_through_more_often() -> None:
    some = sampler(wrong_in_a_corner())
    before = np.bincount(some.look(600).size, minlength=len(some.scales))
    for _ in range(30):
        some.learn(np.zeros(5, np.int64), np.ones(5, np.float32))
    after = np.bincount(some.look(600).size, minlength=len(some.scales))
    assert after[0] > 3 * before[0] and after[-1] < before[-1]
    assert (after > 0).all()  # one never stops looking at all sizes


def test_learning_from_nothing_changes_nothing_for_good() -> None:
    some = sampler(wrong_in_a_corner())
    some.learn(np.zeros(0, np.int64), np.zeros(0, np.float32))
    some.learn(np.zeros(2, np.int64), np.zeros(2, np.float32))
    assert np.isfinite(some.look(20).target).all()


def test_the_same_seed_looks_the_same() -> None:
    one, again, other = (sampler(wrong_in_a_corner(), seed).look(10) for seed in (1, 1, 2))
    assert one.corner.tobytes() == again.corner.tobytes() and one.target.tobytes() == again.target.tobytes()
    assert not np.array_equal(one.corner, other.corner)


@pytest.mark.parametrize("cell", [1.0, 4.0])
def test_proposals_in_the_picture_lie_where_they_lay_in_the_window(cell: float) -> None:
    target = np.random.default_rng(0).random((60, 50, 3)).astype(np.float32)
    windows = sampler(ErrorPyramid(target, target[::-1], cell=cell)).look(8)
    proposals = np.random.default_rng(1).random((8, 3, 9)).astype(np.float32) * SIDE
    strokes = windows.to_picture(proposals)
    for index in range(8):
        points = windows.corner[index] + proposals[index, :, :6].reshape(3, 3, 2) * windows.scale[index]
        np.testing.assert_allclose(strokes[index, :, :6].reshape(3, 3, 2), points, rtol=1e-4, atol=1e-3)
        np.testing.assert_allclose(strokes[index, :, 8], proposals[index, :, 8] * windows.scale[index], rtol=1e-5)
        assert np.array_equal(strokes[index, :, 6:8], proposals[index, :, 6:8])
    middle = windows.corner + 0.5 * SIDE * windows.scale[:, None]
    assert (middle >= 0).all() and (middle <= 64 * cell).all()
