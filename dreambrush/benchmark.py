"""The benchmark of whole paintings: their error and cost on this machine, beside the figures of the docs.

The docs' figures are in ``samples/figures.json``, which ``scripts/benchmark_figures.py`` makes. docs/benchmarks.md
shows the same.  The pictures come along in ``samples/``, so everybody measures the same.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from dreambrush import __version__
from dreambrush.arrays import Float32, Pixels
from dreambrush.machine import describe_machine, peak_memory
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.lay.lay_strokes import lay_strokes
from dreambrush.painter.measure.error_course import Course, CourseRecorder
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Clock, Progress
from dreambrush.painter.plan.effort import DEFAULT, MOST
from dreambrush.painter.run import paint
from dreambrush.pictures.reading import load_picture
from dreambrush.strokes import Strokes

Report = dict[str, Any]

SAMPLES = Path(__file__).parent / "samples"
FIGURES = SAMPLES / "figures.json"
BRUSH, SEED = "oil", 0
HAND = 0.3  # of all figures in the docs that name no other: the default when the first were measured
LONGEST = 180.0  # seconds of wall time, within which the whole benchmark ends
CLOSE = 0.05  # part of the docs' error, by which an error may differ and still be as in the docs
MEASURES = ("mse", "cpu_seconds", "wall_seconds")
AGREEMENTS = ("exact", "close", "different")  # of an error with that in the docs, best first
PACKAGES = ("numpy", "onnxruntime", "pillow")  # whose arithmetic is in a painting


@dataclass(frozen=True)
class Case:
    """One painting.

    Attributes:
        picture: name of a file in ``samples/``.
        size: longer side in pixels.
        strokes: exact number of strokes.
        effort: 1 to 5.
    """

    picture: str
    size: int
    strokes: int
    effort: int = DEFAULT

    @property
    def title(self) -> str:
        """The title of the case, in words."""
        effort = "" if self.effort == DEFAULT else f", effort {self.effort}"
        return f"{Path(self.picture).stem}, {self.size} px, {self.strokes:,} strokes{effort}"


# What takes longest is last: on a slow machine it may have to be left out.
CASES = (
    Case("astronaut.png", 256, 200),
    Case("coffee.png", 256, 200),
    Case("astronaut.png", 256, 1000),
    Case("coffee.png", 256, 1000),
    Case("still-life.jpg", 1024, 3000),
    Case("astronaut.png", 256, 200, MOST),
)


@dataclass(frozen=True, eq=False)
class Measured:
    """The result of one painting.

    Attributes:
        case: the case that was painted.
        mse: mean squared error of RGB in 0..1; the strokes were laid again on fresh real canvases.
        cpu_seconds: CPU seconds of planning and painting, summed over all threads.
        wall_seconds: wall seconds of planning and painting.
        target: the picture, (h, w, 3) float32, sRGB 0..1.
        real: the painting as MyPaint shows it, (h, w, 3) uint8.
        strokes: the strokes that were laid.
        ground: (3,) uint8 colour under them.
        course: how the error that the dream expects fell.
    """

    case: Case
    mse: float
    cpu_seconds: float
    wall_seconds: float
    target: Float32
    real: Pixels
    strokes: Strokes
    ground: Pixels
    course: Course

    def figures(self) -> Report:
        """The figures that are kept of the result."""
        return {
            **asdict(self.case),
            "mse": self.mse,
            "cpu_seconds": round(self.cpu_seconds, 2),
            "wall_seconds": round(self.wall_seconds, 2),
        }


def measure(case: Case, seed: int, progress: Callable[[Progress], None] | None = None) -> Measured:
    """Paints once, lays the strokes again, and measures the result.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed.  Half a painting has no figures.
    """
    target = load_picture(SAMPLES / case.picture, case.size)
    brush = find_brush(BRUSH)
    clock, recorder = Clock(), CourseRecorder(progress)
    with clock.time("paint"):
        painting = paint(target, brush, case.strokes, seed, recorder, PaintOptions(effort=case.effort, hand=HAND))
    if painting.interrupted:
        raise KeyboardInterrupt
    real = merge_layers(lay_strokes(painting.strokes, [read_myb(brush.path)], seed), painting.background)
    mse = float(np.mean((real / 255.0 - target) ** 2))
    spent = clock.seconds["paint"]
    cost = spent["cpu"], spent["wall"]
    return Measured(case, mse, *cost, target, real, painting.strokes, painting.background, recorder.course())


def run_benchmark(
    cases: Sequence[Case],
    seed: int,
    expected: Sequence[float | None],
    *,
    limit: float = LONGEST,
    progress: Callable[[Case, Progress], None] | None = None,
) -> Iterator[Measured]:
    """Paints case after case, and skips those for which there is no time.

    Args:
        cases: the cases to paint.
        seed: seed of the paintings.
        expected: wall seconds of each case on some machine.  The cases before tell how much slower this machine is.  A
            case whose time is not known (None) is always painted.
        limit: wall seconds for all cases together.
        progress: called with each case and how far it is.
    """
    start = time.perf_counter()
    here = there = 0.0
    for case, seconds in zip(cases, expected, strict=True):
        slower = here / there if there else 1.0
        if seconds is not None and time.perf_counter() - start + slower * seconds > limit:
            continue

        def show(state: Progress, case: Case = case) -> None:
            if progress is not None:
                progress(case, state)

        measured = measure(case, seed, show)
        if seconds is not None:
            here, there = here + measured.wall_seconds, there + seconds
        yield measured


def circumstances(seed: int) -> Report:
    """Everything that figures depend on: seed, brush, versions and machine."""
    return {
        "brush": BRUSH,
        "seed": seed,
        "version": __version__,
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "machine": describe_machine(),
        "peak_memory_mb": peak_memory(),
    }


def read_figures() -> Report:
    """The figures of the docs: circumstances, and ``results`` as :meth:`Measured.figures` has them."""
    figures: Report = json.loads(FIGURES.read_text(encoding="utf-8"))
    return figures


def docs_row(case: Case, figures: Report) -> Report | None:
    """The figures of a case in the docs, or None if they have none."""
    wanted = asdict(case)
    return next((row for row in figures["results"] if wanted.items() <= row.items()), None)


def compare(results: Sequence[Measured], seed: int, figures: Report) -> Report:
    """Sets the figures of this machine beside those of the docs.

    Args:
        results: results of this machine, at least one.
        seed: seed of their paintings.
        figures: figures of the docs.

    Returns:
        The circumstances.  For each result its figures, those of the docs, and the ratio of here to there (None if the
        docs have none).  ``agreement`` of each result and of all: one of ``AGREEMENTS``, or None if there is nothing to
        compare with.  ``may_explain``: what may explain a difference.
    """
    rows = []
    for result in results:
        here, docs = result.figures(), docs_row(result.case, figures)
        rows.append({**here, **(_beside(here, docs) if docs else {"docs": None, "ratio": None, "agreement": None})})
    now = circumstances(seed)
    agreements = [row["agreement"] for row in rows if row["agreement"]]
    return {
        **now,
        "agreement": max(agreements, key=AGREEMENTS.index, default=None),
        "may_explain": differences(now, figures),
        "results": rows,
        "docs": {name: value for name, value in figures.items() if name != "results"},
    }


def _beside(here: Report, docs: Report) -> Report:
    return {
        "docs": {name: docs[name] for name in MEASURES},
        "ratio": {name: round(here[name] / docs[name], 4) if docs[name] > 0 else None for name in MEASURES},
        "agreement": _agreement(here["mse"], docs["mse"]),
    }


def _agreement(here: float, docs: float) -> str:
    if here == docs:
        return "exact"
    return "close" if abs(here - docs) <= CLOSE * docs else "different"


def differences(here: Report, docs: Report) -> list[str]:
    """What may make a painting differ from that of the docs, each in a few words: "the seed (1, not 0)"."""
    pairs = [
        ("the seed", here["seed"], docs["seed"]),
        ("dreambrush's version", here["version"], docs["version"]),
        ("the processor", here["machine"]["cpu"], docs["machine"]["cpu"]),
        ("the system", here["machine"]["system"], docs["machine"]["system"]),
        *((f"{name}'s version", here["packages"][name], docs["packages"][name]) for name in PACKAGES),
    ]
    return [f"{what} ({this}, not {that})" for what, this, that in pairs if this != that]
