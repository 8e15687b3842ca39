"""Candidates: strokes that may be laid, and what the grower remembers of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Float64, Int64


@dataclass(frozen=True)
class Candidates:
    """Strokes that may be laid.

    Attributes:
        strokes: (n, 9).
        brush: (n,) number of the brush that suits each best.
        size: (n,) number of the window sampler's size that each comes from.
        gain: (n,) expected, in cells of the scene.
        score: (n,) gain, with a taste.
    """

    strokes: Float32
    brush: Int64
    size: Int64
    gain: Float32
    score: Float32

    @classmethod
    def none(cls) -> Candidates:
        """No candidates."""
        whole, real = np.zeros(0, np.int64), np.zeros(0, np.float32)
        return cls(np.zeros((0, 9), np.float32), whole, whole, real, real)

    def __len__(self) -> int:
        return len(self.gain)

    def __getitem__(self, which: Int64) -> Candidates:
        """Some of them."""
        return Candidates(self.strokes[which], self.brush[which], self.size[which], self.gain[which], self.score[which])

    def then(self, other: Candidates) -> Candidates:
        """These and others."""
        columns = ("strokes", "brush", "size", "gain", "score")
        return Candidates(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in columns))


@dataclass(frozen=True)
class Belief:
    """What a grower knows between two rounds.

    Attributes:
        canvas: (height * width, 3) canvas as it is expected to be.
        candidates: candidates that are left from earlier rounds.
        earned: what windows of each size have lately gained.
    """

    canvas: Float32
    candidates: Candidates
    earned: Float64
