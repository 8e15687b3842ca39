"""The seconds left of a painting, by a clock that we turn."""

from __future__ import annotations

from itertools import pairwise

import pytest

from dreambrush.cli.ui.time_left import CALM, MEASURED, TimeLeft, ends_for


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


# Of 1,500 strokes in 256 pixels at effort 3, as measured: seconds, stage, done, total.
TOLD = [
    *((0.81, "Plan", 3, 1320), (3.75, "Plan", 113, 1320), (5.51, "Plan", 306, 1320), (7.2, "Plan", 501, 1320)),
    *(
        (10.38, "Plan", 719, 1320),
        (13.46, "Plan", 1058, 1320),
        (15.24, "Plan", 1166, 1320),
        (18.24, "Plan", 1320, 1320),
    ),
    *((26.66, "Refine", 1, 1), (27.16, "Ground", 3, 1500), (27.98, "Middle tones", 202, 1500)),
    *((29.35, "Edges", 1320, 1500), (30.59, "Plan", 1386, 1500), (32.5, "Plan", 1500, 1500)),
    (33.68, "Accents", 1500, 1500),
]
END = 34.2


@pytest.mark.parametrize("speed", [0.5, 1.0, 10.0])
def test_a_painting_as_it_was_measured(speed: float) -> None:
    clock = Clock()
    left, told = TimeLeft(3, clock=clock), list(TOLD)
    ends, shares = [], []
    for step in range(int(END * speed * 8)):
        passed = step / 8
        while told and told[0][0] * speed <= passed:
            left.tell(*told.pop(0)[1:])
        clock.now = 100 + passed
        seconds = left.seconds()
        shares.append(left.share())
        if passed < 1 or passed < 0.06 * END * speed:
            assert seconds is None  # rather than nonsense
        if passed > 0.2 * END * speed and passed > 3 * CALM:
            assert seconds is not None
            ends.append((passed + seconds) / (END * speed))
    assert all(0.8 < end < 1.25 for end in ends)
    assert max(abs(b - a) for a, b in pairwise(ends)) < 0.08  # it does not jump
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] > 0.95


def test_a_long_silence_is_not_the_end() -> None:
    clock = Clock()
    left = TimeLeft(3, clock=clock)
    for second in range(11):
        clock.now = 100 + second
        left.tell("Plan", 100 * second, 1000)
    clock.now += 1000  # refining all strokes takes this long, and says nothing
    seconds = left.seconds()
    assert seconds is not None and seconds > 3  # for there is paint to be laid


def test_no_more_than_is_allowed() -> None:
    clock = Clock()
    left = TimeLeft(5, most=30.0, clock=clock)
    left.tell("Plan", 0, 1000)
    clock.now += 20
    left.tell("Plan", 400, 1000)
    assert left.seconds() == pytest.approx(10)
    clock.now += 60
    assert left.seconds() == 0


def test_strokes_that_are_replaced_are_no_step_back() -> None:
    clock = Clock()
    left = TimeLeft(5, clock=clock)
    shares = []
    stages = [("Plan", 1), ("Plan", 1000), ("Refine", 1), ("Plan", 920), ("Plan", 1000), ("Refine", 2), ("Refine", 6)]
    for stage, done in stages:
        clock.now += 5
        left.tell(stage, done, 6 if stage == "Refine" else 1000)
        shares.append(left.share())
    assert shares == sorted(shares) and shares[-1] > shares[1] > 0


@pytest.mark.parametrize("effort", [1, 2, 3, 4, 5])
def test_shares_rise(effort: int) -> None:
    ends = ends_for(effort)
    assert list(ends) == sorted(ends) and ends.grown > 0 and ends.accents < 1
    if effort in MEASURED:
        assert ends == MEASURED[effort]
