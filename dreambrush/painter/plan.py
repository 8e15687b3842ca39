"""Plans a small painting as a whole: every stroke is chosen and refined with all the others in mind.

Strokes are proposed one by one in the dream, then refined together.  After that the plan is doubted again and again:
a stroke that matters little is taken away, another one is proposed where the canvas then errs most, and all are
refined once more; the change stays if the painting is expected to get better.  Only then is paint laid, in parts: what
the brush really did so far is the canvas on which the strokes that are still to come are refined a last time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreambrush.models import BrushFile, Dream
from dreambrush.mypaint.myb import read_myb
from dreambrush.painter.easel import Easel
from dreambrush.painter.geometry import boxes, tamed
from dreambrush.painter.gradient import DreamGradient
from dreambrush.painter.paint import Clock, Painting, Progress, finished, ground_colour, record
from dreambrush.painter.pool import overlapping
from dreambrush.painter.propose import propose
from dreambrush.painter.refine import Refiner, Sketch
from dreambrush.painter.search import Controller, SearchController

Float32 = NDArray[np.float32]
Colour = tuple[float, float, float]

LAYERS = ("Strokes",)


@dataclass(frozen=True)
class PlanOptions:
    """How much thought goes into a plan."""

    first_steps: int = 150  # of refining what was proposed
    swaps: int = 8  # of strokes that matter little
    swap_steps: int = 40  # of refining after each
    last_steps: int = 150  # of refining at the end
    parts: int = 3  # in which the paint is laid
    part_steps: int = 40  # of refining the rest after each part
    timidity: float = 3.0  # how strictly the strokes that matter least are the ones to go
    smallest_radius: float = 0.9  # pixels
    largest_radius: float = 0.2  # of the shorter side


def plan_painting(
    target: Float32,
    brush: BrushFile,
    strokes: int,
    seed: int = 0,
    *,
    colour: Colour | None = None,
    ground: Colour | None = None,
    controller: Controller | None = None,
    progress: Callable[[Progress], None] | None = None,
    options: PlanOptions | None = None,
) -> Painting:
    """Paints a picture with an exact, small number of strokes.

    Args:
        target: (h, w, 3) float32, sRGB 0..1; the painting has its size.
        brush: a brush that has a dream.
        strokes: how many to lay, exactly.
        seed: the same target, brush, options and seed give the same painting.
        colour: of all strokes, sRGB 0..1; by default each has the one that suits it.
        ground: colour under the first stroke, sRGB 0..1; by default the target's mean.
        controller: proposes strokes; search by default.
        progress: told how far it is; its error is the dream's until paint is laid.
        options: thought.

    Returns:
        The painting; its dreamed_mse is what the dream expects of its strokes without having seen any paint.  After
        Ctrl-C the plan is painted as it then is.

    Raises:
        ModelError: the brush has no dream, or one that has no gradient.
    """
    session = _Plan(target, brush, strokes, seed, colour, ground, controller, progress, options or PlanOptions())
    interrupted = False
    try:
        session.think()
    except KeyboardInterrupt:
        interrupted = True
    return session.paint(interrupted)


class _Plan:
    def __init__(
        self,
        target: Float32,
        brush: BrushFile,
        strokes: int,
        seed: int,
        colour: Colour | None,
        ground: Colour | None,
        controller: Controller | None,
        progress: Callable[[Progress], None] | None,
        options: PlanOptions,
    ) -> None:
        self.target, self.brush, self.wanted, self.seed, self.options = target, brush, strokes, seed, options
        self.height, self.width = target.shape[:2]
        self.colour = None if colour is None else np.array(colour, np.float32)
        self.controller, self.progress = controller or SearchController(), progress
        self.rng, self.clock = np.random.default_rng(seed), Clock()
        folder = brush.dream_folder()
        self.refiner = Refiner(Dream(folder, 1), DreamGradient(folder, 1), target, self._tame, colour is not None)
        self.easel = Easel(self.width, self.height, ground_colour(target, ground), read_myb(brush.path), LAYERS)
        self.ground = self._seen()
        self.sketch = Sketch(np.zeros((0, 9), np.float32), np.zeros((0, 3), np.float32))
        self.error = self.refiner.expected_error(self.sketch, self.ground)

    def think(self) -> None:
        """Makes the plan."""
        options = self.options
        with self.clock.stage("propose"):
            for stroke in self._proposed(self.ground, self.wanted):
                self.sketch = self.sketch.then(stroke)
                self.error = self.refiner.expected_error(self.sketch, self.ground)
                self._tell("Propose", len(self.sketch), self.wanted)
        if not self.wanted:
            return
        with self.clock.stage("refine"):
            self._refine(options.first_steps, 1.0)
            for swap in range(options.swaps):
                self._swap()
                self._tell("Refine", swap + 1, options.swaps)
            self._refine(options.last_steps, 0.5)

    def _swap(self) -> None:
        costs = np.maximum(self.refiner.costs_of_removal(self.sketch, self.ground), 0)
        chance = np.exp(-self.options.timidity * costs / max(float(np.median(costs)), 1e-6), dtype=np.float64)
        weak = self.rng.choice(len(costs), 1, p=chance / chance.sum())
        rest = self.sketch.without(weak)
        (stroke,) = self._proposed(self.refiner.laid(rest, self.ground).canvas, 1)
        changed = rest.then(stroke)
        # Only what lies near the old or the new stroke has a reason to move.
        box = boxes(changed.strokes, self.refiner.dream.reach)
        gone = boxes(self.sketch.strokes[weak], self.refiner.dream.reach)[0]
        which = np.flatnonzero(overlapping(box, box[-1]) | overlapping(box, gone))
        self._keep_if_better(*self.refiner.refine(changed, self.ground, self.options.swap_steps, 0.5, which))

    def _refine(self, steps: int, boldness: float) -> None:
        self._keep_if_better(*self.refiner.refine(self.sketch, self.ground, steps, boldness))

    def _keep_if_better(self, sketch: Sketch, error: float) -> None:
        if error < self.error:
            self.sketch, self.error = sketch, error

    def paint(self, interrupted: bool) -> Painting:
        """Lays the plan for real."""
        sketch, options = self.sketch, self.options
        parts = np.array_split(np.arange(len(sketch)), options.parts)
        done = Sketch(sketch.strokes[:0], sketch.colours[:0])
        for part in parts:
            rest = sketch.without(np.arange(len(done)))
            if len(done) and len(rest) and not interrupted:
                with self.clock.stage("refine"):
                    rest, _ = self.refiner.refine(rest, self._seen(), options.part_steps, 0.25)
            with self.clock.stage("paint"):
                for stroke, colour in zip(rest.strokes[: len(part)], rest.colours[: len(part)], strict=True):
                    self.easel.paint(stroke, colour, self.seed + len(done))
                    done = done.then(Sketch(stroke[None], colour[None]))
            sketch = done.then(rest.without(np.arange(len(part))))
            self.error = float(np.square(self._seen() - self.target).sum(dtype=np.float64))
            self._tell("Paint", len(done), len(sketch))
        dreamed = self.refiner.expected_error(done, self.ground) / self.target.size
        strokes = record(done.strokes, done.colours, [0] * len(done), self.brush.name, self.easel)
        return finished(self.easel, strokes, self.target, dreamed, self.clock, interrupted)

    def _proposed(self, canvas: Float32, count: int) -> Iterator[Sketch]:
        return propose(self.refiner, self.controller, canvas, count, self.rng, self.colour)

    def _seen(self) -> Float32:
        return self.easel.seen((0, 0, self.width, self.height)).copy()

    def _tame(self, strokes: Float32) -> Float32:
        largest = max(self.options.largest_radius * min(self.width, self.height), 2 * self.options.smallest_radius)
        return tamed(strokes, self.width, self.height, self.options.smallest_radius, largest)

    def _tell(self, stage: str, done: int, total: int) -> None:
        if self.progress:
            self.progress(Progress(stage, done, total, self.error / self.target.size))
