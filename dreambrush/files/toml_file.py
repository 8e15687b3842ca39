"""Small TOML files that people write: settings and styles."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path
from typing import Any

LARGEST_FILE = 1 << 16  # bytes


def read_toml(path: Path) -> dict[str, Any]:
    """Reads a TOML file.

    Raises:
        ValueError: the file cannot be read.  The message says why in a few words.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe that nobody writes into would be waited for
            raise ValueError("it is a folder" if stat.S_ISDIR(status.st_mode) else "it is not a regular file")
        if status.st_size > LARGEST_FILE:
            raise ValueError("it is larger than 64 KiB")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(error.strerror or "an error of the disk") from None
    except UnicodeDecodeError:
        raise ValueError("it is not TOML, because it is not UTF-8 text") from None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # of TOML, or of a number with too many digits
        raise ValueError(f"it is not TOML ({error})") from None
