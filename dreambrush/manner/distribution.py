"""Distributions of one number, kept as eleven quantiles: about the least, the nine deciles, and about the greatest."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float64, Floats

LEVELS = np.linspace(0.0, 1.0, 11)
EXTREMES = 0.01  # the first and the last quantile leave out so much: one stray stroke is no habit
EVEN = (np.arange(100) + 0.5) / 100  # levels at which two distributions are compared
Quantiles = tuple[float, ...]


def quantiles_of(values: Floats, weights: Floats) -> Quantiles:
    """The quantiles of values (n,), n >= 1, of which each counts with its weight (n,) >= 0.

    Where all weights are 0, every value counts alike.
    """
    return tuple(np.interp(np.clip(LEVELS, EXTREMES, 1 - EXTREMES), *_cumulative(values, weights)).tolist())


def at_levels(quantiles: Quantiles, levels: Floats) -> Float64:
    """Values at levels 0..1, between the quantiles by straight lines."""
    return np.interp(levels, LEVELS, quantiles)


def levels_by_number(each: Floats, levels: Floats) -> Float64:
    """Turns levels by number of strokes into levels by their area, at which a distribution by area can be read.

    Args:
        each: (100,) how many strokes there are for an area, at the levels of EVEN.
        levels: (n,) levels by number, 0..1.
    """
    number = (np.cumsum(each) - 0.5 * np.asarray(each)) / np.sum(each)
    return np.interp(levels, number, EVEN)


def distance(quantiles: Quantiles, values: Floats, weights: Floats) -> float:
    """Wasserstein distance of first order between a distribution and weighted values (n,), in their own unit.

    It is the mean distance between their quantile functions (Villani, "Topics in optimal transportation", 2003, remark
    2.19).
    """
    mine = np.interp(EVEN, *_cumulative(values, weights))
    return float(np.abs(mine - at_levels(quantiles, EVEN)).mean())


def apart(values: Floats, weights: Floats, others: Floats, other_weights: Floats) -> float:
    """The same distance between two sets of weighted values, (n,) and (m,)."""
    mine, theirs = np.interp(EVEN, *_cumulative(values, weights)), np.interp(EVEN, *_cumulative(others, other_weights))
    return float(np.abs(mine - theirs).mean())


def ranks(values: Floats, weights: Floats | None = None) -> Float64:
    """Ranks (k,) of values (k,), 0..1, in the middle of their shares; these are alike unless weights (k,) say them."""
    weights = np.ones(len(values)) if weights is None else weights + 1e-9
    found, order = np.empty(len(values)), np.argsort(values, kind="stable")
    found[order] = np.cumsum(weights[order]) - 0.5 * weights[order]
    return np.asarray(found / weights.sum())


def _cumulative(values: Floats, weights: Floats) -> tuple[Float64, Float64]:
    """Levels and values in order; each value lies in the middle of its own share."""
    order = np.argsort(values, kind="stable")
    shares = np.asarray(weights, np.float64)[order]
    if shares.sum() <= 0:
        shares = np.ones_like(shares)
    levels = (np.cumsum(shares) - 0.5 * shares) / shares.sum()
    return levels, np.asarray(values, np.float64)[order]
