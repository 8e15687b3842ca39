"""Fits a field dream to the pixels of painted strokes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from dreambrush.dream.descent import Descent, shuffled_batches
from dreambrush.dream.field import HIDDEN, FieldDream


@dataclass(frozen=True)
class FitOptions:
    """Every hyper-parameter of the fit."""

    steps: int = 8000  # optimiser steps; about 2 minutes on 2 cores
    batch: int = 8192  # points a step
    learning_rate: float = 6e-3  # at its highest, of a one-cycle schedule
    warm_up: float = 0.1  # share of the steps before the highest rate
    hidden: int = HIDDEN
    variance_weight: float = 0.002  # of the variance's log-likelihood beside the mean's squared error
    least_variance: float = 1e-4  # keeps that likelihood finite for brushes without any randomness

    def as_dict(self) -> dict[str, float]:
        """For the card."""
        return asdict(self)


def fit(
    features: Tensor,
    alpha: Tensor,
    reach: float,
    options: FitOptions,
    seed: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> FieldDream:
    """Trains a dream.

    The mean is fitted by least squares.  The variance is fitted by the Gaussian likelihood of the errors that the mean
    makes, without pulling at the mean: it thus learns the brush's noise and the dream's own errors alike.

    Args:
        features: (m, FEATURES) float32.
        alpha: (m,) float32, 0..1.
        reach: of the brush, in radii.
        options: hyper-parameters.
        seed: of the weights and the batches.
        progress: told steps done and in all, now and then.

    Returns:
        The trained dream.
    """
    torch.manual_seed(seed)
    dream = FieldDream(reach, options.hidden)
    descent = Descent(dream.parameters(), options.learning_rate, options.steps, options.warm_up)
    batches = shuffled_batches(len(features), options.batch)
    for step, chosen in zip(range(options.steps), batches, strict=False):
        mean, share = dream.heads(features[chosen])
        squared = (mean - alpha[chosen]) ** 2
        fixed = mean.detach()
        spread = share * fixed * (1 - fixed) + options.least_variance
        surprise = 0.5 * (torch.log(spread) + squared.detach() / spread)
        loss = squared.mean() + options.variance_weight * surprise.mean()
        descent.step(loss)
        if step % 100 == 0:
            progress(step, options.steps)
    return dream.eval()
