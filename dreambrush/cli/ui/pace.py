"""How long a command of several stages will still take, from how quick it has been so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

TRUST = 8.0  # seconds after which a stage's own pace counts more than what was expected


class Pace:
    """Estimates the seconds left.

    What each stage takes on some machine is known roughly.  How quick this machine is shows in the stages that are
    done, and what is left of the present stage in its own progress, the more so the longer it runs.

    Args:
        expected: seconds for each stage, in order; stages that are told but not listed count nothing.
        clock: gives seconds.
    """

    def __init__(self, expected: Mapping[str, float], clock: Callable[[], float] = time.monotonic) -> None:
        self._expected, self._clock = dict(expected), clock
        self._stage, self._began_at, self._began_with = "", clock(), 0.0
        self._taken, self._foreseen = TRUST, TRUST  # seconds of what was done here, and on the machine expected

    def tell(self, stage: str, done: int, total: int) -> float:
        """Told of progress, gives the seconds that the whole command will still take.

        Args:
            stage: which.
            done: of this stage; what was done before the command began is no sign of its pace.
            total: of this stage.
        """
        share, now = done / max(total, 1), self._clock()
        if stage != self._stage:
            if self._stage:
                self._taken += now - self._began_at
                self._foreseen += self._expected.get(self._stage, 0.0) * (1 - self._began_with)
            self._stage, self._began_at, self._began_with = stage, now, share
        expected, elapsed = self._expected.get(stage, 0.0), now - self._began_at
        advanced, left = share - self._began_with, 1 - share
        speed = (self._taken + elapsed) / (self._foreseen + expected * advanced)
        by_speed = left * expected * speed
        trust = elapsed / (elapsed + TRUST) if advanced > 0 else 0.0
        by_pace = left * elapsed / advanced if advanced > 0 else 0.0
        names = list(self._expected)
        later = sum(self._expected[name] for name in names[names.index(stage) + 1 :]) if stage in names else 0.0
        return trust * by_pace + (1 - trust) * by_speed + later * speed


def in_words(seconds: float) -> str:
    """Such as "about 3 min left"; no more exact than can be known."""
    if seconds < 8:
        return "a few seconds left"
    if seconds < 90:
        return f"about {round(seconds / 5) * 5} s left"
    if seconds < 5400:
        return f"about {round(seconds / 60)} min left"
    return f"about {seconds / 3600:.1f} h left"
