"""Where the pixels of a stroke lie in the stroke: how far along its path, and how far to its side."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from dreambrush.arrays import Float32, Float64, Int64
from dreambrush.bezier import point_at

BEND = 0.12  # radians of the path's bend that one straight piece may take
MOST_PIECES = 14
BINS = 24  # parts along a stroke in which its width is measured
NARROWEST = 0.75  # pixels from the middle of a stroke to its side


class Course(NamedTuple):
    """Pixels of a stroke, in its own terms.

    Attributes:
        along: (k,) pixels from the start along the path; below 0 before it.
        aside: (k,) how far to the side, from -1 to 1 from one edge of the paint to the other.
        half: (k,) half of the paint's width there, in pixels.
        length: of the path in pixels.
        reach: (2,) least and greatest ``along`` of the paint.
    """

    along: Float32
    aside: Float32
    half: Float32
    length: float
    reach: tuple[float, float]


def course_of(path: Float32, x: Float32, y: Float32, cover: Float32) -> Course:
    """Finds the place of pixels in a stroke; its width is measured in the paint itself.

    Args:
        path: (3, 2) start, control and end in pixels.
        x: (k,) columns of the pixels that the stroke has covered.
        y: (k,) rows of them.
        cover: (k,) how much it has covered them, above 0 to 1.
    """
    nodes = _nodes(path)
    steps = np.diff(nodes, axis=0)
    lengths = np.sqrt(steps[:, 0] * steps[:, 0] + steps[:, 1] * steps[:, 1])
    lengths = np.maximum(lengths, np.float32(1e-3))
    ends = np.concatenate([np.zeros(1, np.float32), np.cumsum(lengths, dtype=np.float32)])
    nearest = np.full(len(x), np.inf, np.float32)
    along, aside = np.zeros(len(x), np.float32), np.zeros(len(x), np.float32)
    last = len(steps) - 1
    for piece, (step, length) in enumerate(zip(steps, lengths, strict=True)):
        ahead = step / length
        from_x, from_y = x - nodes[piece, 0], y - nodes[piece, 1]
        forward = from_x * ahead[0] + from_y * ahead[1]
        to_side = from_y * ahead[0] - from_x * ahead[1]
        beyond = forward - np.clip(forward, 0 if piece else -np.inf, length if piece < last else np.inf)
        distance = to_side * to_side + beyond * beyond
        closer = distance < nearest
        np.copyto(nearest, distance, where=closer)
        np.copyto(along, forward - beyond + ends[piece], where=closer)
        np.copyto(aside, to_side, where=closer)
    return _measured(along, aside, cover, float(ends[-1]))


def path_length_of(path: Float32) -> float:
    """The length of a path (3, 2) in pixels, within some per cent; see :func:`dreambrush.bezier.path_length`."""
    (x0, y0), (x1, y1), (x2, y2) = path.tolist()
    chord = math.sqrt((x2 - x0) ** 2 + (y2 - y0) ** 2)
    polygon = math.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2) + math.sqrt((x2 - x1) ** 2 + (y2 - y1) ** 2)
    return (2 * chord + polygon) / 3


def _nodes(path: Float32) -> Float32:
    """Points on a path, more of them where it bends."""
    start, control, end = path.astype(np.float64)
    before, after = control - start, end - control
    turn = abs(before[0] * after[1] - before[1] * after[0])
    scale = math.sqrt((before @ before) * (after @ after))
    bend = turn / scale if scale > 1e-6 else 0.0
    if before @ after < 0:
        bend = 2.0 - min(bend, 1.0) + 1.0  # it turns back
    pieces = min(max(math.ceil(bend / BEND), 1), MOST_PIECES)
    t = np.linspace(0.0, 1.0, pieces + 1)[:, None]
    nodes = point_at(start, control, end, t)
    if not np.any(nodes[0] != nodes[-1]):
        nodes[-1, 0] += 1e-3  # a dab has a direction, too
    return np.asarray(nodes, np.float32)


def _measured(along: Float32, aside: Float32, cover: Float32, length: float) -> Course:
    """The course, with the sides of the paint where its cover ends."""
    first, end = float(along.min()), float(along.max())
    size = max((end - first) / BINS, 1.5)
    bins = int((end - first) / size) + 1
    where = np.minimum(((along - np.float32(first)) * np.float32(1 / size)).astype(np.int64), bins - 1)
    mass = _smoothed(_sums(where, cover, bins))
    middle = _smoothed(_sums(where, cover * aside, bins)) / np.maximum(mass, 1e-6)
    half = np.maximum(mass / (2 * size), NARROWEST)
    place = (along - np.float32(first)) * np.float32(1 / size) - np.float32(0.5)
    half_here = at_places(half, place)
    centred = (aside - at_places(middle, place)) / half_here
    return Course(along, centred, half_here, length, (first, end))


def _smoothed(values: Float64) -> Float64:
    padded = np.concatenate([values[:1], values, values[-1:]])
    return np.asarray(0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:])


def _sums(bins: Int64, values: Float32, count: int) -> Float64:
    """Sums of values (k,) in each of so many bins."""
    return np.bincount(bins, values, count).astype(np.float64)


def at_places(values: Float64, place: Float32) -> Float32:
    """Values (n,) at places between them, linearly; beyond the first and last as there."""
    table = values.astype(np.float32)
    if len(table) == 1:
        return np.full(len(place), table[0], np.float32)
    clipped = np.clip(place, np.float32(0), np.float32(len(table) - 1))
    before = np.minimum(clipped.astype(np.int64), len(table) - 2)
    share = clipped - before.astype(np.float32)
    low, high = table[before], table[before + 1]
    return np.asarray(low + (high - low) * share, np.float32)
