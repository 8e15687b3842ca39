"""The policy: a small convolutional controller, trained by backpropagation through the dream.

It looks at a window (target and canvas) and, in each of 8x8 cells, proposes one stroke anchored there and foretells
what it would gain.  It is trained on canvases that it paints itself, inside the dream only: the gain of a stroke is
known in closed form and has gradients, so that no reward has to be estimated.  Error alone would make it paint dots
(their gain is easiest to get right), hence a taste for strokes that are long for their width.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor, nn

from dreambrush.arrays import Float32
from dreambrush.bezier import END, RADIUS, START
from dreambrush.painter.propose.windows import SIDE
from dreambrush.train.fit.field import FieldDream
from dreambrush.train.fit.optimiser import Optimiser
from dreambrush.train.fit.samples import pixel_centres
from research.controllers.simulator import DreamtStrokes, lay, random_windows
from research.controllers.training_state import State, random_state, restore_random, with_prefix, without_prefix
from research.controllers.wgan_gp import Opinion

CELLS = 8  # anchors each way
STRIDE = SIDE // CELLS
OUTPUTS = 9  # shift (2), half chord (2), bend, log radius, two pressures, gain
THINNEST, THICKEST = 0.8, 8.0  # radius in window cells


@dataclass(frozen=True)
class PolicyOptions:
    """Every hyper-parameter."""

    steps: int = 4000  # optimiser steps
    windows: int = 48  # in each step
    strokes: int = 4  # proposals judged per window and step, half drawn by error and half by the gain foretold
    points: int = 256  # cells of a window in which a stroke is judged, drawn anew each time
    episode: int = 12  # strokes after which a canvas is taken away and another window begun
    width: int = 24  # channels of the first layer
    learning_rate: float = 2e-3  # at its highest, of a one-cycle schedule
    warm_up: float = 0.05  # share of the steps before the highest rate
    gradient_limit: float = 1.0  # longest gradient that is followed at full length
    critic_weight: float = 0.0  # of a critic's opinion (wgan_gp.py) beside the gain; 0 for no critic
    critic_steps: int = 2  # that the critic learns for each step of the policy
    long_taste: float = 0.8  # share of its gain that a dot is docked; painter/plan/hand.py has the same formula

    def as_dict(self) -> dict[str, float]:
        """For the card."""
        return asdict(self)


class Policy(nn.Module):
    """Windows in, one stroke per anchor out.

    Args:
        width: channels of the first layer.
    """

    anchors: Tensor

    def __init__(self, width: int = 24) -> None:
        super().__init__()

        def block(inside: int, outside: int, stride: int) -> nn.Sequential:
            return nn.Sequential(nn.Conv2d(inside, outside, 3, stride, 1), nn.ReLU())

        self.fine = nn.Sequential(block(11, width, 1), block(width, width, 2))
        self.middle = nn.Sequential(block(width, 2 * width, 2), block(2 * width, 2 * width, 1))
        self.coarse = nn.Sequential(block(2 * width, 3 * width, 2), block(3 * width, 3 * width, 1))
        self.merge = nn.Sequential(block(5 * width, 3 * width, 1), block(3 * width, 3 * width, 1))
        self.head = nn.Conv2d(3 * width, OUTPUTS, 1)
        nn.init.normal_(self.head.weight, std=0.02)
        # To begin with strokes are long: from a dot, gradients do not know which way to draw one out.
        bias = torch.zeros(OUTPUTS)
        bias[2:4] = torch.tensor([0.6, 0.2])
        self.head.bias = nn.Parameter(bias)
        axis = (torch.arange(CELLS) + 0.5) * STRIDE
        y, x = torch.meshgrid(axis, axis, indexing="ij")
        self.register_buffer("anchors", torch.stack([x, y], -1).reshape(1, CELLS * CELLS, 2))

    def forward(self, target: Tensor, canvas: Tensor) -> tuple[Tensor, Tensor]:
        """Proposes.

        Args:
            target: (n, SIDE, SIDE, 3) float32, 0..1.
            canvas: (n, SIDE, SIDE, 3) float32, 0..1.

        Returns:
            Strokes (n, CELLS * CELLS, 9) in window cells, and the share of the window's error that each is foretold
            to remove (n, CELLS * CELLS).
        """
        error = target - canvas
        size = torch.sqrt((error * error).mean((1, 2, 3), keepdim=True) + 1e-6)
        luminous = (error * error).sum(-1, keepdim=True) / (size * size)
        planes = torch.cat([target - 0.5, canvas - 0.5, error / size, luminous.clamp(max=20.0) * 0.3], -1)
        level = torch.log(size).expand(-1, SIDE, SIDE, 1) * 0.3
        fine = self.fine(torch.cat([planes, level], -1).permute(0, 3, 1, 2))
        middle = self.middle(fine)
        coarse = nn.functional.interpolate(self.coarse(middle), scale_factor=2.0, mode="nearest")
        raw = self.head(self.merge(torch.cat([middle, coarse], 1))).flatten(2).permute(0, 2, 1)
        return self.strokes(raw), torch.sigmoid(raw[..., 8] - 3.0)

    def strokes(self, raw: Tensor) -> Tensor:
        """Numbers of the network as strokes: bounded, never curled, three times as long as wide to begin with."""
        middle = self.anchors + 6.0 * torch.tanh(raw[..., 0:2] / 3)
        half = 14.0 * torch.tanh(raw[..., 2:4] / 2)
        bend = 0.45 * torch.tanh(raw[..., 4:5])
        control = middle + bend * 2 * torch.stack([-half[..., 1], half[..., 0]], -1)
        radius = THINNEST * torch.exp(torch.sigmoid(raw[..., 5:6] - 0.5) * math.log(THICKEST / THINNEST))
        pressure = 0.3 + 0.7 * torch.sigmoid(raw[..., 6:8] + 1.0)
        return torch.cat([middle - half, control, middle + half, pressure, radius], -1)


def score(gain: Tensor, strokes: Tensor, long_taste: float) -> Tensor:
    """The gain, less for dots: gain * (1 - taste * exp(-length / width))."""
    chord = torch.sqrt(((strokes[..., END] - strokes[..., START]) ** 2).sum(-1) + 1e-6)
    return gain * (1 - long_taste * torch.exp(-chord / (2 * strokes[..., RADIUS])))


class Trainer:
    """Trains a policy step by step; the caller owns the loop.

    Args:
        dream: of the brush, frozen.
        pictures: to cut windows from.
        options: hyper-parameters.
        seed: of weights, windows and draws.
        start: a trained policy to go on from, of any width; by default new weights.
    """

    def __init__(
        self,
        dream: FieldDream,
        pictures: list[Float32],
        options: PolicyOptions,
        seed: int,
        start: Policy | None = None,
    ) -> None:
        torch.manual_seed(seed)
        self.dream, self.pictures, self.options = dream, pictures, options
        self.rng = np.random.default_rng(seed)
        self.policy = copy.deepcopy(start).train() if start else Policy(options.width)
        self.descent = Optimiser(
            self.policy.parameters(), options.learning_rate, options.steps, options.warm_up, options.gradient_limit
        )
        self.done = 0
        self.centres = pixel_centres(SIDE)
        self.opinion = Opinion() if options.critic_weight else None
        self.age = torch.arange(options.windows) % options.episode
        self.target = random_windows(pictures, options.windows, self.rng)
        self.canvas = self.target.mean((1, 2), keepdim=True).expand_as(self.target).clone()

    def step(self) -> dict[str, float]:
        """One optimiser step; returns what it saw: mean share of error removed, and the loss of the foretelling."""
        options = self.options
        strokes, foretold = self.policy(self.target, self.canvas)
        error = ((self.target - self.canvas) ** 2).sum(-1)
        before = error.sum((1, 2)) + 1e-3
        chosen = self._choose(error, foretold.detach())
        rows = torch.arange(options.windows).repeat_interleave(options.strokes)
        picked = strokes[rows, chosen.reshape(-1)]
        laid = self._judge(picked, rows)
        share = score(laid.gain, picked, options.long_taste) / before[rows]
        guess = foretold[rows, chosen.reshape(-1)]
        guess_loss = ((guess - share.detach().clamp(0, 1)) ** 2).mean()
        loss = -share.mean() + guess_loss
        best = share.detach().reshape(options.windows, -1).argmax(1)
        winners = picked.reshape(options.windows, -1, 9)[torch.arange(options.windows), best]
        seen = {"share": float(share.detach().mean()), "guess_loss": float(guess_loss.detach())}
        if self.opinion is None:
            painted = self._painted(winners.detach())
        else:
            painted = self._painted(winners)
            liked = self.opinion.gain(self.target, self.canvas, painted).mean()
            loss = loss - options.critic_weight * liked
            seen["liked"] = float(liked.detach())
        self.descent.step(loss)
        self.done += 1
        if self.opinion is not None:
            for _ in range(options.critic_steps):
                seen["apart"] = self.opinion.learn(self.target, self.canvas)
        self._turn_to(painted.detach())
        return seen

    def state(self) -> State:
        """Everything that the next steps depend on, but the dream, the pictures and the options; copies."""
        windows = {"target": self.target, "canvas": self.canvas, "age": self.age}
        opinion = with_prefix("opinion", self.opinion.state()) if self.opinion else {}
        return {
            **opinion,
            **with_prefix("policy", self.policy.state_dict()),
            **with_prefix("descent", self.descent.state()),
            **with_prefix("random", random_state(self.rng)),
            **with_prefix("windows", windows),
            "done": torch.tensor(self.done),
        }

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Goes back to a state of a trainer with the same dream, pictures and options: its steps follow bit for bit."""
        self.done = int(state["done"])
        self.policy.load_state_dict(without_prefix("policy", state))
        if self.done:
            self.descent.restore(without_prefix("descent", state), self.done)
        if self.opinion:
            self.opinion.restore(without_prefix("opinion", state))
        restore_random(self.rng, without_prefix("random", state))
        windows = without_prefix("windows", state)
        self.target, self.canvas, self.age = (windows[name] for name in ("target", "canvas", "age"))

    def _choose(self, error: Tensor, foretold: Tensor) -> Tensor:
        """Anchors (n, strokes): one half where the error is, the other where much gain is foretold."""
        count = self.options.strokes
        pooled = nn.functional.avg_pool2d(error[:, None], STRIDE).flatten(1) + 1e-9
        by_error = torch.multinomial(pooled, count - count // 2, replacement=True)
        by_gain = torch.multinomial(torch.softmax(foretold * 20, 1), count // 2, replacement=True)
        return torch.cat([by_error, by_gain], 1)

    def _judge(self, strokes: Tensor, rows: Tensor) -> DreamtStrokes:
        """Gains estimated from random cells, the same for all, which keeps a step cheap."""
        which = torch.randperm(SIDE * SIDE)[: self.options.points]
        points = self.centres[which].expand(len(rows), -1, -1)
        target, canvas = (picture.flatten(1, 2)[:, which][rows] for picture in (self.target, self.canvas))
        return lay(self.dream, strokes, points, target, canvas, area=SIDE * SIDE / len(which))

    def _painted(self, strokes: Tensor) -> Tensor:
        """The canvases with one more stroke each, laid inside the dream."""
        points = self.centres.expand(len(strokes), -1, -1)
        laid = lay(self.dream, strokes, points, self.target.flatten(1, 2), self.canvas.flatten(1, 2))
        alpha = laid.mean.reshape(-1, SIDE, SIDE, 1)
        return self.canvas + alpha * (laid.colour[:, None, None] - self.canvas)

    def _turn_to(self, canvas: Tensor) -> None:
        """Goes on with these canvases, but begins new windows where an episode is over."""
        self.canvas = canvas
        self.age += 1
        over = torch.nonzero(self.age >= self.options.episode)[:, 0]
        if len(over):
            self.age[over] = 0
            self.target[over] = random_windows(self.pictures, len(over), self.rng)
            self.canvas[over] = self.target[over].mean((1, 2), keepdim=True).expand(-1, SIDE, SIDE, -1)


def train_policy(
    dream: FieldDream,
    pictures: list[Float32],
    options: PolicyOptions,
    seed: int,
    progress: Callable[[int, int, dict[str, float]], None] = lambda done, total, seen: None,
) -> Policy:
    """Trains a policy from nothing; see :class:`Trainer`."""
    trainer = Trainer(dream, pictures, options, seed)
    for step in range(options.steps):
        progress(step, options.steps, trainer.step())
    return trainer.policy.eval()
