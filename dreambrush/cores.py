"""How many processor cores this process may use."""

from __future__ import annotations

import os

_most: int | None = None


def available_cores() -> int:
    """Cores that the operating system, and :func:`use_at_most`, let this process run on, at least 1."""
    try:
        found = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        found = os.cpu_count() or 1
    return found if _most is None else min(found, _most)


def use_at_most(cores: int) -> None:
    """Leave the other cores to processes that do other pieces of the same work.

    Args:
        cores: for this process from now on.
    """
    global _most
    _most = max(cores, 1)
