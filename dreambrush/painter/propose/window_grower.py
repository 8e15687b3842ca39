"""Grows a sketch: looks where the error is, proposes strokes there, dreams them, and keeps those that gain most."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.bezier import NUMBERS
from dreambrush.painter.propose.candidates import Belief, Candidates
from dreambrush.painter.propose.grow import Grower, Score
from dreambrush.painter.propose.ridge_proposer import Controller
from dreambrush.painter.propose.scratch_canvas import ScratchCanvas
from dreambrush.painter.propose.windows import WindowSampler
from dreambrush.painter.refine.descent import refine
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.sketch import Sketch

CELLS = 16  # number of cells for each stroke that there is room for, when strokes are compared
CANDIDATES = 3  # number of candidates looked at closely, for each stroke wanted
STILL_GOOD = 0.6  # share of its first gain that a stroke must keep beside the others of its round
WORTH_IT = 0.3  # share of the best one's gain that a stroke needs to be laid in the same round
LENIENCY, FEW = (1.0, 0.3), 0.25  # shares of these two; the second counts until so many of the wanted ones are found


@dataclass(frozen=True)
class SearchBudget:
    """How much is searched in each round of strokes.

    Attributes:
        windows: number of windows looked through.
        proposals: number of strokes proposed in each window.
        kept: number of candidates remembered from round to round.
        steps: number of steps that refine the new strokes before the next round.
        at_once: number of strokes added in a round, as a share of those that are there already.
        least_at_once: least number of strokes added in a round.
    """

    windows: int = 16
    proposals: int = 6
    kept: int = 48
    steps: int = 4
    at_once: float = 0.1
    least_at_once: int = 12


class WindowGrower(Grower):
    """Looks through windows, proposes strokes in each, and keeps those that gain most.

    Args:
        scene: as of every grower.
        controller: proposes strokes.
        rng: as of every grower.
        canvas: as of every grower.
        room: as of every grower.
        score: as of every grower.
        budget: search budget of each round.
    """

    def __init__(
        self,
        scene: Scene,
        controller: Controller,
        rng: np.random.Generator,
        canvas: Float32,
        room: int,
        score: Score,
        budget: SearchBudget,
    ) -> None:
        super().__init__(scene, rng, canvas, room, score)
        self.controller, self.budget = controller, budget
        self.sampler = WindowSampler(self.pyramid, rng)
        self._candidates = Candidates.none()

    @property
    def belief(self) -> Belief:
        """See :class:`Grower`."""
        return Belief(self.canvas, self._candidates, self.sampler.earned)

    def fits(self, belief: Belief) -> bool:
        """See :class:`Grower`."""
        size, earned = belief.candidates.size, belief.earned
        if len(size) and not 0 <= size.min() <= size.max() < len(self.sampler.scales):
            return False
        return earned.shape == self.sampler.earned.shape and bool(earned.min() >= 0 and 0 < earned.sum() < np.inf)

    def recall(self, belief: Belief) -> None:
        """See :class:`Grower`."""
        super().recall(belief)
        self._candidates, self.sampler.earned = belief.candidates, belief.earned

    def wanted(self, there: int, left: int) -> int:
        """See :class:`Grower`."""
        return min(max(self.budget.least_at_once, int(self.budget.at_once * there)), left)

    def round(self, there: int, wanted: int, needed: bool = True) -> Sketch:
        """See :class:`Grower`."""
        candidates = self._proposed().then(self._candidates)
        candidates = self._judged(candidates)
        best = np.argsort(-candidates.score, kind="stable")
        # Candidates of no score are looked at only if there are no others.
        close = best[: max(CANDIDATES * wanted, 1)]
        top = candidates.score[best[0]]
        if top > 0:
            close = close[candidates.score[close] > 0.5 * WORTH_IT * top]
        sketch, which, gains = self._accepted(candidates[close], wanted)
        self.idle = self.scene.snap is not None and self._is_nothing(gains)
        if self.idle:
            if not needed and gains[0] <= 0:
                self._candidates = candidates[best[: self.budget.kept]]
                return sketch[:0]
            sketch, which, gains = sketch[:1], which[:1], gains[:1]
        self.sampler.learn(candidates.size[close[which]], np.maximum(gains, 0))
        sketch = refine(self.scene, sketch, self.canvas, self.budget.steps, self.rng, 0.7, (CELLS,), self.room)
        view = self.scene.view(sketch, self.canvas, rough=True)
        self.see(view.canvas, view.fragments.cell_id)
        rest = np.setdiff1d(best, close[which], assume_unique=True)
        self._candidates = candidates[rest[np.argsort(-candidates.score[rest], kind="stable")][: self.budget.kept]]
        return sketch

    def _proposed(self) -> Candidates:
        count = self.budget.proposals
        windows = self.sampler.look(self.budget.windows)
        proposals = windows.to_picture(self.controller.propose(windows, count, self.rng)).reshape(-1, NUMBERS)
        nothing = np.zeros(len(proposals), np.float32)
        brush = np.zeros(len(proposals), np.int64)
        return Candidates(self.scene.admitted(proposals), brush, np.repeat(windows.size, count), nothing, nothing)

    def _judged(self, candidates: Candidates) -> Candidates:
        """Scores candidates anew on the canvas as it is now, each with the brush that suits it best."""
        verdicts = np.stack(
            [self.scorer.gains(candidates.strokes, brush) for brush in range(len(self.scene.dreams.each))]
        ) / np.float32(self.scene.cell**2)
        brush = verdicts.argmax(0)
        gain = verdicts.max(0)
        return replace(candidates, brush=brush, gain=gain, score=self.score(gain, candidates.strokes))

    def _accepted(self, candidates: Candidates, wanted: int) -> tuple[Sketch, Int64, Float32]:
        """Chooses strokes that gain about as much after those chosen before them; also their numbers and gains."""
        scene = self.scene
        strokes = Sketch(candidates.strokes, np.zeros((len(candidates), 3), np.float32), candidates.brush)
        grid = scene.some(CELLS, self.room, self.rng)
        view = scene.view(strokes[:0], self.canvas, grid)
        scratch = ScratchCanvas(scene, strokes, view)
        taken: list[int] = []
        gains: list[float] = []
        colours: list[Float32] = []
        for leniency in LENIENCY:
            for index in range(len(candidates)):
                if len(taken) >= wanted * (1 if leniency == 1 else FEW):
                    break
                if index in taken:
                    continue
                colour, gain = scratch.colour_and_gain(index)
                # If nothing can be gained any more, any stroke is as good.
                if (
                    taken
                    and gains[0] > 0
                    and gain < leniency * max(STILL_GOOD * candidates.gain[index], WORTH_IT * gains[0])
                ):
                    continue
                scratch.lay(index, colour)
                taken.append(index)
                gains.append(gain)
                colours.append(colour)
        which = np.array(taken, np.int64)
        sketch = replace(strokes[which], colours=np.array(colours, np.float32))
        return sketch, which, np.array(gains, np.float32)
