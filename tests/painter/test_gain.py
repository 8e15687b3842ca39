from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.painter.gain import best_colour_and_gain


def pyramid_channels(target: np.ndarray, canvas: np.ndarray) -> np.ndarray:
    products = [(target * canvas).sum(-1, keepdims=True), (canvas * canvas).sum(-1, keepdims=True)]
    return np.concatenate([target, canvas, *products], -1).astype(np.float32)


def error(target: np.ndarray, canvas: np.ndarray, alpha: np.ndarray, colour: np.ndarray) -> float:
    painted = canvas + alpha[..., None] * (colour - canvas)
    return float(((target - painted) ** 2).sum())


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=50, deadline=None)
def test_gain_is_the_error_removed_and_no_colour_does_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    target, canvas = rng.random((2, 40, 3))
    alpha = rng.random(40) ** 2
    flat = np.zeros((1, 40), np.float32)
    weights = np.ones((1, 40), np.float32)
    mean = alpha[None].astype(np.float32)
    colour, gain = best_colour_and_gain(weights, mean, flat, pyramid_channels(target, canvas)[None])
    before = error(target, canvas, 0 * alpha, colour[0])
    assert abs(before - error(target, canvas, alpha, colour[0]) - gain[0]) < 1e-4
    for _ in range(20):
        other = np.clip(colour[0] + rng.normal(0, 0.1, 3), 0, 1)
        apart = error(target, canvas, alpha, other) - error(target, canvas, alpha, colour[0])
        assert apart >= -1e-5  # exact: no colour is better than the best


def test_expected_gain_is_the_mean_over_random_alphas() -> None:
    rng = np.random.default_rng(3)
    target, canvas = rng.random((2, 30, 3))
    low, high = rng.random((2, 30)) * [[0.4], [0.4]] + [[0.0], [0.5]]
    mean, variance = 0.5 * (low + high), 0.25 * (high - low) ** 2  # alpha is low or high, evenly
    colour, gain = best_colour_and_gain(
        np.ones((1, 30), np.float32),
        mean[None].astype(np.float32),
        variance[None].astype(np.float32),
        pyramid_channels(target, canvas)[None],
    )
    draws = rng.random((4000, 30)) < 0.5
    before = error(target, canvas, 0 * low, colour[0])
    seen = np.mean([before - error(target, canvas, np.where(draw, high, low), colour[0]) for draw in draws])
    assert abs(seen - gain[0]) < 0.05 * abs(before)


def test_variance_lowers_the_gain() -> None:
    rng = np.random.default_rng(4)
    moments = pyramid_channels(rng.random((1, 30, 3)), rng.random((1, 30, 3)))
    weights, mean = np.ones((1, 30), np.float32), np.full((1, 30), 0.5, np.float32)
    sure = best_colour_and_gain(weights, mean, 0 * mean, moments)[1]
    unsure = best_colour_and_gain(weights, mean, 0.2 * mean, moments)[1]
    assert unsure[0] < sure[0]


def test_no_paint_gains_nothing_and_gives_a_colour() -> None:
    nothing = np.zeros((2, 5), np.float32)
    colour, gain = best_colour_and_gain(nothing, nothing, nothing, np.ones((2, 5, 8), np.float32))
    assert np.isfinite(colour).all() and (gain <= 1e-6).all()
