"""Grows a sketch in few, large rounds: a learned controller proposes, the dream judges, and the best are laid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.bezier import PATH, RADIUS
from dreambrush.painter.propose.blending import FEWEST, LATE, TRIES, best_of_each_place, blending_strokes, room_for_one
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


@dataclass(frozen=True)
class _Judged:
    """Strokes that might be laid, and what each would gain (n,) in cells."""

    sketch: Sketch
    gains: Float32

    def then(self, other: _Judged) -> _Judged:
        return _Judged(self.sketch.then(other.sketch), np.concatenate([self.gains, other.gains]))

    def __getitem__(self, which: Int64) -> _Judged:
        return _Judged(self.sketch[which], self.gains[which])


class RoundGrower(Grower):
    """Lays whole rounds of strokes at once.

    Args:
        scene: as of every grower.
        controllers: one for each brush; in each place the brush whose stroke gains most is taken.  A brush without one
            is tried with the most promising strokes of the others; once most strokes are there, also with strokes drawn
            at random, as suits a blender.
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
        self._part = 0.0, 1.0  # shares of the painting before this round, and with it
        # Where colours are given, no stroke removes what lies between them.  The controller, which knows of no
        # palette, would see an error there that never goes away.  So it sees what can be painted.
        target = scene.target if scene.snap is None else scene.snap(scene.target)
        self._paintable = target.reshape(scene.height, scene.width, 3)

    def wanted(self, there: int, left: int) -> int:
        """See :class:`Grower`."""
        return min(max(self.budget.least_at_once, int(self.budget.at_once * there)), left)

    def round(self, there: int, wanted: int, needed: bool = True) -> Sketch:
        """See :class:`Grower`."""
        self._part = there / self.room, (there + wanted) / self.room
        found = self._proposed(there + wanted, max(int(self.budget.judged * wanted), 1))
        strokes, gains = found.sketch.strokes, found.gains
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
        sketch = found.sketch[chosen]
        sketch = refine(self.scene, sketch, self.canvas, self.budget.steps, self.rng, BOLDNESS, (CELLS,), self.room)
        view = self.scene.view(sketch, self.canvas, rough=True)
        self.see(view.canvas, view.fragments.cell_id)
        return sketch

    def _proposed(self, strokes: int, count: int) -> _Judged:
        """The best stroke of each of so many promising cells, within what the hand would lay; later also blending ones.

        All controllers have the same grid.  So no two of their brushes lay a stroke in the same place.
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
        judged = []
        for brush, own in enumerate(asked):
            if own:
                proposed = own.strokes[cells]
            else:
                proposed = np.stack([proposals.strokes[cells] for proposals in known])[
                    promises.argmax(0)[cells], np.arange(len(cells))
                ]
            proposed[:, PATH] *= scene.cell
            proposed[:, RADIUS] *= scene.cell
            judged.append(self._judged(proposed, brush))
        best = np.argmax([each.gains for each in judged], 0)
        found = reduce(_Judged.then, judged)[best * len(cells) + np.arange(len(cells))]
        for brush, own in enumerate(asked):
            if own is None and strokes > LATE * self.room:
                found = found.then(self._blending(brush, strokes, count))
        return found

    def _blending(self, brush: int, strokes: int, count: int) -> _Judged:
        """Strokes of a brush that has no controller: the best of many, one in each place."""
        sides = self.scene.height * self.scene.cell, self.scene.width * self.scene.cell
        drawn = self._judged(blending_strokes(*sides, strokes, max(TRIES * count, FEWEST), self.rng), brush)
        return drawn[best_of_each_place(drawn.sketch.strokes, drawn.gains, room_for_one(*sides, strokes))]

    def _judged(self, strokes: Float32, brush: int) -> _Judged:
        """Strokes (n, 9) in pixels, brought within what the hand would lay, and what the dream says of them."""
        strokes = self.scene.admitted(strokes)
        if self.shaper is not None:
            strokes = self.shaper.shaped(strokes, *self._part)
        colours, gains = self.scorer.judge(strokes, brush)
        sketch = Sketch(strokes, colours, np.full(len(strokes), brush, np.int64))
        return _Judged(sketch, gains / np.float32(self.scene.cell**2))
