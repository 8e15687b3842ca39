"""Gradient descent as every training here does it: Adam with a one-cycle learning rate, on shuffled batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import torch
from torch import Tensor, nn


class Optimiser:
    """Adam whose learning rate rises to its highest and falls to nothing over a known number of steps.

    The cycle is that of Smith & Topin 2018, "Super-convergence", as torch implements it.

    Args:
        weights: what is trained.
        learning_rate: at its highest.
        steps: in all.
        warm_up: share of the steps before the highest rate.
        gradient_limit: longest gradient that is followed at full length; none by default.
    """

    def __init__(
        self,
        weights: Iterable[nn.Parameter],
        learning_rate: float,
        steps: int,
        warm_up: float,
        gradient_limit: float | None = None,
    ) -> None:
        self.weights, self.gradient_limit = list(weights), gradient_limit
        self._optimiser = torch.optim.Adam(self.weights, lr=learning_rate)
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimiser, learning_rate, total_steps=steps, pct_start=warm_up
        )

    def step(self, loss: Tensor) -> None:
        """One step down the slope of a loss."""
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        if self.gradient_limit is not None:
            nn.utils.clip_grad_norm_(self.weights, self.gradient_limit)
        self._optimiser.step()
        self._schedule.step()

    def state(self) -> dict[str, Tensor]:
        """Adam's moments; with the weights and the number of steps done they are all that further steps depend on."""
        kept: dict[int, dict[str, Tensor]] = self._optimiser.state_dict()["state"]
        return {f"{index}.{name}": tensor for index, moments in kept.items() for name, tensor in moments.items()}

    def restore(self, state: Mapping[str, Tensor], steps: int) -> None:
        """Goes on after so many steps.

        Args:
            state: what :meth:`state` gave then.
            steps: done then, at least 1.
        """
        moments: dict[int, dict[str, Tensor]] = {}
        for key, tensor in state.items():
            index, name = key.split(".")
            moments.setdefault(int(index), {})[name] = tensor
        self._optimiser.load_state_dict({**self._optimiser.state_dict(), "state": moments})
        self._schedule.load_state_dict({"last_epoch": steps - 1, "_step_count": steps + 1})
        self._schedule.step()  # sets the rate of this step, which has a closed form


def shuffled_batches(count: int, batch: int) -> Iterator[Tensor]:
    """Endless batches of indices below `count`: each pass in a new order, its incomplete last batch left out."""
    batch = min(batch, count)
    while True:
        order = torch.randperm(count)
        for first in range(0, count - batch + 1, batch):
            yield order[first : first + batch]
