"""A file that is written again and again while one paints, and never in place of what somebody else saved there."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import NamedTuple


class Mark(NamedTuple):
    """By what one knows that a file is still the same; saving by renaming another one gives a new inode."""

    modified: int  # nanoseconds
    size: int  # bytes
    inode: int

    @classmethod
    def of(cls, file: Path) -> Mark | None:
        """That of a file, or None where there is none, as for a moment while it is being saved."""
        try:
            found = os.stat(file)
        except OSError:
            return None
        return cls(found.st_mtime_ns, found.st_size, found.st_ino)


class GuardedOutput:
    """A file of ours.

    Args:
        path: where it is to be.
        overwrite: whether it may take the place of another one at first.
        note: told when it has to give way.
        is_there: whether it is there already.

    Attributes:
        path: where it is.
    """

    def __init__(self, path: Path, *, overwrite: bool, note: Callable[[str], None], is_there: bool = False) -> None:
        self.path, self._overwrite, self._note = path, overwrite, note
        self._written = Mark.of(path) if is_there else None

    @property
    def is_there(self) -> bool:
        """Whether it was written and not saved by anybody else since."""
        return self._written is not None and Mark.of(self.path) == self._written

    def write(self, save: Callable[[Path, bool], None]) -> None:
        """Writes it.

        Args:
            save: takes the path, and whether a file there may be overwritten.

        Raises:
            OutputError: it cannot be written; what was written before is still there.
        """
        if self._written is not None:
            found = Mark.of(self.path)
            if found is not None and found != self._written:
                self._note(f"Someone else has saved '{self.path}': it stays as it is.")
                self.path = free_name(self.path)
            self._overwrite = found == self._written
        save(self.path, self._overwrite)
        self._written = Mark.of(self.path)

    def remove(self) -> None:
        """Takes it away, unless somebody else has saved it."""
        if self.is_there:
            self.path.unlink()
        self._written = None


def free_name(path: Path) -> Path:
    """The path, or the next one that is free: photo.ora, photo-2.ora, photo-3.ora ..."""
    names = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    return path if not os.path.lexists(path) else next(name for name in names if not os.path.lexists(name))
