"""Rows of calls that must fail, and the shortest ways to write them."""

from __future__ import annotations

import shlex

from tests.bad_files import hostile_name

Row = tuple[str, str]
"""A call, and the id of the error."""
PAINT = "--strokes 1 --size 16 --effort 1 -o new.ora"
LAYER = "--strokes 1 -o new.ora"
ONTO = f"--onto work.ora {LAYER}"
REPLAY = "replay painted.ora -o new.ora"
FILM = "--strokes 1 --size 16 --effort 1 -o new.gif"


def rows(id: str, *calls: str) -> list[Row]:
    """Calls that all give the same error."""
    return [(call, id) for call in calls]


def painting(id: str, *names: str) -> list[Row]:
    """Calls that paint pictures which cannot be painted, all with the same error."""
    return rows(id, *(f"paint {name} {PAINT}" for name in names))


def styled(id: str, *words: str) -> list[Row]:
    """Calls that paint photo.png with options which make it impossible, all with the same error."""
    return rows(id, *(f"paint photo.png {each} {PAINT}" for each in words))


def rendering(id: str, *names: str) -> list[Row]:
    """Calls that render files of hostile_files.py, all with the same error."""
    return rows(id, *(f"render {shlex.quote(hostile_name(name))} new.png" for name in names))
