"""V of World Models: a convolutional VAE that turns a 64x64 alpha picture into a few numbers and back.

The pictures are single strokes (for ``mixture_memory``) or whole canvases (for ``mdn_rnn``); V does not care.  It
differs from Ha & Schmidhuber's (2018) in three things.  It is twenty times smaller.  A second output says how far off
each pixel will be.  And nobody has to weigh the error against the KL term: pixels are Gaussian, with the width that
fits the batch best (Rybkin et al. 2021, "Simple and effective VAE training with calibrated decoders"), so that a noisy
brush, whose error stays large, does not spend latents on dabs that fell by chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from dreambrush.arrays import Pixels
from dreambrush.train.collect.strokes import SIDE
from dreambrush.train.fit.optimiser import Optimiser, shuffled_batches

CORNER = SIDE // 16  # pixels of the smallest feature map, four halvings down
EMPTY_LOGIT = -2.0  # alpha of 0.12, about the mean
LEAST_ERROR = 1e-5  # mean squared error that counts as none; keeps its logarithm finite
LOG_VARIANCES = -10.0, 4.0  # of latents; beyond, exponentials of an untrained encoder could overflow


@dataclass(frozen=True)
class VaeOptions:
    """Every hyper-parameter of V."""

    latents: int = 32  # numbers that a picture becomes, as in World Models
    channels: tuple[int, ...] = (8, 16, 32, 64)  # of the feature maps of 32, 16, 8 and 4 pixels a side
    steps: int = 4000  # optimiser steps; about 3 minutes on 2 cores
    batch: int = 64  # pictures a step
    learning_rate: float = 2e-3  # at its highest, of a one-cycle schedule
    warm_up: float = 0.1  # share of the steps before the highest rate
    variance_weight: float = 0.03  # of the variance's log-likelihood beside the evidence bound
    least_variance: float = 1e-4  # keeps that likelihood finite where paint is never in doubt


class Vae(nn.Module):
    """Pictures to latents and back.

    Args:
        options: only ``latents`` and ``channels`` matter here.
    """

    def __init__(self, options: VaeOptions | None = None) -> None:
        super().__init__()
        options = options or VaeOptions()
        self.latents = options.latents
        down: list[nn.Module] = []
        up: list[nn.Module] = []
        for fine, coarse in zip((1, *options.channels[:-1]), options.channels, strict=True):
            down += [nn.Conv2d(fine, coarse, 4, stride=2, padding=1), nn.SiLU()]
            outputs = 2 if fine == 1 else fine  # at full size: the mean and the variance
            up = [nn.SiLU(), nn.ConvTranspose2d(coarse, outputs, 4, stride=2, padding=1), *up]
        flat = (options.channels[-1], CORNER, CORNER)
        size = flat[0] * CORNER**2
        self.encoder = nn.Sequential(*down, nn.Flatten(), nn.Linear(size, 2 * options.latents))
        self.decoder = nn.Sequential(nn.Linear(options.latents, size), nn.Unflatten(1, flat), *up)
        # Most of a picture is empty: start near that, or the rush towards it leaves the decoder stuck there for good.
        last = up[-1]
        assert isinstance(last, nn.ConvTranspose2d) and last.bias is not None
        nn.init.constant_(last.bias, EMPTY_LOGIT)

    def encode(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation (b, latents) of the latents of pictures (b, SIDE, SIDE), alpha 0..1."""
        mean, log_variance = self.encoder(pictures[:, None]).chunk(2, dim=1)
        return mean, torch.exp(0.5 * log_variance.clamp(*LOG_VARIANCES))

    def decode(self, latents: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and variance of alpha (b, SIDE, SIDE) from latents (b, latents); the variance is 0..mean*(1-mean)."""
        mean, share = self.heads(latents)
        return mean, share * mean * (1 - mean)

    def heads(self, latents: Tensor) -> tuple[Tensor, Tensor]:
        """The mean, and the variance as a share (0..1) of mean*(1-mean), the most that a value in 0..1 can vary."""
        mean, share = torch.sigmoid(self.decoder(latents)).unbind(1)
        return mean, share

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures (b, SIDE, SIDE) as they come back: mean and variance of alpha."""
        return self.decode(self.encode(pictures)[0])


def fit_vae(
    pictures: Pixels,
    options: VaeOptions,
    seed: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Vae:
    """Trains V.

    Args:
        pictures: (n, SIDE, SIDE) alpha, 255 = opaque.
        options: hyper-parameters.
        seed: of the weights, the batches and the latents' noise.
        progress: told steps done and in all, now and then.

    Returns:
        V, trained.

    Raises:
        ValueError: pictures of another shape or type.
    """
    if pictures.ndim != 3 or pictures.shape[1:] != (SIDE, SIDE) or pictures.dtype != np.uint8:
        raise ValueError(f"Expected pictures (n, {SIDE}, {SIDE}) uint8 but had {pictures.shape} {pictures.dtype}")
    torch.manual_seed(seed)
    vae = Vae(options)
    descent = Optimiser(vae.parameters(), options.learning_rate, options.steps, options.warm_up)
    collection = torch.from_numpy(pictures)
    batches = shuffled_batches(len(collection), options.batch)
    for step, chosen in zip(range(options.steps), batches, strict=False):
        real = collection[chosen].float() / 255

        latent_mean, latent_spread = vae.encode(real)
        latents = latent_mean + latent_spread * torch.randn_like(latent_spread)
        mean, share = vae.heads(latents)

        # The evidence bound per pixel.  With Gaussian pixels of the best width their log-likelihood is log(error) / 2.
        squared = (mean - real) ** 2
        kl = 0.5 * (latent_mean**2 + latent_spread**2 - 1 - 2 * torch.log(latent_spread)).sum(1).mean()
        bound = 0.5 * torch.log(squared.mean() + LEAST_ERROR) + kl / SIDE**2

        # The variance learns what error is left, without pulling at the mean.
        fixed = mean.detach()
        spread = share * fixed * (1 - fixed) + options.least_variance
        surprise = 0.5 * (torch.log(spread) + squared.detach() / spread)

        loss = bound + options.variance_weight * surprise.mean()
        descent.step(loss)
        if step % 100 == 0:
            progress(step, options.steps)
    return vae.eval()
