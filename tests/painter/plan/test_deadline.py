from __future__ import annotations

import time
from itertools import pairwise

from dreambrush.painter.plan.deadline import Deadline


class Watch:
    """A clock that is set by hand; it began long ago, as a computer's clock does."""

    def __init__(self) -> None:
        self.seconds = 1234.5

    def __call__(self) -> float:
        return self.seconds


def there_is_time_for(deadline: Deadline) -> list[bool]:
    return [deadline.growing(), deadline.planning(), deadline.mending()]


def test_one_kind_of_work_after_the_other_is_no_longer_begun() -> None:
    watch = Watch()
    deadline = Deadline(20, watch)
    begun = watch()
    seen = []
    for tenth in range(250):
        watch.seconds = begun + tenth / 10
        seen.append(there_is_time_for(deadline))
    assert seen[0] == [True] * 3 and seen[200] == [False] * 3
    for now, later in pairwise(seen):
        assert all(before or not after for before, after in zip(now, later, strict=True))  # what is over is over
        assert now == sorted(now)  # first it is too late to add, then to refine the plan, at last to mend it
    assert len({tuple(each) for each in seen}) == 4


def test_the_time_is_that_since_it_was_made() -> None:
    watch = Watch()
    first = Deadline(10, watch)
    watch.seconds += 8
    second = Deadline(10, watch)
    watch.seconds += 3
    assert not first.mending() and second.growing()
    assert not first.before(1.0) and second.before(0.31) and not second.before(0.3)


def test_without_a_limit_there_is_always_time() -> None:
    watch = Watch()
    deadline = Deadline(None, watch)
    watch.seconds += 1e9
    assert there_is_time_for(deadline) == [True] * 3


def test_by_the_real_clock() -> None:
    deadline = Deadline(0.02)
    assert deadline.before(1.0)
    time.sleep(0.025)
    assert not deadline.before(1.0)
