"""The files of our brushes, and the record of those that were written into another program's folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from dreambrush.files.json_text import read_json
from dreambrush.mypaint.brushes.folders import PREVIEW_SUFFIX, SUFFIX


@dataclass
class Installation:
    """The record of an installation, kept beside the brushes.

    Attributes:
        files: digest of each file that was written.
        made: the folders that did not exist before, and the order file if it did not.
    """

    files: dict[str, str] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Installation:
        """Reads the record from a file; an empty one if there is none."""
        try:
            found = read_json(bytes_of(path) or b"")
            files, made = found["files"], found["made"]
            return cls({str(name): str(digest) for name, digest in files.items()}, [str(name) for name in made])
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return cls()

    def is_as_written(self, file: Path) -> bool:
        """Whether a file is as it was written."""
        return file.is_file() and self.files.get(file.name) == digest_of(file.read_bytes())


def bytes_of(path: Path) -> bytes | None:
    """The content of a file, or None if there is none; raises OSError for what is no file, or cannot be read."""
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise OSError(f"{path.name} is not a regular file")
    return path.read_bytes() if path.exists() else None


def digest_of(data: bytes) -> str:
    """The digest of a file's content."""
    return hashlib.sha256(data).hexdigest()


def our_files(ours: Path) -> dict[str, dict[str, bytes]]:
    """The .myb file and the preview of each of our brushes, by its bare name."""
    found = {}
    for path in sorted(ours.glob("*" + SUFFIX)):
        preview = path.with_name(path.stem + PREVIEW_SUFFIX)
        found[path.stem] = {path.name: path.read_bytes(), preview.name: preview.read_bytes()}
    return found
