"""Grows a sketch round by round: what every way of proposing strokes has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.painter.propose.candidates import Belief, Candidates
from dreambrush.painter.propose.error_pyramid import ErrorPyramid
from dreambrush.painter.propose.scoring import Scorer
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.sketch import Sketch

Score = Callable[[Float32, Float32], Float32]
"""Turns gains (b,) and strokes (b, 9) into scores (b,), of which the highest are chosen."""


class Shaper(Protocol):
    """Gives strokes the shapes of a manner."""

    def shaped(self, strokes: Float32, low: float, high: float) -> Float32:
        """Proposed strokes (b, 9) in the shapes of those from share ``low`` to share ``high`` of the painting's."""
        ...

    def settled(self, strokes: Float32, high: float) -> Float32:
        """All strokes (k, 9) of a plan, the first share ``high`` of the painting's, so that what is seen is right."""
        ...


NOT_WORTH_IT = 1e-3  # share of the error; where all strokes that there is room for gained no more, none is worth it


class Grower(ABC):
    """Adds strokes to a sketch, round by round.

    Args:
        scene: scene that is to be painted.
        rng: random numbers of all choices.
        canvas: (height * width, 3) canvas as it is expected to be.
        room: number of strokes that the canvas is to have in the end.
        score: what the hand makes of gains.

    Attributes:
        shaper: gives proposed strokes the shapes of a manner; None, as at first, to leave them as they are.
        canvas: (height * width, 3) canvas as it is expected to be with the strokes so far.
        mse: mean squared error of that canvas.
        idle: whether the last round found nothing that is worth a stroke.  That is known only where colours are given:
            with a free choice of colour there is always something.
    """

    def __init__(self, scene: Scene, rng: np.random.Generator, canvas: Float32, room: int, score: Score) -> None:
        self.scene, self.rng, self.room, self.score = scene, rng, room, score
        self.shaper: Shaper | None = None
        shape = scene.height, scene.width, 3
        self.canvas = canvas
        self.mse = scene.canvas_error(canvas)
        weight = scene.weight.reshape(shape[:2])
        self.pyramid = ErrorPyramid(scene.target.reshape(shape), canvas.reshape(shape), weight, scene.cell)
        base = scene.base.reshape(shape) if scene.dreams.any_wet else None
        self.scorer = Scorer(scene.dreams, self.pyramid, scene.snap, base)
        self.idle = False

    def see(self, canvas: Float32, changed: Int64 | None = None) -> None:
        """Takes the canvas (height * width, 3) as it now is; ``changed`` are the cells that differ, by default all."""
        self.canvas = canvas
        self.mse = self.scene.canvas_error(canvas)
        if changed is not None:
            self.pyramid.update_some(canvas, changed)
            return
        height, width = self.scene.height, self.scene.width
        self.pyramid.update(canvas.reshape(height, width, 3), (0, 0, width, height))

    @abstractmethod
    def wanted(self, there: int, left: int) -> int:
        """Number of strokes to add in a round, from how many are there and how many are left."""

    @abstractmethod
    def round(self, there: int, wanted: int, needed: bool = True) -> Sketch:
        """The next strokes, at most as many as wanted; the canvas then has them.

        Args:
            there: number of strokes that the canvas has.
            wanted: number of strokes.
            needed: whether there must be one even if none gains anything.
        """

    @property
    def belief(self) -> Belief:
        """What the grower knows, apart from the state of its random numbers: unless it says more, only the canvas."""
        return Belief(self.canvas, Candidates.none(), np.zeros(0))

    def fits(self, belief: Belief) -> bool:
        """Whether a belief that was read from a file can be recalled; its canvas has the right shape."""
        return not len(belief.candidates) and not len(belief.earned)

    def recall(self, belief: Belief) -> None:
        """Goes on from what a grower knew."""
        self.see(belief.canvas)

    def _is_nothing(self, gains: Float32) -> bool:
        """Whether strokes with such gains would remove hardly any of the error, however many there were."""
        return self.scene.mean_squared(float(gains.max())) * self.room <= NOT_WORTH_IT * self.mse
