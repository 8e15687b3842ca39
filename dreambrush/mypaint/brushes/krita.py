"""Our brushes for Krita, whose MyPaint engine paints with the same files.

Krita reads the .myb files of its folder "paintoppresets" when it starts, with their previews, and calls a brush by the
name of its file (seen in Krita 5.2.9).  That folder holds the artist's presets, too, so our files carry our name.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from dreambrush.errors import OutputError
from dreambrush.files.output import write_together
from dreambrush.mypaint.brushes.folders import GROUP, PREVIEW_SUFFIX, SUFFIX, data_home
from dreambrush.mypaint.brushes.installed import Installation, bytes_of, digest_of, our_files
from dreambrush.mypaint.brushes.pack import Changes

PRESETS = "paintoppresets"
RECORD = "dreambrush-installed.json"  # in Krita's folder, beside that of the presets
PREFIX = f"{GROUP}_"  # Krita shows the line as a space: "dreambrush oil"
CHOSEN_FOLDER = re.compile(r"^ResourceDirectory=(.+)$", re.MULTILINE)


def krita_folder() -> Path:
    """Krita's folder of the user's resources, which need not exist.

    It is the one that the artist has chosen in Krita's settings, or ``krita`` in the user's data folder.
    """
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "kritarc"
    try:
        found = CHOSEN_FOLDER.search(config.read_text("utf-8", "replace"))
    except OSError:
        found = None
    chosen = Path(found[1].strip()) if found else None
    return chosen if chosen is not None and chosen.is_absolute() else data_home() / "krita"


def install_in_krita(ours: Path, krita: Path) -> Changes:
    """Adds our brushes to Krita's.  Doing it twice changes nothing.

    Args:
        ours: the folder of our brushes.
        krita: Krita's folder of the user's resources.  It is made if it is missing.

    Returns:
        What was done.  Brushes that the artist has changed are left as they are.

    Raises:
        OutputError: something cannot be read or written.  Then what was there before is there.
    """
    presets, done, kept = krita / PRESETS, [], []
    with _told(krita):
        record = Installation.read(krita / RECORD)
        wanted: dict[Path, bytes] = {}
        for name, files in our_files(ours).items():
            new = {presets / (PREFIX + file): data for file, data in files.items()}
            there = {path: content for path in new if (content := bytes_of(path)) is not None}
            if any(content != new[path] and not record.is_as_written(path) for path, content in there.items()):
                kept.append(name)
                continue
            if there != new:
                done.append(name)
            wanted |= new
            record.files |= {path.name: digest_of(data) for path, data in new.items()}
        record.made += [
            place.name for place in (krita, presets) if not place.exists() and place.name not in record.made
        ]
        wanted[krita / RECORD] = (json.dumps({"files": record.files, "made": record.made}, indent=2) + "\n").encode()
        presets.mkdir(parents=True, exist_ok=True)
        write_together({path: data for path, data in wanted.items() if bytes_of(path) != data}, overwrite=True)
    return Changes(presets, tuple(done), tuple(kept))


def uninstall_from_krita(ours: Path, krita: Path) -> Changes:
    """Takes our brushes out of Krita again, except those that the artist has changed.

    Args:
        ours: the folder of our brushes.
        krita: Krita's folder of the user's resources.

    Raises:
        OutputError: something cannot be read or written.
    """
    presets, done, kept = krita / PRESETS, [], []
    with _told(krita):
        record, brushes = Installation.read(krita / RECORD), our_files(ours)
        former = (file.removeprefix(PREFIX).removesuffix(SUFFIX) for file in record.files if file.endswith(SUFFIX))
        for name in sorted({*brushes, *(each for each in former if "/" not in each)}):
            paths = [presets / (PREFIX + name + ending) for ending in (SUFFIX, PREVIEW_SUFFIX)]
            there = {path: content for path in paths if (content := bytes_of(path)) is not None}
            known = {PREFIX + file: data for file, data in brushes.get(name, {}).items()}
            if any(
                known.get(path.name) != content and not record.is_as_written(path) for path, content in there.items()
            ):
                kept.append(name)
                continue
            for path in there:
                path.unlink()
            if there:
                done.append(name)
        (krita / RECORD).unlink(missing_ok=True)
        for place in (presets, krita):
            if place.name in record.made:
                with contextlib.suppress(OSError):  # there is something else in it by now
                    place.rmdir()
    return Changes(presets, tuple(done), tuple(kept))


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"Krita's folder {folder} cannot be changed: {error.strerror or error}.",
            "Fix that, or choose another folder of resources in Krita's settings.",
            id="krita-folder-not-writable",
        ) from None
