from __future__ import annotations

import numpy as np
import pytest
import torch

from dreambrush.arrays import Pixels
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.train.collect.strokes import SIDE, paint_strokes, random_strokes
from research.dreams.vae import Vae, VaeOptions, fit_vae

pytestmark = pytest.mark.usefixtures("one_thread")
QUICK = VaeOptions(latents=16, channels=(4, 8, 16, 32), steps=150, batch=32, learning_rate=3e-3)


def real_alpha(count: int, seed: int) -> Pixels:
    """Of broad strokes, which are learned in seconds."""
    strokes = random_strokes(4 * count, seed)
    return paint_strokes(read_myb(find_brush("oil").path), strokes[strokes[:, 8] > 6][:count])


@pytest.mark.slow
def test_even_a_short_training_brings_pictures_back() -> None:
    vae = fit_vae(real_alpha(2000, 0), QUICK, seed=0)
    unseen = torch.from_numpy(real_alpha(200, 1)).float() / 255
    with torch.no_grad():
        mean, variance = vae(unseen)
    assert mean.shape == variance.shape == unseen.shape
    error = float(((mean - unseen) ** 2).mean())
    assert error < 0.6 * float(unseen.var(0, correction=0).mean())
    assert error / 3 < float(variance.mean()) < 3 * error  # it knows about how far off it is


def test_outputs_are_a_mean_and_a_possible_variance() -> None:
    torch.manual_seed(0)
    vae = Vae()
    assert sum(weight.numel() for weight in vae.parameters()) < 1_000_000
    mean, variance = vae.decode(100 * torch.randn(5, vae.latents))
    assert mean.shape == variance.shape == (5, SIDE, SIDE)
    assert ((mean >= 0) & (mean <= 1)).all()
    assert ((variance >= 0) & (variance <= mean * (1 - mean) + 1e-6)).all()
    centre, spread = vae.encode(torch.rand(5, SIDE, SIDE))
    assert centre.shape == spread.shape == (5, vae.latents)
    assert (spread > 0).all()


def test_the_same_seed_gives_the_same_weights() -> None:
    pictures = real_alpha(100, 0)
    few = VaeOptions(latents=4, channels=(2, 2, 4, 4), steps=5, batch=16)
    weights = [torch.cat([w.flatten() for w in fit_vae(pictures, few, seed).parameters()]) for seed in (3, 3, 4)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@pytest.mark.parametrize("wrong", [np.zeros((3, 32, 32), np.uint8), np.zeros((3, SIDE, SIDE), np.float32)])
def test_other_pictures_are_refused(wrong: Pixels) -> None:
    with pytest.raises(ValueError, match="Expected pictures"):
        fit_vae(wrong, QUICK, seed=0)
