"""Trains the policy inside the dream, and compares what it proposes with what search proposes.

    python benchmarks/controllers.py PICTURES HELD_OUT_PICTURES --steps 3000 --output policy.onnx

The figure is the mean share of a window's squared error that the best of k proposals removes, over 8 successive
strokes in windows of pictures that the policy never saw; the canvas is the dream's.  Prints one JSON object for the
training and one for each controller and k.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from dreambrush.controller.policy import PolicyOptions, policy_onnx, train_policy
from dreambrush.controller.studio import load_dream, load_pictures, random_windows
from dreambrush.dream.samples import pixel_centres
from dreambrush.models import Dream, find_brush
from dreambrush.output import open_output
from dreambrush.painter.geometry import path_length, tamed
from dreambrush.painter.judge import Judge
from dreambrush.painter.learned import LearnedController
from dreambrush.painter.look import SIDE, Windows
from dreambrush.painter.moments import Moments
from dreambrush.painter.search import Controller, SearchController

STEPS = 8  # successive strokes on each window


def best_share(
    controller: Controller, dream: Dream, targets: NDArray[np.float32], count: int, seed: int
) -> tuple[float, float]:
    """Mean share of error removed by the best of `count` proposals, and the median length by width of these strokes."""
    rng = np.random.default_rng(seed)
    points = pixel_centres(SIDE).numpy()[None]
    shares, ratios = [], []
    for target in targets:
        ground = np.broadcast_to(target.mean((0, 1)), target.shape).astype(np.float32)
        moments = Moments(target, ground)
        with Judge(dream, moments) as judge:
            for _ in range(STEPS):
                canvas = moments.canvas.copy()
                flat = np.zeros((1, 2), np.float32), np.ones(1, np.float32), np.zeros(1, np.int64)
                window = Windows(target[None], canvas[None], *flat)
                strokes = tamed(controller.propose(window, count, rng)[0], SIDE, SIDE, 0.8, 8.0)
                colours, gains = judge.study(strokes)
                best = gains.argmax()
                mean, _ = dream(strokes[best : best + 1], points)
                painted = canvas + mean.reshape(SIDE, SIDE, 1) * (colours[best] - canvas)
                before = float(((target - canvas) ** 2).sum())
                shares.append((before - float(((target - painted) ** 2).sum())) / max(before, 1e-9))
                ratios.append(float(path_length(strokes[best : best + 1])[0] / (2 * strokes[best, 8])))
                moments.update(painted.astype(np.float32), (0, 0, SIDE, SIDE))
    return float(np.mean(shares)), float(np.median(ratios))


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Train the policy inside the dream and compare it with search.")
    parser.add_argument("pictures", type=Path, help="folder of pictures to train on")
    parser.add_argument("held_out", type=Path, help="folder of pictures to compare on")
    parser.add_argument("--brush", default="oil")
    parser.add_argument("--steps", type=int, default=PolicyOptions.steps)
    parser.add_argument("--windows", type=int, default=40, help="windows to compare on")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=Path("policy.onnx"))
    options = parser.parse_args()
    folder = find_brush(options.brush).dream
    assert folder is not None
    torch.set_num_threads(2)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "torch": torch.__version__}

    curve: list[float] = []
    started, cpu = time.perf_counter(), time.process_time()
    training = PolicyOptions(steps=options.steps)
    dream = load_dream(folder)
    pictures = load_pictures(options.pictures)
    policy = train_policy(
        dream, pictures, training, options.seed, lambda done, total, seen: curve.append(seen["share"])
    )
    with open_output(options.output, overwrite=True) as file:
        file.write(policy_onnx(policy))
    tenth = max(len(curve) // 10, 1)
    result = {
        "training": training.as_dict(),
        "pictures": len(pictures),
        "share_by_tenths": [round(float(np.mean(curve[i : i + tenth])), 4) for i in range(0, len(curve), tenth)],
        "wall": round(time.perf_counter() - started),
        "cpu": round(time.process_time() - cpu),
        "seed": options.seed,
        "machine": machine,
    }
    print(json.dumps(result), flush=True)

    rng = np.random.default_rng(options.seed + 1)
    targets = random_windows(load_pictures(options.held_out), options.windows, rng).numpy()
    controllers: dict[str, Controller] = {"search": SearchController(), "policy": LearnedController(options.output)}
    for name, controller in controllers.items():
        for count in (8, 24):
            share, ratio = best_share(controller, Dream(folder), targets, count, options.seed)
            row = {"controller": name, "proposals": count, "share": round(share, 4), "length_by_width": round(ratio, 2)}
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
