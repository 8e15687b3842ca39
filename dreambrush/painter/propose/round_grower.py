"""Grows a sketch in few, large rounds: a learned controller proposes, the dream judges, and the best are laid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.bezier import RADIUS
from dreambrush.painter.propose.candidates import Belief, Candidates
from dreambrush.painter.propose.grow import Grower, Score
from dreambrush.painter.propose.round_controller import RoundController
from dreambrush.painter.refine.descent import refine
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.sketch import Sketch

CELLS = 16  # number of cells for each stroke that there is room for, when strokes are refined
BOLDNESS = 0.7  # of refining a round


@dataclass(frozen=True)
class RoundBudget:
    """How much is done in each round.

    Attributes:
        at_once: number of strokes added in a round, as a share of those that are there already.
        least_at_once: least number of strokes added in a round.
        judged: number of proposals that the dream judges, for each stroke wanted.
        steps: number of steps that refine the new strokes before the next round.
    """

    at_once: float = 0.25
    least_at_once: int = 16
    judged: float = 1.5
    steps: int = 4


class RoundGrower(Grower):
    """Lays whole rounds of strokes at once.

    Args:
        scene: as of every grower.
        controllers: one for each brush; each stroke is laid with the brush that suits it best.
        rng: as of every grower.
        canvas: as of every grower.
        room: as of every grower.
        score: as of every grower.
        budget: how much is done in each round.
    """

    def __init__(
        self,
        scene: Scene,
        controllers: Sequence[RoundController],
        rng: np.random.Generator,
        canvas: Float32,
        room: int,
        score: Score,
        budget: RoundBudget,
    ) -> None:
        super().__init__(scene, rng, canvas, room, score)
        self.controllers, self.budget = controllers, budget

    @property
    def belief(self) -> Belief:
        """See :class:`Grower`: between rounds it remembers nothing but the canvas."""
        return Belief(self.canvas, Candidates.none(), np.zeros(0))

    def fits(self, belief: Belief) -> bool:
        """See :class:`Grower`."""
        return not len(belief.candidates) and not len(belief.earned)

    def wanted(self, there: int, left: int) -> int:
        """See :class:`Grower`."""
        return min(max(self.budget.least_at_once, int(self.budget.at_once * there)), left)

    def round(self, there: int, wanted: int, needed: bool = True) -> Sketch:
        """See :class:`Grower`."""
        strokes = self._proposed(there + wanted, max(int(self.budget.judged * wanted), 1))
        colours, gains, brush = self._judged(strokes)
        scores = self.score(gains, strokes)
        best = np.argsort(-scores, kind="stable")[:wanted]
        self.idle = self.scene.snap is not None and self._is_nothing(gains)
        if self.idle and not needed and gains[best[0]] <= 0:
            return Sketch.empty()
        # What gains nothing yet may do so once it is refined; with given colours it would be known to be in vain.
        chosen = best[gains[best] > 0] if self.scene.snap is not None else best
        chosen = chosen[: 1 if self.idle else wanted] if len(chosen) else best[:1]
        # Broad strokes lie below narrow ones.
        chosen = chosen[np.argsort(-strokes[chosen, RADIUS], kind="stable")]
        sketch = Sketch(strokes[chosen], colours[chosen], brush[chosen])
        sketch = refine(self.scene, sketch, self.canvas, self.budget.steps, self.rng, BOLDNESS, (CELLS,), self.room)
        view = self.scene.view(sketch, self.canvas)
        self.see(view.composite.canvas, view.fragments.cell_id)
        return sketch

    def _proposed(self, strokes: int, count: int) -> Float32:
        """The most promising strokes (n, 9) in pixels, so many of each controller, within what the hand would lay."""
        scene = self.scene
        sides = scene.height, scene.width
        pictures = scene.target.reshape(*sides, 3), self.canvas.reshape(*sides, 3), scene.weight.reshape(sides)
        found = []
        for controller in self.controllers:
            proposals = controller.propose(*pictures, strokes)
            best = np.argsort(-proposals.promise, kind="stable")[:count]
            found.append(proposals.strokes[best])
        proposed = np.concatenate(found)
        proposed[:, :6] *= scene.cell
        proposed[:, RADIUS] *= scene.cell
        return scene.constrain(proposed)

    def _judged(self, strokes: Float32) -> tuple[Float32, Float32, Int64]:
        """Colours, gains and brushes: of each stroke (n, 9) with the brush that suits it best."""
        verdicts = [self.scorer.judge(strokes, brush) for brush in range(len(self.scene.dreams.each))]
        gains = np.stack([gain for _, gain in verdicts]) / np.float32(self.scene.cell**2)
        brush, every = gains.argmax(0), np.arange(len(strokes))
        return np.stack([colour for colour, _ in verdicts])[brush, every], gains[brush, every], brush
