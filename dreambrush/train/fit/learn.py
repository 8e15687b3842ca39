"""Teaches a dream its brush: from painted strokes to a trained network, and back from its weights on the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch

from dreambrush.arrays import Float32
from dreambrush.errors import ModelError
from dreambrush.train.collect.strokes import Collection
from dreambrush.train.fit.checkpoint import Checkpoint, State, put_weights, read_weights
from dreambrush.train.fit.field import FieldDream
from dreambrush.train.fit.fit import FitOptions, fit
from dreambrush.train.fit.ranks import ALONE, Ranks
from dreambrush.train.fit.samples import measure_reach, training_points

PIXELS_PER_STROKE = 400
MOST_HIDDEN = 4096  # units of a layer; 48 are usual


def learn_dream(
    collection: Collection,
    nib: Float32,
    options: FitOptions,
    seed: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
    checkpoint: Checkpoint | None = None,
    device: str = "cpu",
    begin: State | None = None,
    ranks: Ranks = ALONE,
) -> FieldDream:
    """Trains a dream on strokes.

    Args:
        collection: the strokes, painted.
        nib: (2, 2) of the brush, see nib.py.
        options: of the fit.
        seed: of weights, pixels and batches.
        progress: told steps done and in all.
        checkpoint: where to go on from, and to save to.
        device: of torch.
        begin: weights of another brush's dream to begin from.
        ranks: those that share the work.
    """
    round_nib = torch.from_numpy(nib)
    reach = measure_reach(collection, round_nib)
    samples = training_points(collection, reach, round_nib, PIXELS_PER_STROKE, seed)
    return fit(samples, reach, round_nib, options, seed, progress, checkpoint, device, begin, ranks)


def load_dream(path: Path) -> FieldDream:
    """A trained dream, frozen.

    Args:
        path: its ``dream.safetensors``.

    Raises:
        ModelError: the file is missing, or holds something else.
    """
    weights = read_weights(path)
    try:
        hidden = weights["network.0.weight"].shape[0]
    except (KeyError, IndexError):
        raise ModelError(
            f"The weights in {path} are not those of a dream.", "Train it again.", id="weights-do-not-fit"
        ) from None
    if not 1 <= hidden <= MOST_HIDDEN:
        raise ModelError(
            f"The weights in {path} are of a dream of {hidden:,} units.", "Train it again.", id="weights-do-not-fit"
        )
    dream = FieldDream(reach=1.0, hidden=hidden)
    put_weights(dream, weights, path)
    return dream.requires_grad_(False).eval()
