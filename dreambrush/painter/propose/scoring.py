"""Scores strokes by dreaming them: which colour suits each, and how much error it would remove."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.painter.gain import Snap, best_colour_and_gain
from dreambrush.painter.geometry import ribbon
from dreambrush.painter.propose.error_pyramid import ErrorPyramid
from dreambrush.painter.refine.dreams import Dreams

CHUNK = 32  # number of strokes dreamt at once: their arrays fit a core's cache; fixed, so that sums never change
WEIGHT = 8  # channel of the error pyramid that says how much errors count


class Scorer:
    """Finds what strokes gain, from their dreams, the target and the canvas as it is now.

    Args:
        dreams: dreams of the brushes.
        moments: error pyramid of target and canvas; whoever paints keeps it up to date.
        snap: brings colours to those that may be used; by default any colour may.
    """

    def __init__(self, dreams: Dreams, moments: ErrorPyramid, snap: Snap | None = None) -> None:
        self.dreams, self.moments, self.snap = dreams, moments, snap

    def gains(self, strokes: Float32, brush: int = 0) -> Float32:
        """The second of what :meth:`judge` finds."""
        return self.judge(strokes, brush)[1]

    def judge(self, strokes: Float32, brush: int = 0) -> tuple[Float32, Float32]:
        """Quick verdicts from the ribbon of points along each stroke.

        Args:
            strokes: (b, 9) strokes.
            brush: number of the brush that lays them.

        Returns:
            The colours (b, 3) that suit them best, and expected gains (b,): squared error removed, weighted, summed
            over pixels and channels.
        """
        dream = self.dreams.each[brush]

        def verdict(first: int) -> tuple[Float32, Float32]:
            some = strokes[first : first + CHUNK]
            points, areas, spacing = ribbon(some, dream.reach)
            mean, variance = dream(some, points)
            moments = self.moments.sample(points, self.moments.level_for(spacing))
            areas *= self._on_canvas(points) * moments[..., WEIGHT]
            return best_colour_and_gain(areas, mean, variance, moments, self.snap)

        parts = self.dreams.map(verdict, range(0, len(strokes), CHUNK))
        colours, gains = zip((np.zeros((0, 3), np.float32), np.zeros(0, np.float32)), *parts, strict=True)
        return np.concatenate(colours), np.concatenate(gains)

    def _on_canvas(self, points: Float32) -> Float32:
        x, y = points[..., 0], points[..., 1]
        width, height = self.moments.width * self.moments.cell, self.moments.height * self.moments.cell
        inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        return np.asarray(inside, np.float32)
