"""Trains the policy inside the dream, and compares on the real canvas what it proposes with what search proposes.

    python -m research.controllers.compare PICTURES HELD_OUT_PICTURES --steps 1200 --seeds 5 --output out/controllers

Every seed has a checkpoint in the output folder, so that the same command goes on with what was stopped.  Writes
``seeds.json`` and ``seeds.png`` (share of a window's error that a proposal removes, as the training goes on), and for
each seed ``policy-SEED.safetensors`` and ``policy-SEED.onnx``.

The comparison: each controller paints 8 strokes on windows of pictures that the policies never saw.  The dream says
which of its k proposals is laid, libmypaint lays it, and the controller looks again at the real canvas.  Prints one
JSON object for each; ``transfer_gap`` above 0 or ``promised_but_void`` strokes would betray a controller that exploits
its dream.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save

from benchmarks.curves import draw_curves, smooth
from dreambrush.arrays import Float32
from dreambrush.dream.dream import Dream
from dreambrush.files.output import open_output
from dreambrush.models.catalogue import WEIGHTS_FILE, find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.geometry import constrained
from dreambrush.painter.propose.ridge_proposer import Controller
from dreambrush.painter.propose.windows import SIDE, Windows
from dreambrush.train.fit.checkpoint import Checkpoint
from dreambrush.train.fit.learn import load_dream
from research.controllers.compact import CompactController
from research.controllers.policy import PolicyOptions, Trainer
from research.controllers.policy_controller import PolicyController
from research.controllers.policy_onnx import policy_onnx
from research.controllers.search import SearchController
from research.controllers.simulator import load_pictures, random_windows
from research.controllers.transfer_gap import prove

STROKES = 8  # on each window
SMALLEST, LARGEST = 0.8, 8.0  # radius in cells


def compare(
    controller: Controller, brush: str, targets: Float32, proposals: int, seed: int, *, look_again: bool = True
) -> dict[str, Any]:
    """Figures of a controller on the real canvas; see :class:`~research.controllers.transfer_gap.Proof`."""
    rng = np.random.default_rng(seed)
    flat = np.zeros((len(targets), 2), np.float32), np.ones(len(targets), np.float32), np.zeros(len(targets), np.int64)

    def propose(target: Float32, canvas: Float32) -> Float32:
        strokes = controller.propose(Windows(target, canvas, *flat), proposals, rng)
        return constrained(strokes.reshape(-1, 9), SIDE, SIDE, SMALLEST, LARGEST).reshape(strokes.shape)

    found = find_brush(brush)
    grounds = np.rint(targets.mean((1, 2)) * 255).astype(np.float32) / 255
    dream = Dream(found.dream_folder(), threads=1)
    settings = read_myb(found.path)
    return prove(dream, settings, targets, grounds, STROKES, propose, look_again=look_again).figures()


def train(
    pictures: list[Float32], brush: str, options: PolicyOptions, seed: int, folder: Path, until: float
) -> list[dict[str, float]] | None:
    """Trains a policy and writes it; gives what it saw at each step, or None if the time was up before the end."""
    stem = f"policy-{seed}"
    log = folder / f"{stem}.curve.json"
    about = json.dumps({**options.as_dict(), "seed": seed, "brush": brush, "pictures": len(pictures)}, sort_keys=True)
    seen: list[dict[str, float]] = []

    def save_log() -> None:
        with open_output(log, overwrite=True) as file:
            file.write(json.dumps(seen).encode())

    checkpoint = Checkpoint(folder / f"{stem}.checkpoint.safetensors", about, saved=save_log)
    done, state = checkpoint.load()
    trainer = Trainer(load_dream(find_brush(brush).dream_folder() / WEIGHTS_FILE), pictures, options, seed)
    if done:
        trainer.restore(state)
        seen = json.loads(log.read_text())[:done]
    for step in range(done, options.steps):
        seen.append(trainer.step())
        if time.monotonic() > until or step + 1 == options.steps:
            checkpoint.seconds = 0.0
        checkpoint.offer(step + 1, trainer.state)
        if time.monotonic() > until and step + 1 < options.steps:
            return None
    for suffix, data in (
        ("safetensors", save(trainer.policy.state_dict())),
        ("onnx", policy_onnx(trainer.policy)),
    ):
        with open_output(folder / f"{stem}.{suffix}", overwrite=True) as file:
            file.write(data)
    return seen


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Train the policy inside the dream and compare it on the real canvas.")
    parser.add_argument("pictures", type=Path, help="folder of pictures to train on")
    parser.add_argument("held_out", type=Path, help="folder of pictures to compare on")
    parser.add_argument("--brush", default="oil")
    parser.add_argument("--steps", type=int, default=PolicyOptions.steps)
    parser.add_argument("--seeds", type=int, default=1, help="how many; they are 0, 1, ...")
    parser.add_argument("--long-taste", type=float, default=PolicyOptions.long_taste)
    parser.add_argument("--critic", type=float, default=0.0, help="weight of a WGAN-GP critic's opinion")
    parser.add_argument("--windows", type=int, default=64, help="windows to compare on")
    parser.add_argument("--compact", type=Path, help="genome (.npy) of a compact controller to compare as well")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after that; call again to go on")
    parser.add_argument("--output", type=Path, default=Path("out/controllers"), help="folder")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    until = time.monotonic() + 60 * arguments.minutes
    arguments.output.mkdir(parents=True, exist_ok=True)
    options = PolicyOptions(steps=arguments.steps, long_taste=arguments.long_taste, critic_weight=arguments.critic)
    pictures = load_pictures(arguments.pictures)

    curves: dict[int, list[dict[str, float]]] = {}
    for seed in range(arguments.seeds):
        curve = train(pictures, arguments.brush, options, seed, arguments.output, until)
        if curve is None:
            print(json.dumps({"stopped": True}), flush=True)
            return
        curves[seed] = curve

    targets = random_windows(load_pictures(arguments.held_out), arguments.windows, np.random.default_rng(1)).numpy()
    controllers: dict[str, Controller] = {"search": SearchController()}
    for seed in curves:
        controllers[f"policy, seed {seed}"] = PolicyController(arguments.output / f"policy-{seed}.onnx")
    if arguments.compact:
        controllers["compact"] = CompactController.load(arguments.compact)
    rows = []
    for name, controller in controllers.items():
        for count in (8, 24):
            row = {"controller": name, "proposals": count}
            row |= compare(controller, arguments.brush, targets, count, seed=0)
            print(json.dumps(row), flush=True)
            rows.append(row)

    over = max(options.steps // 40, 1)
    shares = {f"seed {seed}": smooth([each["share"] for each in curve], over) for seed, curve in curves.items()}
    across = [over * (index + 0.5) for index in range(options.steps // over)]
    result = {
        "training": options.as_dict(),
        "pictures": len(pictures),
        "steps": across,
        "share": {name: [round(value, 4) for value in share] for name, share in shares.items()},
        "held_out": rows,
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "torch": torch.__version__},
    }
    with open_output(arguments.output / "seeds.json", overwrite=True) as file:
        file.write((json.dumps(result, indent=2) + "\n").encode())
    drawn = {name: (across, share) for name, share in shares.items()}
    draw_curves(drawn, arguments.output / "seeds.png", "share of a window's error that a proposal removes", "step")


if __name__ == "__main__":
    main()
