"""Plans a painting in the dream: strokes are grown round by round and refined together, before any paint is laid.

What takes long is a generator: after each of its steps everything that is known is in :class:`State`, so that whoever
asks for the steps may save it, show it, or stop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.painter.painting import Progress
from dreambrush.painter.plan.deadline import Deadline
from dreambrush.painter.plan.effort import Effort
from dreambrush.painter.plan.expect import expected_error
from dreambrush.painter.plan.state import PlanStep, State
from dreambrush.painter.propose.grow import Grower, Shaper
from dreambrush.painter.refine.descent import descend
from dreambrush.painter.refine.scene import Scene, View
from dreambrush.painter.see.cells import reduced
from dreambrush.painter.sketch import Sketch

IDLE_ROUNDS = 4  # one after the other, after which no more strokes are grown: windows are chosen at random
WHOLE, REST = 1.0, 0.35  # boldness of refining the whole plan, and what is left of it once paint is laid
# Where all strokes are refined again: steps before that, at most, and the boldness of those then.
FIRST_STEPS, AGAIN = 56, 0.7

News = Progress | None
"""What there is to tell after a step, if anything."""


class Planner:
    """Makes and mends a plan.

    Args:
        scene: what is to be painted, pixel by pixel.
        paper: (height * width, 3) the bare canvas.
        grower: of strokes; it may see coarser cells.
        effort: how much is thought.
        rng: of all choices.
        deadline: after which no more is thought.
        shown: what the painting is compared with; the scene by default.
        shaper: gives strokes the shapes of a manner; None to leave them as they are.
        again: whether all strokes are refined again when the last ones are added, for none is laid before that.

    Attributes:
        sketch: the strokes so far; may be put in another order, or in other colours.
        step: how far the plan is.
    """

    def __init__(
        self,
        scene: Scene,
        paper: Float32,
        grower: Grower,
        effort: Effort,
        rng: np.random.Generator,
        deadline: Deadline,
        shown: Scene | None = None,
        again: bool = False,
        shaper: Shaper | None = None,
    ) -> None:
        self.shown = shown or scene
        self.scene, self.paper, self.grower, self.effort = scene, paper, grower, effort
        self.rng, self.deadline, self._again, self._shaper = rng, deadline, again, shaper
        self._coarse_paper = grower.canvas
        self.sketch, self.step = Sketch.empty(), PlanStep()
        self._kept: tuple[Sketch, View] | None = None  # what was seen of a sketch, until it changes

    def state(self, before: State | None = None, progress: News = None) -> State:
        """What is known now.

        Args:
            before: the state before, of which layers stay as they are.
            progress: what is new to be told.
        """
        known = State(self.sketch, self.step, self.grower.belief, self.rng.bit_generator.state)
        if before is not None:
            known = replace(
                before, sketch=known.sketch, step=known.step, belief=known.belief, rng=known.rng, progress=progress
            )
        return replace(known, spent=self.deadline.spent)

    def go_on_from(self, state: State) -> None:
        """Knows again what it knew then."""
        self.rng.bit_generator.state = dict(state.rng)
        self.grower.recall(state.belief)
        self.sketch, self.step = state.sketch, state.step
        self.deadline.add(state.spent)

    def plan(self, count: int, enough: float = 0.0) -> Iterator[News]:
        """Makes the plan: that many strokes, or fewer when the expected mean squared error is small enough."""
        yield from self._grow_all(count, enough)
        yield from self._swap_all()
        if not self.step.shaped:
            self._settle(count)
            self._now(shaped=self._shaper is not None)
        if not self.step.refined:
            steps = self.effort.last_steps
            yield from self._refine(min(steps, FIRST_STEPS) if self._again else steps)
            self._now(refined=True)
            yield self._told_of_refining(self.effort.swaps + 1)

    @property
    def exhausted(self) -> bool:
        """Whether nothing more can be gained with the colours that there are."""
        return self.step.idle >= IDLE_ROUNDS

    def view(self) -> View:
        """The whole plan, as the grower sees it."""
        kept, self._kept = self._kept, None
        if kept is not None and kept[0] is self.sketch:
            return kept[1]
        return self.grower.scene.view(self.sketch, self._coarse_paper, rough=True)

    def mend(self, canvas: Float32, done: int) -> Iterator[News]:
        """Refines the strokes after the first `done`, which are laid, on the canvas as it really is."""
        if not self.step.mended:
            yield from self._refine_rest(canvas, done, self.effort.stage_steps, self.effort.cells[-1:])
            self._now(mended=True)

    def add(self, canvas: Float32, done: int, count: int, enough: float = 0.0) -> Iterator[News]:
        """Adds strokes for what the real canvas still lacks, up to that many in all.

        Args:
            canvas: (height * width, 3) the real one, on which the first `done` strokes are laid already.
            done: how many these are.
            count: of strokes.
            enough: expected mean squared error at which no more are needed.
        """
        if not self.step.adding:
            coarse = self.grower.scene
            shape = self.scene.height, self.scene.width, 3
            small = reduced(canvas.reshape(shape), coarse.cell // self.scene.cell).reshape(-1, 3)
            self.grower.see(coarse.view(self.sketch[slice(done, None)], small, rough=True).canvas)
            self._now(adding=True, idle=0)
        while not self.step.added:
            more = len(self.sketch) < count and self.deadline.mending() and not self.exhausted
            if more and not self._is_enough(enough, canvas, done):
                yield self._grow(count)
            else:
                self._now(added=True)
        boldness = AGAIN if self._again and not done else REST
        yield from self._refine_rest(canvas, done, self.effort.last_steps, self.effort.cells, boldness)

    def begin_layer(self) -> None:
        """What is left is to be mended again, for a layer was laid."""
        self._now(mended=False)

    def _now(self, **changes: object) -> None:
        self.step = replace(self.step, **changes)  # type: ignore[arg-type]

    def _grow_all(self, count: int, enough: float) -> Iterator[News]:
        pauses = [max(int(share * count), 1) for share in self.effort.pauses]
        while not self.step.grown:
            paused = self.step.paused
            if paused < len(pauses) and len(self.sketch) >= pauses[paused]:
                yield from self._refine(self.effort.pause_steps)
                self._settle(len(self.sketch))
                self._now(paused=paused + 1)
            more = len(self.sketch) < count and (self.deadline.growing() or not self.sketch)
            if more and not self.exhausted and not self._is_enough(enough, self.paper):
                yield self._grow(count)
            else:
                self._now(grown=True)

    def _settle(self, count: int) -> None:
        """Gives all strokes so far, as many of the painting's as that, the shapes of a manner, if there is one."""
        if self._shaper is not None:
            strokes = self._shaper.settled(self.sketch.strokes, count / max(self.grower.room, 1))
            self.sketch = replace(self.sketch, strokes=strokes)
            self._look()

    def _is_enough(self, enough: float, canvas: Float32, done: int = 0) -> bool:
        """Whether the strokes after those that are laid leave so little of a mean squared error on the canvas."""
        # The grower's cells may be larger than pixels; it does not see what is wrong within them.
        if not enough or self.grower.mse > enough:
            return False
        return expected_error(self.shown, self.sketch[slice(done, None)], canvas, self.rng) <= enough

    def _grow(self, count: int) -> Progress:
        """One round of new strokes."""
        there, self._kept = len(self.sketch), None
        self.sketch = self.sketch.then(
            self.grower.round(there, self.grower.wanted(there, count - there), needed=not there)
        )
        self._now(idle=self.step.idle + 1 if self.grower.idle else 0)
        return Progress("Plan", len(self.sketch), count, self.grower.mse)

    def _swap_all(self) -> Iterator[News]:
        while self.step.swapped < self.effort.swaps:
            in_time = self.deadline.growing() and not self.exhausted
            if in_time:
                yield from self._swap()
            self._now(swapped=self.step.swapped + 1)
            if in_time:
                yield self._told_of_refining(self.step.swapped)

    def _swap(self) -> Iterator[News]:
        """Takes strokes away that do little, as those that others came to hide, and grows others."""
        if self.step.before is None:
            self._now(before=self.sketch, before_mse=self.grower.mse)
            gone = -int(-self.effort.swapped * len(self.sketch) // 1)
            view = self.view()
            cost = view.contributions().cost
            self.sketch = self.sketch[np.sort(np.argsort(cost, kind="stable")[gone:])]
            self._look()
        before = self.step.before
        assert before is not None
        while len(self.sketch) < len(before) and not self.exhausted:
            yield self._grow(len(before))
        yield from self._refine(self.effort.swap_steps)
        if self.grower.mse > self.step.before_mse:
            self.sketch = before
            self._look()
        self._now(before=None)

    def _told_of_refining(self, done: int) -> Progress:
        return Progress("Refine", done, self.effort.swaps + 1, self.grower.mse)

    def _refine(self, steps: int) -> Iterator[News]:
        yield from self._descend(self.paper, 0, steps, WHOLE, self.effort.cells, self.deadline.planning)
        self._look()

    def _refine_rest(
        self, canvas: Float32, done: int, steps: int, cells: Sequence[int], boldness: float = REST
    ) -> Iterator[News]:
        yield from self._descend(canvas, done, steps, boldness, cells, self.deadline.mending)

    def _descend(
        self,
        canvas: Float32,
        done: int,
        steps: int,
        boldness: float,
        cells: Sequence[int],
        in_time: Callable[[], bool],
    ) -> Iterator[News]:
        """Refines the strokes after the first `done`, as long as there is time."""
        self._kept = None
        laid, rest, room = self.sketch[slice(0, done)], self.sketch[slice(done, None)], len(self.sketch)
        descents = descend(self.scene, rest, canvas, steps, self.rng, boldness, cells, room, self.step.descent)
        while in_time() and (at := next(descents, None)) is not None:
            self.sketch = laid.then(at.sketch)
            self._now(descent=at)
            yield None
        self._now(descent=None)

    def _look(self) -> None:
        view = self.view()
        self.grower.see(view.canvas)
        self._kept = self.sketch, view
