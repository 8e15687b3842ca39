"""What a step of each fit costs, in one process or in several that torchrun has started.

    python -m benchmarks.training_ranks
    python -m benchmarks.training_ranks --threads 2
    torchrun --standalone --nproc-per-node 2 -m benchmarks.training_ranks

Prints one JSON object: milliseconds a step (of the controller a batch of pictures), wall and processor time of the
first process, with the batches that ``dreambrush train`` takes.  Processes that share the work spend about the same.
What is only done once, such as the start of torch, is left out: a short fit is subtracted from a long one.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from contextlib import nullcontext

import torch

from dreambrush.models.catalogue import WEIGHTS_FILE, find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.train.collect.strokes import collect
from dreambrush.train.collect.wet import paint_over
from dreambrush.train.fit.controller import SIDE, ControllerOptions, learn_controller
from dreambrush.train.fit.fit import FitOptions, fit
from dreambrush.train.fit.follow import call_controller, follow
from dreambrush.train.fit.grounds import Grounds
from dreambrush.train.fit.learn import load_dream
from dreambrush.train.fit.practice_pictures import draw_picture
from dreambrush.train.fit.ranks import ALONE, Ranks, joined
from dreambrush.train.fit.samples import training_points
from dreambrush.train.fit.wet import WetField
from dreambrush.train.fit.wet_fit import WetOptions, fit_wet, lanes_for, rings_for

Fit = Callable[[int], object]
SHORT = {"dream": 20, "wet": 20, "controller": 2}  # steps of the short fits


def fits(ranks: Ranks) -> dict[str, Fit]:
    """Fits of so many steps, by name."""
    oil = find_brush("oil")
    settings, nib, field = read_myb(oil.path), torch.eye(2), load_dream(oil.dream_folder() / WEIGHTS_FILE)
    samples = training_points(collect(settings, 2000, seed=2), 1.2, nib, 400, 0)
    smudging, reach = settings.with_values(smudge=0.6, smudge_length=0.5), field.reach_on_canvas
    rings, lanes = rings_for(smudging, reach), lanes_for(smudging, reach)
    data = paint_over(smudging, 600, 0, Grounds(None, 6, 1), reach, rings, lanes, WetOptions().points)

    def wet(steps: int) -> None:
        fresh = WetField(float(field.reach), field.nib, len(lanes), len(rings), erases=False)
        fit_wet(fresh, field, data, WetOptions(steps=steps), 0, ranks=ranks)

    def controller(batches: int) -> None:
        options, folder = ControllerOptions(batches=batches), oil.dream_folder()
        call_controller(ranks, folder, options, 5, None)
        learn_controller(folder, lambda rng: draw_picture(None, SIDE, rng), options, 5, ranks=ranks)

    return {
        "dream": lambda steps: fit(samples, 1.2, nib, FitOptions(steps=steps), 1, ranks=ranks),
        "wet": wet,
        "controller": controller,
    }


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Say what a step of training costs.")
    parser.add_argument("--threads", type=int, default=1, help="of torch, in each process")
    parser.add_argument("--times", type=int, default=10, help="as many steps as a short fit a long one has")
    parser.add_argument("--rounds", type=int, default=3, help="of which the one with the least processor time counts")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with joined() if "RANK" in os.environ else nullcontext(ALONE) as ranks:
        if not ranks.first:
            follow(ranks)
            return
        found = {}
        for name, run in fits(ranks).items():
            run(SHORT[name])  # torch loads some of itself only now
            seconds = [measured(run, SHORT[name], options.times) for _ in range(options.rounds)]
            processor, wall = min(seconds)
            found[name] = {"processor_ms": round(1000 * processor, 2), "wall_ms": round(1000 * wall, 2)}
        print(json.dumps({"processes": ranks.count, "threads": options.threads, **found}))
        ranks.dismiss()


def measured(run: Fit, steps: int, times: int) -> tuple[float, float]:
    """Seconds a step: processor and wall time."""
    at = []
    for count in (steps, times * steps):
        before = time.process_time(), time.perf_counter()
        run(count)
        at.append((time.process_time() - before[0], time.perf_counter() - before[1]))
    (short, short_wall), (long, long_wall) = at
    return (long - short) / (steps * (times - 1)), (long_wall - short_wall) / (steps * (times - 1))


if __name__ == "__main__":
    main()
