"""``dreambrush train`` with few steps and many checkpoints, for torchrun to start; see test_ranks.py."""

from __future__ import annotations

from functools import partial

from dreambrush.cli import main
from dreambrush.train import pipeline, plan
from dreambrush.train.fit.checkpoint import Checkpoint
from dreambrush.train.fit.controller import ControllerOptions
from dreambrush.train.fit.fit import FitOptions
from dreambrush.train.plan import TrainOptions

quick_options = partial(
    TrainOptions,
    fit=FitOptions(steps=200, batch=1024),
    held_out=20,
    rounds=ControllerOptions(batches=4, pictures=2, strokes=24),
)

if __name__ == "__main__":
    vars(plan)["TrainOptions"] = quick_options
    vars(pipeline)["Checkpoint"] = partial(Checkpoint, seconds=0.0)
    main()
