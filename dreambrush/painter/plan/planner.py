"""Plans a painting in the dream: strokes are grown round by round and refined together, before any paint is laid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreambrush.painter.plan.deadline import Deadline
from dreambrush.painter.plan.effort import Effort
from dreambrush.painter.plan.expect import expected_error
from dreambrush.painter.propose.grow import Grower
from dreambrush.painter.refine.compositing import contributions
from dreambrush.painter.refine.optimiser import Descent, refine
from dreambrush.painter.refine.scene import Scene, View, reduced
from dreambrush.painter.sketch import Sketch

Float32 = NDArray[np.float32]
Tell = Callable[[str, int, int, float], None]

WHOLE, REST = 1.0, 0.35  # boldness of refining the whole plan, and what is left of it once paint is laid


@dataclass
class Position:
    """How far a plan is; a planner that is given it, the sketch and the grower's state goes on from there.

    Attributes:
        paused: how often all strokes were refined while they were grown.
        grown: whether that is over.
        swapped: how often weak strokes have been taken away.
        before: the sketch before the present time, if there is one.
        before_mse: mean squared error of that.
        refined: whether the plan is finished.
        mended: whether what is left was refined since the last stage was laid.
        adding: whether strokes are being added to what is laid.
        added: whether that is over.
        descent: that goes on.
    """

    paused: int = 0
    grown: bool = False
    swapped: int = 0
    before: Sketch | None = None
    before_mse: float = 0.0
    refined: bool = False
    mended: bool = False
    adding: bool = False
    added: bool = False
    descent: Descent | None = None


class Planner:
    """Makes and mends a plan.

    Args:
        scene: what is to be painted, pixel by pixel.
        paper: (height * width, 3) the bare canvas.
        grower: of strokes; it may see coarser cells.
        effort: how much is thought.
        rng: of all choices.
        tell: told the stage, how far it is, of how much, and the expected mean squared error.
        deadline: after which no more is thought.
        pause: called whenever all that is known is in the attributes and in those of the grower, the generator of
            numbers among them.

    Attributes:
        sketch: the strokes so far; whole at any moment.
        at: how far it is.
    """

    def __init__(
        self,
        scene: Scene,
        paper: Float32,
        grower: Grower,
        effort: Effort,
        rng: np.random.Generator,
        tell: Tell,
        deadline: Deadline,
        pause: Callable[[], None] = lambda: None,
    ) -> None:
        self.scene, self.paper, self.grower, self.effort = scene, paper, grower, effort
        self.rng, self.tell, self.deadline, self.pause = rng, tell, deadline, pause
        self._coarse_paper = grower.canvas
        self.sketch, self.at = Sketch.empty(), Position()
        self._kept: tuple[Sketch, View] | None = None  # what was seen of a sketch, until it changes

    def plan(self, count: int, enough: float = 0.0) -> None:
        """Makes the plan: that many strokes, or fewer when the expected mean squared error is small enough."""
        at, swaps = self.at, self.effort.swaps
        pauses = [max(int(share * count), 1) for share in self.effort.pauses]
        while not at.grown:
            if at.paused < len(pauses) and len(self.sketch) >= pauses[at.paused]:
                self._refine(self.effort.pause_steps)
                at.paused += 1
            more = len(self.sketch) < count and (self.deadline.growing() or not self.sketch)
            if more and not self._is_enough(enough, self.paper):
                self._grow(count)
            else:
                at.grown = True
        while at.swapped < swaps:
            if self.deadline.growing():
                self._swap()
                self.tell("Refine", at.swapped + 1, swaps + 1, self.grower.mse)
            at.swapped += 1
        if not at.refined:
            self._refine(self.effort.last_steps)
            at.refined = True
        self.tell("Refine", swaps + 1, swaps + 1, self.grower.mse)

    def view(self) -> View:
        """The whole plan, as the grower sees it."""
        kept, self._kept = self._kept, None
        if kept is not None and kept[0] is self.sketch:
            return kept[1]
        return self.grower.scene.view(self.sketch, self._coarse_paper)

    def mend(self, canvas: Float32, done: int) -> None:
        """Refines the strokes after the first `done`, which are laid, on the canvas as it really is."""
        if not self.at.mended:
            self._refine_rest(canvas, done, self.effort.stage_steps, self.effort.cells[-1:])
            self.at.mended = True

    def add(self, canvas: Float32, done: int, count: int, enough: float = 0.0) -> None:
        """Adds strokes for what the real canvas still lacks, up to that many in all.

        Args:
            canvas: (height * width, 3) the real one, on which the first `done` strokes are laid already.
            done: how many these are.
            count: of strokes.
            enough: expected mean squared error at which no more are needed.
        """
        at = self.at
        if not at.adding:
            coarse = self.grower.scene
            shape = self.scene.height, self.scene.width, 3
            small = reduced(canvas.reshape(shape), coarse.cell // self.scene.cell).reshape(-1, 3)
            self.grower.see(coarse.view(self.sketch[slice(done, None)], small).composite.canvas)
            at.adding = True
        while not at.added:
            if len(self.sketch) < count and self.deadline.mending() and not self._is_enough(enough, canvas, done):
                self._grow(count)
            else:
                at.added = True
        self._refine_rest(canvas, done, self.effort.last_steps, self.effort.cells)

    def _is_enough(self, enough: float, canvas: Float32, done: int = 0) -> bool:
        """Whether the strokes after those that are laid leave so little of a mean squared error on the canvas."""
        # The grower's cells may be larger than pixels; it does not see what is wrong within them.
        if not enough or self.grower.mse > enough:
            return False
        return expected_error(self.scene, self.sketch[slice(done, None)], canvas, self.rng) <= enough

    def _grow(self, count: int) -> None:
        there, self._kept = len(self.sketch), None
        self.sketch = self.sketch.then(self.grower.round(self.grower.wanted(there, count - there)))
        self.tell("Plan", len(self.sketch), count, self.grower.mse)
        self.pause()

    def _refine(self, steps: int) -> None:
        self._descend(self.sketch, self.paper, 0, steps, WHOLE, self.effort.cells, go_on=self.deadline.planning)
        self._look()

    def _refine_rest(self, canvas: Float32, done: int, steps: int, cells: Sequence[int]) -> None:
        rest = self.sketch[slice(done, None)]
        self._descend(rest, canvas, done, steps, REST, cells, go_on=self.deadline.mending)

    def _descend(
        self,
        sketch: Sketch,
        canvas: Float32,
        done: int,
        steps: int,
        boldness: float,
        cells: Sequence[int],
        go_on: Callable[[], bool],
    ) -> None:
        """Refines the strokes after the first `done`."""
        self._kept = None
        laid, room = self.sketch[slice(0, done)], len(self.sketch)

        def tell(at: Descent) -> None:
            self.at.descent, self.sketch = at, laid.then(at.sketch)
            self.pause()

        refine(self.scene, sketch, canvas, steps, self.rng, boldness, cells, room, go_on, self.at.descent, tell)
        self.at.descent = None

    def _look(self) -> None:
        view = self.view()
        self.grower.see(view.composite.canvas)
        self._kept = self.sketch, view

    def _swap(self) -> None:
        """Takes strokes away that do little, as those that others came to hide, and grows others."""
        at = self.at
        if at.before is None:
            at.before, at.before_mse = self.sketch, self.grower.mse
            gone = -int(-self.effort.swapped * len(self.sketch) // 1)
            view = self.view()
            cost = contributions(view.composite, view.target, view.weight, view.fragments, view.mean).cost
            self.sketch = self.sketch[np.sort(np.argsort(cost, kind="stable")[gone:])]
            self._look()
        while len(self.sketch) < len(at.before):
            self._grow(len(at.before))
        self._refine(self.effort.swap_steps)
        if self.grower.mse > at.before_mse:
            self.sketch = at.before
            self._look()
        at.before = None
