"""Saves a painting from time to time while it is painted, so that a stop loses little."""

from __future__ import annotations

import time
from collections.abc import Callable

from dreambrush.interrupts import held_back
from dreambrush.painter.painting import Painting


class Autosave:
    """Saves a painting from time to time.

    Args:
        every: seconds between two saves.
        keep: called with what is painted so far, and all that is planned, as an unfinished painting.
    """

    def __init__(self, every: float, keep: Callable[[Painting], None]) -> None:
        self.every, self.keep = every, keep
        self._saved = time.monotonic()

    @property
    def due(self) -> bool:
        """Whether it is time."""
        return time.monotonic() - self._saved >= self.every

    def save(self, painting: Callable[[], Painting]) -> None:
        """Saves the painting.

        Args:
            painting: gives the unfinished painting.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed meanwhile; what was being saved is saved.
        """
        self._saved = time.monotonic()
        with held_back() as pressed:
            self.keep(painting())
        if pressed:
            raise KeyboardInterrupt
