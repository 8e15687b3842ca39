"""How long a painting may take."""

from __future__ import annotations

import time
from collections.abc import Callable

GROWING, PLANNING, MENDING = 0.45, 0.7, 0.9  # of the time, after which no strokes are added, no plan or rest refined


class Deadline:
    """The end of the time for a painting.

    Args:
        seconds: time from now on; None for as long as it takes.
        clock: gives the seconds that have passed, from any moment.
    """

    def __init__(self, seconds: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock, self._start = seconds, clock, clock()

    @property
    def spent(self) -> float:
        """Seconds that have passed."""
        return self._clock() - self._start

    def add(self, seconds: float) -> None:
        """Takes note of seconds that had passed before."""
        self._start -= seconds

    def before(self, share: float) -> bool:
        """Whether less than that share of the time has passed."""
        return self._seconds is None or self.spent < share * self._seconds

    def growing(self) -> bool:
        """Whether there is time to add strokes to the plan."""
        return self.before(GROWING)

    def planning(self) -> bool:
        """Whether there is time to refine the plan."""
        return self.before(PLANNING)

    def mending(self) -> bool:
        """Whether there is time to refine what is left to lay, or to add to it."""
        return self.before(MENDING)
