"""Plans a painting in the dream: strokes are grown round by round and refined together, before any paint is laid."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dreambrush.painter.compositing import contributions
from dreambrush.painter.deadline import Deadline
from dreambrush.painter.effort import Effort
from dreambrush.painter.expect import expected_error
from dreambrush.painter.grow import Grower
from dreambrush.painter.refine import refine
from dreambrush.painter.scene import Scene, View, reduced
from dreambrush.painter.sketch import Sketch

Float32 = NDArray[np.float32]
Tell = Callable[[str, int, int, float], None]

WHOLE, REST = 1.0, 0.35  # boldness of refining the whole plan, and what is left of it once paint is laid


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

    Attributes:
        sketch: the strokes so far; whole at any moment.
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
    ) -> None:
        self.scene, self.paper, self.grower, self.effort = scene, paper, grower, effort
        self.rng, self.tell, self.deadline = rng, tell, deadline
        self._coarse_paper = grower.canvas
        self.sketch = Sketch.empty()

    def plan(self, count: int, enough: float = 0.0) -> None:
        """Makes the plan: that many strokes, or fewer when the expected mean squared error is small enough."""
        pauses = [max(int(share * count), 1) for share in self.effort.pauses]
        while len(self.sketch) < count and (self.deadline.growing() or not self.sketch):
            if self._is_enough(enough, self.paper):
                break
            self._grow(count)
            if pauses and len(self.sketch) >= pauses[0]:
                pauses.pop(0)
                self._refine(self.effort.pause_steps)
        swaps = self.effort.swaps
        for swap in range(swaps):
            if self.deadline.growing():
                self._swap()
                self.tell("Refine", swap + 1, swaps + 1, self.grower.mse)
        self._refine(self.effort.last_steps)
        self.tell("Refine", swaps + 1, swaps + 1, self.grower.mse)

    def view(self) -> View:
        """The whole plan, as the grower sees it."""
        return self.grower.scene.view(self.sketch, self._coarse_paper)

    def mend(self, canvas: Float32, done: int) -> None:
        """Refines the strokes after the first `done`, which are laid, on the canvas as it really is."""
        self._refine_rest(canvas, done, self.effort.stage_steps, self.effort.cells[-1:])

    def add(self, canvas: Float32, done: int, count: int, enough: float = 0.0) -> None:
        """Adds strokes for what the real canvas still lacks, up to that many in all.

        Args:
            canvas: (height * width, 3) the real one, on which the first `done` strokes are laid already.
            done: how many these are.
            count: of strokes.
            enough: expected mean squared error at which no more are needed.
        """
        coarse = self.grower.scene
        shape = self.scene.height, self.scene.width, 3
        small = reduced(canvas.reshape(shape), coarse.cell // self.scene.cell).reshape(-1, 3)
        self.grower.see(coarse.view(self.sketch[slice(done, None)], small).composite.canvas)
        while len(self.sketch) < count and self.deadline.mending():
            if self._is_enough(enough, canvas, done):
                break
            self._grow(count)
        self._refine_rest(canvas, done, self.effort.last_steps, self.effort.cells)

    def _is_enough(self, enough: float, canvas: Float32, done: int = 0) -> bool:
        """Whether the strokes after those that are laid leave so little of a mean squared error on the canvas."""
        # The grower's cells may be larger than pixels; it does not see what is wrong within them.
        if not enough or self.grower.mse > enough:
            return False
        return expected_error(self.scene, self.sketch[slice(done, None)], canvas, self.rng) <= enough

    def _grow(self, count: int) -> None:
        there = len(self.sketch)
        self.sketch = self.sketch.then(self.grower.round(self.grower.wanted(there, count - there)))
        self.tell("Plan", len(self.sketch), count, self.grower.mse)

    def _refine(self, steps: int) -> None:
        cells, go_on = self.effort.cells, self.deadline.planning
        self.sketch = refine(self.scene, self.sketch, self.paper, steps, self.rng, WHOLE, cells, go_on=go_on)
        self._look()

    def _refine_rest(self, canvas: Float32, done: int, steps: int, cells: Sequence[int]) -> None:
        rest, room = self.sketch[slice(done, None)], len(self.sketch)
        rest = refine(self.scene, rest, canvas, steps, self.rng, REST, cells, room, self.deadline.mending)
        self.sketch = self.sketch[slice(0, done)].then(rest)

    def _look(self) -> None:
        self.grower.see(self.view().composite.canvas)

    def _swap(self) -> None:
        """Takes strokes away that do little, as those that others came to hide, and grows others."""
        before, error, count = self.sketch, self.grower.mse, len(self.sketch)
        gone = -int(-self.effort.swapped * count // 1)
        view = self.view()
        cost = contributions(view.composite, view.target, view.weight, view.cover, view.mean).cost
        self.sketch = self.sketch[np.sort(np.argsort(cost, kind="stable")[gone:])]
        self._look()
        while len(self.sketch) < count:
            self._grow(count)
        self._refine(self.effort.swap_steps)
        if self.grower.mse > error:
            self.sketch = before
            self._look()
