"""A controller of 171 numbers: it looks along a ridge of error and says how its stroke should differ from it.

This is the C of World Models (Ha & Schmidhuber 2018, section 2.3): as little as possible decides, one linear layer, so
that evolution can train it.  It sees each ridge in that ridge's own frame: how long, wide and bent it is, how it ends
and what lies beside it.  So place and direction need not be learned.  With all weights at 0 the stroke lies on the
ridge already; with the weights of :func:`slender` it is the painter's own
(:class:`~dreambrush.painter.propose.ridge_proposer.RidgeProposer`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dreambrush.arrays import Float32, Float64
from dreambrush.errors import ModelError
from dreambrush.painter.propose.ridge import STRIDE, Ridges, Wrongs, follow, peaks_of_error, smoothed
from dreambrush.painter.propose.ridge_proposer import FAINTEST, SLENDER, Spines, at_least_after
from dreambrush.painter.propose.windows import Windows

FEATURES, OUTPUTS = 18, 9
PARAMETERS = (FEATURES + 1) * OUTPUTS
WIDTH = 5  # which output makes a stroke wider


class Contours(Spines):
    """Ridges as the network sees them.

    Attributes:
        features: (n, FEATURES) float32, -3..3.

    Args:
        ridges: n of them.
        wrongs: of the same peaks, not smoothed.
    """

    def __init__(self, ridges: Ridges, wrongs: Wrongs) -> None:
        super().__init__(ridges)
        places = np.stack([self.low, 0.5 * (self.low + self.high), self.high], 1)
        start, centre, end = self.sampled(self.points, places).transpose(1, 0, 2)
        chord = end - start
        length = np.hypot(*chord.T) + np.float32(1e-3)
        normal = np.stack([-chord[:, 1], chord[:, 0]], 1) / length[:, None]
        bend = ((centre - 0.5 * (start + end)) * normal).sum(1)
        side = np.where(bend < 0, -1, 1).astype(np.float32)[:, None]  # so that it always bends to the same side
        self.normal = normal * side
        unit = wrongs.side * STRIDE
        beside = (
            centre[:, None] + self.normal[:, None] * ((self.widths[:, 1] + unit) * np.array([[1], [-1]])).T[..., None]
        )
        cut = np.stack([self.low - self.arc[:, 0], self.arc[:, -1] - self.high], 1)
        # How wrong it is a width beyond either end.
        ahead, far = chord / length[:, None], self.widths[:, [0, 2]] + unit
        beyond = wrongs.at(np.stack([start - far[:, :1] * ahead, end + far[:, 1:] * ahead], 1))
        columns = (
            np.log(self.widths / unit) - 0.5,
            np.log(length / self.widths[:, 1])[:, None] - 1,
            (np.abs(bend) / length)[:, None] * 5,
            np.minimum(cut / (unit * 4), 1.5),
            np.clip(ridges.turned * side, -1.5, 1.5),
            wrongs.at(self.sampled(self.points, places)),
            wrongs.at(beside),
            beyond,
            ridges.strength[:, None] - 1,
            0.5 * np.log(wrongs.left * 100 + 0.1)[:, None],
        )
        self.features = np.clip(np.concatenate(columns, 1), -3, 3).astype(np.float32)

    def corrected(self, genome: Float64) -> Float32:
        """The network's strokes (n, 9) in window cells.

        Args:
            genome: (PARAMETERS,) all its weights, or (n, PARAMETERS) for each ridge those of another network.
        """
        weights = genome.reshape(-1, FEATURES + 1, OUTPUTS)
        raw = np.tanh((self.features[:, None] @ weights[:, :-1])[:, 0] + weights[:, -1]).astype(np.float32)
        width = self.widths.mean(1, keepdims=True)
        low = self.low[:, None] - 2 * raw[:, 0:1] * width
        high = at_least_after(low, self.high[:, None] + 2 * raw[:, 1:2] * width)
        start, middle, bow, end = self.curve(low, high)
        control = middle + bow * (1 + raw[:, 2:3]) + 0.5 * raw[:, 3:4] * width * self.normal
        shift, lean = (0.5 * raw[:, i : i + 1] * width * self.normal for i in (4, 8))
        pressure = np.clip(self.pressures() + raw[:, 6:8], FAINTEST, 1)
        path = [start + shift - lean, control + shift, end + shift + lean]
        return np.concatenate([*path, pressure, self.radius(np.exp(raw[:, WIDTH : WIDTH + 1]))], 1, dtype=np.float32)


def contours_of_error(residual: Float32, count: int) -> Contours:
    """Ridges around the `count` highest peaks of residuals (m, s, s, 3), those of each window together."""
    soft = smoothed(residual)
    peaks = peaks_of_error(soft, count).reshape(-1, 2)
    window = np.repeat(np.arange(len(residual)), count)
    return Contours(follow(residual, soft, peaks, window), Wrongs(residual, window, peaks))


def slender() -> Float64:
    """Weights (PARAMETERS,) with which strokes are those of the painter: on their ridges, and narrower."""
    weights = np.zeros((FEATURES + 1, OUTPUTS))
    weights[-1, WIDTH] = np.arctanh(np.log(float(SLENDER)))
    return weights.ravel()


class CompactController:
    """Proposes strokes by the tiny network; as many as wanted, around different peaks of error.

    Args:
        genome: (PARAMETERS,) weights.
    """

    def __init__(self, genome: Float64) -> None:
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
        """See :class:`~dreambrush.painter.ridge_proposer.Controller`."""
        strokes = contours_of_error(windows.target - windows.canvas, count).corrected(self.genome)
        return strokes.reshape(len(windows), count, 9)
