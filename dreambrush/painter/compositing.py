"""Strokes laid over each other in the dream: the expected canvas, its variance, and the gradient of the squared error.

With mean m and variance v of a stroke's alpha, its colour c and the canvas before it of mean C and variance V (summed
over the channels), the canvas after it has, alphas being independent of each other,

    mean C + m (c - C)    and variance ((1 - m)^2 + v) V + v |c - C|^2.

The expected squared error against a target T is |T - C|^2 + V, summed over the pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Pixels = NDArray[np.int64]


@dataclass(frozen=True)
class Composite:
    """What strokes make of a canvas of n pixels.

    Attributes:
        canvas: (n, 3) expected colours.
        variance: (n,) of the colours, summed over the channels.
        changes: for each stroke (p, 3), its colour minus the canvas before it, at its own pixels.
        before: for each stroke (p,), the canvas's variance before it.
    """

    canvas: Floats
    variance: Floats
    changes: list[Floats]
    before: list[Floats]

    def error(self, target: Floats) -> float:
        """Expected squared error against a target (n, 3), summed over pixels and channels."""
        return float(np.square(self.canvas - target).sum(dtype=np.float64) + self.variance.sum(dtype=np.float64))


def compose(
    canvas: Floats, colours: Floats, pixels: Sequence[Pixels], means: Sequence[Floats], variances: Sequence[Floats]
) -> Composite:
    """Lays strokes.

    Args:
        canvas: (n, 3) before the first stroke; it is not changed.
        colours: (k, 3).
        pixels: for each stroke the indices (p,) of its pixels.
        means: for each stroke (p,) means of alpha there.
        variances: likewise.
    """
    canvas, variance = canvas.copy(), np.zeros(len(canvas), canvas.dtype)
    changes, before = [], []
    for colour, at, mean, spread in zip(colours, pixels, means, variances, strict=True):
        under = canvas[at]
        change = colour - under
        doubt = variance[at]
        canvas[at] = under + mean[:, None] * change
        variance[at] = ((1 - mean) ** 2 + spread) * doubt + spread * np.einsum("ij,ij->i", change, change)
        changes.append(change)
        before.append(doubt)
    return Composite(canvas, variance, changes, before)


def slopes(
    composite: Composite, target: Floats, pixels: Sequence[Pixels], means: Sequence[Floats], variances: Sequence[Floats]
) -> tuple[list[Floats], list[Floats], Floats]:
    """How :meth:`Composite.error` changes with alpha's means and variances and with colours (backpropagation by hand).

    Returns:
        For each stroke (p,) by its means and (p,) by its variances, and (k, 3) by the colours.
    """
    by_canvas = 2 * (composite.canvas - target)
    by_doubt = np.ones(len(target), target.dtype)
    by_means: list[Floats] = []
    by_variances: list[Floats] = []
    by_colours = np.zeros((len(pixels), 3), target.dtype)
    for index in range(len(pixels) - 1, -1, -1):
        at, mean, spread = pixels[index], means[index], variances[index]
        change, doubt = composite.changes[index], composite.before[index]
        pull, weight = by_canvas[at], by_doubt[at]
        by_means.append(np.einsum("ij,ij->i", pull, change) - 2 * (1 - mean) * doubt * weight)
        by_variances.append(weight * (doubt + np.einsum("ij,ij->i", change, change)))
        by_change = mean[:, None] * pull + (2 * weight * spread)[:, None] * change
        by_colours[index] = by_change.sum(0)
        by_canvas[at] = pull - by_change
        by_doubt[at] = weight * ((1 - mean) ** 2 + spread)
    return by_means[::-1], by_variances[::-1], by_colours
