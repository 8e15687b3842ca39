from __future__ import annotations

import pytest

from dreambrush.cli.ui.pace import Pace, in_words


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_machine_as_quick_as_expected_makes_a_true_estimate_from_the_start() -> None:
    clock = Clock()
    pace = Pace({"collect": 20.0, "dream": 100.0, "export": 10.0}, clock)
    for second in range(0, 21, 5):
        clock.now = 100.0 + second
        assert pace.tell("collect", 50 * second, 1000) == pytest.approx(130 - second)
    for second in range(0, 101, 20):
        clock.now = 120.0 + second
        assert pace.tell("dream", second, 100) == pytest.approx(110 - second)


def test_a_slow_machine_is_noticed_in_every_stage_to_come() -> None:
    clock = Clock()
    pace = Pace({"collect": 20.0, "dream": 100.0}, clock)
    pace.tell("collect", 0, 10)
    clock.now += 60.0  # three times as long as expected
    assert 230 < pace.tell("collect", 10, 10) <= 300
    pace.tell("dream", 0, 100)
    clock.now += 150.0
    assert pace.tell("dream", 50, 100) == pytest.approx(150, rel=0.05)
    clock.now += 150.0
    assert pace.tell("dream", 100, 100) == pytest.approx(0, abs=1e-6)


def test_what_was_done_before_a_stop_does_not_count_as_pace() -> None:
    clock = Clock()
    pace = Pace({"collect": 1.0, "dream": 100.0}, clock)
    pace.tell("collect", 1, 1)
    assert pace.tell("dream", 90, 100) == pytest.approx(10)
    clock.now += 5
    assert pace.tell("dream", 95, 100) == pytest.approx(5)


def test_stages_that_nobody_told_of_count_nothing() -> None:
    clock = Clock()
    pace = Pace({"export": 10.0}, clock)
    assert pace.tell("sweep", 0, 0) == pytest.approx(0)
    assert pace.tell("export", 0, 1) == pytest.approx(10)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "a few seconds left"),
        (41, "about 40 s left"),
        (170, "about 3 min left"),
        (9000, "about 2.5 h left"),
    ],
)
def test_no_more_exact_than_it_can_be(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
