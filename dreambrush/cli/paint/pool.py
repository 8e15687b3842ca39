"""Paints pictures one after the other, or several at the same time, each in its own process.

A picture that fails does not stop the others.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, NamedTuple

from dreambrush.cli.shared.errors import Told, tell
from dreambrush.cli.shared.inputs import Input
from dreambrush.cli.shared.outputs import Outputs
from dreambrush.errors import DreambrushError, ExitCode
from dreambrush.interrupts import held_back

Report = dict[str, Any]
Paint = Callable[[Input, Outputs], Report]
"""Paints a picture, saves it in these files, and reports; it must be possible to pickle it."""
Result = tuple[Report | None, int, Told | None]
"""Report, exit code and error of a picture, as in :class:`Done`."""
Painters = dict["Connection[Any, Any]", tuple[BaseProcess, Input]]
"""The processes that paint, by where their answers come from."""


class Done(NamedTuple):
    """What became of a picture.

    Attributes:
        picture: the picture.
        report: the report of its painting; None if it failed.
        exit_code: of the failure, which has been reported, or of the painting.
        error: the failure; None after Ctrl-C.
    """

    picture: Input
    report: Report | None
    exit_code: int
    error: Told | None = None


def run_pool(paint: Paint, pictures: Sequence[tuple[Input, Outputs]], jobs: int) -> Generator[Done, None, None]:
    """Paint pictures, and yield what became of each as soon as it is known.  After Ctrl-C no new picture is begun.

    Args:
        paint: paints one picture.  The bytes that it saves must not depend on what else runs.
        pictures: the pictures, and where to save each.
        jobs: how many to paint at the same time.
    """
    if min(jobs, len(pictures)) > 1:
        yield from _at_the_same_time(paint, pictures, jobs)
        return
    for picture, outputs in pictures:
        report, code, error = _painted(paint, picture, outputs)
        yield Done(picture, report, code, error)
        if code == ExitCode.INTERRUPTED:
            return


def _painted(paint: Paint, picture: Input, outputs: Outputs) -> Result:
    try:
        report = paint(picture, outputs)
    except KeyboardInterrupt:
        return None, ExitCode.INTERRUPTED, None
    except BrokenPipeError:  # nobody reads our output any more
        raise
    except Exception as error:
        told = tell(error)
        return None, told.code, told
    return report, ExitCode.INTERRUPTED if report["interrupted"] else ExitCode.OK, None


def _at_the_same_time(paint: Paint, pictures: Sequence[tuple[Input, Outputs]], jobs: int) -> Iterator[Done]:
    waiting = list(pictures)[::-1]
    painters: Painters = {}
    given_up: list[Input] = []
    told = False  # whether a picture said that it was interrupted
    try:
        while waiting or painters:
            try:
                while waiting and len(painters) < jobs:
                    with _ctrl_c_later():  # or a process could start that nobody knows of
                        picture, outputs = waiting.pop()
                        process, answer = _begin(paint, picture, outputs)
                        painters[answer] = process, picture
                ready = wait(list(painters))
            except KeyboardInterrupt:
                given_up += [picture for picture, _ in waiting[::-1]]
                waiting.clear()
                _interrupt(painters)
                continue
            for answer in [each for each in painters if each in ready]:
                process, picture = painters[answer]
                report, code, error = _answer_of(answer, process, picture)
                del painters[answer]
                told = told or code == ExitCode.INTERRUPTED
                yield Done(picture, report, code, error)
        if given_up and not told:  # those that had begun were as good as done, or none had
            yield Done(given_up[0], None, ExitCode.INTERRUPTED)
    finally:
        _interrupt(painters)
        for process, _ in painters.values():
            process.join()


def _begin(paint: Paint, picture: Input, outputs: Outputs) -> tuple[BaseProcess, Connection[Any, Any]]:
    # Not forked: onnxruntime's threads, and Python's, would be missing in the copy.
    context = multiprocessing.get_context("spawn")
    answer, question = context.Pipe(duplex=False)
    process = context.Process(target=_paint_alone, args=(question, paint, picture, outputs))
    process.start()
    question.close()
    return process, answer


def _paint_alone(question: Connection[Any, Any], paint: Paint, picture: Input, outputs: Outputs) -> None:
    """What the process of one picture does."""
    from dreambrush.mypaint.engine.library import messages_to_stderr

    os.setpgrp()  # then Ctrl-C comes once, from the parent, and not from the terminal too
    messages_to_stderr()
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        result: Result = _painted(paint, picture, outputs)
    except KeyboardInterrupt:
        result = None, int(ExitCode.INTERRUPTED), None
    with suppress(KeyboardInterrupt, BrokenPipeError):
        question.send(result)


def _answer_of(answer: Connection[Any, Any], process: BaseProcess, picture: Input) -> Result:
    try:
        result: Result = answer.recv()
    except EOFError:
        process.join()
        error = DreambrushError(
            f"The process that painted '{picture.name}' has died (exit code {process.exitcode}).",
            "Memory may be short.  Paint fewer pictures at the same time (--jobs) or smaller ones (--size).",
            id="process-died",
        )
        told = tell(error)
        return None, told.code, told
    process.join()
    return result


def _interrupt(painters: Painters) -> None:
    for process, _ in painters.values():
        if process.pid is not None and process.is_alive():
            os.kill(process.pid, signal.SIGINT)


@contextmanager
def _ctrl_c_later() -> Iterator[None]:
    """Hold Ctrl-C back until the block ends, in processes that begin in it too.  They let it in when they are ready."""
    resource_tracker.ensure_running()  # a helper of multiprocessing; its start would let signals in
    # The mask is for the processes that begin.  It is not enough here: a signal that another thread takes, such as one
    # of numpy's, interrupts this one all the same.
    with held_back() as pressed:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if pressed:
        raise KeyboardInterrupt
