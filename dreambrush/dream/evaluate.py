"""How good a dream is: error on strokes it never saw, the brush's own noise, and whether its variance is true."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreambrush.dream.collect import collect, paint_strokes
from dreambrush.dream.field import FieldDream
from dreambrush.dream.samples import BATCH, pixel_centres
from dreambrush.mypaint.myb import BrushSettings

HELD_OUT_STROKES = 1000
NOISE_SHARE, NOISE_RENDERS = 0.25, 12  # of the held-out strokes, this share is rendered that often
HELD_OUT_SEED_OFFSET = 1_000_003  # keeps the held-out strokes apart from those of training


@dataclass(frozen=True)
class Score:
    """All in squared alpha (0..1), means over every pixel of held-out 64x64 pictures.

    Attributes:
        error: squared difference between the dream's mean and the real stroke.
        noise_floor: variance between repeated renders of the same stroke; no mean can have a smaller error.
        predicted_variance: what the dream says its error will be.
        mean_picture_error: error of always predicting the mean picture, for scale.
    """

    error: float
    noise_floor: float
    predicted_variance: float
    mean_picture_error: float

    def as_dict(self) -> dict[str, float]:
        """Rounded to four significant digits."""
        return {name: float(f"{value:.4g}") for name, value in asdict(self).items()}


@torch.no_grad()
def dream_pictures(dream: FieldDream, strokes: NDArray[np.float32]) -> tuple[Tensor, Tensor]:
    """Mean and variance of alpha as (n, 64 * 64) float32 pictures."""
    means, variances = [], []
    for first in range(0, len(strokes), BATCH):
        part = torch.from_numpy(strokes[first : first + BATCH])
        mean, variance = dream(part, pixel_centres().expand(len(part), -1, -1))
        means.append(mean)
        variances.append(variance)
    return torch.cat(means), torch.cat(variances)


def noise_floor(settings: BrushSettings, strokes: NDArray[np.float32]) -> float:
    """Mean variance of alpha over NOISE_RENDERS renders of each stroke (n, 9), unbiased."""
    renders = paint_strokes(settings, np.repeat(strokes, NOISE_RENDERS, axis=0))
    values = renders.reshape(len(strokes), NOISE_RENDERS, -1).astype(np.float32) / 255
    return float(values.var(axis=1, ddof=1, dtype=np.float64).mean())


def evaluate(dream: FieldDream, settings: BrushSettings, seed: int, count: int = HELD_OUT_STROKES) -> Score:
    """Scores a dream on `count` strokes painted for this purpose."""
    held_out = collect(settings, count, seed + HELD_OUT_SEED_OFFSET)
    real = torch.from_numpy(held_out.alpha.reshape(count, -1)).double() / 255
    mean, variance = dream_pictures(dream, held_out.strokes)
    return Score(
        error=float(((mean - real) ** 2).mean()),
        noise_floor=noise_floor(settings, held_out.strokes[: max(int(NOISE_SHARE * count), 1)]),
        predicted_variance=float(variance.double().mean()),
        mean_picture_error=float(((real - real.mean(0)) ** 2).mean()),
    )
