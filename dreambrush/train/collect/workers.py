"""Jobs on all cores, each core a process of its own: Python's part of painting would otherwise wait in one queue.

The workers end at once when the process that started them does, however that happens, and leave Ctrl-C to it.

``paint`` has a pool of its own, in cli/paint/pool.py, for nearly all is the other way round there: a process paints one
picture, so that its memory is given back; after Ctrl-C it goes on until what it has is saved; and when it dies, only
that picture fails.  What both share is a pipe to a process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from dreambrush.errors import DreambrushError

AHEAD = 2  # jobs that a worker knows of: it paints one while it writes the other

Job = TypeVar("Job")
Made = TypeVar("Made")
Make = Callable[[Job], Made]
"""The step that keeps a core busy."""
Keep = Callable[[Job, Made], None]
"""The step that waits for the disk; done in a thread while the next job is made."""


def work(make: Make[Job, Made], keep: Keep[Job, Made], jobs: Iterable[Job], done: Callable[[Job], None]) -> None:
    """Does jobs one after the other in this process; while the disk takes one, the next is made."""

    def finish(job: Job, made: Made) -> None:
        keep(job, made)
        done(job)

    with ThreadPoolExecutor(1) as disk:
        last: Future[None] | None = None
        for job in jobs:
            made = make(job)
            if last is not None:
                last.result()
            last = disk.submit(finish, job, made)
        if last is not None:
            last.result()


def work_in_processes(
    make: Make[Job, Made], keep: Keep[Job, Made], jobs: list[Job], workers: int, done: Callable[[Job], None]
) -> None:
    """Does jobs in so many processes; whoever is free takes the next.

    As with all of ``multiprocessing``, a script that calls this needs ``if __name__ == "__main__":``.

    Args:
        make: does a job; it and ``keep`` can be pickled.
        keep: puts away what was made.
        jobs: what to do; each can be pickled.
        workers: processes.
        done: told of each job that is done, in the order in which they are.

    Raises:
        DreambrushError: what a job raised in its process, or when a process ended by itself.
    """
    waiting = iter(jobs)
    with _crew(make, keep, min(workers, len(jobs))) as pipes:
        open_jobs = {pipe: 0 for pipe in pipes}

        def hand_out(pipe: Connection) -> None:
            for job in islice(waiting, 1):
                open_jobs[pipe] += 1
                with suppress(BrokenPipeError):  # who is gone is noticed when it does not answer
                    pipe.send(job)

        for _ in range(AHEAD):
            for pipe in pipes:
                hand_out(pipe)
        while any(open_jobs.values()):
            for ready in wait(pipes):
                assert isinstance(ready, Connection)
                done(_result(ready))
                open_jobs[ready] -= 1
                hand_out(ready)


def _result(pipe: Connection) -> Any:
    """The job that a worker has done."""
    try:
        job, error = pipe.recv()
    except (EOFError, ConnectionError):
        raise DreambrushError(
            "A process that painted strokes has died.",
            "The finished strokes are kept.  Run the same command again.  If memory is short, use fewer --workers.",
            id="process-died",
        ) from None
    if error is not None:
        kind, message, advice, id = error
        raise kind(message, advice, id=id)
    return job


@contextmanager
def _crew(make: Make[Any, Any], keep: Keep[Any, Any], workers: int) -> Iterator[list[Connection]]:
    """Starts processes, gives a pipe to each, and ends them with the block, at once."""
    context = multiprocessing.get_context("spawn")
    processes, pipes = [], []
    try:
        with _ctrl_c_ignored():
            for _ in range(workers):
                ours, theirs = context.Pipe()
                process = context.Process(target=_worker, args=(make, keep, theirs), daemon=True)
                process.start()
                theirs.close()
                processes.append(process)
                pipes.append(ours)
        yield pipes
    finally:
        for process in processes:
            process.kill()
            process.join()


@contextmanager
def _ctrl_c_ignored() -> Iterator[None]:
    """Processes that start meanwhile ignore Ctrl-C, from their first instruction on."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _worker(make: Make[Any, Any], keep: Keep[Any, Any], pipe: Connection) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def jobs() -> Iterator[Any]:
        while True:
            yield pipe.recv()

    try:
        work(make, keep, jobs(), lambda job: pipe.send((job, None)))
    except DreambrushError as error:
        pipe.send((None, (type(error), error.message, error.advice, error.id)))
        threading.Event().wait()  # to be ended: a pipe closed with jobs unread may lose what was sent


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
