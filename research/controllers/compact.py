"""A controller of a few hundred numbers: it looks along a ridge of error and says how its stroke should differ from it.

This is the C of World Models (Ha & Schmidhuber 2018, section 2.3): as little as possible decides, one linear layer, so
that evolution can train it.  The features are those that make the decision easy: how long, wide and bent the ridge of
error is, how it ends and what lies beside it, all in the ridge's own frame, so that place and direction need not be
learned.  With all weights at 0 the stroke lies on the ridge already.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreambrush.errors import ModelError
from dreambrush.painter.look import Windows
from dreambrush.painter.ridge import STEPS, STRIDE, Ridges, Wrongs, follow, peaks_of_error, smoothed

Float32 = NDArray[np.float32]

FEATURES, OUTPUTS = 18, 9
PARAMETERS = (FEATURES + 1) * OUTPUTS
WIDTH = 5  # which output makes a stroke wider
NODES = 9  # of the ridge between the stroke's ends, to which its curve is fitted
MOST_TURN = 0.8  # radians: without weights a stroke ends where the ridge has turned by that much either way
THINNEST, THICKEST = 0.8, 8.0  # radius in window cells
LIGHTEST = 0.35  # share of a brush's full width at no pressure, about; the network corrects it for each brush


class Contours:
    """Ridges as the network sees them.

    Args:
        ridges: n of them.
        wrongs: of the same peaks, not smoothed.
    """

    def __init__(self, ridges: Ridges, wrongs: Wrongs) -> None:
        self.points, self.half_width = ridges.points, ridges.half_width
        steps = np.diff(self.points, axis=1)
        self.arc = np.pad(np.cumsum(np.hypot(steps[..., 0], steps[..., 1]), 1), ((0, 0), (1, 0)))
        self.low, self.high = self._ends(ridges)
        middle = 0.5 * (self.low + self.high)
        places = np.stack([self.low, middle, self.high], 1)
        along = self.low[:, None] + (self.high - self.low)[:, None] * np.linspace(0, 1, NODES, dtype=np.float32)
        widths = self._sampled(self.half_width[..., None], along)[..., 0]
        # Where another ridge is crossed, or at a peak's edge, widths jump: medians do not.
        usual = np.median(widths, 1)
        thirds = [np.clip(widths[:, part].mean(1), 0.5 * usual, 1.4 * usual) for part in (slice(3), slice(-3, None))]
        self.widths = np.stack([thirds[0], usual, thirds[1]], 1)
        start, centre, end = self._sampled(self.points, places).transpose(1, 0, 2)
        chord = end - start
        self.length = np.hypot(*chord.T) + np.float32(1e-3)
        normal = np.stack([-chord[:, 1], chord[:, 0]], 1) / self.length[:, None]
        bend = ((centre - 0.5 * (start + end)) * normal).sum(1)
        side = np.where(bend < 0, -1, 1).astype(np.float32)[:, None]  # so that it always bends to the same side
        self.normal = normal * side
        unit = wrongs.side * STRIDE
        beside = (
            centre[:, None] + self.normal[:, None] * ((self.widths[:, 1] + unit) * np.array([[1], [-1]])).T[..., None]
        )
        cut = np.stack([self.low - self.arc[:, 0], self.arc[:, -1] - self.high], 1)
        columns = (
            np.log(self.widths / unit) - 0.5,
            np.log(self.length / self.widths[:, 1])[:, None] - 1,
            (np.abs(bend) / self.length)[:, None] * 5,
            np.minimum(cut / (unit * 4), 1.5),
            np.clip(ridges.turned * side, -1.5, 1.5),
            wrongs.at(self._sampled(self.points, places)),
            wrongs.at(beside),
            self._beyond(wrongs, start, end, unit),
            ridges.strength[:, None] - 1,
            0.5 * np.log(wrongs.left * 100 + 0.1)[:, None],
        )
        self.features = np.clip(np.concatenate(columns, 1), -3, 3).astype(np.float32)

    def _ends(self, ridges: Ridges) -> tuple[Float32, Float32]:
        """Where on the arc (n,) a stroke would begin and end: short of the ridge's ends, or where it turns too far."""
        away = _away(self.points)
        ends = []
        for way, step in ((0, -1), (1, 1)):
            allowed = np.cumprod(away[:, STEPS::step] <= MOST_TURN, 1).sum(1) - 1
            steps = np.minimum(allowed, ridges.walked[:, way])
            at = STEPS + step * steps
            rows = np.arange(len(at))
            # Paint reaches half a width beyond the path's end.
            inset = np.where(steps == ridges.walked[:, way], 0.7 * self.half_width[rows, at], 0)
            walked = np.abs(self.arc[rows, at] - self.arc[:, STEPS])
            ends.append(self.arc[:, STEPS] + step * np.maximum(walked - inset, 0))
        return ends[0].astype(np.float32), ends[1].astype(np.float32)

    def _beyond(self, wrongs: Wrongs, start: Float32, end: Float32, unit: float) -> Float32:
        """How wrong it is (n, 2) a width beyond either end."""
        ahead = (end - start) / self.length[:, None]
        far = self.widths[:, [0, 2]] + unit
        return wrongs.at(np.stack([start - far[:, :1] * ahead, end + far[:, 1:] * ahead], 1))

    def _sampled(self, values: Float32, places: Float32) -> Float32:
        """Values (n, 2 * STEPS + 1, c) at places (n, k) on the arc; beyond its ends, straight on."""
        arc = self.arc
        index = (arc[:, None, :] <= places[:, :, None]).sum(-1) - 1
        index = np.clip(index, 0, arc.shape[1] - 2)
        rows = np.arange(len(arc))[:, None]
        low, high = arc[rows, index], arc[rows, index + 1]
        part = np.clip((places - low) / np.maximum(high - low, 1e-3), 0, 1)[..., None]
        return np.asarray(values[rows, index] * (1 - part) + values[rows, index + 1] * part, np.float32)

    def strokes(self, genome: NDArray[np.float64]) -> Float32:
        """The network's strokes (n, 9) in window cells.

        Args:
            genome: (PARAMETERS,) all its weights, or (n, PARAMETERS) for each ridge those of another network.
        """
        weights = genome.reshape(-1, FEATURES + 1, OUTPUTS)
        raw = np.tanh((self.features[:, None] @ weights[:, :-1])[:, 0] + weights[:, -1]).astype(np.float32)
        width = self.widths.mean(1, keepdims=True)
        low = self.low[:, None] - 2 * raw[:, 0:1] * width
        high = np.maximum(self.high[:, None] + 2 * raw[:, 1:2] * width, low + 0.2)
        t = np.linspace(0, 1, NODES, dtype=np.float32)
        nodes = self._sampled(self.points, low + (high - low) * t)
        nodes = nodes + self._overshoot(low, high)
        start, end = nodes[:, 0], nodes[:, -1]
        # The control point that brings the curve nearest to the nodes, by least squares.
        straight = (1 - t)[:, None] ** 2 * start[:, None] + t[:, None] ** 2 * end[:, None]
        pull = (2 * t * (1 - t))[:, None]
        control = ((nodes - straight) * pull).sum(1) / (pull**2).sum()
        middle = 0.5 * (start + end)
        control = middle + (control - middle) * (1 + raw[:, 2:3]) + 0.5 * raw[:, 3:4] * width * self.normal
        shift = 0.5 * raw[:, 4:5] * width * self.normal
        radius = np.clip(self.widths.max(1, keepdims=True) * np.exp(raw[:, WIDTH : WIDTH + 1]), THINNEST, THICKEST)
        shares = self.widths[:, [0, 2]] / np.maximum(self.widths.max(1, keepdims=True), 1e-3)
        pressure = np.clip((shares - LIGHTEST) / (1 - LIGHTEST) + raw[:, 6:8], 0.05, 1)
        lean = 0.5 * raw[:, 8:9] * width * self.normal
        path = [start + shift - lean, control + shift, end + shift + lean]
        return np.concatenate([*path, pressure, radius], 1, dtype=np.float32)

    def _overshoot(self, low: Float32, high: Float32) -> Float32:
        """What to add (n, NODES, 2) to nodes that lie beyond the walk's ends: its last direction, straight on."""
        first, last = self.arc[:, :1], self.arc[:, -1:]
        ends = self._sampled(self.points, np.concatenate([first, first + 3, last - 3, last], 1))
        before, after = ends[:, 0] - ends[:, 1], ends[:, 3] - ends[:, 2]
        t = np.linspace(0, 1, NODES, dtype=np.float32)
        places = low + (high - low) * t
        out = np.zeros((len(places), NODES, 2), np.float32)
        for way, past in ((before, first - places), (after, places - last)):
            way = way / (np.hypot(*way.T)[:, None] + 1e-3)
            out += np.maximum(past, 0)[..., None] * way[:, None]
        return out


def _away(points: Float32) -> Float32:
    """Angle (n, k) in radians, 0..pi, between the direction of a polyline at its points (n, k, 2) and at its middle."""
    reach = 2
    padded = np.pad(points, ((0, 0), (reach, reach), (0, 0)), mode="edge")
    ahead = padded[:, 2 * reach :] - padded[:, : -2 * reach]
    middle = ahead[:, points.shape[1] // 2, None]
    cross = middle[..., 0] * ahead[..., 1] - middle[..., 1] * ahead[..., 0]
    return np.asarray(np.abs(np.arctan2(cross, (middle * ahead).sum(-1))), np.float32)


def contours_of_error(residual: Float32, count: int) -> Contours:
    """Ridges around the `count` highest peaks of residuals (m, s, s, 3), those of each window together."""
    soft = smoothed(residual)
    peaks = peaks_of_error(soft, count).reshape(-1, 2)
    window = np.repeat(np.arange(len(residual)), count)
    return Contours(follow(residual, soft, peaks, window), Wrongs(residual, window, peaks))


class CompactController:
    """Proposes strokes by the tiny network; as many as wanted, around different peaks of error.

    Args:
        genome: (PARAMETERS,) weights.
    """

    def __init__(self, genome: NDArray[np.float64]) -> None:
        if genome.shape != (PARAMETERS,):
            raise ModelError(
                f"Expected a genome of shape ({PARAMETERS},) but it had shape {genome.shape}.",
                "Evolve it again.",
            )
        self.genome = genome

    @classmethod
    def load(cls, path: Path) -> CompactController:
        """From an .npy file of weights.

        Raises:
            ModelError: the file is missing or broken.
        """
        try:
            return cls(np.load(path, allow_pickle=False))
        except (OSError, ValueError):
            raise ModelError(f"The controller {path} cannot be read.", "Evolve it again.") from None

    def propose(self, windows: Windows, count: int, rng: np.random.Generator) -> Float32:
        """See :class:`~dreambrush.painter.ridge_proposer.Controller`."""
        strokes = contours_of_error(windows.target - windows.canvas, count).strokes(self.genome)
        return strokes.reshape(len(windows), count, 9)
