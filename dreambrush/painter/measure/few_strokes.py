"""Trials: paints a picture with an exact number of strokes, and measures cost and error."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Pixels
from dreambrush.models.catalogue import BrushFile
from dreambrush.painter.measure.error_course import Course, CourseRecorder
from dreambrush.painter.measure.transfer import Transfer, measure_transfer, transfer_gap
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Progress
from dreambrush.painter.plan.effort import MOST
from dreambrush.painter.plan.hand import EXACT
from dreambrush.painter.propose.ridge_proposer import Controller
from dreambrush.painter.run import paint
from dreambrush.painter.see.target import Colour
from dreambrush.strokes import Strokes


@dataclass(frozen=True)
class Trial:
    """A painting with an exact number of strokes, and its figures.

    Attributes:
        target: (h, w, 3) float32, sRGB 0..1.
        strokes: the strokes that were laid.
        ground: (3,) uint8 colour under them.
        transfer: what they are in the dream and on a fresh real canvas.
        seconds: wall time of planning and painting, without measuring.
        cpu_seconds: CPU time of planning and painting, of all threads together.
        course: how the error that the dream expects fell.
    """

    target: Float32
    strokes: Strokes
    ground: Pixels
    transfer: Transfer
    seconds: float
    cpu_seconds: float
    course: Course = ()


def run_trial(
    target: Float32,
    brush: BrushFile,
    strokes: int,
    seed: int,
    *,
    colour: Colour | None = None,
    ground: Colour | None = None,
    controller: Controller | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Trial:
    """Paints a picture, then lays its strokes again to measure them.

    Args:
        target: (h, w, 3) float32, sRGB 0..1.
        brush: a brush that has a dream.
        strokes: exact number of strokes to lay.
        seed: seed of the painting.
        colour: colour of all strokes; by default each has the one that suits it best.
        ground: colour under the first stroke; by default the target's mean.
        controller: proposes strokes; the painter's own by default.
        progress: called with how far the painting is.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed; a painting that lacks strokes is not worth measuring.
        ModelError: the dream is broken.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    options = PaintOptions(effort=MOST, hand=EXACT, layers=1, colour=colour, ground=ground)
    recorder = CourseRecorder(progress)
    painting = paint(target, brush, strokes, seed, recorder, options, controller)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if painting.interrupted:
        raise KeyboardInterrupt
    transfer = measure_transfer(target, painting.strokes, painting.background, [brush], seed)
    return Trial(target, painting.strokes, painting.background, transfer, wall, cpu, recorder.course())


def summarise(trials: Sequence[Trial]) -> dict[str, float]:
    """Means over trials (at least one).

    Returns:
        ``mse`` and ``dreamed_mse`` (real and expected mean squared error, colours 0..1), ``transfer_gap`` between
        these two means, ``mean_absolute_gap`` of the single paintings, ``seconds`` and ``cpu_seconds`` for each.
    """
    real = float(np.mean([trial.transfer.mse for trial in trials]))
    dreamed = float(np.mean([trial.transfer.dreamed_mse for trial in trials]))
    return {
        "mse": real,
        "dreamed_mse": dreamed,
        "transfer_gap": transfer_gap(real, dreamed),
        "mean_absolute_gap": float(np.mean([abs(trial.transfer.gap) for trial in trials])),
        "seconds": float(np.mean([trial.seconds for trial in trials])),
        "cpu_seconds": float(np.mean([trial.cpu_seconds for trial in trials])),
    }
