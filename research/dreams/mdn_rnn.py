"""The MDN-RNN of World Models: it rolls a whole episode of strokes in its dream, one canvas after the other.

V here is trained on canvases of episodes.  An LSTM gets the latents of the canvas and the next stroke, and says where
the latents of the next canvas lie: a mixture of Gaussians around where they were.  Fed with its own draws it dreams on
without ever seeing a canvas; the temperature says how wildly.  Unlike ``field``, whose strokes are laid over each other
by arithmetic, it must itself remember what is on the canvas, and forgets a little with every stroke.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from dreambrush.arrays import Float32, Pixels
from dreambrush.train.collect.strokes import SIDE
from dreambrush.train.fit.optimiser import Optimiser
from research.dreams.mixture_memory import (
    ACTION_FEATURES,
    Mixture,
    MixtureHead,
    action_features,
    encode_all,
    fixed_noise,
    picture_moments,
)
from research.dreams.vae import Vae

State = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class MdnRnnOptions:
    """Every hyper-parameter of the MDN-RNN."""

    hidden: int = 256  # units of the LSTM, as in World Models
    components: int = 5  # Gaussians in the mixture, as in World Models
    draws: int = 2  # of latents from each Gaussian where a mean and a variance are asked for
    steps: int = 2500  # optimiser steps; about 3 minutes on 2 cores
    batch: int = 64  # episodes a step
    learning_rate: float = 3e-3  # at its highest, of a one-cycle schedule
    warm_up: float = 0.1  # share of the steps before the highest rate
    gradient_limit: float = 5.0  # largest norm of a step's gradient; rare strokes would else throw the LSTM off


class MdnRnn(nn.Module):
    """Canvases and strokes in, the next canvases out.

    Args:
        vae: V, trained on canvases; it is left as it is.
        options: of the MDN-RNN.
    """

    noise: Tensor

    def __init__(self, vae: Vae, options: MdnRnnOptions | None = None) -> None:
        super().__init__()
        options = options or MdnRnnOptions()
        self.vae = vae.requires_grad_(False)
        self.lstm = nn.LSTM(vae.latents + ACTION_FEATURES, options.hidden, batch_first=True)
        self.head = MixtureHead(options.hidden, options.components, vae.latents)
        self.register_buffer("noise", fixed_noise(options.draws, options.components, vae.latents))

    def predict(self, latents: Tensor, strokes: Tensor, state: State | None = None) -> tuple[Mixture, State]:
        """Where the latents after each stroke lie.

        Args:
            latents: (e, t, latents) of the canvases before each stroke.
            strokes: (e, t, 9) float32: start, control, end x and y in pixels, pressure at start and end, radius.
            state: of the LSTM after the strokes before; None on a new canvas.

        Returns:
            Mixtures (e, t), and the LSTM's state after the last stroke.
        """
        hidden, state = self.lstm(torch.cat([latents, action_features(strokes)], -1), state)
        change: Mixture = self.head(hidden)
        return replace(change, means=latents[..., None, :] + change.means), state

    def forward(self, strokes: Tensor) -> tuple[Tensor, Tensor]:
        """Dreams single strokes on empty canvases: the interface of every dream.

        Args:
            strokes: (b, 9) as in :meth:`predict`.

        Returns:
            Mean and variance of alpha, (b, SIDE, SIDE) each; mean 0..1, variance 0..mean*(1-mean).
        """
        empty = self.vae.encode(strokes.new_zeros(1, SIDE, SIDE))[0]
        mixture, _ = self.predict(empty.expand(len(strokes), 1, -1), strokes[:, None])
        first = Mixture(mixture.log_weights[:, 0], mixture.means[:, 0], mixture.log_spreads[:, 0])
        return picture_moments(self.vae, first, self.noise)


@torch.no_grad()
def dream_episodes(
    dream: MdnRnn,
    strokes: Float32,
    temperature: float = 1.0,
    seed: int = 0,
    first: Pixels | None = None,
) -> Float32:
    """Rolls episodes: every canvas is dreamt from the one dreamt before.

    Args:
        dream: the MDN-RNN.
        strokes: (e, t, 9) as in :meth:`MdnRnn.predict`.
        temperature: 0 takes the likeliest next canvas, 1 draws as the world does, more is wilder.
        seed: of the draws.
        first: (e, SIDE, SIDE) alpha of the canvases at the start, 255 = opaque; empty ones by default.

    Returns:
        (e, t + 1, SIDE, SIDE) float32, alpha 0..1; the first is V's picture of the canvas at the start.

    Raises:
        ValueError: strokes of another shape, or a negative temperature.
    """
    if strokes.ndim != 3 or strokes.shape[2] != 9:
        raise ValueError(f"Expected strokes to have shape (e, t, 9) but it had shape {strokes.shape}")
    if temperature < 0:
        raise ValueError(f"Expected temperature to be at least 0 but it was {temperature}")
    generator = torch.Generator().manual_seed(seed)
    actions = torch.from_numpy(strokes)
    start = torch.zeros(len(actions), SIDE, SIDE) if first is None else torch.from_numpy(first).float() / 255
    latents = dream.vae.encode(start)[0][:, None]
    canvases, state = [dream.vae.decode(latents[:, 0])[0]], None
    for t in range(actions.shape[1]):
        mixture, state = dream.predict(latents, actions[:, t : t + 1], state)
        latents = mixture.sample(temperature, generator)
        canvases.append(dream.vae.decode(latents[:, 0])[0])
    return np.asarray(torch.stack(canvases, 1).numpy(), np.float32)


@torch.no_grad()
def surprise(dream: MdnRnn, strokes: Float32, canvases: Pixels) -> float:
    """Mean negative log-likelihood, in nats a latent, of what each stroke left; shapes as in :func:`fit_mdn_rnn`."""
    latents = encode_all(dream.vae, canvases.reshape(-1, SIDE, SIDE))[0].reshape(*canvases.shape[:2], -1)
    mixture, _ = dream.predict(latents[:, :-1], torch.from_numpy(strokes))
    return float(-mixture.log_likelihood(latents[:, 1:]).mean()) / dream.vae.latents


def fit_mdn_rnn(
    vae: Vae,
    strokes: Float32,
    canvases: Pixels,
    options: MdnRnnOptions,
    seed: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> MdnRnn:
    """Trains the MDN-RNN on episodes: at each stroke it has seen all that was before, and guesses what comes next.

    Args:
        vae: V, trained on such canvases.
        strokes: (e, t, 9) as in :meth:`MdnRnn.predict`.
        canvases: (e, t + 1, SIDE, SIDE) alpha, 255 = opaque; stroke t was laid on canvas t and left canvas t + 1.
        options: hyper-parameters.
        seed: of the weights, the batches and the latents' noise.
        progress: told steps done and in all, now and then.

    Returns:
        The MDN-RNN, trained.

    Raises:
        ValueError: strokes and canvases whose shapes do not go together.
    """
    if strokes.ndim != 3 or canvases.shape != (len(strokes), strokes.shape[1] + 1, SIDE, SIDE):
        raise ValueError(
            f"Expected strokes (e, t, 9) and canvases (e, t + 1, {SIDE}, {SIDE}) "
            f"but they had shapes {strokes.shape} and {canvases.shape}"
        )
    torch.manual_seed(seed)
    dream = MdnRnn(vae, options)
    weights = [*dream.lstm.parameters(), *dream.head.parameters()]
    descent = Optimiser(weights, options.learning_rate, options.steps, options.warm_up, options.gradient_limit)
    actions = torch.from_numpy(strokes)
    encoded = encode_all(vae, canvases.reshape(-1, SIDE, SIDE))
    means, spreads = (values.reshape(*canvases.shape[:2], -1) for values in encoded)
    for step in range(options.steps):
        chosen = torch.randint(len(actions), (min(options.batch, len(actions)),))
        # Drawn anew each time, as in World Models, lest the RNN trusts numbers that V itself is unsure of.
        latents = means[chosen] + spreads[chosen] * torch.randn_like(spreads[chosen])
        mixture, _ = dream.predict(latents[:, :-1], actions[chosen])
        loss = -mixture.log_likelihood(latents[:, 1:]).mean() / vae.latents
        descent.step(loss)
        if step % 100 == 0:
            progress(step, options.steps)
    return dream.eval()
