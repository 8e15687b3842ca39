"""Copies the artist's files before they are replaced."""

from __future__ import annotations

import contextlib
import os
import shutil
from itertools import count
from pathlib import Path

from dreambrush.files.output import open_output


def back_up(path: str | Path) -> Path:
    """Copies a file to "NAME (backup).ora" beside it, or to "NAME (backup 2).ora" and so on if that exists.

    Args:
        path: the file.  If it is a link, the copy lies beside the file to which it leads.

    Returns:
        The copy, with the file's permissions and dates.

    Raises:
        OutputError: the copy cannot be written.  Nothing is left behind.
    """
    original = Path(os.path.realpath(path))
    endings = ("backup" if number == 1 else f"backup {number}" for number in count(1))
    names = (original.with_name(f"{original.stem} ({ending}){original.suffix}") for ending in endings)
    copy = next(name for name in names if not os.path.lexists(name))
    with open_output(copy) as file, open(original, "rb") as old:
        shutil.copyfileobj(old, file)
    with contextlib.suppress(OSError):
        shutil.copystat(original, copy)
    return copy
