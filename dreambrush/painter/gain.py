"""The colour that suits a stroke best, and how much error the stroke then removes: both in closed form.

With mean m and variance v of alpha, target T, canvas C, residual E = T - C and colour c, the expected squared error
after the stroke is E^2 - 2 m E.(c-C) + (m^2 + v) |c-C|^2 at each point.  Its sum is least at
c = sum((m^2+v) C + m E) / sum(m^2+v), clipped to 0..1.  The variance makes a spluttering brush pay for its noise.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dreambrush.arrays import Float32, Floats
from dreambrush.kernel.library import compiled
from dreambrush.steady import dot3, weighted_sums

Snap = Callable[[Float32], Float32]
"""Makes of colours (n, 3) that are wished for, sRGB 0..1, those that there are."""

LEAST_PAINT = 1e-6  # pixels of squared alpha; a stroke with less is as good as none


def best_colour_and_gain(
    weights: Float32, mean: Float32, variance: Float32, moments: Float32, snap: Snap | None = None
) -> tuple[Float32, Float32]:
    """Closed-form colour and expected gain of many strokes.

    Args:
        weights: (b, p) area in pixels that each point stands for.
        mean: (b, p) mean of alpha, 0..1.
        variance: (b, p) variance of alpha.
        moments: (b, p, 8) target (3), canvas (3), target.canvas and canvas.canvas, or (b, p, 9) samples of an
            :class:`~dreambrush.painter.propose.error_pyramid.ErrorPyramid`.  Its last number, how much an error
            counts, is not used here: multiply ``weights`` by it.
        snap: brings colours to those that may be used; None if any colour may.

    Returns:
        Colours (b, 3) in 0..1 and gains (b,): squared error removed, summed over pixels and channels.
    """
    first = weights * mean
    second = weights * (mean * mean + variance)
    by_first, by_second = weighted_sums(first, moments), weighted_sums(second, moments)
    total = np.maximum(second.sum(1), LEAST_PAINT)
    residual = by_first[:, 0:3] - by_first[:, 3:6]
    canvas = by_second[:, 3:6]
    colour = np.clip((canvas + residual) / total[:, None], 0.0, 1.0).astype(np.float32)
    if snap is not None:
        colour = snap(colour)
    pull = (colour * residual).sum(1) - (by_first[:, 6] - by_first[:, 7])
    cost = (colour * colour).sum(1) * total - 2 * (colour * canvas).sum(1) + by_second[:, 7]
    return colour, (2 * pull - cost).astype(np.float32)


def best_wet_colour_and_gain(
    weights: Float32,
    mean: Float32,
    variance: Float32,
    moments: Float32,
    own: Float32,
    rest: Float32,
    snap: Snap | None = None,
) -> tuple[Float32, Float32]:
    """Closed-form colour and expected gain of many strokes whose paint is ``own * colour + rest``.

    With q = rest - C the change at full coverage is own c + q, and the expected squared error after the stroke is
    E^2 - 2 m E.(own c + q) + (m^2 + v) |own c + q|^2.

    Args:
        weights: as for :func:`best_colour_and_gain`, as are mean, variance, moments and snap.
        mean: (b, p).
        variance: (b, p).
        moments: (b, p, 8) or (b, p, 9).
        own: (b, p) share of the brush's own colour in its paint; 0 for blenders and erasers.
        rest: (b, p, 3) what else there is in the paint: what was picked up, what stays, and what is laid bare.
        snap: brings colours to those that may be used.

    Returns:
        Colours (b, 3) in 0..1 and gains (b,).
    """
    target, canvas = moments[..., 0:3], moments[..., 3:6]
    first, second = weights * mean, weights * (mean * mean + variance)
    residual, q = target - canvas, rest - canvas
    total = np.maximum((second * own * own).sum(1), LEAST_PAINT)
    wished = ((first * own)[..., None] * residual - (second * own)[..., None] * q).sum(1)
    colour = np.clip(wished / total[:, None], 0.0, 1.0).astype(np.float32)
    if snap is not None:
        colour = snap(colour)
    mixed = own[..., None] * colour[:, None]
    # Means of products with the canvas are known; they are not products of means.
    by_canvas, squared = moments[..., 6] - moments[..., 7], moments[..., 7]
    pull = ((mixed + rest) * residual).sum(-1) - by_canvas
    cost = np.square(mixed + rest).sum(-1) - 2 * ((mixed + rest) * canvas).sum(-1) + squared
    return colour, np.asarray((2 * first * pull - second * cost).sum(1), np.float32)


def best_colour_and_gain_at(
    first: Float32, second: Float32, canvas: Floats, residual: Floats, snap: Snap | None = None
) -> tuple[Float32, float]:
    """Closed-form colour and expected gain of one stroke, from the cells that it touches.

    Args:
        first: (p,) weight of each cell times the mean of alpha.
        second: (p,) weight times the mean of its square.
        canvas: (p, 3) before the stroke.
        residual: (p, 3) the target minus the canvas.
        snap: brings colours to those that may be used; None if any colour may.

    Returns:
        Colour (3,) in 0..1 and gain: squared error removed, summed over cells and channels.
    """
    given = first, second, canvas, residual
    c = compiled() if all(each.dtype == np.float32 for each in given) else None
    if c is not None:
        numbers = [c.floats(np.ascontiguousarray(each)) for each in given]
        best = np.empty(4, np.float32)
        c.lib.db_best_colour(len(first), *numbers, LEAST_PAINT, c.floats(best))
        colour = np.minimum(np.maximum(best[:3], 0), 1)
        if snap is not None:
            colour = np.ascontiguousarray(snap(colour[None])[0], np.float32)
        return colour, float(c.lib.db_gain(len(first), *numbers, c.floats(colour)))
    total = max(float(second.sum()), LEAST_PAINT)
    colour = np.clip((weighted_sums(second, canvas) + weighted_sums(first, residual)) / total, 0.0, 1.0).astype(
        np.float32
    )
    if snap is not None:
        colour = snap(colour[None])[0]
    change = colour - canvas
    removed = np.stack([dot3(residual, change), dot3(change, change)], 1)
    gain = 2 * weighted_sums(first, removed)[0] - weighted_sums(second, removed)[1]
    return colour, float(gain)


def best_wet_colour_and_gain_at(
    first: Floats,
    second: Floats,
    canvas: Floats,
    residual: Floats,
    own: Floats,
    rest: Floats,
    snap: Snap | None = None,
) -> tuple[Float32, float]:
    """As :func:`best_colour_and_gain_at`, of a stroke whose paint is ``own * colour + rest``; see above.

    Args:
        first: (p,), as are second, canvas, residual and snap.
        second: (p,).
        canvas: (p, 3).
        residual: (p, 3).
        own: (p,) share of the brush's own colour in its paint.
        rest: (p, 3) what else there is in it.
        snap: brings colours to those that may be used.
    """
    total = max(float((second * own * own).sum()), LEAST_PAINT)
    wished = weighted_sums(first * own, residual) - weighted_sums(second * own, rest - canvas)
    colour = np.clip(wished / total, 0.0, 1.0).astype(np.float32)
    if snap is not None:
        colour = snap(colour[None])[0]
    change = own[:, None] * colour + rest - canvas
    removed = np.stack([dot3(residual, change), dot3(change, change)], 1)
    return colour, float(2 * weighted_sums(first, removed)[0] - weighted_sums(second, removed)[1])


def only(colour: Float32) -> Snap:
    """Snaps to a single colour (3,)."""
    return lambda wished: np.broadcast_to(colour, wished.shape)
