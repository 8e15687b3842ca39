"""Grows a sketch: looks where the error is, proposes strokes there, dreams them, and keeps those that gain most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dreambrush.painter.propose.error_pyramid import ErrorPyramid
from dreambrush.painter.propose.ridge_proposer import Controller
from dreambrush.painter.propose.scoring import Scorer
from dreambrush.painter.propose.windows import WindowSampler
from dreambrush.painter.refine.optimiser import refine
from dreambrush.painter.refine.scene import Scene, View
from dreambrush.painter.sketch import Sketch

Float32 = NDArray[np.float32]
Score = Callable[[Float32, Float32], Float32]

CELLS = 16  # looked at for each stroke that there is room for, when strokes are compared
CANDIDATES = 3  # for each stroke wanted, that are looked at closely
STILL_GOOD = 0.6  # of its gain at first glance, that a stroke must keep beside the others of its round
WORTH_IT = 0.3  # of the best one's gain, that strokes need to be laid in the same round
LENIENCY, FEW = (1.0, 0.3), 0.25  # shares of these two; the second counts until so many of the wanted ones are found
LEAST_PAINT = 1e-6  # cells of squared alpha; a stroke with less is as good as none


@dataclass(frozen=True)
class SearchBudget:
    """How much is thought about each round of strokes.

    Attributes:
        windows: looked through.
        proposals: strokes proposed in each.
        kept: ideas that are remembered from round to round.
        steps: of refining the new strokes before the next round.
        at_once: strokes a round, as a share of those that are there already.
        least_at_once: strokes a round at the beginning.
    """

    windows: int = 16
    proposals: int = 6
    kept: int = 48
    steps: int = 4
    at_once: float = 0.1
    least_at_once: int = 12


class Grower:
    """Adds strokes to a sketch, round by round.

    Args:
        scene: what is to be painted.
        controller: proposes strokes.
        rng: of all choices.
        canvas: (height * width, 3) as it is expected to be.
        room: how many strokes the canvas is to have in the end.
        score: gains (b,) and strokes (b, 9) to what is maximised (b,).
        thought: how much of it.

    Attributes:
        canvas: as it is expected to be with the strokes so far.
        mse: its mean squared error.
    """

    def __init__(
        self,
        scene: Scene,
        controller: Controller,
        rng: np.random.Generator,
        canvas: Float32,
        room: int,
        score: Score,
        thought: SearchBudget,
    ) -> None:
        self.scene, self.controller, self.rng, self.room = scene, controller, rng, room
        self.score, self.thought = score, thought
        shape = scene.height, scene.width, 3
        self.canvas = canvas
        self.mse = scene.canvas_error(canvas)
        weight = scene.weight.reshape(shape[:2])
        self.moments = ErrorPyramid(scene.target.reshape(shape), canvas.reshape(shape), weight, scene.cell)
        self.sampler = WindowSampler(self.moments, rng)
        self.judge = Scorer(scene.dreams, self.moments, scene.snap)
        self._ideas = Candidates.none()

    def see(self, canvas: Float32, changed: NDArray[np.int64] | None = None) -> None:
        """Takes note of what the canvas (height * width, 3) is like; and where it has changed, if not everywhere."""
        self.canvas = canvas
        self.mse = self.scene.canvas_error(canvas)
        if changed is not None:
            self.moments.update_some(canvas, changed)
            return
        height, width = self.scene.height, self.scene.width
        self.moments.update(canvas.reshape(height, width, 3), (0, 0, width, height))

    @property
    def memory(self) -> Memory:
        """What it knows, apart from the state of its generator of numbers."""
        return Memory(self.canvas, self._ideas, self.sampler.earned)

    def recall(self, memory: Memory) -> None:
        """Goes on from there."""
        self.see(memory.canvas)
        self._ideas, self.sampler.earned = memory.ideas, memory.earned

    def wanted(self, there: int, left: int) -> int:
        """How many strokes to add in a round when so many are there and so many are left."""
        return min(max(self.thought.least_at_once, int(self.thought.at_once * there)), left)

    def round(self, wanted: int) -> Sketch:
        """The next strokes, at least one and at most as many as wanted; the canvas then has them."""
        ideas = self._proposed().then(self._ideas)
        ideas = self._judged(ideas)
        best = np.argsort(-ideas.score, kind="stable")
        # Ideas of no merit are looked at only when there are no others.
        close = best[: max(CANDIDATES * wanted, 1)]
        close = close[ideas.score[close] > 0.5 * WORTH_IT * ideas.score[best[0]]] if ideas.score[best[0]] > 0 else close
        sketch, which, gains = self._accepted(ideas[close], wanted)
        self.sampler.learn(ideas.size[close[which]], np.maximum(gains, 0))
        sketch = refine(self.scene, sketch, self.canvas, self.thought.steps, self.rng, 0.7, (CELLS,), self.room)
        view = self.scene.view(sketch, self.canvas)
        self.see(view.composite.canvas, view.fragments.cell_id)
        rest = np.setdiff1d(best, close[which], assume_unique=True)
        self._ideas = ideas[rest[np.argsort(-ideas.score[rest], kind="stable")][: self.thought.kept]]
        return sketch

    def _proposed(self) -> Candidates:
        count = self.thought.proposals
        windows = self.sampler.look(self.thought.windows)
        proposals = windows.to_picture(self.controller.propose(windows, count, self.rng)).reshape(-1, 9)
        nothing = np.zeros(len(proposals), np.float32)
        brush = np.zeros(len(proposals), np.int64)
        return Candidates(self.scene.constrain(proposals), brush, np.repeat(windows.size, count), nothing, nothing)

    def _judged(self, ideas: Candidates) -> Candidates:
        """The same ideas for the canvas as it is now, each with the brush that suits it best."""
        verdicts = np.stack(
            [self.judge.gains(ideas.strokes, brush) for brush in range(len(self.scene.dreams.each))]
        ) / np.float32(self.scene.cell**2)
        brush = verdicts.argmax(0)
        gain = verdicts.max(0)
        return replace(ideas, brush=brush, gain=gain, score=self.score(gain, ideas.strokes))

    def _accepted(self, ideas: Candidates, wanted: int) -> tuple[Sketch, NDArray[np.int64], Float32]:
        """Strokes that still gain about as much when those before them are laid; which they are, and their gains."""
        scene = self.scene
        candidates = Sketch(ideas.strokes, np.zeros((len(ideas), 3), np.float32), ideas.brush)
        grid = scene.some(CELLS, self.room, self.rng)
        view = scene.view(candidates[:0], self.canvas, grid)
        trial = _ScratchCanvas(scene, candidates, view)
        taken: list[int] = []
        gains: list[float] = []
        colours: list[Float32] = []
        for leniency in LENIENCY:
            for index in range(len(ideas)):
                if len(taken) >= wanted * (1 if leniency == 1 else FEW):
                    break
                if index in taken:
                    continue
                colour, gain = trial.of(index)
                # Where nothing can be gained any more, whatever comes is as good.
                if (
                    taken
                    and gains[0] > 0
                    and gain < leniency * max(STILL_GOOD * ideas.gain[index], WORTH_IT * gains[0])
                ):
                    continue
                trial.lay(index, colour)
                taken.append(index)
                gains.append(gain)
                colours.append(colour)
        which = np.array(taken, np.int64)
        sketch = replace(candidates[which], colours=np.array(colours, np.float32))
        return sketch, which, np.array(gains, np.float32)


@dataclass(frozen=True)
class Candidates:
    """Strokes that might be laid.

    Attributes:
        strokes: (n, 9).
        brush: (n,) that suits each best.
        size: (n,) which of the looker's sizes each comes from.
        gain: (n,) expected, in cells of the scene.
        score: (n,) gain, with a taste.
    """

    strokes: Float32
    brush: NDArray[np.int64]
    size: NDArray[np.int64]
    gain: Float32
    score: Float32

    @classmethod
    def none(cls) -> Candidates:
        """No ideas."""
        whole, real = np.zeros(0, np.int64), np.zeros(0, np.float32)
        return cls(np.zeros((0, 9), np.float32), whole, whole, real, real)

    def __len__(self) -> int:
        return len(self.gain)

    def __getitem__(self, which: NDArray[np.int64]) -> Candidates:
        """Some of them."""
        return Candidates(self.strokes[which], self.brush[which], self.size[which], self.gain[which], self.score[which])

    def then(self, other: Candidates) -> Candidates:
        """These and others."""
        columns = ("strokes", "brush", "size", "gain", "score")
        return Candidates(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in columns))


@dataclass(frozen=True)
class Memory:
    """What a grower knows between two rounds.

    Attributes:
        canvas: (height * width, 3) as it is expected to be.
        ideas: that are left from earlier rounds.
        earned: what windows of each size have lately gained.
    """

    canvas: Float32
    ideas: Candidates
    earned: NDArray[np.float64]


class _ScratchCanvas:
    """Candidates laid one after the other on a thinned-out canvas."""

    def __init__(self, scene: Scene, candidates: Sketch, view: View) -> None:
        pairs = scene.pairs(candidates, view.grid)
        self._place, self._starts = pairs.cell_id, pairs.starts
        self._mean, self._variance = scene.dreams.alpha(candidates, pairs)
        self._canvas, self._target = view.composite.canvas, view.target
        self._weight, self._share, self._snap = view.weight, view.grid.share, scene.snap

    def of(self, index: int) -> tuple[Float32, float]:
        """The colour that suits a candidate best now, and what it then gains (see gain.py)."""
        part = slice(self._starts[index], self._starts[index + 1])
        at, mean = self._place[part], self._mean[part]
        weight, canvas = self._weight[at], self._canvas[at]
        left = self._target[at] - canvas
        first, second = weight * mean, weight * (mean * mean + self._variance[part])
        total = max(float(second.sum()), LEAST_PAINT)
        colour = np.clip((second @ canvas + first @ left) / total, 0.0, 1.0).astype(np.float32)
        if self._snap is not None:
            colour = self._snap(colour[None])[0]
        change = colour - canvas
        gain = 2 * first @ np.einsum("ij,ij->i", left, change) - second @ np.einsum("ij,ij->i", change, change)
        return colour, float(gain) / self._share

    def lay(self, index: int, colour: Float32) -> None:
        """Lays a candidate."""
        part = slice(self._starts[index], self._starts[index + 1])
        at = self._place[part]
        self._canvas[at] += self._mean[part, None] * (colour - self._canvas[at])
