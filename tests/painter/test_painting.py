from __future__ import annotations

import time

import pytest

from dreambrush.painter.painting import Clock


def test_seconds_are_counted_by_kind_of_work() -> None:
    clock = Clock()
    for _ in range(2):
        with clock.stage("wait"):
            time.sleep(0.02)
    with clock.stage("work"):
        begun = time.process_time()
        while time.process_time() - begun < 0.03:
            pass
    assert list(clock.seconds) == ["wait", "work"]
    assert clock.seconds["wait"]["wall"] >= 0.04 and clock.seconds["wait"]["cpu"] < 0.03
    assert clock.seconds["work"]["cpu"] >= 0.03


def test_work_that_is_broken_off_counts() -> None:
    clock = Clock()
    with pytest.raises(KeyboardInterrupt), clock.stage("wait"):
        time.sleep(0.01)
        raise KeyboardInterrupt
    assert clock.seconds["wait"]["wall"] >= 0.01
