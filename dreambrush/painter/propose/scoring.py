"""Scores strokes by dreaming them: which colour suits each, and how much error it would remove."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.bezier import RADIUS
from dreambrush.dream.wet import WetDream
from dreambrush.painter.gain import Snap, best_colour_and_gain, best_wet_colour_and_gain
from dreambrush.painter.geometry import ribbon
from dreambrush.painter.propose.error_pyramid import ErrorPyramid
from dreambrush.painter.refine.dreams import Dreams

CHUNK = 32  # number of strokes dreamt at once: their arrays fit a core's cache; fixed, so that sums never change
CANVAS = slice(3, 6)  # channels of the error pyramid
WEIGHT = 8  # channel of the error pyramid that says how much errors count


class Scorer:
    """Finds what strokes gain, from their dreams, the target and the canvas as it is now.

    Args:
        dreams: dreams of the brushes.
        moments: error pyramid of target and canvas; whoever paints keeps it up to date.
        snap: brings colours to those that may be used; by default any colour may.
        base: (h, w, 3) what is seen where no paint is, in cells of the pyramid; needed for erasers only.
    """

    def __init__(
        self, dreams: Dreams, moments: ErrorPyramid, snap: Snap | None = None, base: Float32 | None = None
    ) -> None:
        self.dreams, self.moments, self.snap, self.base = dreams, moments, snap, base

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
        dream, wet = self.dreams.each[brush], self.dreams.wet[brush]

        def verdict(first: int) -> tuple[Float32, Float32]:
            some = strokes[first : first + CHUNK]
            points, areas, spacing = ribbon(some, dream.reach)
            mean, variance = dream(some, points)
            moments = self.moments.sample(points, self.moments.level_for(spacing))
            areas *= self._on_canvas(points) * moments[..., WEIGHT]
            if wet is None:
                return best_colour_and_gain(areas, mean, variance, moments, self.snap)
            own, rest = self._picked_up(wet, some, points, moments[..., CANVAS])
            return best_wet_colour_and_gain(areas, mean, variance, moments, own, rest, self.snap)

        parts = self.dreams.map(verdict, range(0, len(strokes), CHUNK))
        colours, gains = zip((np.zeros((0, 3), np.float32), np.zeros(0, np.float32)), *parts, strict=True)
        return np.concatenate(colours), np.concatenate(gains)

    def _picked_up(self, wet: WetDream, strokes: Float32, points: Float32, canvas: Float32) -> tuple[Float32, Float32]:
        """At points (b, p): the share of a brush's own colour (b, p), and what else there is in its paint (b, p, 3).

        Around each node the canvas is read once, from cells about as large as what the brush looks at.
        """
        shape, radius = points.shape[:2], strokes[:, RADIUS]
        starts = np.arange(shape[0] + 1) * shape[1]
        paint = wet.at(strokes, starts, points.reshape(-1, 2))
        wide = np.sqrt((wet.rings[:, 2] * (wet.rings[:, :2] ** 2).sum(1)).sum())
        nodes = np.ascontiguousarray(wet.nodes(strokes))
        around = self.moments.sample(nodes, self.moments.level_for(np.maximum(wide * radius, 1.0)))[..., CANVAS]
        if self.base is not None:
            far = np.abs(wet.rings[:, :2]).max() * radius[:, None, None]
            near = (self._on_canvas(nodes - far) * self._on_canvas(nodes + far) == 0).any(1)  # to the canvas's edge
            beyond = self._beyond(nodes[near], wet.rings, radius[near])[..., None]
            around[near] += beyond * (self._base_at(nodes[near]) - around[near])
        weights = paint.weights.reshape(*shape, -1)
        own, kept, carried = (each.reshape(shape) for each in paint[:3])
        rest = carried[..., None] * (weights @ around) + kept[..., None] * canvas
        lifted = 1 - own - kept - carried
        if self.base is not None:
            rest += lifted[..., None] * self._base_at(points)
        return own, rest.astype(np.float32)

    def _beyond(self, nodes: Float32, rings: Float32, radius: Float32) -> Float32:
        """How much (b, m) of what a brush looks at around nodes (b, m, 2) lies off the canvas, where no paint is."""
        at = nodes[:, :, None] + rings[:, :2] * radius[:, None, None, None]
        return np.asarray((1 - self._on_canvas(at)) @ rings[:, 2], np.float32)

    def _base_at(self, points: Float32) -> Float32:
        assert self.base is not None
        height, width = self.base.shape[:2]
        at = np.clip(points / self.moments.cell, 0, (width - 1, height - 1)).astype(np.int64)
        return np.asarray(self.base[at[..., 1], at[..., 0]])

    def _on_canvas(self, points: Float32) -> Float32:
        x, y = points[..., 0], points[..., 1]
        width, height = self.moments.width * self.moments.cell, self.moments.height * self.moments.cell
        inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        return np.asarray(inside, np.float32)
