"""Colours in the manner of a reference: the picture's own, moved to those of its swatches by optimal transport.

Lightness and hue move apart.  Values keep their order: the darkest place stays the darkest.  Hues are carried to
swatches of about the same value, each swatch getting its share (Peyré and Cuturi, "Computational optimal transport",
2019, sections 2.3 and 4.2, with entropy).  What a colour becomes is told by a smooth table, so no new edge appears.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dreambrush.arrays import Float32, Float64
from dreambrush.manner.distribution import apart
from dreambrush.manner.manner import Swatch
from dreambrush.pictures.colour_table import by_table, levels_of, table_colours
from dreambrush.pictures.palette import from_oklab, oklab

GROUPS = 64  # of the picture's colours
ROUNDS = 10  # of k-means
PIXELS = 16384  # that are looked at
VALUES = 0.9  # how far values move to those of the reference, with likeness 1
APART = 3.0  # how much a difference of values counts against one of hues
SHARP = 0.004  # entropy: squared distance at which a swatch is hardly any farther than another
NEAR = 0.1  # distance in Oklab within which colours move alike
SINKHORN = 60  # rounds
LEVELS = 33  # at which values are compared
DIRECTIONS = 24  # in which palettes are compared


def grouped(colours: Float64, count: int) -> tuple[Float64, Float64]:
    """Means (m, 3) of groups of colours (n, 3) and their shares (m,), m <= count, by k-means.

    The first means are spread evenly over the colours in order of lightness, hue and chroma; nothing is left to chance.
    """
    order = np.lexsort((colours[:, 2], colours[:, 1], np.rint(colours[:, 0] * 12)))
    means = np.unique(colours[order[np.linspace(0, len(order) - 1, count).astype(np.int64)]], axis=0)
    nearest = np.zeros(len(colours), np.int64)
    for _ in range(ROUNDS):
        nearest = ((colours[:, None] - means) ** 2).sum(2).argmin(1)
        counts = np.bincount(nearest, minlength=len(means))
        sums = np.stack([np.bincount(nearest, colours[:, axis], len(means)) for axis in range(3)], 1)
        means = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], means)
    counts = np.bincount(nearest, minlength=len(means))
    return means[counts > 0], counts[counts > 0] / len(colours)


def some_colours(picture: Float32) -> Float64:
    """Oklab colours (n, 3) of evenly spread pixels of a picture (h, w, 3), sRGB 0..1, at most PIXELS or so."""
    pixels = picture.reshape(-1, 3)
    return oklab(np.clip(pixels[:: max(len(pixels) // PIXELS, 1)], 0, 1))


def swatches_of(picture: Float32, count: int) -> tuple[Swatch, ...]:
    """The colours of a picture (h, w, 3), sRGB 0..1, and their shares; the most frequent first."""
    return _swatches(*grouped(some_colours(picture), count))


def swatches_of_paint(colours: Float64, areas: Float64, count: int) -> tuple[Swatch, ...]:
    """The colours of paint and their shares, the most frequent first.

    Args:
        colours: (n, 3) Oklab, at least one.
        areas: (n,) how much has each colour.
        count: number of swatches, at most.
    """
    total = np.cumsum(areas + 1e-12)
    even = (np.arange(PIXELS // 4) + 0.5) / (PIXELS // 4)
    return _swatches(*grouped(colours[np.searchsorted(total / total[-1], even)], count))


def _swatches(means: Float64, shares: Float64) -> tuple[Swatch, ...]:
    colours = from_oklab(means)
    return tuple(
        Swatch((float(colours[at, 0]), float(colours[at, 1]), float(colours[at, 2])), float(shares[at]))
        for at in np.argsort(-shares, kind="stable")
    )


def colours_and_shares(swatches: Sequence[Swatch]) -> tuple[Float64, Float64]:
    """The colours (m, 3) of swatches, Oklab, and their shares (m,)."""
    return oklab(np.array([each.colour for each in swatches])), np.array([each.share for each in swatches])


def recoloured(picture: Float32, swatches: Sequence[Swatch], likeness: float) -> Float32:
    """A picture in the colours of a reference.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1.
        swatches: colours of the reference, at least one.
        likeness: 0, as the picture has them, to 1.

    Returns:
        (h, w, 3) float32, sRGB 0..1.
    """
    seen = some_colours(picture)
    means, shares = grouped(seen, GROUPS)
    theirs, weights = colours_and_shares(swatches)
    weights = weights / weights.sum()
    table = oklab(table_colours())
    value = _ValueCurve(seen[:, 0], theirs[:, 0], weights)
    moved = _carried(np.column_stack([value(means[:, 0]), means[:, 1:]]), shares, theirs, weights)
    shift = moved - means[:, 1:]
    near = np.exp(-((table[:, None] - means) ** 2).sum(2) / (2 * NEAR**2)) * shares + 1e-12 * shares
    near /= near.sum(1, keepdims=True)
    after = table.copy()
    after[:, 0] += likeness * VALUES * (value(table[:, 0]) - table[:, 0])
    after[:, 1:] += likeness * (near @ shift)
    return by_table(picture, levels_of(picture), from_oklab(after))


def palette_distance(swatches: Sequence[Swatch], colours: Float64, weights: Float64) -> float:
    """How far colours (n, 3), Oklab, with weights (n,), are from those of a reference: 0 for the same shares of each.

    It is the sliced Wasserstein distance of first order (Bonneel et al., "Sliced and Radon Wasserstein barycenters of
    measures", 2015), the mean over directions that are evenly spread.
    """
    theirs, shares = colours_and_shares(swatches)
    turn = np.arange(DIRECTIONS) * np.pi * (3 - 5**0.5)
    height = (np.arange(DIRECTIONS) + 0.5) / DIRECTIONS
    flat = np.sqrt(1 - height**2)
    found = 0.0
    for way in np.stack([flat * np.cos(turn), flat * np.sin(turn), height], 1):
        found += apart(theirs @ way, shares, colours @ way, weights)
    return found / DIRECTIONS


class _ValueCurve:
    """What lightness becomes: the same rank among their values, between the quantiles by straight lines."""

    def __init__(self, mine: Float64, theirs: Float64, weights: Float64) -> None:
        levels = np.linspace(0, 1, LEVELS)
        order = np.argsort(theirs, kind="stable")
        middles = np.cumsum(weights[order]) - 0.5 * weights[order]
        self.before = np.quantile(mine, levels)
        self.after = np.interp(levels, middles, theirs[order])
        smooth = np.convolve(np.pad(self.after - self.before, 2, mode="edge"), np.ones(5) / 5, mode="valid")
        self.after = np.maximum.accumulate(self.before + smooth)

    def __call__(self, lightness: Float64) -> Float64:
        low, high = self.before[0], self.before[-1]
        inside = np.interp(lightness, self.before, self.after)
        beyond = np.where(lightness < low, lightness - low, np.where(lightness > high, lightness - high, 0.0))
        return np.clip(inside + beyond, 0, 1)


def _carried(means: Float64, shares: Float64, theirs: Float64, weights: Float64) -> Float64:
    """Where the hues (m, 2) of groups of colours (m, 3) with shares (m,) are carried to."""
    apart = means[:, None] - theirs
    cost = (APART * apart[..., 0]) ** 2 + (apart[..., 1:] ** 2).sum(2)
    kernel = np.exp(-(cost - cost.min(1, keepdims=True)) / SHARP) + 1e-30
    left = np.ones(len(means))
    for _ in range(SINKHORN):
        right = weights / (kernel.T @ left)
        left = shares / (kernel @ right)
    plan = left[:, None] * kernel * right
    return np.asarray((plan @ theirs[:, 1:]) / plan.sum(1, keepdims=True))
