"""Pieces in processes of this machine, by ``concurrent.futures``.

An executor whose process dies gives up all that it was to do.  So each process has an executor of its own: then exactly
the piece that was in it is lost.  The processes do one piece after the other.  They end when the process that started
them does, however that happens, and leave Ctrl-C to it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from itertools import islice
from multiprocessing import resource_tracker
from multiprocessing.connection import wait as wait_for_any
from multiprocessing.context import SpawnContext, SpawnProcess
from types import FrameType
from typing import Any

from dreambrush.cores import available_cores, use_at_most
from dreambrush.interrupts import STOPS, held_back
from dreambrush.jobs.pieces import Done, Piece, ProcessDiedError, Result, portable


class Processes:
    """A crew of processes.  Each starts when there is a piece for it.

    Args:
        size: how many there are at most.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._cores = available_cores() // size  # for each
        self._slots: list[_Slot] = []
        self._free: list[_Slot] = []

    def run(
        self,
        do: Callable[[Piece], Result],
        pieces: Iterable[Piece],
        *,
        rescue: Callable[[Result], bool] | None = None,
    ) -> Generator[Done[Piece, Result], None, None]:
        """As in :class:`dreambrush.jobs.crew.Crew`."""
        waiting = iter(pieces)
        busy: dict[Future[Result], tuple[_Slot, Piece]] = {}
        every: list[Done[Piece, Result]] = []
        stopped = given_up = False
        pressed: list[int] = []  # stops that came while a result was taken
        try:
            while True:
                try:
                    if pressed:
                        raise KeyboardInterrupt
                    if not stopped:
                        self._begin(do, waiting, busy)
                    if not busy and not every:
                        break
                    ready = set() if every else wait(busy, return_when=FIRST_COMPLETED).done
                except KeyboardInterrupt:
                    if rescue is None:
                        raise
                    stopped, pressed = True, []
                    _interrupt(busy)
                    continue
                yield from every  # only now: whoever takes them may take long, and the processes are busy by now
                with held_back() as pressed:
                    every = [self._take(future, busy, keep=not stopped) for future in list(busy) if future in ready]
                for done in every:
                    if isinstance(done.error, KeyboardInterrupt) or _is_part(done, rescue):
                        given_up = True
                        if not stopped:  # somebody told that process alone; then none begins here either
                            pressed = [signal.SIGINT]
            if stopped and (given_up or any(True for _ in waiting)):
                raise KeyboardInterrupt
        finally:
            try:
                if rescue is not None:
                    _interrupt(busy)
                    wait(busy)
            finally:
                for slot, _ in busy.values():
                    slot.end()

    def _begin(
        self, do: Callable[[Piece], Result], waiting: Iterator[Piece], busy: dict[Future[Result], tuple[_Slot, Piece]]
    ) -> None:
        """Give a piece to each process that is free."""
        with _stops_later():  # or a process could start that nobody knows of
            for piece in islice(waiting, self.size - len(busy)):
                if not self._free:
                    self._free.append(_Slot(self._cores))
                    self._slots.append(self._free[-1])
                slot = self._free.pop()
                busy[slot.begin(do, piece)] = slot, piece

    def _take(
        self, future: Future[Result], busy: dict[Future[Result], tuple[_Slot, Piece]], *, keep: bool
    ) -> Done[Piece, Result]:
        """What became of a piece that is done.

        Args:
            future: of the piece.
            busy: all that are being done; it is removed.
            keep: whether its process may do another piece.
        """
        slot, piece = busy[future]
        error = future.exception()
        if isinstance(error, BrokenProcessPool):
            error = ProcessDiedError(f"exit code {slot.end()}")
        if isinstance(error, BrokenPipeError):  # nobody reads our output any more
            raise error
        del busy[future]
        if keep:
            self._free.append(slot)
        else:
            slot.end()
        return Done(piece, future.result() if error is None else None, error)

    def end(self) -> None:
        """End all processes, whatever they do."""
        for slot in self._slots:
            slot.end()
        self._slots.clear()
        self._free.clear()


@contextmanager
def open_processes(size: int) -> Iterator[Processes]:
    """A crew whose processes end with the block.

    Args:
        size: how many there are at most.
    """
    processes = Processes(size)
    try:
        yield processes
    finally:
        processes.end()


class _Context(SpawnContext):
    """How an executor starts processes; knows the one that it has started."""

    process: SpawnProcess | None = None

    def Process(self, *words: Any, **more: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: N802
        """As in multiprocessing."""
        self.process = super().Process(*words, **more)
        return self.process


class _Slot:
    """An executor and its only process.

    Args:
        cores: how many the process may use; at least 1 in any case.
    """

    def __init__(self, cores: int) -> None:
        self._cores = cores
        self._executor: ProcessPoolExecutor | None = None
        self._process: SpawnProcess | None = None

    def begin(self, do: Callable[[Piece], Result], piece: Piece) -> Future[Result]:
        """Have the process do a piece."""
        if self._executor is not None:
            try:
                return self._executor.submit(_do, do, piece)
            except BrokenProcessPool:  # somebody killed it while it had nothing to do
                self.end()
        # Not forked: onnxruntime's threads, and Python's, would be missing in the copy.
        context = _Context()
        self._executor = ProcessPoolExecutor(1, context, initializer=_prepare, initargs=(self._cores,))
        future = self._executor.submit(_do, do, piece)
        self._process = context.process
        return future

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in what the process does."""
        if self._process is not None and self._process.pid is not None and self._process.is_alive():
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGINT)

    def end(self) -> int | None:
        """End the process at once, and return its exit code."""
        process, executor = self._process, self._executor
        self._process = self._executor = None
        if process is None or executor is None:
            return None
        process.kill()
        executor.shutdown(cancel_futures=True)
        process.join()
        return process.exitcode


def _is_part(done: Done[Any, Result], rescue: Callable[[Result], bool] | None) -> bool:
    return rescue is not None and done.result is not None and rescue(done.result)


def _interrupt(busy: dict[Future[Result], tuple[_Slot, Any]]) -> None:
    for future, (slot, _) in busy.items():
        if not future.done():
            slot.interrupt()


@contextmanager
def _stops_later() -> Iterator[None]:
    """Hold Ctrl-C back until the block ends, in processes that begin in it too.  They let it in when they are ready."""
    resource_tracker.ensure_running()  # a helper of multiprocessing; its start would let signals in
    # The mask is for the processes that begin.  It is not enough here: a signal that another thread takes, such as one
    # of numpy's, interrupts this one all the same.
    with held_back() as pressed:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if pressed:
        raise KeyboardInterrupt


# What follows runs in the processes.

_inside = _pressed = False  # whether a piece is being done; whether somebody asked to stop


def _prepare(cores: int) -> None:
    use_at_most(cores)
    os.setpgrp()  # then Ctrl-C comes once, from the parent, and not from the terminal too
    for number in STOPS:
        if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _stop(_number: int, _frame: FrameType | None) -> None:
    global _pressed
    _pressed = True
    if _inside:
        raise KeyboardInterrupt


def _do(do: Callable[[Piece], Result], piece: Piece) -> Result:
    global _inside
    try:
        _inside = True
        if _pressed:
            raise KeyboardInterrupt
        return do(piece)
    except Exception as error:
        raise portable(error) from error.__cause__
    finally:
        _inside = False


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait_for_any([parent.sentinel])
    os._exit(1)
