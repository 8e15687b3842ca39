"""Teaches dreambrush a brush: collect, fit, evaluate, export."""

from __future__ import annotations

import datetime
import os
import platform
import shutil
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from dreambrush.dream.collect import SAMPLING, SIDE, collect
from dreambrush.dream.evaluate import HELD_OUT_STROKES, NOISE_RENDERS, Score, evaluate
from dreambrush.dream.export import export_dream
from dreambrush.dream.fit import FitOptions, fit
from dreambrush.dream.samples import measure_reach, training_points
from dreambrush.errors import OutputError
from dreambrush.models import CARD_FORMAT, CARD_VERSION, BrushFile, shipped_folder
from dreambrush.mypaint.myb import read_myb

DEFAULT_STROKES = 20000
PIXELS_PER_STROKE = 400
THREADS = 2  # sums of floats come out alike only with the same number of threads

Report = Callable[[str, int, int], None]


def train_dream(
    brush: BrushFile,
    output: Path,
    strokes: int = DEFAULT_STROKES,
    seed: int = 0,
    progress: Report | None = None,
    options: FitOptions | None = None,
    held_out: int = HELD_OUT_STROKES,
) -> Path:
    """Trains the dream of a brush and writes its folder.

    Args:
        brush: the brush.
        output: the dream's folder; made if missing, its dream replaced if it has one.
        strokes: random strokes to learn from.
        seed: of strokes, weights and batches.
        progress: told stage ("collect", "fit", "evaluate", "export"), steps done, and steps in all.
        options: of the fit.
        held_out: strokes to score it on.

    Returns:
        The folder.

    Raises:
        BrushError: the brush file is broken.
        OutputError: the folder cannot be written.
    """
    report = progress or (lambda stage, done, total: None)
    options = options or FitOptions()
    settings = read_myb(brush.path)
    _make(output)
    torch.set_num_threads(THREADS)
    seconds: dict[str, float] = {}

    def timed(stage: str, started: float) -> None:
        seconds[stage] = round(time.monotonic() - started, 1)

    started = time.monotonic()
    report("collect", 0, strokes)
    collection = collect(settings, strokes, seed)
    reach = measure_reach(collection)
    features, alpha = training_points(collection, reach, PIXELS_PER_STROKE, seed)
    timed("collect", started)

    started = time.monotonic()
    dream = fit(features, alpha, reach, options, seed, lambda done, total: report("fit", done, total))
    timed("fit", started)

    started = time.monotonic()
    report("evaluate", 0, 1)
    score = evaluate(dream, settings, seed, held_out)
    timed("evaluate", started)

    report("export", 0, 1)
    card = make_card(brush, settings.digest(), reach, strokes, seed, options, score, held_out, seconds)
    export_dream(dream, card, output)
    if brush.path.parent != shipped_folder("brushes"):
        shutil.copyfile(brush.path, output / f"{brush.name}.myb")  # so that the brush can be named from now on
    return output


def make_card(
    brush: BrushFile,
    digest: str,
    reach: float,
    strokes: int,
    seed: int,
    options: FitOptions,
    score: Score,
    held_out: int,
    seconds: dict[str, float],
) -> dict[str, Any]:
    """What a person or a program wants to know of a dream; ``card.json``."""
    packages = {name: version(name) for name in ("dreambrush", "torch", "numpy", "onnx")}
    return {
        "format": CARD_FORMAT,
        "version": CARD_VERSION,
        "kind": "field",
        "brush": brush.name,
        "brush_digest": digest,
        "reach": reach,
        "command": f"dreambrush train {brush.name} --strokes {strokes} --seed {seed}",
        "seed": seed,
        "data": {"strokes": strokes, "pixels_per_stroke": PIXELS_PER_STROKE, "side": SIDE, "sampling": SAMPLING},
        "fit": options.as_dict(),
        "held_out": {"strokes": held_out, **score.as_dict(), "noise_renders": NOISE_RENDERS},
        "seconds": seconds,
        "cores": os.cpu_count(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": {"python": platform.python_version(), **packages},
    }


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} cannot be made: {error.strerror}.", "Choose another with -o.") from None
