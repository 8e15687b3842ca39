"""Grows a sketch in few, large rounds: a learned controller proposes, the dream judges, and the best are laid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.bezier import PATH, RADIUS
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
        controllers: one for each brush; in each place the brush whose stroke gains most is taken.  A brush without one
            is tried with the most promising strokes of the others.
        rng: as of every grower.
        canvas: as of every grower.
        room: as of every grower.
        score: as of every grower.
        budget: how much is done in each round.
    """

    def __init__(
        self,
        scene: Scene,
        controllers: Sequence[RoundController | None],
        rng: np.random.Generator,
        canvas: Float32,
        room: int,
        score: Score,
        budget: RoundBudget,
    ) -> None:
        super().__init__(scene, rng, canvas, room, score)
        self.controllers, self.budget = controllers, budget
        # Where colours are given, no stroke removes what lies between them.  The controller, which knows of no
        # palette, would see an error there that never goes away.  So it sees what can be painted.
        target = scene.target if scene.snap is None else scene.snap(scene.target)
        self._paintable = target.reshape(scene.height, scene.width, 3)

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
        strokes, colours, gains, brush = self._proposed(there + wanted, max(int(self.budget.judged * wanted), 1))
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

    def _proposed(self, strokes: int, count: int) -> tuple[Float32, Float32, Float32, Int64]:
        """The best stroke of each of so many promising cells, within what the hand would lay.

        All controllers have the same grid.  So no two brushes lay a stroke in the same place.

        Returns:
            Strokes (n, 9) in pixels, their colours (n, 3), what they would gain (n,), and their brushes (n,).
        """
        scene = self.scene
        sides = scene.height, scene.width
        pictures = self._paintable, self.canvas.reshape(*sides, 3), scene.weight.reshape(sides)
        asked = [each and each.propose(*pictures, strokes) for each in self.controllers]
        known = [proposals for proposals in asked if proposals]
        promises = np.stack([proposals.promise for proposals in known])
        promise = promises.max(0)
        if scene.snap is not None:  # the controller does not know which colours there are
            count = len(promise)
        cells = np.argsort(-promise, kind="stable")[:count]
        found, colours, gains = [], [], []
        for brush, own in enumerate(asked):
            if own:
                proposed = own.strokes[cells]
            else:
                proposed = np.stack([proposals.strokes[cells] for proposals in known])[
                    promises.argmax(0)[cells], np.arange(len(cells))
                ]
            proposed[:, PATH] *= scene.cell
            proposed[:, RADIUS] *= scene.cell
            found.append(scene.constrain(proposed))
            colour, gain = self.scorer.judge(found[-1], brush)
            colours.append(colour)
            gains.append(gain / np.float32(scene.cell**2))
        best, every = np.argmax(gains, 0), np.arange(len(cells))
        return np.stack(found)[best, every], np.stack(colours)[best, every], np.stack(gains)[best, every], best
