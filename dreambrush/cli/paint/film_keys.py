"""Drawings of a film that are saved, and the one that the artist has changed: checked before the first stroke."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dreambrush.cli.paint.settings import PaintSettings
from dreambrush.cli.shared.outputs import check_output, check_replaces_none
from dreambrush.errors import UsageError

if TYPE_CHECKING:
    from dreambrush.film.clip import Clip
    from dreambrush.film.hers import Key
    from dreambrush.film.kept import Kept

NOT_COMPARED = ("your_turn", "focus", "palette", "flow")  # of the options: the same file may have another name


def key_options(settings: PaintSettings, on: int, boil: float) -> dict[str, Any]:
    """What is recorded in the drawings of a film, besides their frame."""
    from dreambrush.film.keys import OPTION

    return {**settings.record(), OPTION: {"on": on, "boil": boil}}


def check_keys(
    out: Path, kept: Kept, frames: int, every: int, on: int, changed: Path | None, *, overwrite: bool
) -> None:
    """Check that the drawings of a film can be saved, and that none replaces the one that the artist has changed.

    Args:
        out: the film.
        kept: its folder; what was saved since it was begun stays as it is.
        frames: how many it has.
        every: one of so many frames is saved.
        on: for how many frames a drawing is held.
        changed: the drawing that the artist has changed, or None.
        overwrite: files may be replaced.

    Raises:
        OutputError: one exists already, cannot be written, or is the artist's.
    """
    from dreambrush.film.keys import key_path
    from dreambrush.film.painted import key_frames

    for frame in key_frames(frames, every, on):
        if not kept.is_older_than(key_path(out, frame)):
            check_output(key_path(out, frame), overwrite=overwrite)
    for frame in range(frames if changed is not None else 0):  # cuts may shift drawings
        check_replaces_none(key_path(out, frame), [changed] if changed is not None else [])


def check_changed(path: Path, key: Key, clip: Clip, options: Mapping[str, Any], seed: int) -> None:
    """Check that a changed drawing belongs to this film.

    Args:
        path: its file.
        key: the drawing.
        clip: the film that is painted.
        options: with which it is painted, as :func:`key_options` tells them.
        seed: of the film.

    Raises:
        UsageError: it is of another film, or was painted in another way.
    """
    from dreambrush.film.camera import SCALE

    width, height = (SCALE * side for side in clip.size)
    if key.merged.shape[:2] != (height, width) or key.frame >= len(clip.times):
        raise UsageError(
            f"'{path}' is a drawing of another film, or of another size.",
            f"This film has {len(clip.times)} frames, and its drawings are {width} x {height} pixels.",
            id="drawing-of-another-film",
        )
    now, then = _compared(options), _compared(key.options)
    different = sorted(name for name in now | then if now.get(name) != then.get(name))
    if seed != key.seed:
        different.append("seed")
    if different:
        raise UsageError(
            f"'{path}' was painted with other options ({', '.join(different)}).",
            "Use those that it was saved with; otherwise the whole drawing would count as changed.",
            id="drawing-of-another-film",
        )


def _compared(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that must be the same, as a file has them."""
    from dreambrush.film.keys import OPTION

    plain: dict[str, Any] = json.loads(json.dumps(options))
    film = plain.pop(OPTION, {})
    return {**{name: value for name, value in plain.items() if name not in NOT_COMPARED}, **film}
