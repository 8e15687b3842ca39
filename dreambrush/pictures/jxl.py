"""JPEG XL, by a plugin for Pillow that an extra brings."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from dreambrush.errors import MissingPackageError

MAGIC = (b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")


def need_jxl(path: Path) -> None:
    """Loads the plugin, which makes Pillow know the format "JXL".

    Raises:
        MissingPackageError: it is not installed.
    """
    try:
        import_module("pillow_jxl")
    except ImportError:
        raise MissingPackageError(
            f"Reading '{path}', which is a JPEG XL file, needs an extra that is not installed.",
            "Install it with: pip install 'dreambrush[jxl]'",
            id="packages-missing",
        ) from None
