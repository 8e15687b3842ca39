"""M of World Models for single strokes: from the action to V's latents, which V's decoder turns into a picture.

A stroke is nine numbers; a small network sees them as points on the path, in waves of several lengths, and says where
the stroke's latents lie: a mixture of Gaussians, as in World Models, here over all latents together, for a picture's
latents belong together.  Mean and variance of alpha follow from a few latents drawn from that mixture.  It dreams
64x64 pictures only, and every place and size of a stroke must be learned anew: ``field`` is the answer to that.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from dreambrush.arrays import Float32, Pixels
from dreambrush.bezier import PRESSURES, RADIUS, control_points, point_at
from dreambrush.train.collect.strokes import SIDE
from dreambrush.train.fit.optimiser import Optimiser
from research.dreams.vae import Vae

PATH_POINTS = 5  # of the path that the network sees, evenly spread over the curve's parameter
OCTAVES = 4  # waves of 2 pictures, 1, 1/2 and 1/4 of a picture's side: finer ones tell strokes apart that look alike
ACTION_FEATURES = 2 * PATH_POINTS * (1 + 2 * OCTAVES) + 5
LOG_SPREADS = -5.0, 2.0  # of the mixture's Gaussians, in units of V's prior; keeps likelihoods finite
ENCODED_TOGETHER = 500  # pictures, to bound memory


@dataclass(frozen=True)
class MemoryOptions:
    """Every hyper-parameter of M."""

    hidden: int = 256  # units in each of the three hidden layers
    components: int = 5  # Gaussians in the mixture, as in World Models
    draws: int = 2  # of latents from each Gaussian for one dream; in pairs on either side of its centre
    steps: int = 6000  # optimiser steps; about 2 minutes on 2 cores
    batch: int = 512  # strokes a step
    learning_rate: float = 2e-3  # at its highest, of a one-cycle schedule
    warm_up: float = 0.1  # share of the steps before the highest rate


@dataclass(frozen=True)
class Mixture:
    """Mixtures of Gaussians over latents, with diagonal covariances.

    Attributes:
        log_weights: (..., components), normalised.
        means: (..., components, latents).
        log_spreads: (..., components, latents), logarithms of standard deviations.
    """

    log_weights: Tensor
    means: Tensor
    log_spreads: Tensor

    def log_likelihood(self, latents: Tensor) -> Tensor:
        """Of latents (..., latents): (...)."""
        off = (latents[..., None, :] - self.means) * torch.exp(-self.log_spreads)
        each = -0.5 * off**2 - self.log_spreads - 0.5 * math.log(2 * math.pi)
        return torch.logsumexp(self.log_weights + each.sum(-1), dim=-1)

    def sample(self, temperature: float, generator: torch.Generator) -> Tensor:
        """One draw of latents (..., latents) from each mixture.

        As in World Models, the weights' logarithms are divided by the temperature and the variances multiplied by it:
        at 0 it is the centre of the likeliest Gaussian; above 1 the dream gets wilder than the world.
        """
        if temperature == 0:
            chosen = self.log_weights.argmax(-1)
        else:
            weights = torch.softmax(self.log_weights / temperature, dim=-1)
            flat = torch.multinomial(weights.flatten(0, -2), 1, generator=generator)
            chosen = flat.reshape(weights.shape[:-1])
        index = chosen[..., None, None].expand(*chosen.shape, 1, self.means.shape[-1])
        mean, log_spread = (values.gather(-2, index)[..., 0, :] for values in (self.means, self.log_spreads))
        noise = torch.randn(mean.shape, generator=generator)
        return mean + math.sqrt(temperature) * torch.exp(log_spread) * noise


class MixtureHead(nn.Module):
    """The last layer of a network whose output is a :class:`Mixture`."""

    def __init__(self, inputs: int, components: int, latents: int) -> None:
        super().__init__()
        self.shape = (components, latents)
        self.layer = nn.Linear(inputs, components * (1 + 2 * latents))

    def forward(self, inputs: Tensor) -> Mixture:
        """Mixtures (...) from inputs (..., inputs)."""
        components, latents = self.shape
        logits, means, spreads = self.layer(inputs).split([components] + [components * latents] * 2, dim=-1)
        means, spreads = (values.unflatten(-1, self.shape) for values in (means, spreads))
        return Mixture(torch.log_softmax(logits, -1), means, spreads.clamp(*LOG_SPREADS))


def action_features(strokes: Tensor) -> Tensor:
    """What networks see of strokes (..., 9): (..., ACTION_FEATURES), all of order one."""
    t = torch.linspace(0.0, 1.0, PATH_POINTS, dtype=strokes.dtype, device=strokes.device)[:, None]
    path = point_at(*control_points(strokes[..., None, :]), t)
    place = path.flatten(-2) / SIDE - 0.5
    waves = [wave(math.pi * 2**octave * place) for octave in range(OCTAVES) for wave in (torch.sin, torch.cos)]
    pressure, radius = strokes[..., PRESSURES], strokes[..., RADIUS, None]
    return torch.cat(
        [place, *waves, pressure, torch.log(radius) - 1.2, torch.exp(-torch.log(radius)), radius / 10 - 1], -1
    )


class MemoryDream(nn.Module):
    """Strokes in, mean and variance of alpha out.

    Args:
        vae: V, trained on this brush's strokes; it is left as it is.
        options: of M.
    """

    noise: Tensor

    def __init__(self, vae: Vae, options: MemoryOptions | None = None) -> None:
        super().__init__()
        options = options or MemoryOptions()
        self.vae = vae.requires_grad_(False)
        width = options.hidden
        self.network = nn.Sequential(
            *(nn.Linear(ACTION_FEATURES, width), nn.SiLU()),
            *(nn.Linear(width, width), nn.SiLU()),
            *(nn.Linear(width, width), nn.SiLU()),
            MixtureHead(width, options.components, vae.latents),
        )
        # Always the same noise: the same stroke dreams the same picture, and a change of it is the stroke's doing.
        self.register_buffer("noise", fixed_noise(options.draws, options.components, vae.latents))

    def latents(self, strokes: Tensor) -> Mixture:
        """Where the latents of strokes (b, 9) lie."""
        mixture: Mixture = self.network(action_features(strokes))
        return mixture

    def forward(self, strokes: Tensor) -> tuple[Tensor, Tensor]:
        """Dreams.

        Args:
            strokes: (b, 9) float32: start, control and end x and y in pixels, pressure at start and end, radius.

        Returns:
            Mean and variance of alpha, (b, SIDE, SIDE) each; mean 0..1, variance 0..mean*(1-mean).
        """
        return picture_moments(self.vae, self.latents(strokes), self.noise)


def fixed_noise(draws: int, components: int, latents: int) -> Tensor:
    """Standard normal numbers (draws, components, latents), each half the negative of the other."""
    if draws < 2 or draws % 2:
        raise ValueError(f"Expected draws to be an even number of at least 2 but it was {draws}")
    half = torch.randn(draws // 2, components, latents, generator=torch.Generator().manual_seed(0))
    return torch.cat([half, -half])


def picture_moments(vae: Vae, mixture: Mixture, noise: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance of alpha (b, SIDE, SIDE) under mixtures (b,), by the law of total variance over some draws."""
    draws, components = noise.shape[:2]
    latents = mixture.means + torch.exp(mixture.log_spreads) * noise[:, None]
    mean, variance = vae.decode(latents.flatten(0, 2))
    shape = (draws, -1, components, SIDE, SIDE)
    mean, variance = mean.reshape(shape), variance.reshape(shape)
    weights = torch.exp(mixture.log_weights)[..., None, None] / draws
    total = (weights * mean).sum((0, 2))
    return total, (weights * (variance + (mean - total[:, None]) ** 2)).sum((0, 2))


@torch.no_grad()
def encode_all(vae: Vae, pictures: Pixels) -> tuple[Tensor, Tensor]:
    """Means and standard deviations (n, latents) of the latents of pictures (n, SIDE, SIDE)."""
    parts = (pictures[first : first + ENCODED_TOGETHER] for first in range(0, len(pictures), ENCODED_TOGETHER))
    means, spreads = zip(*(vae.encode(torch.from_numpy(part).float() / 255) for part in parts), strict=True)
    return torch.cat(means), torch.cat(spreads)


def fit_memory(
    vae: Vae,
    strokes: Float32,
    pictures: Pixels,
    options: MemoryOptions,
    seed: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> MemoryDream:
    """Trains M: the likelihood of the latents that V gives to each picture is made as large as can be.

    Args:
        vae: V, trained on such pictures.
        strokes: (n, 9) as in :class:`MemoryDream`.
        pictures: (n, SIDE, SIDE) alpha, 255 = opaque: what each stroke left.
        options: hyper-parameters.
        seed: of the weights, the batches and the latents' noise.
        progress: told steps done and in all, now and then.

    Returns:
        The dream: M before V's decoder.
    """
    torch.manual_seed(seed)
    dream = MemoryDream(vae, options)
    descent = Optimiser(dream.network.parameters(), options.learning_rate, options.steps, options.warm_up)
    means, spreads = encode_all(vae, pictures)
    actions = action_features(torch.from_numpy(strokes))
    for step in range(options.steps):
        chosen = torch.randint(len(actions), (min(options.batch, len(actions)),))
        # Drawn anew each time, as in World Models, lest M trusts numbers that V itself is unsure of.
        latents = means[chosen] + spreads[chosen] * torch.randn_like(spreads[chosen])
        mixture: Mixture = dream.network(actions[chosen])
        loss = -mixture.log_likelihood(latents).mean()
        descent.step(loss)
        if step % 100 == 0:
            progress(step, options.steps)
    return dream.eval()
