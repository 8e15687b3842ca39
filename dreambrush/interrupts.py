"""Ctrl-C in the midst of what must not be torn apart."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def held_back() -> Iterator[list[int]]:
    """Keeps Ctrl-C from raising KeyboardInterrupt within the block.

    Only the main thread can be interrupted; in others nothing changes, nor where Ctrl-C is ignored, as a shell has it
    for what runs in the background.

    Yields:
        The signals that came meanwhile; it is up to the caller to heed them.
    """
    pressed: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before in (signal.SIG_IGN, None):
        yield pressed
        return

    def remember(number: int, _frame: FrameType | None) -> None:
        pressed.append(number)

    signal.signal(signal.SIGINT, remember)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
