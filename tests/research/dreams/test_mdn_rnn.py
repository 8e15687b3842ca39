from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch

from dreambrush.arrays import Float32, Pixels
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.train.collect.episodes import EPISODE_LENGTH, paint_episodes, random_episodes
from dreambrush.train.collect.strokes import SIDE
from research.dreams.mdn_rnn import MdnRnn, MdnRnnOptions, dream_episodes, fit_mdn_rnn, surprise
from research.dreams.vae import Vae, VaeOptions, fit_vae

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_thread")]
QUICK = MdnRnnOptions(hidden=64, components=3, steps=150, batch=32, learning_rate=6e-3)
Episodes = tuple[Float32, Pixels]


@cache
def real_episodes(count: int, seed: int) -> Episodes:
    settings = read_myb(find_brush("oil").path).with_values(paint_mode=0.0)
    strokes, colour = random_episodes(count, seed)
    strokes[..., 8] = np.clip(strokes[..., 8], 6, 10)  # broad strokes are learned in seconds
    painted = paint_episodes(settings, strokes, colour)
    return painted.strokes, painted.canvas[..., 3]


@cache
def trained() -> tuple[MdnRnn, MdnRnn]:
    """After one step of training and after all of them."""
    strokes, canvases = real_episodes(96, 0)
    options = VaeOptions(latents=16, channels=(4, 8, 16, 32), steps=150, batch=32, learning_rate=3e-3)
    vae = fit_vae(canvases.reshape(-1, SIDE, SIDE), options, seed=0)
    one_step = MdnRnnOptions(hidden=64, components=3, steps=2, batch=32, learning_rate=1e-9)
    return fit_mdn_rnn(vae, strokes, canvases, one_step, 0), fit_mdn_rnn(vae, strokes, canvases, QUICK, 0)


def test_training_makes_what_comes_next_likelier() -> None:
    before, after = trained()
    unseen = real_episodes(16, 1)
    assert surprise(after, *unseen) < surprise(before, *unseen) - 0.3  # nats a latent


def test_dreamt_episodes_resemble_real_ones() -> None:
    strokes, canvases = real_episodes(16, 1)
    real = canvases[:, 1:5].astype(np.float32) / 255
    dreamt = dream_episodes(trained()[1], strokes[:, :4], temperature=0.0)
    assert dreamt.shape == (16, 5, SIDE, SIDE) and dreamt.dtype == np.float32
    assert dreamt.min() >= 0 and dreamt.max() <= 1
    seen = real_episodes(96, 0)[1][:, 1:5].astype(np.float32) / 255
    assert ((dreamt[:, 1:] - real) ** 2).mean() < 0.9 * ((seen.mean(0) - real) ** 2).mean()


def test_temperature_widens_dreams() -> None:
    strokes = real_episodes(4, 2)[0]
    widths = []
    for temperature in (0.0, 0.3, 1.0, 3.0):
        rolls = [dream_episodes(trained()[1], strokes, temperature, seed) for seed in range(4)]
        widths.append(float(np.var(rolls, axis=0).mean()))
    assert widths[0] == 0 < widths[1] < widths[2] < widths[3]


def test_the_same_seed_rolls_the_same_dream() -> None:
    strokes = real_episodes(4, 2)[0]
    rolls = [dream_episodes(trained()[1], strokes, 1.0, seed) for seed in (5, 5, 6)]
    assert np.array_equal(rolls[0], rolls[1])
    assert not np.array_equal(rolls[0], rolls[2])


def test_dreams_go_on_from_a_canvas() -> None:
    strokes, canvases = real_episodes(16, 1)
    dream = trained()[1]
    dreamt = dream_episodes(dream, strokes[:, 8:10], 0.0, first=canvases[:, 8])
    real = canvases[:, 10].astype(np.float32) / 255
    from_empty = dream_episodes(dream, strokes[:, 8:10], 0.0)
    assert ((dreamt[:, 2] - real) ** 2).mean() < 0.7 * ((from_empty[:, 2] - real) ** 2).mean()


def test_single_strokes_have_a_mean_and_a_possible_variance() -> None:
    strokes, _ = real_episodes(4, 2)
    with torch.no_grad():
        mean, variance = trained()[1](torch.from_numpy(strokes[:, 0]))
    assert mean.shape == variance.shape == (4, SIDE, SIDE)
    assert ((mean >= 0) & (mean <= 1)).all()
    assert ((variance > 0) & (variance <= mean * (1 - mean) + 1e-5)).all()


def test_shapes_are_checked() -> None:
    vae = Vae(VaeOptions(latents=4, channels=(2, 2, 4, 4)))
    strokes, canvases = real_episodes(4, 2)
    with pytest.raises(ValueError, match="Expected strokes"):
        fit_mdn_rnn(vae, strokes, canvases[:, 1:], QUICK, 0)
    with pytest.raises(ValueError, match="Expected strokes to have shape"):
        dream_episodes(MdnRnn(vae), strokes[0])
    with pytest.raises(ValueError, match="temperature"):
        dream_episodes(MdnRnn(vae), strokes, temperature=-1.0)
    assert strokes.shape[1] == EPISODE_LENGTH
