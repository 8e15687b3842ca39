"""Which files are films, and PyAV, with which videos are read and saved.

The command line knows the endings as soon as it starts, so nothing heavy is imported here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dreambrush.errors import MissingPackageError, UsageError

MP4, GIF, WEBP = ".mp4", ".gif", ".webp"
SAVED = (MP4, GIF, WEBP)
"""Endings of films that can be saved."""
VIDEOS = frozenset({MP4, ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ogv", ".3gp", ".wmv"})
"""Endings of videos that can be read."""
ANIMATED = frozenset({GIF, WEBP, ".png", ".apng", ".avif"})
"""Endings of pictures that may be animated."""
ALL_THAT_FILMS_NEED = "Install what films need with: pip install av opencv-python-headless"


def film_ending(path: Path) -> str:
    """The ending of a path, in small letters."""
    return path.suffix.lower()


def check_film_ending(path: Path) -> None:
    """Checks whether a film of that name can be saved.

    Raises:
        UsageError: it has the ending of something else.
        MissingPackageError: it is an .mp4, and PyAV is not installed.
    """
    if film_ending(path) not in SAVED:
        raise UsageError(
            f"The film '{path}' must end in {', '.join(SAVED[:-1])} or {SAVED[-1]}.",
            f"Try: -o '{path.stem or 'film'}{MP4}'",
            id="wrong-ending",
        )
    if film_ending(path) == MP4:
        need_av("Saving an .mp4", f"Install it with: pip install av  (or save a {GIF} or {WEBP})")


def need_av(what: str = "Reading a video", advice: str = ALL_THAT_FILMS_NEED) -> Any:
    """Imports PyAV, or says how to install it.

    Args:
        what: needs it.
        advice: what to do.

    Raises:
        MissingPackageError: it is not installed.
    """
    try:
        import av
    except ModuleNotFoundError as error:
        if error.name != "av":
            raise
        raise MissingPackageError(
            f"{what} needs the Python package av (PyAV), which is not installed.", advice, id="packages-missing"
        ) from None
    return av
