from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.painter.propose.ridge import STEPS, STRIDE, Ridges, Wrongs, follow, peaks_of_error, smoothed

SIDE = 64


def bar(angle: float, half_length: float = 20, half_width: float = 3, side: int = SIDE) -> np.ndarray:
    """What is wrong (1, side, side, 3) with a white window that should hold one dark bar through the middle."""
    y, x = np.mgrid[0:side, 0:side] + 0.5 - side / 2
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    inside = (np.abs(along) < half_length) & (np.abs(across) < half_width)
    return np.repeat(np.where(inside, -1.0, 0.0)[None, ..., None], 3, axis=3).astype(np.float32)


def ring(radius: float, half_width: float = 3) -> np.ndarray:
    y, x = np.mgrid[0:SIDE, 0:SIDE] + 0.5 - SIDE / 2
    inside = np.abs(np.hypot(x, y) - radius) < half_width
    return np.repeat(np.where(inside, -1.0, 0.0)[None, ..., None], 3, axis=3).astype(np.float32)


def ridges_of(residual: np.ndarray, count: int = 1) -> Ridges:
    soft = smoothed(residual)
    peaks = peaks_of_error(soft, count).reshape(-1, 2)
    return follow(residual, soft, peaks, np.repeat(np.arange(len(residual)), count))


@given(st.floats(0, np.pi), st.floats(1.6, 4.5))
@settings(max_examples=30, deadline=None)
def test_a_bar_is_followed_from_end_to_end(angle: float, half_width: float) -> None:
    ridges = ridges_of(bar(angle, half_width=half_width))
    ends = ridges.points[0, [0, -1]] - SIDE / 2
    along = ends @ [np.cos(angle), np.sin(angle)]
    # A wide bar's end may be missed by three steps: the round end of a stroke covers that much.
    np.testing.assert_allclose(np.abs(along), 20, atol=3 * STRIDE * SIDE)
    assert along[0] * along[1] < 0
    from_middle = ridges.points[0] - SIDE / 2
    inner = np.abs(from_middle @ [np.cos(angle), np.sin(angle)]) < 12
    assert inner.sum() > 10
    assert np.abs(from_middle[inner] @ [-np.sin(angle), np.cos(angle)]).max() < 1.2
    assert abs(float(np.median(ridges.half_width[0, inner])) - half_width) < 1


def test_a_ring_is_followed_until_it_has_turned_enough() -> None:
    ridges = ridges_of(ring(18), count=4)
    for index in range(4):
        first, last = STEPS - ridges.walked[index, 0], STEPS + ridges.walked[index, 1]
        assert last - first > 10
        radii = np.hypot(*(ridges.points[index, first : last + 1] - SIDE / 2).T)
        np.testing.assert_allclose(radii, 18, atol=1.6)
        assert np.abs(ridges.turned[index]).max() <= 1.41
        assert np.sign(ridges.turned[index, 0]) == np.sign(ridges.turned[index, 1])


def test_peaks_lie_where_most_is_wrong_and_apart() -> None:
    residual = np.zeros((2, SIDE, SIDE, 3), np.float32)
    residual[0, 10, 20], residual[0, 40, 50], residual[1, 63, 0] = 1.0, 0.5, -1.0
    peaks = peaks_of_error(residual, 2)
    assert peaks[0].tolist() == [[10, 20], [40, 50]]
    assert peaks[1, 0].tolist() == [63, 0]
    many = peaks_of_error(np.random.default_rng(0).random((1, SIDE, SIDE, 3), np.float32), 24)[0]
    distance = np.abs(many[:, None] - many[None]).max(-1)[~np.eye(24, dtype=bool)]
    assert distance.min() > SIDE // 12


def test_only_error_of_the_same_kind_counts() -> None:
    residual = np.zeros((1, 32, 32, 3), np.float32)
    residual[0, :, :16], residual[0, :, 16:] = -1.0, 0.5
    wrongs = Wrongs(residual, np.zeros(1, np.int64), np.array([[5, 5]]))
    points = np.array([[[8.0, 8.0], [24.0, 8.0], [-3.0, 8.0], [8.0, 40.0]]], np.float32)
    np.testing.assert_allclose(wrongs.at(points)[0], [1, -0.5, 0, 0], atol=1e-5)


def test_steps_are_as_long_as_said() -> None:
    ridges = ridges_of(bar(0.3))
    steps = np.hypot(*np.diff(ridges.points[0, STEPS : STEPS + ridges.walked[0, 1]], axis=0).T)
    np.testing.assert_allclose(steps, STRIDE * SIDE, rtol=0.35)
