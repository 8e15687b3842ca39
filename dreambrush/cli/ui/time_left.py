"""Estimates how far a painting is, and how long it will still take.

A painting is planned, refined, laid on the canvas, and given its accents.  The share of time that each of these takes
was measured.  It depends above all on the effort.  The speed of the machine shows while it paints.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import NamedTuple

FIRST_WORD = 1.0  # seconds before the first estimate
LEAST_SHARE = 0.03  # of the whole that must be over before the first estimate
CALM, CALM_SHARE = 2.0, 0.1  # seconds, or share of the whole time: how slowly the shown estimate follows the real one
# The first strokes come in small rounds: with this share of them found, that share of planning's time is over.
FEW_FOUND, FEW_TIME = 0.08, 0.18


class Ends(NamedTuple):
    """The share of the whole time that is over at the end of each part.

    Attributes:
        grown: all strokes are planned.
        swapped: the weak ones among them have been replaced, several times; at low efforts this part is missing.
        refined: all strokes are refined together.
        laid: the planned strokes are on the canvas.
        accents: more strokes were found for what the canvas lacks.
    """

    grown: float
    swapped: float
    refined: float
    laid: float
    accents: float


# Measured with 300 to 5,000 strokes in 256 and 1,024 pixels on one core, where it differed by some hundredths.
MEASURED = {
    1: Ends(0.56, 0.56, 0.70, 0.84, 0.94),
    3: Ends(0.48, 0.48, 0.75, 0.86, 0.95),
    5: Ends(0.20, 0.58, 0.85, 0.96, 0.985),
}


def ends_for(effort: int) -> Ends:
    """The shares for an effort, 1 to 5."""
    lower, higher = MEASURED[effort - (effort + 1) % 2], MEASURED[effort + (effort + 1) % 2]
    return Ends(*((low + high) / 2 for low, high in zip(lower, higher, strict=True)))


def _planning(found: float) -> float:
    """The share of the planning time that is over when that share of the strokes is found."""
    if found < FEW_FOUND:
        return FEW_TIME * found / FEW_FOUND
    return 1 - (1 - FEW_TIME) * (1 - found) / (1 - FEW_FOUND)


class TimeLeft:
    """Estimates from a painting's progress how much of the time is over.

    Args:
        effort: of the painting, 1 to 5.
        most: seconds after which the painting is stopped.
        clock: returns seconds.
    """

    def __init__(self, effort: int, most: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._ends, self._most, self._clock = ends_for(effort), most, clock
        self._begin = clock()
        self._first: tuple[float, float] | None = None  # the first time it was told, and the share that was over then
        self._share = 0.0
        self._laying, self._laid = False, 0
        self._told = self._begin
        self._next = self._ends.grown  # the share that will be over at the end of the present part
        self._end: float | None = None  # when it will be finished
        self._whole = 0.0  # seconds
        self._shown = 0.0

    def tell(self, stage: str, done: int, total: int) -> None:
        """Take note of the painter's progress; see :class:`~dreambrush.painter.painting.Progress`."""
        now = self._clock()
        share = max(self._share_of(stage, done, total), self._share)
        if self._first is None:
            self._first = now, share
        seen, seconds = share - self._first[1], now - self._first[0]
        self._share = share
        if seen >= LEAST_SHARE and now - self._begin >= FIRST_WORD:
            self._whole = seconds / seen
            end = now + (1 - share) * self._whole
            calm = 1 - math.exp(-(now - self._told) / max(CALM, CALM_SHARE * self._whole))
            self._end = end if self._end is None else self._end + calm * (end - self._end)
        self._told = now

    def _share_of(self, stage: str, done: int, total: int) -> float:
        ends, part = self._ends, done / max(total, 1)
        if stage == "Refine":
            self._next = ends.refined if done >= total - 1 else ends.swapped
            return ends.refined if part >= 1 else ends.grown + done / (total - 1) * (ends.swapped - ends.grown)
        if stage == "Plan" and not self._laying:
            if self._share >= ends.grown:  # some are being replaced
                return self._share
            if part >= 1:
                self._next = ends.swapped if ends.swapped > ends.grown else ends.refined
            return ends.grown * _planning(part)
        if stage == "Plan":
            found = (done - self._laid) / max(total - self._laid, 1)
            self._next = 1.0 if found >= 1 else ends.accents
            return ends.laid + found * (ends.accents - ends.laid)
        self._laying, self._laid = True, done
        self._next = ends.laid if part < 1 else 1.0
        return ends.refined + part * (ends.laid - ends.refined) if part < 1 else 1.0

    def seconds(self) -> float | None:
        """Seconds until the painting is finished; None as long as they cannot be estimated."""
        now = self._clock()
        limit = math.inf if self._most is None else max(self._begin + self._most - now, 0.0)
        if self._end is None:
            return None
        later = (1 - self._next) * self._whole  # what comes after the present part
        return min(max(self._end - now, later, 0.0), limit)

    def share(self) -> float:
        """The share of the time that is over, 0 to 1.  It never falls."""
        left, passed = self.seconds(), self._clock() - self._begin
        if left is not None:
            self._shown = max(self._shown, passed / max(passed + left, 1e-9))
        return self._shown
