"""Small TOML files that people write: settings and styles."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path
from typing import Any

LARGEST_FILE = 1 << 16  # bytes


def read_toml(path: Path) -> dict[str, Any]:
    """What a file says.

    Raises:
        ValueError: it cannot be read; why, in a few words.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe that nobody writes into would be waited for
            raise ValueError("it is a folder" if stat.S_ISDIR(status.st_mode) else "it is no regular file")
        if status.st_size > LARGEST_FILE:
            raise ValueError("it is larger than 64 KiB")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(error.strerror or "an error of the disk") from None
    except UnicodeDecodeError:
        raise ValueError("it is no TOML, for it is no text in UTF-8") from None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # of TOML, or of a number with too many digits
        raise ValueError(f"it is no TOML ({error})") from None
