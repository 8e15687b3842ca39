"""The pool: strokes that have been thought of and not painted yet, improved round by round.

What lies far from fresh paint keeps its gain, so that thought spent on it is never lost: a round only looks again at
strokes that the new paint touched.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dreambrush.painter.geometry import boxes, mutated
from dreambrush.painter.judge import Judge

Float32 = NDArray[np.float32]

BOLDEST, FINEST = 1.0, 0.05  # steps of mutation
GROW, SHRINK = 1.3, 0.85  # of the step after a success and after a failure


class Pool:
    """Candidate strokes with their expected gains.

    Args:
        judge: says what a stroke gains.
        tame: brings strokes within what is allowed.
        merit: gains (b,) and strokes (b, 9) to what is maximised (b,): the gain, or the gain with a taste for form.
        capacity: how many to keep.
        rng: of mutations.
    """

    def __init__(
        self,
        judge: Judge,
        tame: Callable[[Float32], Float32],
        merit: Callable[[Float32, Float32], Float32],
        capacity: int,
        rng: np.random.Generator,
    ) -> None:
        self.judge, self.tame, self.merit, self.capacity, self.rng = judge, tame, merit, capacity, rng
        self.strokes = np.zeros((0, 9), np.float32)
        self.value = np.zeros(0, np.float32)
        self.size = np.zeros(0, np.int64)
        self.step = np.zeros(0, np.float32)

    def __len__(self) -> int:
        return len(self.value)

    def judged(self, strokes: Float32) -> Float32:
        """Merit (b,) of strokes on the canvas as it is now."""
        return self.merit(self.judge.glance(strokes)[1], strokes)

    def add(self, strokes: Float32, size: NDArray[np.int64], keep: int) -> None:
        """Judges new strokes (n, k, 9) and takes the best `keep` of each of the n groups, whose sizes are (n,)."""
        groups, count = strokes.shape[:2]
        tamed = self.tame(strokes.reshape(-1, 9))
        value = self.judged(tamed).reshape(groups, count)
        best = np.argsort(-value, axis=1, kind="stable")[:, :keep]
        rows = np.arange(groups)[:, None]
        self.strokes = np.concatenate([self.strokes, tamed.reshape(groups, count, 9)[rows, best].reshape(-1, 9)])
        self.value = np.concatenate([self.value, value[rows, best].ravel()])
        self.size = np.concatenate([self.size, np.repeat(size, keep)])
        self.step = np.concatenate([self.step, np.full(groups * keep, BOLDEST, np.float32)])

    def improve(self, which: NDArray[np.int64], generations: int, children: int) -> None:
        """Evolution strategy (1 + children) on some of the strokes, each with a step that follows its success."""
        for _ in range(generations):
            parents = self.strokes[which]
            step = self.step[which]
            spread = step[:, None] * np.geomspace(1.4, 0.5, children, dtype=np.float32)[None]
            brood = mutated(np.repeat(parents, children, axis=0), spread.reshape(-1, 1), self.rng)
            brood = self.tame(brood)
            value = self.judged(brood).reshape(-1, children)
            best = value.argmax(1)
            rows = np.arange(len(which))
            better = value[rows, best] > self.value[which]
            self.strokes[which[better]] = brood.reshape(-1, children, 9)[rows, best][better]
            self.value[which[better]] = value[rows, best][better]
            self.step[which] = np.clip(np.where(better, step * GROW, step * SHRINK), FINEST, BOLDEST)

    def choose(self, most: int, least_share: float) -> NDArray[np.int64]:
        """The best strokes that do not touch each other, so that their gains add up.

        Args:
            most: how many at most.
            least_share: of the best one's value; what is worth less had better wait for better ideas.
        """
        order = np.argsort(-self.value, kind="stable")
        box = boxes(self.strokes, self.judge.dream.reach)
        chosen: list[int] = []
        for index in order:
            if len(chosen) >= most or (chosen and self.value[index] < least_share * self.value[order[0]]):
                break
            if not chosen or not overlapping(box[chosen], box[index]).any():
                chosen.append(int(index))
        return np.array(chosen, np.int64)

    def forget(self, which: NDArray[np.int64], painted: Float32) -> None:
        """Drops some strokes, judges those anew that touch freshly painted boxes (k, 4), and keeps the best."""
        keep = np.ones(len(self), bool)
        keep[which] = False
        self._select(np.flatnonzero(keep))
        box = boxes(self.strokes, self.judge.dream.reach)
        touched = np.zeros(len(self), bool)
        for area in painted:
            touched |= overlapping(box, area)
        stale = np.flatnonzero(touched)
        self.value[stale] = self.judged(self.strokes[stale])
        order = np.argsort(-self.value, kind="stable")[: self.capacity]
        self._select(order[self.value[order] > 0])

    def _select(self, which: NDArray[np.int64]) -> None:
        self.strokes, self.value = self.strokes[which], self.value[which]
        self.size, self.step = self.size[which], self.step[which]


def overlapping(box: Float32, other: Float32) -> NDArray[np.bool_]:
    """Whether each box (n, 4) overlaps another one (4,)."""
    return np.asarray((box[:, 0] < other[2]) & (other[0] < box[:, 2]) & (box[:, 1] < other[3]) & (other[1] < box[:, 3]))
