"""A controller of a few hundred numbers: compact features of where error is, a tiny network, one stroke.

This is the C of World Models (Ha & Schmidhuber 2018, section 2.3): as little as possible decides, so that evolution
can train it.  The features are those that make the decision easy: where the error is, which way it runs, how long and
how wide it is, and how it bends, all in its own frame, so that place and direction need not be learned.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreambrush.errors import ModelError
from dreambrush.painter.look import Windows

Float32 = NDArray[np.float32]

FEATURES, HIDDEN, OUTPUTS = 8, 8, 8
PARAMETERS = FEATURES * HIDDEN + HIDDEN + HIDDEN * OUTPUTS + OUTPUTS
NEIGHBOURHOOD = 0.2  # of the window's side: how far around a peak of error belongs to it
THINNEST, THICKEST = 0.5, 8.0  # radius in window cells


@dataclass(frozen=True)
class Frames:
    """Error around a peak, seen in its own frame.

    Attributes:
        centre: (n, 2) x and y in cells.
        axis: (n, 2) unit vector along the error's longer side.
        spread: (n, 2) standard deviations along and across it, in cells.
        features: (n, FEATURES) float32, of order one.
    """

    centre: Float32
    axis: Float32
    spread: Float32
    features: Float32

    def __getitem__(self, rows: slice) -> Frames:
        """Some of the frames."""
        return Frames(self.centre[rows], self.axis[rows], self.spread[rows], self.features[rows])


def peaks_of_error(target: Float32, canvas: Float32) -> NDArray[np.int64]:
    """The row and column (n, 2) around which there is most error in windows (n, s, s, 3)."""
    error = ((target - canvas) ** 2).sum(-1)
    for axis in (1, 2):
        for _ in range(2):
            error = (np.roll(error, 1, axis) + error + np.roll(error, -1, axis)) / 3
    side = error.shape[1]
    flat = error.reshape(len(error), -1).argmax(1)
    return np.stack(np.divmod(flat, side), 1)


def frames_of_error(target: Float32, canvas: Float32, peaks: NDArray[np.int64]) -> Frames:
    """Frames around peaks (n, 2) of windows (n, s, s, 3)."""
    count, side = target.shape[:2]
    residual = target - canvas
    at_peak = residual[np.arange(count), peaks[:, 0], peaks[:, 1]]
    # Only error of the peak's own kind counts: what should get lighter is no matter for a dark stroke.
    alike = np.einsum("nijc,nc->nij", residual, at_peak) / ((at_peak**2).sum(-1)[:, None, None] + 1e-6)
    row, column = np.mgrid[0:side, 0:side].astype(np.float32)
    dx = column[None] - peaks[:, 1, None, None]
    dy = row[None] - peaks[:, 0, None, None]
    near = np.exp(-(dx**2 + dy**2) / (2 * (NEIGHBOURHOOD * side) ** 2))
    weight = np.clip(alike, 0, 1) ** 2 * near
    total = weight.sum((1, 2)) + 1e-6
    mean_x, mean_y = (weight * dx).sum((1, 2)) / total, (weight * dy).sum((1, 2)) / total
    ux, uy = dx - mean_x[:, None, None], dy - mean_y[:, None, None]
    xx, yy, xy = ((weight * a).sum((1, 2)) / total for a in (ux * ux, uy * uy, ux * uy))
    angle = 0.5 * np.arctan2(2 * xy, xx - yy)
    axis = np.stack([np.cos(angle), np.sin(angle)], 1)
    along = ux * axis[:, 0, None, None] + uy * axis[:, 1, None, None]
    across = uy * axis[:, 0, None, None] - ux * axis[:, 1, None, None]
    long = np.sqrt((weight * along**2).sum((1, 2)) / total + 0.05)
    wide = np.sqrt((weight * across**2).sum((1, 2)) / total + 0.05)
    bend = (weight * along**2 * across).sum((1, 2)) / total / (long**2 * wide)
    lean = (weight * along**3).sum((1, 2)) / total / long**3
    back_x, back_y = -mean_x * axis[:, 0] - mean_y * axis[:, 1], mean_x * axis[:, 1] - mean_y * axis[:, 0]
    columns = (
        np.ones(count),
        np.log(long) - 1,
        np.log(wide),
        np.log(total) - 3,
        bend,
        lean,
        back_x / long,
        back_y / wide,
    )
    centre = peaks[:, ::-1] + 0.5 + np.stack([mean_x, mean_y], 1)
    features = np.clip(np.stack(columns, 1), -3, 3)
    spread = np.stack([long, wide], 1)
    return Frames(*(np.asarray(array, np.float32) for array in (centre, axis, spread, features)))


def strokes_from(frames: Frames, genome: NDArray[np.float64]) -> Float32:
    """The network's strokes (n, 9) in window cells; genome (PARAMETERS,) holds all its weights."""
    cuts = np.cumsum([FEATURES * HIDDEN, HIDDEN, HIDDEN * OUTPUTS])
    first, bias, second, out_bias = np.split(genome, cuts)
    hidden = np.tanh(frames.features @ first.reshape(FEATURES, HIDDEN) + bias)
    raw = hidden @ second.reshape(HIDDEN, OUTPUTS) + out_bias
    long, wide = frames.spread[:, 0:1], frames.spread[:, 1:2]
    normal = np.stack([-frames.axis[:, 1], frames.axis[:, 0]], 1)
    middle = frames.centre + raw[:, 0:1] * long * frames.axis + raw[:, 1:2] * wide * normal
    # Without any weights: a stroke along the error, as long and as wide as it.
    half = (1.2 * np.exp(np.clip(raw[:, 2:3], -2, 1))) * long * frames.axis + raw[:, 3:4] * wide * normal
    chord = np.sqrt((half**2).sum(1, keepdims=True)) * 2
    control = middle + np.clip(raw[:, 4:5] * wide * 2, -0.45 * chord, 0.45 * chord) * normal
    radius = np.clip(wide * np.exp(np.clip(raw[:, 5:6], -2, 2)), THINNEST, THICKEST)
    pressure = 0.05 + 0.95 / (1 + np.exp(-np.clip(raw[:, 6:8] + 1.0, -6, 6)))
    return np.concatenate([middle - half, control, middle + half, pressure, radius], 1, dtype=np.float32)


class CompactController:
    """Proposes strokes by the tiny network; as many as wanted, around different peaks of error.

    Args:
        genome: (PARAMETERS,) weights.
    """

    def __init__(self, genome: NDArray[np.float64]) -> None:
        if genome.shape != (PARAMETERS,):
            raise ModelError(
                f"Expected a genome of shape ({PARAMETERS},) but it had shape {genome.shape}.", "Evolve it again."
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
        """See :class:`~dreambrush.painter.search.Controller`."""
        proposals = np.empty((len(windows), count, 9), np.float32)
        seen = windows.canvas.copy()
        for index in range(count):
            peaks = peaks_of_error(windows.target, seen)
            proposals[:, index] = strokes_from(frames_of_error(windows.target, seen, peaks), self.genome)
            _forget_around(seen, windows.target, peaks)
        return proposals


def _forget_around(seen: Float32, target: Float32, peaks: NDArray[np.int64], reach: int = 3) -> None:
    """Takes the error around peaks as mended, so that the next proposal is made elsewhere."""
    side = target.shape[1]
    rows, columns = np.mgrid[0:side, 0:side]
    for index, (row, column) in enumerate(peaks):
        near = (np.abs(rows - row) <= reach) & (np.abs(columns - column) <= reach)
        seen[index][near] = target[index][near]
