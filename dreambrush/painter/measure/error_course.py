"""How the error fell while a painting was planned, as pairs of seconds and error."""

from __future__ import annotations

import time
from collections.abc import Callable

from dreambrush.painter.painting import Progress

THINKING = ("Plan", "Refine")  # stages in which the error only tells how good the plan is, not how much is laid yet
MOST_POINTS = 200  # of a course that is kept

Course = tuple[tuple[float, float], ...]
"""Wall seconds since the start and the expected mean squared error then, in order."""


class CourseRecorder:
    """Listens to the progress of a painting.

    Args:
        progress: told everything, too.
    """

    def __init__(self, progress: Callable[[Progress], None] | None = None) -> None:
        self._progress, self._start = progress, time.perf_counter()
        self._points: list[tuple[float, float]] = []

    def __call__(self, state: Progress) -> None:
        """Takes note of where the painting stands."""
        if state.stage in THINKING:
            self._points.append((time.perf_counter() - self._start, state.mse))
        if self._progress is not None:
            self._progress(state)

    def course(self) -> Course:
        """The least error so far at each time; of many points, every so-manieth and the last."""
        lowest, found = float("inf"), []
        for seconds, mse in self._points:
            lowest = min(lowest, mse)
            found.append((round(seconds, 3), lowest))
        step = -(-len(found) // MOST_POINTS) or 1
        return tuple(found[::-step][::-1])
