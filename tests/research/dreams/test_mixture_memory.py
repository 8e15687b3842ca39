from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.train.collect.strokes import SIDE, Collection, collect, paint_strokes, random_strokes
from research.dreams.mixture_memory import (
    ACTION_FEATURES,
    MemoryDream,
    MemoryOptions,
    Mixture,
    action_features,
    fit_memory,
    fixed_noise,
)
from research.dreams.vae import Vae, VaeOptions, fit_vae

TINY = VaeOptions(latents=4, channels=(2, 2, 4, 4), steps=5, batch=16)
pytestmark = pytest.mark.usefixtures("one_thread")
BRISTLE = read_myb(find_brush("bristle").path)


def broad_strokes(count: int, seed: int) -> Collection:
    """Broad ones are learned in seconds."""
    strokes = random_strokes(4 * count, seed)
    strokes = strokes[strokes[:, 8] > 6][:count]
    return Collection(strokes, paint_strokes(BRISTLE, strokes))


@pytest.mark.slow
def test_even_a_short_training_learns_the_brush() -> None:
    painted, unseen = broad_strokes(2000, 0), broad_strokes(200, 1)
    vae_options = VaeOptions(latents=16, channels=(4, 8, 16, 32), steps=150, batch=32, learning_rate=3e-3)
    options = MemoryOptions(hidden=128, components=3, steps=300, batch=128, learning_rate=4e-3)
    vae = fit_vae(painted.alpha, vae_options, seed=0)
    dream = fit_memory(vae, painted.strokes, painted.alpha, options, seed=0)
    real = torch.from_numpy(unseen.alpha).float() / 255
    with torch.no_grad():
        mean, variance = dream(torch.from_numpy(unseen.strokes))
    assert mean.shape == variance.shape == real.shape
    error = float(((mean - real) ** 2).mean())
    assert error < 0.75 * float(real.var(0, correction=0).mean())
    assert error / 3 < float(variance.mean()) < 3 * error  # it knows about how far off it is


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
@pytest.mark.slow
def test_outputs_are_a_mean_and_a_possible_variance(seed: int) -> None:
    torch.manual_seed(seed)
    dream = MemoryDream(Vae(TINY), MemoryOptions(hidden=8))
    strokes = torch.from_numpy(random_strokes(6, seed))
    mean, variance = dream(strokes)
    assert mean.shape == variance.shape == (6, SIDE, SIDE)
    assert ((mean >= 0) & (mean <= 1)).all()
    assert ((variance >= 0) & (variance <= mean * (1 - mean) + 1e-5)).all()
    # Each stroke is dreamt as if alone, and always alike.
    alone = torch.cat([dream(stroke[None])[0] for stroke in strokes])
    assert torch.allclose(mean, alone, atol=1e-5)


def test_gradients_reach_the_stroke_but_not_the_vae() -> None:
    torch.manual_seed(0)
    dream = MemoryDream(Vae(TINY))
    strokes = torch.from_numpy(random_strokes(3, 0)).requires_grad_()
    dream(strokes)[0].sum().backward()
    assert strokes.grad is not None and torch.isfinite(strokes.grad).all() and (strokes.grad.abs().sum(0) > 0).all()
    assert all(weight.grad is None for weight in dream.vae.parameters())


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights() -> None:
    painted = collect(BRISTLE, 60, 0)
    weights = []
    for seed in (3, 3, 4):
        torch.manual_seed(0)
        dream = fit_memory(Vae(TINY), painted.strokes, painted.alpha, MemoryOptions(hidden=8, steps=3), seed)
        weights.append(torch.cat([weight.flatten() for weight in dream.network.parameters()]))
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_features_tell_strokes_apart() -> None:
    strokes = torch.from_numpy(random_strokes(500, 0))
    features = action_features(strokes)
    assert features.shape == (500, ACTION_FEATURES)
    assert features.abs().max() < 4 and features.std(0).min() > 0.05
    assert torch.allclose(action_features(strokes.reshape(50, 10, 9)).reshape(500, -1), features, atol=1e-6)


def two_gaussians() -> Mixture:
    weights = torch.tensor([0.25, 0.75])
    means = torch.tensor([[0.0, 0.0], [100.0, -100.0]])
    return Mixture(torch.log(weights), means, torch.log(torch.tensor([[1.0, 2.0], [0.5, 0.1]])))


def test_likelihood_is_that_of_a_mixture() -> None:
    mixture, point = two_gaussians(), torch.tensor([0.3, -1.0])
    density = 0.25 * math.prod(
        math.exp(-0.5 * (x / spread) ** 2) / (spread * math.sqrt(2 * math.pi))
        for x, spread in ((0.3, 1.0), (-1.0, 2.0))
    )  # the other Gaussian is too far to count
    assert float(mixture.log_likelihood(point)) == pytest.approx(math.log(density), abs=1e-5)


def test_draws_follow_the_mixture_and_widen_with_the_temperature() -> None:
    one = two_gaussians()
    many = Mixture(*(values.expand(4000, *values.shape) for values in (one.log_weights, one.means, one.log_spreads)))
    generator = torch.Generator().manual_seed(0)
    draws = many.sample(1.0, generator)
    second = draws[:, 0] > 50
    assert float(second.float().mean()) == pytest.approx(0.75, abs=0.03)
    torch.testing.assert_close(draws[second].std(0), torch.tensor([0.5, 0.1]), rtol=0.1, atol=0.0)
    torch.testing.assert_close(draws[~second].std(0), torch.tensor([1.0, 2.0]), rtol=0.1, atol=0.0)
    wild = many.sample(4.0, generator)
    again = wild[:, 0] > 50
    assert float(again.float().mean()) < 0.65  # weights even out
    torch.testing.assert_close(wild[again].std(0), torch.tensor([1.0, 0.2]), rtol=0.1, atol=0.0)
    assert torch.equal(many.sample(0.0, generator), one.means[1].expand(4000, 2))


def test_fixed_noise_is_balanced() -> None:
    noise = fixed_noise(4, 3, 5)
    assert noise.shape == (4, 3, 5) and torch.allclose(noise.sum(0), torch.zeros(3, 5), atol=1e-6)
    with pytest.raises(ValueError, match="even number"):
        fixed_noise(3, 3, 5)
