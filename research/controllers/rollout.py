"""Painting inside the dream with numpy alone, quickly: each stroke is dreamt only where its paint can get.

Evolution judges thousands of strokes for every step that it takes, which is why this does not dream whole pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Int64, Mask
from dreambrush.bezier import NUMBERS, RADIUS, path_nodes
from dreambrush.dream.dream import Dream
from dreambrush.painter.gain import best_colour_and_gain, only
from dreambrush.painter.propose.error_pyramid import pyramid_channels

Propose = Callable[[Float32], Float32]
"""Residuals (n, s, s, 3) to strokes (n, k, 9) in pixels."""

BLOCK = 2  # pixels: paint is looked for in squares of this side
NODES = 16  # of a path, for telling which blocks are near
CHUNK = 64  # strokes dreamt at once
GLANCE = 160  # pixels at which a stroke is looked at when many compete


@dataclass(frozen=True)
class Round:
    """One stroke on each of n canvases.

    Attributes:
        strokes: (n, 9); the best of those proposed.
        gain: (n,) squared error that it was foretold to remove; where that is not above 0, nothing was painted.
        colour: (n, 3).
        canvas: (n, s, s, 3) afterwards.
        variance: (n, s, s, 3) of that canvas: how uncertain the dream is of it.
    """

    strokes: Float32
    gain: Float32
    colour: Float32
    canvas: Float32
    variance: Float32


def rollout(
    dream: Dream, target: Float32, canvas: Float32, strokes: int, propose: Propose, colour: Float32 | None
) -> Iterator[Round]:
    """Paints pictures stroke by stroke inside the dream; yields each round.

    Args:
        dream: of the brush.
        target: (n, s, s, 3), 0..1.
        canvas: (n, s, s, 3) to begin with, 0..1.
        strokes: on each picture.
        propose: the controller.
        colour: (3,) of all strokes, or None for the one that suits each best.
    """
    uncertain = np.zeros_like(canvas)
    for _ in range(strokes):
        proposals = propose(target - canvas)
        count, each = proposals.shape[:2]
        best = np.zeros(count, np.int64)
        if each > 1:
            rows = np.repeat(np.arange(count), each)
            glances = judged(dream, proposals.reshape(-1, NUMBERS), rows, target, canvas, colour, GLANCE)
            best = glances.gain.reshape(count, each).argmax(1)
        chosen = proposals[np.arange(count), best]
        verdict = judged(dream, chosen, np.arange(count), target, canvas, colour)
        canvas, uncertain = canvas.copy(), uncertain.copy()
        flat, spread = (each.reshape(count, -1, 3) for each in (canvas, uncertain))
        for row in np.flatnonzero(verdict.gain > 0):
            pixels, alpha, variance = (each[row] for each in (verdict.pixels, verdict.alpha, verdict.variance))
            change = verdict.colour[row] - flat[row, pixels]
            kept = (1 - alpha) ** 2 + variance
            spread[row, pixels] = kept[:, None] * spread[row, pixels] + variance[:, None] * change**2
            flat[row, pixels] += alpha[:, None] * change
        yield Round(chosen, verdict.gain, verdict.colour, canvas, uncertain)


@dataclass(frozen=True)
class Verdicts:
    """What the dream says of b strokes.

    Attributes:
        colour: (b, 3).
        gain: (b,) squared error removed, expected.
        pixels: b arrays of indices into a picture's pixels, those that were looked at.
        alpha: b arrays, the mean of alpha there.
        variance: b arrays, the variance of alpha there.
    """

    colour: Float32
    gain: Float32
    pixels: list[Int64]
    alpha: list[Float32]
    variance: list[Float32]


def judged(
    dream: Dream,
    strokes: Float32,
    rows: Int64,
    target: Float32,
    canvas: Float32,
    colour: Float32 | None,
    most: int | None = None,
) -> Verdicts:
    """Judges strokes (b, 9), each on the canvas that `rows` (b,) names, looking at `most` pixels or all in reach."""
    side = target.shape[1]
    near = [np.flatnonzero(where) for where in _near(strokes, dream.reach, side)]
    pixels = near if most is None else [where[:: max(-(-len(where) // most), 1)] for where in near]
    out = Verdicts(np.zeros((len(strokes), 3), np.float32), np.zeros(len(strokes), np.float32), pixels, [], [])
    moments_of_alpha: dict[int, tuple[Float32, Float32]] = {}
    order = np.argsort([len(where) for where in pixels], kind="stable")  # so that chunks hold little padding
    snap = None if colour is None else only(colour)
    flat_target, flat_canvas = target.reshape(len(target), -1, 3), canvas.reshape(len(canvas), -1, 3)
    for first in range(0, len(order), CHUNK):
        part = order[first : first + CHUNK]
        where = np.zeros((len(part), max(len(pixels[part[-1]]), 1)), np.int64)
        weights = np.zeros(where.shape, np.float32)
        for row, index in enumerate(part):
            where[row, : len(pixels[index])] = pixels[index]
            weights[row, : len(pixels[index])] = len(near[index]) / max(len(pixels[index]), 1)
        points = np.stack([where % side, where // side], -1).astype(np.float32) + np.float32(0.5)
        mean, variance = dream(strokes[part], points)
        picture = rows[part, None]
        moments = pyramid_channels(flat_target[picture, where], flat_canvas[picture, where])
        out.colour[part], out.gain[part] = best_colour_and_gain(weights, mean, variance, moments, snap)
        for row, index in enumerate(part.tolist()):
            there = np.s_[row, : len(pixels[index])]
            moments_of_alpha[index] = mean[there], variance[there]
    for index in range(len(strokes)):
        alpha, spread = moments_of_alpha[index]
        out.alpha.append(alpha)
        out.variance.append(spread)
    return out


def _near(strokes: Float32, reach: float, side: int) -> Mask:
    """Which pixels (b, side * side) paint can get to, a few more to be sure."""
    nodes = path_nodes(strokes, NODES - 1)
    gap = np.hypot(*np.diff(nodes, axis=1).transpose(2, 0, 1)).max(1)
    blocks = -(-side // BLOCK)
    centre = (np.arange(blocks, dtype=np.float32) + 0.5) * BLOCK
    dx = (centre[None, None] - nodes[:, :, 0:1]) ** 2
    dy = (centre[None, None] - nodes[:, :, 1:2]) ** 2
    squared = (dy[:, :, :, None] + dx[:, :, None, :]).min(1)
    far = strokes[:, RADIUS] * reach + 0.7 + 0.5 * gap + BLOCK * np.float32(np.sqrt(0.5))
    near = squared < (far**2)[:, None, None]
    whole = near.repeat(BLOCK, 1).repeat(BLOCK, 2)[:, :side, :side]
    return np.asarray(whole.reshape(len(strokes), -1), np.bool_)
