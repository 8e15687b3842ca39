"""The controller's stage: a policy practises inside the dream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from dreambrush.controller.policy import Policy, PolicyOptions, Trainer
from dreambrush.controller.studio import lay, load_pictures, random_windows
from dreambrush.dream.checkpoint import Checkpoint
from dreambrush.dream.field import FieldDream
from dreambrush.dream.samples import pixel_centres
from dreambrush.models.catalogue import POLICY_WEIGHTS_FILE, shipped_folder
from dreambrush.painter.propose.windows import SIDE
from dreambrush.training.drawn import drawn_pictures

DEFAULT_START = "controllers"  # the policy of oil, the plainest brush
FINE_TUNING = 0.25  # of the learning rate, where weights are good already
NEW_WINDOWS, NEW_PICTURES, NEW_SEED = 64, 20, 50_000_017

Pictures = list[NDArray[np.float32]]


def pretrained_start(brush: str, output: Path) -> Path | None:
    """Weights of a trained policy to begin with: of the brush of that name, or else the shipped one.

    Never those that are to be replaced in ``output``: the same command shall make the same bytes again.
    """
    folders = (shipped_folder("pretrained") / name for name in (brush, DEFAULT_START))
    paths = (folder / POLICY_WEIGHTS_FILE for folder in folders if folder.resolve() != output.resolve())
    return next((path for path in paths if path.is_file()), None)


def practice_pictures(folder: Path | None, drawn: int, seed: int) -> Pictures:
    """The user's pictures, or else so many drawn ones.

    Raises:
        PictureError: the folder has none.
    """
    return drawn_pictures(drawn, seed) if folder is None else load_pictures(folder)


def practise(
    dream: FieldDream,
    pictures: Pictures,
    options: PolicyOptions,
    seed: int,
    start: Policy | None,
    progress: Callable[[int, int], None],
    checkpoint: Checkpoint,
) -> Policy:
    """Trains a policy; after a stop its weights become the same to the last bit.

    Args:
        dream: of the brush, frozen.
        pictures: to practise on.
        options: hyper-parameters.
        seed: of weights, windows and draws.
        start: weights to begin with, trained more gently then; by default random ones.
        progress: told steps done and in all.
        checkpoint: where to go on from, and to save to.
    """
    if start is not None:
        options = replace(options, learning_rate=FINE_TUNING * options.learning_rate)
    trainer = Trainer(dream, pictures, options, seed, start)
    done, state = checkpoint.load()
    if done:
        trainer.restore(dict(state))
    for step in range(done, options.steps):
        progress(step, options.steps)
        trainer.step()
        checkpoint.offer(step + 1, trainer.state)
    return trainer.policy.eval()


@torch.no_grad()
def first_stroke_share(policy: Policy, dream: FieldDream, seed: int) -> float:
    """Share of a window's error that the stroke of which the policy is surest removes in the dream, mean over windows.

    The canvas is the window's mean colour; the windows are of drawn pictures that no practice has shown.
    """
    pictures = drawn_pictures(NEW_PICTURES, seed + NEW_SEED)
    target = random_windows(pictures, NEW_WINDOWS, np.random.default_rng(NEW_SEED))
    canvas = target.mean((1, 2), keepdim=True).expand_as(target)
    strokes, foretold = policy(target, canvas)
    surest = strokes[torch.arange(len(strokes)), foretold.argmax(1)]
    points = pixel_centres(SIDE).expand(len(surest), -1, -1)
    gain = lay(dream, surest, points, target.flatten(1, 2), canvas.flatten(1, 2)).gain
    before = ((target - canvas) ** 2).sum((1, 2, 3)) + 1e-3
    return float((gain / before).mean())
