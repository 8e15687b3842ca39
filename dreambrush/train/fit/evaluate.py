"""How good a dream is: error on strokes it never saw, the brush's own noise, and whether its variance is true."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import torch

from dreambrush.arrays import Float32
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.train.collect.strokes import SIDE, paint_strokes, random_strokes
from dreambrush.train.fit.field import FieldDream
from dreambrush.train.fit.samples import pixel_centres

HELD_OUT_STROKES = 1000
NOISE_RENDERS = 12  # of each held-out stroke
HELD_OUT_SEED_OFFSET = 1_000_003  # keeps the held-out strokes apart from those of training
BATCH = 50  # strokes rendered and dreamt at once, to bound memory
VARIANCE_BINS = (0.0, 1e-5, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.25)  # the first one is paint that is sure, or none


@dataclass(frozen=True)
class VarianceBin:
    """Pixels whose foretold variance lies in a range: what was foretold there, and what repeated renders show.

    Attributes:
        upto: upper end of the range.
        pixels: share of all pixels, 0..1.
        predicted: mean variance foretold.
        measured: mean squared difference between the dream's mean and the renders.
    """

    upto: float
    pixels: float
    predicted: float
    measured: float


@dataclass(frozen=True)
class Score:
    """All in squared alpha (0..1), means over every pixel of held-out 64x64 pictures.

    Attributes:
        error: squared difference between the dream's mean and real strokes.
        noise_floor: variance between repeated renders of the same strokes; no mean can have a smaller error.
        predicted_variance: what the dream says its error will be.
        mean_picture_error: error of always predicting the mean picture, for scale.
        calibration: whether the variance is true everywhere, or only on the whole.
    """

    error: float
    noise_floor: float
    predicted_variance: float
    mean_picture_error: float
    calibration: tuple[VarianceBin, ...]

    def as_dict(self) -> dict[str, object]:
        """Rounded to four significant digits."""
        names = ("error", "noise_floor", "predicted_variance", "mean_picture_error")
        bins = [{name: _digits(value) for name, value in vars(row).items()} for row in self.calibration]
        return {**{name: _digits(getattr(self, name)) for name in names}, "calibration": bins}


def _digits(value: float) -> float:
    return float(f"{value:.4g}")


@torch.no_grad()
def dream_pictures(dream: FieldDream, strokes: Float32) -> tuple[Float32, Float32]:
    """Mean and variance of alpha as (n, 64 * 64) float32 pictures."""
    means, variances = [], []
    for first in range(0, len(strokes), BATCH):
        part = torch.from_numpy(strokes[first : first + BATCH])
        mean, variance = dream(part, pixel_centres().expand(len(part), -1, -1))
        means.append(mean.numpy())
        variances.append(variance.numpy())
    return np.concatenate(means), np.concatenate(variances)


def evaluate(dream: FieldDream, settings: BrushSettings, seed: int, count: int = HELD_OUT_STROKES) -> Score:
    """Scores a dream on `count` strokes that are painted for this purpose, NOISE_RENDERS times each."""
    strokes = random_strokes(count, seed + HELD_OUT_SEED_OFFSET)
    squared = np.zeros(4)  # sums over pictures of the means over pixels: errors, noise, variance, squared alpha
    picture = np.zeros(SIDE * SIDE)
    pixels, predicted, measured = np.zeros((3, len(VARIANCE_BINS) - 1))
    for first in range(0, count, BATCH):
        part = strokes[first : first + BATCH]
        renders = paint_strokes(settings, np.repeat(part, NOISE_RENDERS, axis=0))
        real = renders.reshape(len(part), NOISE_RENDERS, -1).astype(np.float32) / 255
        mean, variance = dream_pictures(dream, part)
        error = ((real - mean[:, None]) ** 2).mean(1)
        noise = real.var(axis=1, ddof=1)
        squared += [array.mean(1, dtype=np.float64).sum() for array in (error, noise, variance, real[:, 0] ** 2)]
        picture += real[:, 0].sum(0, dtype=np.float64)
        slot = np.clip(np.searchsorted(VARIANCE_BINS, variance.ravel(), side="right") - 1, 0, len(pixels) - 1)
        for sums, values in ((pixels, None), (predicted, variance), (measured, error)):
            sums += np.bincount(slot, None if values is None else values.ravel(), len(pixels))
    error_, noise_, variance_, power = squared / count
    bins = [
        VarianceBin(high, pixels[i] / pixels.sum(), predicted[i] / pixels[i], measured[i] / pixels[i])
        for i, (_, high) in enumerate(itertools.pairwise(VARIANCE_BINS))
        if pixels[i]
    ]
    spread = power - float(((picture / count) ** 2).mean())
    return Score(error_, noise_, variance_, spread, tuple(bins))
