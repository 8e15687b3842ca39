"""What a training shall do: its stages, and every number that its result depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import torch

from dreambrush.errors import UsageError
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.train.fit.colour import STEPS as COLOUR_STEPS
from dreambrush.train.fit.controller import ControllerOptions
from dreambrush.train.fit.evaluate import HELD_OUT_STROKES
from dreambrush.train.fit.fit import FitOptions
from dreambrush.train.fit.wet_fit import WetOptions

Stage = Literal["collect", "dream", "controller", "export"]
STAGES: tuple[Stage, ...] = get_args(Stage)

STROKES, THOROUGH_STROKES = 40_000, 80_000
THOROUGH_STEPS = 4  # times as many steps
THOROUGH_BATCHES, THOROUGH_RATE = 800, 1.5e-3  # of a controller that begins with nothing
FORMER = ("controller", "pictures", "drawn")  # options of 0.1, which trained another controller
THREADS = 1  # sums of floats come out alike only with the same number of threads; two would be little faster


@dataclass(frozen=True)
class TrainOptions:
    """Everything that may be chosen.

    Attributes:
        strokes: random strokes to learn from.
        seed: of strokes, weights and batches.
        fit: of the dream.
        held_out: strokes to score the dream on.
        colour_steps: of fitting the colour dream, for brushes that change their colour.
        wet: of what a wet brush does with paint that lies there.
        rounds: of the controller.
        from_nothing: begin the controller with random weights, not with those of the brush that is most alike.
        practice: folder of the pictures that the controller practises on; None for drawn ones.
        device: of torch, for the dream.
        threads: of torch.
        thorough: whether these are the options of ``--thorough``; for the card.
    """

    strokes: int = STROKES
    seed: int = 0
    fit: FitOptions = field(default_factory=FitOptions)
    held_out: int = HELD_OUT_STROKES
    colour_steps: int = COLOUR_STEPS
    wet: WetOptions = field(default_factory=WetOptions)
    rounds: ControllerOptions = field(default_factory=ControllerOptions)
    from_nothing: bool = False
    practice: str | None = None
    device: str = "cpu"
    threads: int = THREADS
    thorough: bool = False

    def patient(self) -> TrainOptions:
        """The same, for those who have an hour: more strokes, if not as many were asked for, and more steps."""
        return replace(
            self,
            strokes=THOROUGH_STROKES if self.strokes == STROKES else self.strokes,
            fit=replace(self.fit, steps=THOROUGH_STEPS * self.fit.steps),
            wet=replace(self.wet, strokes=2 * self.wet.strokes, steps=THOROUGH_STEPS * self.wet.steps),
            rounds=replace(self.rounds, batches=THOROUGH_BATCHES, learning_rate=THOROUGH_RATE),
            from_nothing=True,
            thorough=True,
        )

    def as_dict(self) -> dict[str, Any]:
        """For JSON; equal options give equal dictionaries."""
        return {
            "strokes": self.strokes,
            "seed": self.seed,
            "fit": self.fit.as_dict(),
            "held_out": self.held_out,
            "colour_steps": self.colour_steps,
            "wet": self.wet.as_dict(),
            "rounds": self.rounds.as_dict(),
            "from_nothing": self.from_nothing,
            "practice": self.practice,
            "device": self.device,
            "threads": self.threads,
            "thorough": self.thorough,
        }

    def plan(self, brush: BrushSettings) -> dict[str, Any]:
        """All that a training of this brush depends on, for JSON."""
        return {"brush": brush.digest(), **self.as_dict()}

    def command(self, brush: str) -> str:
        """The command that trains with these options."""
        words = ["dreambrush train", brush, f"--strokes {self.strokes} --seed {self.seed}"]
        words += ["--pictures PICTURES"] * (self.practice is not None)
        words += ["--thorough"] * self.thorough + [f"--device {self.device}"] * (self.device != "cpu")
        return " ".join(words)


def expected_seconds(options: TrainOptions, stages: Sequence[Stage], *, wet: bool = False) -> dict[str, float]:
    """About how long each step of the stages takes on two cores with a plain brush, or a wet one, in order."""
    seconds = {
        "collect": options.strokes / 2500,
        "dream": 10 + 1e-6 * options.fit.steps * options.fit.batch,
        "evaluate": 8.0,
        "wet": 5 + 0.004 * options.wet.strokes + 0.009 * options.wet.steps,
        "controller": 10 + 1.7 * options.rounds.batches,
        "export": 12.0,
    }
    seconds["export"] += 30.0 * wet
    wanted = {*stages, "evaluate", *(["wet"] if wet else [])} if "dream" in stages else {*stages}
    return {stage: value for stage, value in seconds.items() if stage in wanted}


def check_device(device: str, processes: int = 1) -> None:
    """Makes sure that torch can use a device.

    Args:
        device: ``cpu`` or ``cuda``.
        processes: that train together on this machine; each needs a graphics card of its own.

    Raises:
        UsageError: it cannot.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise UsageError(
            "There is no GPU that torch can use (CUDA).",
            "Leave out --device, or install a torch with CUDA and the GPU's driver.",
            id="no-gpu",
        )
    if device == "cuda" and torch.cuda.device_count() < processes:
        raise UsageError(
            f"{processes} processes cannot share {torch.cuda.device_count()} GPU(s).",
            f"Start one process per GPU: torchrun --nproc-per-node {torch.cuda.device_count()} ...",
            id="no-gpu",
        )


def first_difference(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, Any, Any] | None:
    """Where two plans differ first: name of the option, value before, value now.

    What only one version of dreambrush knows does not count.
    """
    for name in {**before, **now}:
        if name in FORMER or name not in before:  # or it is new since the training was begun
            continue
        a, b = before.get(name), now.get(name)
        if isinstance(a, dict) and isinstance(b, dict):
            if found := first_difference(a, b):
                return f"{name}.{found[0]}", *found[1:]
        elif a != b:
            return name, a, b
    return None
