"""What the workers do here comes from Python's library, so that their processes can import it."""

from __future__ import annotations

import operator
import os
import threading
import time

import pytest

from dreambrush.errors import BrushError, DreambrushError
from dreambrush.models.catalogue import find_brush
from dreambrush.train.collect.workers import work, work_in_processes


def test_all_jobs_are_done_in_processes_once() -> None:
    done: list[int] = []
    work_in_processes(abs, operator.eq, list(range(50)), 3, done.append)
    assert sorted(done) == list(range(50))


def test_more_workers_than_jobs() -> None:
    done: list[int] = []
    work_in_processes(abs, operator.eq, [7], 5, done.append)
    assert done == [7]


def test_an_error_comes_through_with_its_advice() -> None:
    with pytest.raises(BrushError) as caught:
        work_in_processes(find_brush, operator.eq, ["oil", "oli"], 2, lambda job: None)
    assert (caught.value.message, caught.value.advice) == (
        "There is no brush named 'oli'.",
        "Did you mean oil?",
    )


def test_a_worker_that_dies_is_noticed() -> None:
    with pytest.raises(DreambrushError, match="has died"):
        work_in_processes(os._exit, operator.eq, [9, 9, 9, 9], 2, lambda job: None)


def test_nobody_waits_for_the_others_after_ctrl_c() -> None:
    def pressed(job: float) -> None:
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        work_in_processes(time.sleep, operator.eq, [0.0, 60.0, 60.0, 60.0], 2, pressed)
    assert time.monotonic() - started < 30


def test_one_is_kept_while_the_next_is_made() -> None:
    keeping = threading.Event()
    kept: list[int] = []

    def make(job: int) -> int:
        if job == 1:
            assert keeping.wait(10), "the first job is not kept while the second is made"
        return job

    def keep(job: int, made: int) -> None:
        keeping.set()
        kept.append(made)

    work(make, keep, [0, 1, 2], lambda job: None)
    assert kept == [0, 1, 2]


def test_what_cannot_be_kept_ends_the_work() -> None:
    made: list[int] = []

    def keep(job: int, made: None) -> None:
        raise BrushError("The disk is full.", "Make room.")

    with pytest.raises(BrushError):
        work(made.append, keep, range(100), lambda job: None)
    assert len(made) <= 2
