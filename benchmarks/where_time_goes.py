"""Says where the time of a painting goes, and prints one JSON object.

    python -m benchmarks.where_time_goes astronaut --size 256 --strokes 1000

Paints on one core, so that time passes in one place at once, and counts seconds of the processor.  Each part's seconds
are without those of the parts that it calls.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from benchmarks.paint import target_picture
from dreambrush.benchmark import HAND
from dreambrush.machine import describe_machine
from dreambrush.models.catalogue import find_brush
from dreambrush.painter import run
from dreambrush.painter.lay import easel
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.plan import planner
from dreambrush.painter.propose import error_pyramid, round_controller, round_grower, scoring, window_grower, windows
from dreambrush.painter.propose.ridge_proposer import RidgeProposer
from dreambrush.painter.refine import descent, dreams, scene

# Where a part is looked up when it is called, its name there, and what it is called in the report.
PARTS: tuple[tuple[Any, str, str], ...] = (
    (round_controller.RoundController, "propose", "propose: the learned controller"),
    (RidgeProposer, "propose", "propose: follow ridges of error"),
    (scoring.Scorer, "judge", "score proposals (dream)"),
    (dreams.Dreams, "alpha", "dream masks"),
    (dreams.Dreams, "vjp", "dream gradients"),
    (scene, "find_fragments", "find the cells near strokes"),
    (scene, "some_cells", "find the cells near strokes"),
    (scene, "compose", "compositing and its gradient"),
    (descent, "gradients", "compositing and its gradient"),
    (planner, "contributions", "compositing and its gradient"),
    (window_grower.WindowGrower, "round", "choose strokes"),
    (round_grower.RoundGrower, "round", "choose strokes"),
    (error_pyramid.ErrorPyramid, "update", "look: windows and error pyramid"),
    (error_pyramid.ErrorPyramid, "update_some", "look: windows and error pyramid"),
    (windows.WindowSampler, "look", "look: windows and error pyramid"),
    (easel.Easel, "seen", "look at the real canvas"),
    (easel.Easel, "paint", "paint for real (libmypaint)"),
)


class Account:
    """Seconds by part."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._within: list[float] = []

    def charge(self, holder: Any, name: str, part: str) -> None:
        """Counts the time of a function or method towards a part from now on."""
        function: Callable[..., Any] = getattr(holder, name)

        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            self._within.append(0.0)
            start = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                spent = time.process_time() - start
                self.seconds[part] += spent - self._within.pop()
                if self._within:
                    self._within[-1] += spent

        setattr(holder, name, timed)


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Say where the time of a painting goes.")
    parser.add_argument("picture", nargs="?", default="astronaut")
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--strokes", type=int, default=1000)
    parser.add_argument("--brush", default="oil")
    parser.add_argument("--effort", type=int, default=3)
    options = parser.parse_args()
    account = Account()
    for holder, name, part in PARTS:
        account.charge(holder, name, part)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    target = target_picture(options.picture, options.size)
    start = time.process_time()
    painting = run.paint(
        target, find_brush(options.brush), options.strokes, options=PaintOptions(effort=options.effort, hand=HAND)
    )
    total = time.process_time() - start
    account.seconds["all the rest"] = total - sum(account.seconds.values())
    parts = sorted(account.seconds.items(), key=lambda part: -part[1])
    print(
        json.dumps(
            {
                **vars(options),
                "seed": 0,
                "mse": painting.mse,
                "seconds": round(total, 2),
                "parts": {part: round(seconds, 2) for part, seconds in parts},
                "machine": describe_machine(),
            }
        )
    )


if __name__ == "__main__":
    main()
