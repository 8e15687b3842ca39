"""Fits a field dream to the pixels of painted strokes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from dreambrush.train.fit.checkpoint import Checkpoint, State
from dreambrush.train.fit.field import HIDDEN, FieldDream
from dreambrush.train.fit.optimiser import Optimiser, shuffled_batches
from dreambrush.train.fit.ranks import ALONE, Ranks
from dreambrush.train.fit.samples import POINTS_PER_GROUP, Samples


@dataclass(frozen=True)
class FitOptions:
    """Every hyper-parameter of the fit."""

    steps: int = 8000  # optimiser steps; two to three minutes
    batch: int = 8192  # points a step
    learning_rate: float = 6e-3  # at its highest, of a one-cycle schedule
    warm_up: float = 0.1  # share of the steps before the highest rate
    hidden: int = HIDDEN
    variance_weight: float = 0.005  # of the variance's log-likelihood beside the mean's squared error
    least_variance: float = 1e-4  # keeps that likelihood finite for brushes without any randomness

    def as_dict(self) -> dict[str, float]:
        """For the card."""
        return asdict(self)


def fit(
    samples: Samples,
    reach: float,
    nib: Tensor,
    options: FitOptions,
    seed: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
    checkpoint: Checkpoint | None = None,
    device: str = "cpu",
    begin: State | None = None,
    ranks: Ranks = ALONE,
) -> FieldDream:
    """Trains a dream.

    The mean is fitted by least squares.  The variance is fitted by the Gaussian likelihood of the errors that the mean
    makes, without pulling at the mean: it thus learns the brush's noise and the dream's own errors alike.

    Args:
        samples: points of painted strokes.
        reach: of the brush, in radii, seen through the nib.
        nib: (2, 2), see nib.py.
        options: hyper-parameters.
        seed: of the weights and the batches.
        progress: told steps done and in all, now and then.
        checkpoint: where to go on from, and to save to.  After a stop the weights become the same to the last bit.
        device: of torch.
        begin: weights of another brush's dream to begin from, which saves steps; random ones by default.
        ranks: those that share the work.

    Returns:
        The trained dream, on the CPU.
    """
    about = {"reach": reach, "options": options.as_dict(), "seed": seed, "device": device}
    ranks.call("dream", about, {**vars(samples), "nib": nib})
    device = ranks.device(device)
    torch.manual_seed(seed)
    dream = FieldDream(reach, nib, options.hidden)
    if begin is not None:
        own = {"reach": dream.reach, "nib": dream.nib}
        dream.load_state_dict({**begin, **own})
    dream = dream.to(device)
    descent = Optimiser(dream.parameters(), options.learning_rate, options.steps, options.warm_up)
    batches = shuffled_batches(len(samples), options.batch // POINTS_PER_GROUP)
    first, state = ranks.agree(*(checkpoint.load() if checkpoint else (0, {})))
    if first:
        _restore(dream, descent, state, first)

    def loss_of(groups: Tensor) -> Tensor:
        strokes, points, alpha = samples.batch(groups, device)
        mean, share, _ = dream.heads(strokes, points)
        squared = (mean - alpha) ** 2
        fixed = mean.detach()
        spread = share * fixed * (1 - fixed) + options.least_variance
        surprise = 0.5 * (torch.log(spread) + squared.detach() / spread)
        return squared.mean() + options.variance_weight * surprise.mean()

    loss = ranks.shared(dream, loss_of)
    for step, chosen in zip(range(options.steps), batches, strict=False):
        if step < first:
            continue  # its batch is only drawn, because those that follow depend on it
        descent.step(loss(chosen))
        if step % 20 == 0:
            progress(step, options.steps)
        if checkpoint:
            checkpoint.offer(step + 1, lambda: _state(dream, descent))
    return dream.cpu().eval()


def _state(dream: FieldDream, descent: Optimiser) -> State:
    """All that a fit needs to go on, besides its arguments and the number of steps done."""
    weights = {f"dream/{name}": tensor for name, tensor in dream.state_dict().items()}
    return weights | {f"descent/{name}": tensor for name, tensor in descent.state().items()}


def _restore(dream: FieldDream, descent: Optimiser, state: State, steps: int) -> None:
    def part(of: str) -> dict[str, Tensor]:
        return {name.removeprefix(of): tensor for name, tensor in state.items() if name.startswith(of)}

    dream.load_state_dict(part("dream/"))
    descent.restore(part("descent/"), steps)
