"""Flattens a file for other programs, and writes down in its recipes what became of their layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dreambrush.arrays import Pixels
from dreambrush.mypaint.ora.flattening import flatten_document
from dreambrush.recipe import digest

UNFINISHED = "data/dreambrush-unfinished"  # a copy cannot be finished: its layers are others


def flatten_painting_file(source: Path, target: Path, *, overwrite: bool = False) -> Pixels:
    """Writes a copy of an .ora, of any program, whose layers need no blending.

    If dreambrush painted in it, the copy can be inspected and replayed as the original can.

    Args:
        source: the .ora.
        target: the file of the copy.
        overwrite: replace an existing file.

    Returns:
        The picture, as of :func:`~dreambrush.mypaint.ora.render.render_document`.

    Raises:
        OpenrasterError: the source is broken, or cannot be rendered or flattened.
        OutputError: the target exists already or cannot be written.
        LibmypaintError: libmypaint is not installed.
    """
    became: dict[str, str] = {}

    def note(before: Pixels, after: Pixels) -> None:
        became[digest(before)] = digest(after)

    def record(ours: dict[str, Any]) -> dict[str, Any]:
        paintings = ours.get("paintings")
        if not isinstance(paintings, list):
            return ours
        return {**ours, "paintings": [_with_digests(painting, became) for painting in paintings]}

    return flatten_document(source, target, note=note, record=record, overwrite=overwrite, without=(UNFINISHED,))


def _with_digests(painting: Any, became: dict[str, str]) -> Any:
    """A recipe, as plain data, with the digests that its layers have now.  What is no recipe stays as it is."""
    if not isinstance(painting, dict) or not isinstance(painting.get("digests"), list):
        return painting
    digests = [became.get(each, each) if isinstance(each, str) else each for each in painting["digests"]]
    relief = painting.get("relief")
    if isinstance(relief, dict) and isinstance(relief.get("digest"), str):
        painting = {**painting, "relief": {**relief, "digest": became.get(relief["digest"], relief["digest"])}}
    return {**painting, "digests": digests, "flattened": True}
