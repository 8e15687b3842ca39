"""Dreams strokes before they are painted: what colour they should have, and how much error they would remove."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from dreambrush.cores import available_cores
from dreambrush.models import Dream
from dreambrush.painter.gain import best_colour_and_gain, shifted
from dreambrush.painter.geometry import boxes, ribbon
from dreambrush.painter.moments import Moments

Float32 = NDArray[np.float32]
Verdict = tuple[Float32, Float32]

CHUNK = 32  # strokes dreamt at once: their arrays fit a core's cache; fixed, so that sums never change
MOST_CELLS = 1024  # of the grid on which a chosen stroke is looked at closely


class Judge:
    """Judges strokes by the dream of one brush against the target and the canvas as they are now.

    Use as a context manager: it owns the threads on which dreams run.

    Args:
        dream: of the brush.
        moments: of target and canvas; whoever paints keeps them up to date.
        cores: how many to use; all by default.  The verdicts do not depend on it.
        colour: (3,) that all strokes have; by default each has the one that suits it best.
    """

    def __init__(self, dream: Dream, moments: Moments, cores: int | None = None, colour: Float32 | None = None) -> None:
        self.dream, self.moments, self.colour = dream, moments, colour
        self._pool = ThreadPoolExecutor(cores or available_cores())

    def __enter__(self) -> Judge:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def glance(self, strokes: Float32) -> Verdict:
        """Quick verdicts from the ribbon of points along each stroke.

        Args:
            strokes: (b, 9).

        Returns:
            Colours (b, 3) and expected gains (b,): squared error removed, summed over pixels and channels.
        """
        return self._gathered(self._glance, (strokes[i : i + CHUNK] for i in range(0, len(strokes), CHUNK)))

    def study(self, strokes: Float32) -> Verdict:
        """Careful verdicts from a grid of cells around each stroke; as :meth:`glance` otherwise."""
        return self._gathered(self._study, (strokes[i : i + 1] for i in range(len(strokes))))

    def _gathered(self, judge: Callable[[Float32], Verdict], parts: Iterable[Float32]) -> Verdict:
        verdicts = list(self._pool.map(judge, parts))
        if not verdicts:
            return np.zeros((0, 3), np.float32), np.zeros(0, np.float32)
        return np.concatenate([colour for colour, _ in verdicts]), np.concatenate([gain for _, gain in verdicts])

    def _glance(self, strokes: Float32) -> Verdict:
        points, areas, spacing = ribbon(strokes, self.dream.reach)
        areas *= self._on_canvas(points)
        mean, variance = self.dream(strokes, points)
        moments = self.moments.sample(points, self.moments.level_for(spacing))
        return best_colour_and_gain(areas, mean, variance, moments, self.colour)

    def _study(self, strokes: Float32) -> Verdict:
        x0, y0, x1, y1 = boxes(strokes, self.dream.reach)[0]
        x0, y0 = max(np.floor(x0), 0.0), max(np.floor(y0), 0.0)
        x1, y1 = min(np.ceil(x1), self.moments.width), min(np.ceil(y1), self.moments.height)
        cells = max(x1 - x0, 1) * max(y1 - y0, 1)
        level = int(np.clip(np.ceil(0.5 * np.log2(max(cells / MOST_CELLS, 1))), 0, self.moments.levels - 1))
        size = 2.0**level
        columns = np.arange(np.floor(x0 / size), max(np.ceil(x1 / size), np.floor(x0 / size) + 1))
        rows = np.arange(np.floor(y0 / size), max(np.ceil(y1 / size), np.floor(y0 / size) + 1))
        grid = np.stack(np.meshgrid((columns + 0.5) * size, (rows + 0.5) * size), -1).reshape(1, -1, 2)
        points = grid.astype(np.float32)
        mean, variance = self.dream(strokes, points)
        moments = self.moments.sample(points, np.array([level]))
        areas = np.full(mean.shape, size * size, np.float32) * self._on_canvas(points)
        colour, gain = best_colour_and_gain(areas, mean, variance, moments, self.colour)
        if self.dream.shifts_colour:
            # What the brush adds depends on the colour; once more with that is near enough.
            shift = self.dream.shift(strokes, points, colour)
            colour, gain = best_colour_and_gain(areas, mean, variance, shifted(moments, shift), self.colour)
        return colour, gain

    def _on_canvas(self, points: Float32) -> Float32:
        x, y = points[..., 0], points[..., 1]
        inside = (x >= 0) & (y >= 0) & (x < self.moments.width) & (y < self.moments.height)
        return np.asarray(inside, np.float32)
