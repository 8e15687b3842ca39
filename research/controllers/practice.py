"""Trains a policy for a brush inside its dream, as ``dreambrush train`` 0.1 did after each dream.

    python -m research.controllers.practice oil --output out/oil-policy
    python -m research.controllers.practice BRUSH --pictures PICTURES --steps 4000 --output out/policy

It begins with the policy in ``research/pretrained``, trained more gently; ``--new`` begins with random weights.  It
practises on pictures that are drawn, or on those of a folder.  The output gets ``policy.safetensors`` and
``policy.onnx``, and while it trains a checkpoint with which the same command goes on.  Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save

from dreambrush.arrays import Float32
from dreambrush.files.output import open_output
from dreambrush.models.catalogue import POLICY_FILE, POLICY_WEIGHTS_FILE, WEIGHTS_FILE, find_brush, fingerprint
from dreambrush.painter.propose.windows import SIDE
from dreambrush.train.fit.checkpoint import Checkpoint
from dreambrush.train.fit.dead_leaves import drawn_pictures
from dreambrush.train.fit.field import FieldDream
from dreambrush.train.fit.learn import load_dream
from dreambrush.train.fit.samples import pixel_centres
from research.controllers.by_name import PRETRAINED
from research.controllers.policy import Policy, PolicyOptions, Trainer
from research.controllers.policy_onnx import check_policy, load_policy, policy_onnx
from research.controllers.simulator import lay, load_pictures, random_windows

STEPS = 600  # about two minutes on 2 cores
DRAWN = 120  # pictures
FINE_TUNING = 0.25  # of the learning rate, where weights are good already
NEW_WINDOWS, NEW_PICTURES, NEW_SEED = 64, 20, 50_000_017

Pictures = list[Float32]


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


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Train a policy for a brush inside its dream.")
    parser.add_argument("brush", help="a name or a .myb file; it must have a dream")
    parser.add_argument("--pictures", type=Path, help="folder to practise on (default: pictures that are drawn)")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--new", action="store_true", help="begin with random weights")
    parser.add_argument("--output", type=Path, default=Path("out/policy"), help="folder")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.output.mkdir(parents=True, exist_ok=True)
    weights = find_brush(arguments.brush).dream_folder() / WEIGHTS_FILE
    start = None if arguments.new else PRETRAINED / POLICY_WEIGHTS_FILE
    options = PolicyOptions(steps=arguments.steps)
    plan = {**options.as_dict(), "seed": arguments.seed, "dream": fingerprint(weights), "new": arguments.new}
    checkpoint = arguments.output / "checkpoint.safetensors"
    of = json.dumps({**plan, "pictures": str(arguments.pictures)}, sort_keys=True)
    dream = load_dream(weights)
    folder = arguments.pictures
    pictures = drawn_pictures(DRAWN, arguments.seed) if folder is None else load_pictures(folder)
    policy = practise(
        dream,
        pictures,
        options,
        arguments.seed,
        load_policy(start) if start else None,
        lambda done, total: None,
        Checkpoint(checkpoint, of),
    )
    model = policy_onnx(policy)
    difference = check_policy(policy, model)
    for name, data in ((POLICY_WEIGHTS_FILE, save(policy.state_dict())), (POLICY_FILE, model)):
        with open_output(arguments.output / name, overwrite=True) as file:
            file.write(data)
    checkpoint.unlink(missing_ok=True)
    share = first_stroke_share(policy, dream, arguments.seed)
    print(json.dumps({**plan, "first_stroke_share": round(share, 4), "onnx_difference": difference.most}))


if __name__ == "__main__":
    main()
