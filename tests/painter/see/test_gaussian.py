from __future__ import annotations

import numpy as np
import pytest

from dreambrush.painter.see.gaussian import blurred, broadly_blurred


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.5, 6.0])
def test_a_dot_becomes_a_gaussian(sigma: float) -> None:
    dot = np.zeros((61, 61), np.float32)
    dot[30, 30] = 1
    spread = blurred(dot, sigma)
    assert spread.dtype == np.float32 and float(spread.sum()) == pytest.approx(1, abs=1e-5)
    aside = np.arange(61) - 30.0
    for axis in (0, 1):
        assert float(spread.sum(1 - axis) @ aside**2) == pytest.approx(sigma**2, rel=0.06, abs=0.05)
    assert np.abs(spread - spread.T).max() < 1e-7


def test_it_keeps_even_colours_up_to_the_border() -> None:
    even = np.broadcast_to(np.array([0.2, 0.5, 0.9], np.float32), (3, 40, 3))
    np.testing.assert_allclose(blurred(even, 4.0), even, rtol=1e-5)


def test_channels_do_not_mix() -> None:
    picture = np.random.default_rng(0).random((20, 30, 3), np.float32)
    for channel in range(3):
        assert np.array_equal(blurred(picture, 1.5)[..., channel], blurred(picture[..., channel], 1.5))


@pytest.mark.parametrize("sigma", [2.0, 20.0])
def test_a_broad_one_is_about_the_same_on_a_smaller_picture(sigma: float) -> None:
    picture = blurred(np.random.default_rng(1).random((120, 150, 3), np.float32), 2.0)
    assert np.abs(broadly_blurred(picture, sigma) - blurred(picture, sigma)).max() < 0.03
    assert np.abs(broadly_blurred(picture[..., 0], sigma) - broadly_blurred(picture, sigma)[..., 0]).max() < 1e-6
