"""Checks the machine: folders to write in, and memory."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from dreambrush.doctor.advice import Advice
from dreambrush.errors import OutputError

NEEDED = {1024: 0.36, 4096: 1.8}  # GB at the most, by the painting's longer side in pixels (docs/painter.md)


def can_write(folder: Path) -> Advice:
    """Checks whether paintings can be saved in the folder; raises OutputError."""
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise OutputError(
            f"You cannot write to this folder ({error.strerror}).",
            "Change to a folder of your own with cd, or save elsewhere with: dreambrush paint -o",
            id="folder-not-writable",
        ) from None
    return Advice(f"Paintings can be saved in {folder.absolute()}.")


def data_folder() -> Advice:
    """Checks whether the user's dreams can be saved."""
    from dreambrush.models.catalogue import user_dreams

    folder = user_dreams()
    there = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        tempfile.TemporaryFile(dir=there).close()
    except OSError as error:
        return Advice(
            f"You cannot write to {there} ({error.strerror}), where your own dreams are kept.",
            f"Allow it with: chmod u+w '{there}'  Or keep dreams elsewhere with: dreambrush train -o",
        )
    return Advice(f"What dreambrush learns of your brushes is kept in {folder}.")


def memory() -> Advice:
    """Checks whether memory is enough for a painting."""
    free = free_memory()
    needed = ", ".join(f"{needed:g} GB at {side} px" for side, needed in NEEDED.items())
    if free is None:
        return Advice(f"The free memory is not known here.  A painting needs {needed}.")
    found = f"{free:.1f} GB are free; a painting needs {needed}."
    if free < NEEDED[1024]:
        return Advice(found, "Close other programs, or paint smaller with --size.")
    return Advice(found)


def free_memory() -> float | None:
    """Memory in GB (10^9 bytes) that new programs can have without swapping; None if it is not known."""
    file = Path("/proc/meminfo")  # of Linux
    found = re.search(r"^MemAvailable:\s*(\d+) kB", file.read_text(), re.MULTILINE) if file.exists() else None
    return int(found[1]) * 1024 / 1e9 if found else None
