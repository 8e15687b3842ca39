"""How wide a shape is along a line through it, where the line should lie, and how far the shape goes on beyond it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float64, Mask
from dreambrush.reference.shapes import Shape

FINEST = 0.5  # pixels between two places that are looked at, at least
ACROSS = 10  # places across half of a usual width
GAP = 0.5  # usual half-widths: a wider gap across ends the shape
STRIP = 0.35  # usual half-widths: half the width of the strip that is looked at beyond an end


@dataclass(frozen=True, eq=False)
class Outline:
    """A shape along a line.

    Attributes:
        points: (k, 2) the line, in the middle of the shape, in pixels.
        half: (k,) half of the width there, in pixels.
        density: share of the shape that is covered between its edges, 0..1.
    """

    points: Float64
    half: Float64
    density: float


def resampled(line: Float64, step: float) -> Float64:
    """A line (k, 2) of points at even distances of about a step, its ends among them; at least two."""
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    count = max(round(length[-1] / step), 1) + 1
    at = np.linspace(0, length[-1], count)
    return np.stack([np.interp(at, length, line[:, axis]) for axis in (0, 1)], 1)


def smoothed(line: Float64, reach: int) -> Float64:
    """A line (k, 2) as the mean over so many points before and behind each; its ends stay."""
    reach = min(reach, (len(line) - 1) // 2)
    if reach < 1:
        return line
    # Beyond its ends the line goes on as it would if it were turned about them, so that they do not move.
    before, after = 2 * line[0] - line[reach:0:-1], 2 * line[-1] - line[-2 : -reach - 2 : -1]
    sums = np.cumsum(np.concatenate([np.zeros((1, 2)), before, line, after]), 0)
    span = 2 * reach + 1
    return np.asarray((sums[span:] - sums[:-span]) / span)


def tangents(line: Float64) -> Float64:
    """Unit vectors (k, 2) along a line (k, 2), k >= 2."""
    way = np.gradient(line, axis=0)
    return np.asarray(way / np.maximum(np.hypot(*way.T), 1e-9)[:, None])


def outline(shape: Shape, line: Float64, usual: float, far: float) -> Outline:
    """Looks across a shape along a line through it.

    The width is that of a bar that is evenly covered, with as much variance across the line: holes and ragged edges
    count as much as they cover.

    Args:
        shape: the shape.
        line: (k, 2) points in pixels, k >= 2.
        usual: half-width in pixels that is usual.
        far: how far from the line is looked at, in usual half-widths.
    """
    step = max(FINEST, usual / ACROSS)
    reach = int(np.ceil(far * usual / step))
    offset = np.arange(-reach, reach + 1) * step
    way = tangents(line)
    across = np.stack([-way[:, 1], way[:, 0]], 1)
    covered = shape.at(line[:, None] + offset[:, None] * across[:, None])
    inside = covered * _in_one_piece(covered > 0, int(GAP * usual / step) + 1)
    total = inside.sum(1)
    some = total > 0
    safe = np.where(some, total, 1)
    middle = np.where(some, (inside * offset).sum(1) / safe, 0.0)
    variance = (inside * (offset - middle[:, None]) ** 2).sum(1) / safe
    half = np.where(some, np.sqrt(3 * variance + (step / 2) ** 2), 0.0)
    density = float(np.median(total[some] * step / (2 * half[some]))) if some.any() else 1.0
    return Outline(line + middle[:, None] * across, half, min(max(density, 0.05), 1.0))


def _in_one_piece(covered: Mask, gap: int) -> Mask:
    """Of rows (k, 2 n + 1) the places to which no more than so many empty places in a row come from the middle."""
    middle = covered.shape[1] // 2
    right, left = _reached(covered[:, middle:], gap), _reached(covered[:, middle::-1], gap)
    return np.asarray(np.concatenate([left[:, :0:-1], right], 1))


def _reached(covered: Mask, gap: int) -> Mask:
    """Of rows (k, n) the places that are reached from the first without more than so many empty places in a row."""
    at = np.arange(covered.shape[1])
    last = np.maximum.accumulate(np.where(covered, at, -1), 1)
    return np.asarray(np.logical_and.accumulate(at - last <= gap, 1))


def beyond(shape: Shape, end: Float64, way: Float64, half: float, density: float, far: float) -> float:
    """How far a shape goes on beyond a point within it, in pixels.

    Args:
        shape: the shape.
        end: (2,) the point.
        way: (2,) unit vector along which is looked.
        half: half-width there in pixels.
        density: share that is covered between the edges.
        far: how far is looked, in half-widths.
    """
    step = max(FINEST, half / ACROSS)
    along = (np.arange(int(np.ceil(far * half / step)) + 1) + 0.5) * step
    strip = np.linspace(-STRIP, STRIP, 7) * half
    across = np.array([-way[1], way[0]])
    covered = shape.at(end + along[:, None, None] * way + strip[None, :, None] * across)
    row = covered.mean(1)
    gap = int(half / step) + 1
    reached = row * _reached((row > 0)[None], gap)[0]
    return float(np.minimum(reached / density, 1.0).sum() * step)
