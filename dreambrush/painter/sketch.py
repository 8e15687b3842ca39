"""A sketch: strokes that are planned and not yet laid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Int64, Mask
from dreambrush.bezier import NUMBERS

Index = Int64 | Mask | slice


@dataclass(frozen=True)
class Sketch:
    """Strokes in the order in which they will be laid.

    Attributes:
        strokes: (k, 9) float32 start, control and end x and y in pixels, two pressures, radius in pixels.
        colours: (k, 3) float32 sRGB 0..1.
        brush: (k,) int64 number of the brush that lays each stroke.
    """

    strokes: Float32
    colours: Float32
    brush: Int64

    @classmethod
    def empty(cls) -> Sketch:
        """No strokes."""
        return cls(np.zeros((0, NUMBERS), np.float32), np.zeros((0, 3), np.float32), np.zeros(0, np.int64))

    def __len__(self) -> int:
        return len(self.strokes)

    def __getitem__(self, which: Index) -> Sketch:
        """Some of the strokes, or all in another order."""
        return Sketch(self.strokes[which], self.colours[which], self.brush[which])

    def then(self, other: Sketch) -> Sketch:
        """These strokes, and others over them."""
        return Sketch(
            np.concatenate([self.strokes, other.strokes]),
            np.concatenate([self.colours, other.colours]),
            np.concatenate([self.brush, other.brush]),
        )
