"""An output that is written again and again during painting.

If another program changes the file meanwhile, its version is kept, and ours gets another name.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from dreambrush.cli.shared.outputs import free_name


class Mark(NamedTuple):
    """What tells whether a file is still the same one.  A file that is saved by renaming has a new inode."""

    modified: int  # nanoseconds
    size: int  # bytes
    inode: int

    @classmethod
    def of(cls, file: Path) -> Mark | None:
        """The mark of a file, or None if there is no file, as for a moment while it is being saved."""
        try:
            found = os.stat(file)
        except OSError:
            return None
        return cls(found.st_mtime_ns, found.st_size, found.st_ino)


class GuardedOutput:
    """An output file.

    Args:
        path: where to write it.
        overwrite: whether the first version may replace an existing file.
        note: is told when another program has changed the file.
        is_there: whether the file is there already and is ours.

    Attributes:
        path: where it is.
    """

    def __init__(self, path: Path, *, overwrite: bool, note: Callable[[str], None], is_there: bool = False) -> None:
        self.path, self._overwrite, self._note = path, overwrite, note
        self._written = Mark.of(path) if is_there else None

    @property
    def is_there(self) -> bool:
        """Whether we have written it, and nobody has changed it since."""
        return self._written is not None and Mark.of(self.path) == self._written

    def write(self, save: Callable[[Path, bool], None]) -> None:
        """Write the file.

        Args:
            save: takes the path, and whether it may overwrite a file there.

        Raises:
            OutputError: it cannot be written; the last version is still there.
        """
        if self._written is not None:
            found = Mark.of(self.path)
            if found is not None and found != self._written:
                self._note(f"Another program has changed '{self.path}'.  That file stays as it is.")
                self.path = free_name(self.path)
            self._overwrite = found == self._written
        save(self.path, self._overwrite)
        self._written = Mark.of(self.path)

    def remove(self) -> None:
        """Delete the file, unless another program has changed it."""
        if self.is_there:
            self.path.unlink()
        self._written = None
