from __future__ import annotations

import time

import numpy as np
import pytest

from dreambrush.arrays import Float64
from dreambrush.painter.painting import Clock


def now() -> Float64:
    """Wall and CPU seconds."""
    return np.array([time.perf_counter(), time.process_time()])


def counted(clock: Clock, kind: str) -> Float64:
    return np.array([clock.seconds[kind]["wall"], clock.seconds[kind]["cpu"]])


def test_seconds_are_counted_by_kind_of_work() -> None:
    """As many as pass within the blocks at least, and around them at most: true however busy the machine is."""
    clock = Clock()
    within, around = ({"wait": np.zeros(2), "work": np.zeros(2)} for _ in range(2))
    for kind in ("wait", "work", "wait"):
        before = now()
        with clock.time(kind):
            begun = now()
            if kind == "wait":
                time.sleep(0.02)
            else:
                while time.process_time() - begun[1] < 0.03:
                    pass
            within[kind] += now() - begun
        around[kind] += now() - before
    assert list(clock.seconds) == ["wait", "work"]
    for kind in clock.seconds:
        assert (within[kind] <= counted(clock, kind)).all() and (counted(clock, kind) <= around[kind]).all()


def test_work_that_is_broken_off_counts() -> None:
    clock = Clock()
    before = now()
    with pytest.raises(KeyboardInterrupt), clock.time("wait"):
        begun = now()
        time.sleep(0.01)
        within = now() - begun
        raise KeyboardInterrupt
    assert (within <= counted(clock, "wait")).all() and (counted(clock, "wait") <= now() - before).all()
