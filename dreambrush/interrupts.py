"""Ctrl-C and other signals to stop: how they reach the program, and how work that must be whole is protected."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # Ctrl-C; kill and shutting down; a window that is closed


@contextlib.contextmanager
def all_stops() -> Iterator[None]:
    """Within the block, every signal to stop raises KeyboardInterrupt, as Ctrl-C does.

    This works only in the main thread.  Signals that are ignored stay ignored, as under ``nohup``.
    """
    changed = {}
    if threading.current_thread() is threading.main_thread():
        changed = {number: signal.getsignal(number) for number in STOPS}
        changed = {number: before for number, before in changed.items() if before is signal.SIG_DFL}
    for number in changed:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, before in changed.items():
            signal.signal(number, before)


@contextlib.contextmanager
def held_back() -> Iterator[list[int]]:
    """Within the block, Ctrl-C and other signals to stop do not raise KeyboardInterrupt.

    Only the main thread can be interrupted.  In other threads nothing changes.  Nothing changes either where Ctrl-C is
    ignored, as a shell does for programs in the background.

    Yields:
        The signals that came meanwhile.  The caller must act on them.
    """
    pressed: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return

    def remember(number: int, _frame: FrameType | None) -> None:
        pressed.append(number)

    handlers = {number: signal.getsignal(number) for number in STOPS}
    # None is a handler that was not set by Python.
    changed = {number: each for number, each in handlers.items() if each is not None and callable(each)}
    for number in changed:
        signal.signal(number, remember)
    try:
        yield pressed
    finally:
        for number, before in changed.items():
            signal.signal(number, before)


_asked = threading.local()  # in .by: the function that says whether this thread is asked to stop


@contextlib.contextmanager
def stops_if(asked: Callable[[], bool]) -> Iterator[None]:
    """Within the block, :func:`stop_if_asked` raises KeyboardInterrupt once that is so.

    It is for work in a thread that no signal reaches, as in a worker of a cluster.

    Args:
        asked: whether to stop; it is asked often.
    """
    before, _asked.by = getattr(_asked, "by", None), asked
    try:
        yield
    finally:
        _asked.by = before


def stop_if_asked() -> None:
    """Raise KeyboardInterrupt if somebody has asked this thread to stop.  Long work calls it between its steps."""
    asked = getattr(_asked, "by", None)
    if asked is not None and asked():
        raise KeyboardInterrupt
