"""Ctrl-C, and what else bids a program to stop, in the midst of what must not be torn apart."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # Ctrl-C; kill and shutting down; a window that is closed


@contextlib.contextmanager
def all_stops() -> Iterator[None]:
    """Makes whatever bids the program to stop raise KeyboardInterrupt within the block, as Ctrl-C does.

    Only the main thread can have that; what is ignored stays so, as ``nohup`` has it.
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
    """Keeps Ctrl-C, and other stops that interrupt as it does, from raising KeyboardInterrupt within the block.

    Only the main thread can be interrupted; in others nothing changes, nor where Ctrl-C is ignored, as a shell has it
    for what runs in the background.

    Yields:
        The signals that came meanwhile; it is up to the caller to heed them.
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
