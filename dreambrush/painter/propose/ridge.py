"""Ridges of error: where paint is missing in the shape of a stroke.  They are followed both ways from a peak of error.

A ridge is what a hand would trace: the middle line of what is still wrong, with its half-width at every step.  Only
error of the peak's own kind counts: a dark stroke cannot mend what should get lighter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32, Int64, Mask

STEPS = 24  # number of steps of the walk, each way
STRIDE = 1 / 40  # length of a step, as a share of the window's side
WIDEST = 1 / 8  # share of the window's side: how far across the ridge its edges are looked for
PROFILE = 8  # number of samples across the ridge, on each side
ENOUGH = 0.5  # share of the peak's error: less is not on the ridge any more
SHARPEST = 1.4  # radians that a walk may turn in all, each way
HEADINGS = np.radians([-50, -25, 0, 25, 50]).astype(np.float32)  # radians, tried at every step
STRAIGHT = np.array([-0.35, -0.1, 0, -0.1, -0.35], np.float32)  # bonus, so that it bends only for a reason
DIRECTIONS = 12  # number of directions tried at the peak, in half a turn
# Values that differ by less count as equal.  It is far more than rounding, which differs from processor to
# processor, and far less than what the eye sees.
TIE = 1e-4


@dataclass(frozen=True)
class Ridges:
    """Middle lines through peaks of error; the first axis of each array counts ridges.

    Attributes:
        points: (n, 2 * STEPS + 1, 2) x and y in cells, the peak in the middle; beyond an end, that end again.
        half_width: (n, 2 * STEPS + 1) half of the ridge's width in cells.
        walked: (n, 2) steps back and forward before the ridge ended.
        turned: (n, 2) radians by which it turned on the way back and forward.
        strength: (n,) error at the peak, 0..sqrt(3).
    """

    points: Float32
    half_width: Float32
    walked: Int64
    turned: Float32
    strength: Float32


def smoothed(maps: Float32) -> Float32:
    """Maps (n, s, s, c) blurred over about a twelfth of the side; peaks then lie in the middle of what is wrong."""
    side = maps.shape[1]
    reach = max(side // 24, 1)
    near = np.abs(np.subtract.outer(np.arange(side), np.arange(side))) <= reach
    box = near.astype(np.float32) / (2 * reach + 1)
    blur = steady.products(box, box[None])[0]  # as a matrix, for these maps are small
    down = steady.products(blur, maps.reshape(len(maps), side, -1))
    return steady.products(blur, down.reshape(len(maps) * side, side, -1)).reshape(maps.shape)


def peaks_of_error(residual: Float32, count: int) -> Int64:
    """The (n, count, 2) rows and columns of the highest error in smoothed residuals (n, s, s, 3), well apart."""
    error = (residual**2).sum(-1)
    windows, side = error.shape[:2]
    reach = max(side // 12, 1)
    padded = np.pad(error, ((0, 0), (reach, reach), (reach, reach)), constant_values=-1.0)
    peaks = np.empty((windows, count, 2), np.int64)
    square = np.arange(2 * reach + 1)
    rows = np.arange(windows)
    for index in range(count):
        flat = padded.reshape(windows, -1)
        flat = _best(flat, TIE * flat.max(1, keepdims=True)).argmax(1)
        row, column = np.divmod(flat, side + 2 * reach)
        peaks[:, index] = np.clip(np.stack([row, column], 1) - reach, 0, side - 1)
        down = np.clip(row[:, None] - reach + square, 0, side + 2 * reach - 1)
        right = np.clip(column[:, None] - reach + square, 0, side + 2 * reach - 1)
        padded[rows[:, None, None], down[:, :, None], right[:, None, :]] = -1.0
    return peaks


def _best(values: Float32, slack: float | Float32) -> Mask:
    """Which values (n, k) are the largest of their row, within the slack: a last bit must not choose."""
    return np.asarray(values >= values.max(1, keepdims=True) - np.float32(slack))


def _between_best(values: Float32) -> Float32:
    """The best of HEADINGS (n,) by values (n, len(HEADINGS)), or the middle of several that are as good.

    Where left is as good as right, a walk has no reason to turn.
    """
    best = _best(values, TIE).astype(np.float32)
    return np.asarray((best * HEADINGS).sum(1) / best.sum(1), np.float32)


class Wrongs:
    """How much a place is wrong in the same way as a peak; for many peaks at once.

    Attributes:
        side: side of the windows in cells.
        strength: (n,) error at each peak, 0..sqrt(3).
        left: (n,) mean squared error of the window of each.

    Args:
        residual: (m, s, s, 3) target minus canvas.
        window: (n,) number of the window in which each peak lies.
        peaks: (n, 2) row and column.
    """

    def __init__(self, residual: Float32, window: Int64, peaks: Int64) -> None:
        self.side = residual.shape[1]
        at_peak = residual[window, peaks[:, 0], peaks[:, 1]]
        self.strength = np.sqrt((at_peak**2).sum(1))
        self.left = np.square(residual).reshape(len(residual), -1).sum(1)[window] / residual[0].size
        kind = at_peak / (self.strength[:, None] ** 2 + 1e-6)
        # One map for each peak, with a rim of nothing around it.
        maps = steady.dot3(residual.reshape(len(residual), -1, 3)[window], kind[:, None])
        self._across = self.side + 2
        rimmed = np.zeros((len(window), self._across, self._across), np.float32)
        rimmed[:, 1:-1, 1:-1] = maps.reshape(-1, self.side, self.side)
        self._flat = rimmed.ravel()
        self._first = np.arange(len(window)) * self._across**2 + self._across + 1

    def at(self, points: Float32, rows: Int64 | None = None) -> Float32:
        """How wrong (n, ...) points (n, ..., 2) in cells are: 1 like the peak, 0 off the window, negative if opposite.

        Args:
            points: n rows of points.
            rows: (n,) number of the peak that each row belongs to; by default one row for each peak.
        """
        column, row = (np.floor(points[..., i]).astype(np.int64) for i in (0, 1))
        return self._cells(column, row, self._firsts(rows, column.ndim))

    def between(self, points: Float32, rows: Int64 | None = None) -> Float32:
        """As :meth:`at`, interpolated between the centres of cells."""
        x, y = points[..., 0] - np.float32(0.5), points[..., 1] - np.float32(0.5)
        column, row = np.floor(x), np.floor(y)
        fx, fy = x - column, y - row
        first = self._firsts(rows, column.ndim)
        left, up = column.astype(np.int64), row.astype(np.int64)
        top, bottom = (
            (1 - fx) * self._cells(left, up + down, first) + fx * self._cells(left + 1, up + down, first)
            for down in (0, 1)
        )
        return np.asarray((1 - fy) * top + fy * bottom, np.float32)

    def _firsts(self, rows: Int64 | None, axes: int) -> Int64:
        first = self._first if rows is None else self._first[rows]
        return np.asarray(first.reshape(-1, *(1,) * (axes - 1)), np.int64)

    def _cells(self, column: Int64, row: Int64, first: Int64) -> Float32:
        column, row = (np.minimum(np.maximum(index, -1), self.side) for index in (column, row))
        return np.asarray(self._flat.take(row * self._across + column + first), np.float32)


def follow(sharp: Float32, soft: Float32, peaks: Int64, window: Int64) -> Ridges:
    """Walks along the ridges through peaks.

    Args:
        sharp: (m, s, s, 3) difference of target and canvas, by which edges are found.
        soft: that difference smoothed, by which ways are found.
        peaks: (n, 2) row and column of each peak.
        window: (n,) number of the window in which each peak lies.
    """
    edges, wrongs = Wrongs(sharp, window, peaks), Wrongs(soft, window, peaks)
    start = peaks[:, ::-1].astype(np.float32) + np.float32(0.5)
    heading = _first_heading(wrongs, start)
    start, width = _centred(edges, start, heading)
    back, forward = _walks(edges, wrongs, start, heading)
    points = np.concatenate([back.points[:, ::-1], start[:, None], forward.points], 1)
    half_width = np.concatenate([back.half_width[:, ::-1], width[:, None], forward.half_width], 1)
    walked = np.stack([back.walked, forward.walked], 1)
    # Turning is counted in the direction from the back end to the front end on both sides.
    turned = np.stack([-back.turned, forward.turned], 1)
    return Ridges(points, half_width, walked, turned, wrongs.strength)


def _first_heading(wrongs: Wrongs, start: Float32) -> Float32:
    """The direction (n,) in which most of the same error lies on a line through the peak."""
    angles = (np.arange(DIRECTIONS) * np.pi / DIRECTIONS).astype(np.float32)
    far = np.arange(-5, 6, dtype=np.float32) * STRIDE * wrongs.side
    ray = _unit(angles)[:, None] * far[:, None]
    along = np.clip(wrongs.at(start[:, None, None] + ray[None]), -1, 1).sum(-1)
    return np.asarray(angles[_best(along, TIE).argmax(1)], np.float32)


def _unit(angle: Float32) -> Float32:
    return steady.unit_vectors(angle)


def _centred(wrongs: Wrongs, points: Float32, heading: Float32, rows: Int64 | None = None) -> tuple[Float32, Float32]:
    """Points (n, 2) moved to the middle between the ridge's edges, and half the distance (n,) of these."""
    reach = WIDEST * wrongs.side
    offsets = (np.arange(1, PROFILE + 1, dtype=np.float32)) * reach / PROFILE
    normal = _unit(heading + np.float32(np.pi / 2))
    far: Float32 = np.concatenate([-offsets[::-1], offsets])
    values = wrongs.between(points[:, None] + far[:, None] * normal[:, None], rows)
    share = np.clip(values, 0, 1)
    left, right = share[:, PROFILE - 1 :: -1], share[:, PROFILE:]
    left, right = (_extent(side) * reach / PROFILE for side in (left, right))
    middle = np.clip(0.5 * (right - left), -0.25 * reach, 0.25 * reach)
    return points + middle[:, None] * normal, np.maximum(0.5 * (left + right), np.float32(0.3))


def _extent(values: Float32) -> Float32:
    """Samples (n,) until values (n, PROFILE), going outward, fall below ENOUGH; with a fraction by interpolation."""
    on = np.cumprod(values >= ENOUGH, 1)
    count = on.sum(1)
    rows = np.arange(len(values))
    inner = np.where(count > 0, values[rows, np.maximum(count - 1, 0)], 1.0)
    outer = values[rows, np.minimum(count, PROFILE - 1)]
    part = np.where(count < PROFILE, (inner - ENOUGH) / np.maximum(inner - outer, 1e-3), 0.0)
    return np.asarray(count + np.clip(part, 0, 1), np.float32)


@dataclass(frozen=True)
class _Walk:
    """Points (n, STEPS, 2), half-widths (n, STEPS), steps walked (n,) and angle turned (n,) one way."""

    points: Float32
    half_width: Float32
    walked: Int64
    turned: Float32


def _walks(edges: Wrongs, wrongs: Wrongs, start: Float32, heading: Float32) -> list[_Walk]:
    """Walks from all starts (n, 2), back and forward, all at once."""
    count, stride = len(start), STRIDE * wrongs.side
    peak = np.tile(np.arange(count), 2)
    heading = np.concatenate([heading + np.float32(np.pi), heading])
    points = np.empty((2 * count, STEPS, 2), np.float32)
    widths = np.empty((2 * count, STEPS), np.float32)
    position, width = _centred(edges, start[peak], heading, peak)
    first, heading = heading, heading.copy()
    rows, walked = np.arange(2 * count), np.zeros(2 * count, np.int64)  # rows are those that still walk
    ahead = np.array([1, 2, 3], np.float32) * stride
    for step in range(STEPS):
        old, old_heading, of = position[rows], heading[rows], peak[rows]
        tried = old_heading[:, None] + HEADINGS
        seen = wrongs.at(old[:, None, None] + ahead[:, None] * _unit(tried)[:, :, None], of)
        chosen = old_heading + _between_best(np.clip(seen, -0.5, 1).sum(-1) + STRAIGHT)
        there, width_there = _centred(edges, old + stride * _unit(chosen), chosen, of)
        moved = there - old
        turned = np.clip(_wrapped(steady.arctan2(moved[:, 1], moved[:, 0]) - old_heading), -0.6, 0.6)
        on = (wrongs.at(there, of) >= ENOUGH - TIE) & (np.abs(old_heading + turned - first[rows]) <= SHARPEST)
        rows = rows[on]
        position[rows], width[rows], heading[rows] = there[on], width_there[on], (old_heading + turned)[on]
        walked[rows] += 1
        points[:, step], widths[:, step] = position, width
    parts = slice(0, count), slice(count, None)
    return [_Walk(points[way], widths[way], walked[way], (heading - first)[way]) for way in parts]


def _wrapped(angle: Float32) -> Float32:
    return np.asarray((angle + np.pi) % (2 * np.pi) - np.pi, np.float32)
