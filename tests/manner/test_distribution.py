"""Distributions of one number, and how far they are apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dreambrush.arrays import Float64
from dreambrush.manner.distribution import (
    EXTREMES,
    LEVELS,
    apart,
    distance,
    levels_by_number,
    quantiles_of,
)

# Of equal values, which one comes first decides where the next level lies; so these differ.
different = st.lists(st.integers(-1000, 1000), min_size=1, max_size=30, unique=True).map(
    lambda some: np.array(some, float)
)
weighted = different.flatmap(
    lambda some: st.tuples(st.just(some), arrays(np.float64, len(some), elements=st.floats(0.0625, 16, width=32)))
)
Weighted = tuple[Float64, Float64]


@given(weighted)
def test_quantiles_rise_and_lie_among_the_values(some: Weighted) -> None:
    found = quantiles_of(*some)
    assert len(found) == len(LEVELS) and list(found) == sorted(found)
    assert some[0].min() <= found[0] and found[-1] <= some[0].max()


def test_quantiles_of_even_values_are_known_and_stray_ones_left_out() -> None:
    even = np.linspace(0, 1, 1001)
    found = quantiles_of(even, np.ones(1001))
    assert found[1:-1] == pytest.approx(LEVELS[1:-1], abs=2e-3)
    assert found[0] == pytest.approx(EXTREMES, abs=2e-3) and found[-1] == pytest.approx(1 - EXTREMES, abs=2e-3)
    stray = np.append(even, 1e6)
    assert quantiles_of(stray, np.ones(1002))[-1] < 1


def test_a_value_counts_with_its_weight() -> None:
    once = np.array([1.0, 2.0, 5.0])
    assert quantiles_of(once, np.array([8.0, 1.0, 1.0]))[4] == 1, "all below the middle of its share"
    assert quantiles_of(once, np.array([1.0, 1.0, 8.0]))[6] == 5
    assert quantiles_of(once, np.zeros(3)) == quantiles_of(once, np.ones(3)), "without any weight all count alike"
    assert quantiles_of(once, np.array([0.0, 1.0, 0.0]))[5] == pytest.approx(2)


@given(weighted, st.floats(-500, 500))
def test_what_is_shifted_is_as_far_as_it_was_shifted(some: Weighted, shift: float) -> None:
    numbers, weights = some
    assert apart(numbers, weights, numbers, weights) == 0
    assert apart(numbers, weights, numbers + shift, weights) == pytest.approx(abs(shift), abs=1e-9)
    one = quantiles_of(numbers[:1], weights[:1])
    assert distance(tuple(each + shift for each in one), numbers[:1], weights[:1]) == pytest.approx(abs(shift))


def test_what_is_shifted_in_part_is_as_far_as_its_share() -> None:
    numbers = np.arange(1000.0)
    shifted = numbers + np.where(numbers >= 750, 100, 0)
    assert apart(numbers, np.ones(1000), shifted, np.ones(1000)) == pytest.approx(25, abs=2)
    assert distance(quantiles_of(numbers, np.ones(1000)), shifted, np.ones(1000)) == pytest.approx(25, abs=6)


@given(weighted, weighted, weighted)
def test_it_is_a_metric(a: Weighted, b: Weighted, c: Weighted) -> None:
    assert apart(*a, *b) == pytest.approx(apart(*b, *a))
    assert apart(*a, *c) <= apart(*a, *b) + apart(*b, *c) + 1e-9


@given(different, st.floats(0.25, 4), st.integers(0, 2**32 - 1))
def test_neither_the_order_nor_the_unit_of_weights_counts(numbers: Float64, unit: float, seed: int) -> None:
    weights = np.random.default_rng(seed).uniform(0.5, 2, len(numbers))
    order = np.random.default_rng(seed).permutation(len(numbers))
    assert apart(numbers, weights, numbers[order], unit * weights[order]) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("shift", [0.5, 3.0])
def test_many_values_are_as_far_from_their_own_quantiles_as_those_say(shift: float) -> None:
    numbers = np.random.default_rng(0).normal(10, 2, 4000)
    quantiles = quantiles_of(numbers, np.ones(4000))
    assert distance(quantiles, numbers, np.ones(4000)) < 0.1
    assert distance(quantiles, numbers + shift, np.ones(4000)) == pytest.approx(shift, abs=0.1)


def test_levels_by_number_are_those_by_area_if_all_strokes_are_alike_and_else_favour_the_small() -> None:
    levels = np.linspace(0.05, 0.95, 10)
    assert levels_by_number(np.ones(100), levels) == pytest.approx(levels, abs=1e-9)
    area = np.linspace(1, 9, 100)  # rising with the level: there are fewer strokes of the large ones
    found = levels_by_number(1 / area, levels)
    assert (found < levels).all() and (np.diff(found) > 0).all()
    rng = np.random.default_rng(1)  # strokes drawn from that: half by number have that share of the area
    at = np.sort(rng.choice((np.arange(100) + 0.5) / 100, 100_000, p=(1 / area) / (1 / area).sum()))
    assert levels_by_number(1 / area, np.array([0.5]))[0] == pytest.approx(at[50_000], abs=0.02)
