from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import ArrayLike

from dreambrush import steady
from dreambrush.arrays import Float32
from dreambrush.kernel.library import NONE, using

RNG = np.random.default_rng(0)
ANGLES = np.concatenate([RNG.uniform(-1e3, 1e3, 20000), RNG.uniform(-4, 4, 20000), [0.0, np.pi / 2, -np.pi]])
SIGNED = np.concatenate([RNG.normal(0, 10.0 ** RNG.integers(-9, 9, 20000)), [0.0, 0.0, 1.0, -1.0]])


def rounded(exact: ArrayLike) -> Float32:
    return np.asarray(exact, np.float32)


@pytest.mark.parametrize("name", ["sin", "cos", "exp"])
def test_they_are_the_exact_values_rounded_once(name: str) -> None:
    x = rounded(ANGLES if name != "exp" else np.append(RNG.uniform(-100, 85, 40000), [0.0, -200.0]))
    found, expected = getattr(steady, name)(x), rounded(getattr(np, name)(x.astype(np.float64)))
    assert found.dtype == np.float32 and found.shape == x.shape
    # A value halfway between two floats may go either way.
    assert (found != expected).mean() < 1e-4
    np.testing.assert_allclose(found, expected, rtol=2e-7, atol=1e-40)


def test_directions() -> None:
    x = rounded(ANGLES)[:1000].reshape(2, -1)
    assert np.array_equal(steady.unit_vectors(x), np.stack([steady.cos(x), steady.sin(x)], -1))
    y, x = rounded(SIGNED), rounded(SIGNED[::-1].copy())
    found = steady.arctan2(y, x)
    np.testing.assert_allclose(found, np.arctan2(y.astype(np.float64), x.astype(np.float64)), rtol=2e-7, atol=1e-12)
    ways = steady.arctan2(rounded([0, 0, 1, -1, 0]), rounded([1, -1, 0, 0, 0]))
    np.testing.assert_allclose(ways, [0, np.pi, np.pi / 2, -np.pi / 2, 0], rtol=1e-7)


def test_logarithms_are_rounded_down() -> None:
    x = rounded([0.25, 0.49999997, 0.5, 1, 1.9999999, 2, 1024, 1e-3])
    assert steady.floor_log2(x).tolist() == [-2, -2, -1, 0, 0, 1, 10, -10]


def test_powers() -> None:
    x = rounded(np.append(RNG.random(20001), [0.0, 1.0, 1e-30, 1e-38, 3.0]))
    for exponent in (2.4, 1 / 2.4):
        found = steady.power(x, exponent)
        np.testing.assert_allclose(found, x.astype(np.float64) ** exponent, rtol=1e-5, atol=1e-15)
        assert np.abs(found - x.astype(np.float64) ** exponent)[:20003].max() < 4e-7
        assert [steady.power(x[:n], exponent).tobytes() for n in range(40)] == [found[:n].tobytes() for n in range(40)]
    assert steady.power(x, 2.4)[20001] == 0
    assert steady.power(np.float32(0.25), 0.5).shape == steady.exp(np.float32(0)).shape == ()  # type: ignore[arg-type]


@pytest.mark.parametrize("kernel", ["baseline", NONE])
def test_sums_and_products(kernel: str) -> None:
    with using(kernel):
        check_sums_and_products()


def check_sums_and_products() -> None:
    weights, values = RNG.random((5, 84), dtype=np.float32), RNG.random((5, 84, 9), dtype=np.float32)
    expected = (weights.astype(np.float64)[..., None] * values).sum(1)
    np.testing.assert_allclose(steady.weighted_sums(weights, values), expected, rtol=1e-5)
    np.testing.assert_allclose(steady.weighted_sums(weights[0], values[0]), expected[0], rtol=1e-5)
    assert steady.weighted_sums(weights.astype(np.float64), values).dtype == np.float64
    assert steady.weighted_sums(weights[:, :0], values[:, :0]).tolist() == np.zeros((5, 9)).tolist()
    left, right = RNG.random((7, 6), dtype=np.float32), RNG.random((4, 6, 11), dtype=np.float32)
    np.testing.assert_allclose(steady.products(left, right), left @ right, rtol=1e-5)
    a, b = RNG.random((2, 3, 5, 3))
    np.testing.assert_allclose(steady.dot3(a, b), (a * b).sum(-1))
