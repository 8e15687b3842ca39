"""Proposes a stroke along each ridge of error: as wide as the ridge, and as long as it runs straight enough.

A controller decides where strokes go: windows in, proposals out.  This one has learned nothing.  It follows the ridge
through each peak of error (ridge.py) and fits a stroke to it.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32
from dreambrush.bezier import NUMBERS
from dreambrush.painter.propose.ridge import STEPS, Ridges, follow, peaks_of_error, smoothed
from dreambrush.painter.propose.windows import Windows

NODES = 9  # number of points of the ridge to which a stroke's curve is fitted
MOST_TURN = 0.8  # radians: a stroke ends where the ridge has turned by that much either way
END_INSET = 0.7  # half-widths by which a path ends before its ridge, as paint reaches beyond the path
THINNEST, THICKEST = 0.8, 8.0  # radius in window cells
FAINTEST = 0.05  # least pressure of a stroke's thinner end
LIGHTEST = 0.35  # about the share of its full width that a brush has at no pressure
SLENDER = np.float32(math.exp(-math.tanh(0.5)))  # 0.63 times as wide as its ridge: found by looking and by error


class Controller(Protocol):
    """Windows in, proposals out: what decides where strokes may go."""

    def propose(self, windows: Windows, count: int, rng: np.random.Generator) -> Float32:
        """Proposes strokes.

        Args:
            windows: n windows.
            count: number of strokes wanted for each window.
            rng: random numbers of the proposals.

        Returns:
            (n, count, 9) float32 strokes in window cells: start, control, end x and y, two pressures, radius.
        """
        ...


class Curve(NamedTuple):
    """Quadratic Bezier curves through nodes, (n, 2) float32 each.

    Attributes:
        start: first point.
        middle: halfway between the first and the last point.
        bow: way from the middle to the control point.
        end: last point.
    """

    start: Float32
    middle: Float32
    bow: Float32
    end: Float32


class Spines:
    """The part of each ridge that one stroke can cover: its middle line, its length and its width.

    A place on a ridge is the length of the middle line up to there from its back end, in cells.

    Attributes:
        points: (n, 2 * STEPS + 1, 2) points of the middle line, x and y in cells.
        half_width: (n, 2 * STEPS + 1) half of the ridge's width in cells.
        arc: (n, 2 * STEPS + 1) place of each point.
        low: (n,) place at which a stroke begins.
        high: (n,) place at which it ends.

    Args:
        ridges: n ridges.
    """

    def __init__(self, ridges: Ridges) -> None:
        self.points, self.half_width = ridges.points, ridges.half_width
        steps = np.diff(self.points, axis=1)
        self.arc = np.pad(np.cumsum(np.hypot(steps[..., 0], steps[..., 1]), 1), ((0, 0), (1, 0)))
        self.low, self.high = self._ends(ridges)

    @cached_property
    def widths(self) -> Float32:
        """Half-widths (n, 3) in cells: near the stroke's start, on the whole, and near its end."""
        along = self.low[:, None] + (self.high - self.low)[:, None] * np.linspace(0, 1, NODES, dtype=np.float32)
        widths = self.sampled(self.half_width[..., None], along)[..., 0]
        # Where another ridge is crossed, or at a peak's edge, widths jump: medians do not.
        usual = np.median(widths, 1)
        thirds = [np.clip(widths[:, part].mean(1), 0.5 * usual, 1.4 * usual) for part in (slice(3), slice(-3, None))]
        return np.stack([thirds[0], usual, thirds[1]], 1)

    def sampled(self, values: Float32, places: Float32) -> Float32:
        """Interpolates values (n, 2 * STEPS + 1, c) of the points at places (n, k); beyond an end, that of the end."""
        arc = self.arc
        index = (arc[:, None, :] <= places[:, :, None]).sum(-1) - 1
        index = np.clip(index, 0, arc.shape[1] - 2)
        rows = np.arange(len(arc))[:, None]
        low, high = arc[rows, index], arc[rows, index + 1]
        part = np.clip((places - low) / np.maximum(high - low, 1e-3), 0, 1)[..., None]
        return np.asarray(values[rows, index] * (1 - part) + values[rows, index + 1] * part, np.float32)

    def curve(self, low: Float32, high: Float32) -> Curve:
        """The curve that lies nearest to the ridge between places low and high (n, 1), by least squares."""
        t = np.linspace(0, 1, NODES, dtype=np.float32)
        nodes = self.sampled(self.points, low + (high - low) * t)
        nodes = nodes + self._overshoot(low, high)
        start, end = nodes[:, 0], nodes[:, -1]
        straight = (1 - t)[:, None] ** 2 * start[:, None] + t[:, None] ** 2 * end[:, None]
        pull = (2 * t * (1 - t))[:, None]
        control = ((nodes - straight) * pull).sum(1) / (pull**2).sum()
        middle = 0.5 * (start + end)
        return Curve(start, middle, control - middle, end)

    def pressures(self) -> Float32:
        """Pressures (n, 2) at start and end that narrow a stroke as its ridge narrows."""
        shares = self.widths[:, [0, 2]] / np.maximum(self.widths.max(1, keepdims=True), 1e-3)
        return np.asarray((shares - LIGHTEST) / (1 - LIGHTEST), np.float32)

    def radius(self, factor: Float32 | np.float32) -> Float32:
        """Radii (n, 1) in cells: the ridge's half-width where it is widest, times (n, 1) factors or one factor."""
        return np.asarray(np.clip(self.widths.max(1, keepdims=True) * factor, THINNEST, THICKEST), np.float32)

    def strokes(self) -> Float32:
        """A slender stroke (n, 9) along each ridge, in cells."""
        low = self.low[:, None]
        start, middle, bow, end = self.curve(low, at_least_after(low, self.high[:, None]))
        pressure = np.clip(self.pressures(), FAINTEST, 1)
        return np.concatenate([start, middle + bow, end, pressure, self.radius(SLENDER)], 1, dtype=np.float32)

    def _ends(self, ridges: Ridges) -> tuple[Float32, Float32]:
        """Places (n,) of a stroke's start and end: short of the ridge's ends, or where it turns too far."""
        away = _away(self.points)
        ends = []
        for way, step in ((0, -1), (1, 1)):
            allowed = np.cumprod(away[:, STEPS::step] <= MOST_TURN, 1).sum(1) - 1
            steps = np.minimum(allowed, ridges.walked[:, way])
            at = STEPS + step * steps
            rows = np.arange(len(at))
            inset = np.where(steps == ridges.walked[:, way], END_INSET * self.half_width[rows, at], 0)
            walked = np.abs(self.arc[rows, at] - self.arc[:, STEPS])
            ends.append(self.arc[:, STEPS] + step * np.maximum(walked - inset, 0))
        return ends[0].astype(np.float32), ends[1].astype(np.float32)

    def _overshoot(self, low: Float32, high: Float32) -> Float32:
        """What to add (n, NODES, 2) to nodes that lie beyond the walk's ends: its last direction, straight on."""
        first, last = self.arc[:, :1], self.arc[:, -1:]
        ends = self.sampled(self.points, np.concatenate([first, first + 3, last - 3, last], 1))
        before, after = ends[:, 0] - ends[:, 1], ends[:, 3] - ends[:, 2]
        t = np.linspace(0, 1, NODES, dtype=np.float32)
        places = low + (high - low) * t
        out = np.zeros((len(places), NODES, 2), np.float32)
        for way, past in ((before, first - places), (after, places - last)):
            way = way / (np.hypot(*way.T)[:, None] + 1e-3)
            out += np.maximum(past, 0)[..., None] * way[:, None]
        return out


def at_least_after(low: Float32, high: Float32) -> Float32:
    """Places high, but at least a fifth of a cell after places low: a path has some length."""
    return np.asarray(np.maximum(high, low + np.float32(0.2)), np.float32)


def _away(points: Float32) -> Float32:
    """Angle (n, k) in radians, 0..pi, between the direction of a polyline at its points (n, k, 2) and at its middle."""
    reach = 2
    padded = np.pad(points, ((0, 0), (reach, reach), (0, 0)), mode="edge")
    ahead = padded[:, 2 * reach :] - padded[:, : -2 * reach]
    middle = ahead[:, points.shape[1] // 2, None]
    cross = middle[..., 0] * ahead[..., 1] - middle[..., 1] * ahead[..., 0]
    return np.abs(steady.arctan2(cross, (middle * ahead).sum(-1)))


class RidgeProposer:
    """Proposes a stroke along the ridge through each of a window's highest peaks of error."""

    def propose(self, windows: Windows, count: int, rng: np.random.Generator) -> Float32:
        """See :class:`Controller`; it chooses nothing by chance."""
        residual = windows.target - windows.canvas
        soft = smoothed(residual)
        peaks = peaks_of_error(soft, count).reshape(-1, 2)
        window = np.repeat(np.arange(len(windows)), count)
        return Spines(follow(residual, soft, peaks, window)).strokes().reshape(len(windows), count, NUMBERS)
