"""Files that travel by content, for machines that share no disk.

A parcel is bytes by name.  Names are relative and stay below the folder into which a parcel is unpacked, whoever packed
it.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from dreambrush.errors import ClusterError, PictureError

KEPT = 4  # unpacked parcels that a process keeps, for pieces that follow


@dataclass(frozen=True)
class Parcel:
    """Files by name.

    Attributes:
        files: the content of each, by a relative name such as "brushes/oil.myb".
    """

    files: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, paths: Mapping[str, Path]) -> Parcel:
        """A parcel of files.  What is no file is left out; whoever needs it will say that it is missing.

        Args:
            paths: where each lies, by its name in the parcel.

        Raises:
            PictureError: one may not be read.
        """
        files = {}
        for name, path in paths.items():
            if os.path.isfile(path):  # and not a pipe that nobody writes into
                try:
                    files[name] = path.read_bytes()
                except OSError:
                    raise PictureError(
                        f"You may not read '{path}'.", "Ask for the permission to.", id="picture-not-permitted"
                    ) from None
        return cls(files)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(map(len, self.files.values()))

    def unpack(self, folder: Path) -> None:
        """Write all files below a folder.

        Raises:
            ClusterError: a name would lead out of the folder; nothing is written then.
        """
        for name in self.files:
            check_name(name)
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def digest(self) -> str:
        """SHA-256 of names and contents, in hexadecimal digits."""
        found = hashlib.sha256()
        for name, content in sorted(self.files.items()):
            found.update(f"{len(name)} {name} {len(content)} ".encode("utf-8", "surrogateescape"))
            found.update(content)
        return found.hexdigest()


def check_name(name: str) -> None:
    """Check that a name stays below the folder to which it is added.

    Raises:
        ClusterError: it does not.
    """
    parts = name.split("/")
    if "\0" in name or PurePosixPath(name).is_absolute() or any(part in ("", ".", "..") for part in parts):
        raise ClusterError(
            f"A parcel of files has the name {name[:80]!r} in it.",
            "It was not packed by dreambrush: check who may reach your cluster.",
            id="strange-parcel",
        )


class _Unpacked:
    """Parcels that this process has unpacked, each in a folder that lasts as long as the process."""

    def __init__(self) -> None:
        self._folders: OrderedDict[str, Path] = OrderedDict()
        self._lock = threading.Lock()

    def folder(self, parcel: Parcel) -> Path:
        """The folder of a parcel.  It is unpacked if it is not there yet."""
        digest = parcel.digest()
        with self._lock:
            found = self._folders.pop(digest, None)
            if found is None or not found.is_dir():
                found = Path(tempfile.mkdtemp(prefix="dreambrush-"))
                if not self._folders:
                    atexit.register(self.remove, os.getpid())
                parcel.unpack(found)
            self._folders[digest] = found
            while len(self._folders) > KEPT:
                shutil.rmtree(self._folders.popitem(last=False)[1], ignore_errors=True)
        return found

    def remove(self, owner: int) -> None:
        """Delete all folders, in the process that has made them."""
        if os.getpid() == owner:
            for path in self._folders.values():
                shutil.rmtree(path, ignore_errors=True)
            self._folders.clear()


_unpacked = _Unpacked()


def unpacked(parcel: Parcel) -> Path:
    """A folder with the files of a parcel, for reading.

    The last four parcels of a process stay unpacked until it ends, since many pieces need the same ones.

    Raises:
        ClusterError: a name would lead out of the folder.
    """
    return _unpacked.folder(parcel)
