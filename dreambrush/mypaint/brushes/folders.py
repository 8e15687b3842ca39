"""Where MyPaint keeps brushes, and the names under which it knows them.

MyPaint calls a brush by its path inside a folder of brushes, without the ending: "classic/charcoal", or "b001" for one
that the artist saved outside any group.  It has two such folders: the user's, and that of its stock brushes.  A user's
brush hides the stock brush of the same name (gui/brushmanager.py of MyPaint 2.0.1).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

GROUP = "dreambrush"  # the folder of our brushes once they are installed in MyPaint
SUFFIX, PREVIEW_SUFFIX = ".myb", "_prev.png"
STOCK_FOLDERS = ("mypaint-data/2.0/brushes", "mypaint-data/1.0/brushes")  # the newer first; within a data folder
DATA_FOLDERS = "/usr/local/share:/usr/share"  # if $XDG_DATA_DIRS says nothing (XDG Base Directory Specification)

# What MyPaint keeps beside the user's brushes: the brush keys, recent brushes, and the brush of each pen.
STATE_PREFIXES = ("context", "history_", "devbrush_")


def data_home() -> Path:
    """The user's data folder: ``$XDG_DATA_HOME``, or ``~/.local/share``."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def user_folder() -> Path:
    """The folder of the user's own brushes, which need not exist."""
    return data_home() / "mypaint" / "brushes"


def stock_folder() -> Path | None:
    """The folder of MyPaint's stock brushes: the first in ``$XDG_DATA_DIRS``, or None if there is none."""
    places = [Path(place) for place in (os.environ.get("XDG_DATA_DIRS") or DATA_FOLDERS).split(":")]
    folders = (place / folder for folder in STOCK_FOLDERS for place in places if place.is_absolute())
    return next((folder for folder in folders if folder.is_dir()), None)


def brushes_in(folder: Path) -> dict[str, Path]:
    """The files of all brushes in a folder, by MyPaint's names, sorted; none if there is no folder."""
    found = {}
    for path in _myb_files(folder):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if not name.startswith(STATE_PREFIXES) and name.isprintable():
            found[name] = path
    return dict(sorted(found.items()))


def bare_name(name: str) -> str:
    """A brush's name without its group: "charcoal" of "classic/charcoal"."""
    return name.rpartition("/")[2]


def name_in_mypaint(path: Path) -> str | None:
    """MyPaint's name of the brush in a file, or None if the file is in none of its folders."""
    for folder in (user_folder(), stock_folder()):
        if folder is not None and path.absolute().is_relative_to(folder):
            return path.absolute().relative_to(folder).with_suffix("").as_posix()
    return None


def _myb_files(folder: Path) -> Iterator[Path]:
    """All .myb files, also behind links to folders, each folder once.  Dead links and pipes are left out."""
    seen = set()
    for root, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(root)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        brushes = (Path(root, file) for file in files if file.endswith(SUFFIX))
        yield from (path for path in brushes if path.is_file())
