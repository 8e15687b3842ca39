"""The looks of ``dreambrush try`` with few strokes: for tests that are about the way to the sheet, not about paint."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dreambrush.cli import try_
from dreambrush.cli.try_ import LookOptions, Try

MOST = 60  # strokes of a look
_whole = try_._try_of


def try_of(look: LookOptions, photo: Path, seed: int, *, quiet: bool) -> Try:
    """As the function of that name in ``dreambrush.cli.try_``, which it replaces."""
    found = _whole(look, photo, seed, quiet=quiet)
    return replace(found, settings=replace(found.settings, strokes=min(found.settings.strokes, MOST)))
