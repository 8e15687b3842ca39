"""A critic's opinion as a reward: conditional WGAN-GP, as in SPIRAL (Ganin et al. 2018, section 3.2) and Nakano's post.

The critic sees a target and a canvas and learns to tell the target itself from what has been painted of it.  Where it
is 1-Lipschitz (the gradient penalty of Gulrajani et al. 2017, "Improved training of Wasserstein GANs") its opinion
rises by at most the distance that a stroke brings the canvas nearer; divided by the distance that was left, it is a
share like the share of error removed, and the two can be mixed.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from research.controllers.training_state import State, with_prefix, without_prefix

PENALTY = 10.0  # as in the paper
LEARNING_RATE = 3e-4
BETAS = 0.0, 0.9  # no momentum: what is to be judged changes all the time


class Critic(nn.Module):
    """Target and canvas in, an opinion out: the higher, the more the canvas could be the target itself.

    No normalisation over the batch: the penalty holds for each pair by itself.

    Args:
        width: channels of the first layer.
    """

    def __init__(self, width: int = 16) -> None:
        super().__init__()

        def block(inside: int, outside: int) -> nn.Sequential:
            return nn.Sequential(nn.Conv2d(inside, outside, 4, 2, 1), nn.LeakyReLU(0.2))

        self.layers = nn.Sequential(
            block(9, width), block(width, 2 * width), block(2 * width, 4 * width), block(4 * width, 4 * width)
        )
        self.head = nn.Linear(4 * width * 2 * 2, 1)

    def forward(self, target: Tensor, canvas: Tensor) -> Tensor:
        """Opinions (n,) of canvases (n, SIDE, SIDE, 3) for targets of that shape."""
        planes = torch.cat([target, canvas, canvas - target], -1).permute(0, 3, 1, 2)
        return torch.as_tensor(self.head(self.layers(planes).flatten(1)))[:, 0]


class Opinion:
    """A critic that learns beside the policy.

    Args:
        width: of the critic.
    """

    def __init__(self, width: int = 16) -> None:
        self.critic = Critic(width)
        self._optimiser = torch.optim.Adam(self.critic.parameters(), LEARNING_RATE, BETAS)

    def learn(self, target: Tensor, canvas: Tensor) -> float:
        """One step on pairs (n, SIDE, SIDE, 3); returns how far apart it holds them (the Wasserstein estimate)."""
        real, painted = self.critic(target, target), self.critic(target, canvas)
        apart = (real - painted).mean()
        loss = PENALTY * gradient_penalty(self.critic, target, canvas) - apart
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()
        return float(apart.detach())

    def gain(self, target: Tensor, before: Tensor, after: Tensor) -> Tensor:
        """By how much (n,) strokes better its opinion, as a share of the distance that was left; with gradients."""
        left = torch.sqrt(((target - before) ** 2).sum((1, 2, 3)) + 1e-3)
        self.critic.requires_grad_(False)
        better: Tensor = self.critic(target, after) - self.critic(target, before)
        self.critic.requires_grad_(True)
        return better / left

    def state(self) -> State:
        """Weights, and moments of their descent."""
        moments = {
            f"{index}.{name}": tensor
            for index, kept in self._optimiser.state_dict()["state"].items()
            for name, tensor in kept.items()
        }
        return with_prefix("critic", self.critic.state_dict()) | with_prefix("moments", moments)

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Goes back to what :meth:`state` gave."""
        self.critic.load_state_dict(without_prefix("critic", state))
        moments: dict[int, dict[str, Tensor]] = {}
        for key, tensor in without_prefix("moments", state).items():
            index, name = key.split(".")
            moments.setdefault(int(index), {})[name] = tensor
        self._optimiser.load_state_dict({**self._optimiser.state_dict(), "state": moments})


def gradient_penalty(critic: Critic, target: Tensor, canvas: Tensor) -> Tensor:
    """Mean of (|gradient| - 1)^2 at random points between targets and canvases (n, SIDE, SIDE, 3), equation 3."""
    part = torch.rand(len(target), 1, 1, 1)
    between = (canvas + part * (target - canvas)).requires_grad_(True)
    (slope,) = torch.autograd.grad(critic(target, between).sum(), between, create_graph=True)
    length = torch.sqrt((slope**2).sum((1, 2, 3)) + 1e-12)
    return ((length - 1) ** 2).mean()
