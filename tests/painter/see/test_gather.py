from __future__ import annotations

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.painter.see.gather import gathered
from dreambrush.painter.see.gaussian import blurred

SIDE = 384


def grey(values: Float32) -> Float32:
    return np.repeat(values[..., None], 3, 2).astype(np.float32)


def fur(angle: float = 0.6, length: float = 6.0) -> Float32:
    """Short hairs that run one way, (SIDE, SIDE, 3)."""
    noise = np.random.default_rng(0).random((2 * SIDE, 2 * SIDE), np.float32) - np.float32(0.5)
    cosine, sine = np.cos(angle), np.sin(angle)
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    hairs = np.zeros((SIDE, SIDE), np.float32)
    for step in np.arange(-length / 2, length / 2 + 0.5, 0.5):
        hairs += noise[np.rint(y + SIDE + step * sine).astype(int), np.rint(x + SIDE + step * cosine).astype(int)]
    return grey(0.5 + 0.15 * hairs / hairs.std()).clip(0, 1)


def slopes(picture: Float32, angle: float) -> tuple[float, float]:
    """Root mean square slopes along an angle and across it, away from the border."""
    dy, dx = np.gradient(picture[..., 0])
    along, across = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)
    inner = np.s_[24:-24, 24:-24]
    return float(np.sqrt(np.square(along[inner]).mean())), float(np.sqrt(np.square(across[inner]).mean()))


@pytest.mark.parametrize("angle", [0.6, 1.2, 2.4])
def test_hair_becomes_locks(angle: float) -> None:
    before = fur(angle)
    (along, across), (after_along, after_across) = slopes(before, angle), slopes(gathered(before, 1.0), angle)
    assert after_along < 0.5 * along  # 0.3 to 0.4
    assert after_across / after_along > 1.4 * across / along  # 1.6 to 2.2 times


def test_the_dial_says_how_far() -> None:
    before = fur()
    left = [slopes(gathered(before, strength), 0.6)[0] for strength in (0.2, 0.5, 1.0)]
    assert slopes(before, 0.6)[0] > left[0] > left[1] > left[2]


def test_edges_stay_and_get_no_halo() -> None:
    y, x = np.mgrid[:SIDE, :SIDE]
    for inside in (x > 180, x + 2 * y > 560, np.hypot(x - 192, y - 192) < 120):
        before = grey(blurred(0.2 + 0.6 * inside.astype(np.float32), 0.7))
        after = gathered(before, 0.5)
        assert float(np.abs(after - before).mean()) < 0.005
        assert after.min() > 0.2 - 1e-4 and after.max() < 0.8 + 1e-4
        steepest = [float(np.max(np.hypot(*np.gradient(each[..., 0])))) for each in (before, after)]
        assert steepest[1] > 0.9 * steepest[0]


def test_where_one_should_be_careful_little_is_gathered() -> None:
    before, care = fur(), np.zeros((SIDE, SIDE), np.float32)
    care[:, : SIDE // 2] = 9
    change = np.square(gathered(before, 0.5, care=care) - before).mean((0, 2))
    assert change[24:160].mean() < 0.25 * change[224:360].mean()


def test_nothing_flows_over_the_border_of_a_shape() -> None:
    before, shape = grey(np.full((SIDE, SIDE), 0.4, np.float32)), np.zeros((SIDE, SIDE), np.float32)
    shape[96:288, 96:288] = 1
    before[shape == 0] = np.random.default_rng(1).random(3, np.float32)
    after = gathered(before, 1.0, shape)
    inside = np.abs(after - before)[shape == 1]
    assert float(inside.max()) < 1e-5
    np.testing.assert_array_equal(gathered(before, 1.0, shape), after)


def test_a_picture_of_any_size_looks_the_same() -> None:
    small = fur()
    large = np.repeat(np.repeat(small, 4, 0), 4, 1)
    before, after = slopes(small, 0.6)[0], slopes(gathered(small, 0.5), 0.6)[0]
    shrunk = gathered(large, 0.5).reshape(SIDE, 4, SIDE, 4, 3).mean((1, 3), dtype=np.float32)
    assert slopes(shrunk, 0.6)[0] / before == pytest.approx(after / before, abs=0.15)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (3, 2), (37, 401), (769, 33)])
def test_any_size_will_do(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).random((*size, 3), np.float32)
    after = gathered(picture, 0.7)
    assert after.shape == picture.shape and after.dtype == np.float32
    assert after.min() >= 0 and after.max() <= 1 and np.isfinite(after).all()
