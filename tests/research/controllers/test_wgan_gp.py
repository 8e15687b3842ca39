from __future__ import annotations

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image

from dreambrush.models.catalogue import WEIGHTS_FILE, find_brush
from dreambrush.train.fit.learn import load_dream
from research.controllers.policy import PolicyOptions, Trainer
from research.controllers.simulator import random_windows
from research.controllers.wgan_gp import Critic, Opinion, gradient_penalty


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    picture = Image.fromarray(skimage.data.astronaut())  # type: ignore[no-untyped-call]
    return [np.asarray(picture.resize((96, 96)), np.float32) / 255]


@pytest.mark.slow
def test_the_critic_learns_to_tell_targets_from_canvases(pictures: list[np.ndarray]) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    opinion = Opinion(8)
    rng = np.random.default_rng(0)
    apart = []
    for _ in range(150):
        target = random_windows(pictures, 8, rng)
        apart.append(opinion.learn(target, target.mean((1, 2), keepdim=True).expand_as(target)))
    assert np.mean(apart[-10:]) > np.mean(apart[:10]) + 0.3
    target = random_windows(pictures, 16, rng)
    flat = target.mean((1, 2), keepdim=True).expand_as(target)
    half = 0.5 * (target + flat)
    with torch.no_grad():
        assert (opinion.gain(target, flat, half) > 0).float().mean() > 0.8
        assert float(opinion.gain(target, flat, target).mean()) < 1.6  # a share of what was left, about


def test_the_penalty_is_zero_where_the_slope_is_one() -> None:
    torch.manual_seed(1)
    critic = Critic(4)

    def slope_one(target: torch.Tensor, canvas: torch.Tensor) -> torch.Tensor:
        return canvas[:, 0, 0, 0]

    critic.forward = slope_one  # type: ignore[method-assign]
    pair = torch.rand(2, 3, 32, 32, 3)
    assert gradient_penalty(critic, *pair) < 1e-10


@pytest.mark.slow
def test_an_opinion_has_gradients_for_the_painter_but_not_for_the_critic() -> None:
    torch.manual_seed(2)
    opinion = Opinion(4)
    target, before, after = torch.rand(3, 2, 32, 32, 3)
    after.requires_grad_(True)
    liked: torch.Tensor = opinion.gain(target, before, after).sum()
    liked.backward()  # type: ignore[no-untyped-call]
    assert after.grad is not None and after.grad.abs().sum() > 0
    assert all(weight.grad is None and weight.requires_grad for weight in opinion.critic.parameters())


@pytest.mark.slow
def test_a_policy_learns_from_gain_and_opinion_together(pictures: list[np.ndarray]) -> None:
    torch.set_num_threads(1)
    options = PolicyOptions(steps=40, windows=8, points=128, width=8, episode=2, learning_rate=4e-3, critic_weight=0.5)
    trainer = Trainer(load_dream(find_brush("oil").dream_folder() / WEIGHTS_FILE), pictures, options, seed=0)
    seen = [trainer.step() for _ in range(options.steps)]
    assert all(np.isfinite(list(each.values())).all() for each in seen)
    assert seen[-1].keys() >= {"share", "liked", "apart"}
    assert np.mean([each["share"] for each in seen[-12:]]) > np.mean([each["share"] for each in seen[:6]])
