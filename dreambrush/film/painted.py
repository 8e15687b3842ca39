"""Paints a whole film: every drawing is kept, and in the end all become a film."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from dreambrush.film.clip import Clip
from dreambrush.film.commission import FilmCommission
from dreambrush.film.kept import Drawn, Kept
from dreambrush.film.keys import key_path, save_key
from dreambrush.film.moment import Moment
from dreambrush.film.story import moments
from dreambrush.film.writing import save_painted
from dreambrush.painter.painting import Progress

SAMPLED = 12  # drawings, at most, whose colours make the palette of a GIF


@dataclass(frozen=True)
class KeyWish:
    """Which drawings are saved as files.

    Attributes:
        every: one of so many frames.
        options: that are recorded in them, plain data.
        your_turn: whether they get an empty layer on top.
    """

    every: int
    options: Mapping[str, Any]
    your_turn: bool


def key_frames(frames: int, every: int, on: int) -> list[int]:
    """The frames whose drawings may be saved: those that may be held at every n-th frame, wherever the film is cut."""
    return sorted({frame - held for frame in range(0, frames, every) for held in range(on) if frame >= held})


def paint_film(
    clip: Clip,
    asked: FilmCommission,
    kept: Kept,
    film: Path,
    begun: Moment | None,
    keys: KeyWish | None = None,
    progress: Callable[[int, Progress | None], None] = lambda frame, progress: None,
    *,
    overwrite: bool = False,
) -> Sequence[Drawn]:
    """Paints a film and saves it.

    Args:
        clip: the film that is painted.
        asked: how.
        kept: the folder of the unfinished film, which is deleted in the end.
        film: the file of the film.
        begun: the moment from which an unfinished film goes on.
        keys: which drawings are saved as files, too.
        progress: told how many frames are done, and how far a drawing is that takes long.
        overwrite: files may be replaced.

    Returns:
        All drawings.

    Raises:
        KeyboardInterrupt: after Ctrl-C; the film can go on.
        OutputError: a file cannot be written.
        PictureError: the clip is damaged.
    """
    progress(0 if begun is None else begun.frame + 1, None)
    wanted = set(key_frames(len(clip.times), keys.every, asked.on) if keys is not None else ())
    for moment in moments(clip.frames(), asked, begun, progress):
        if keys is not None and moment.frame in wanted:
            path, how = key_path(film, moment.frame), {"your_turn": keys.your_turn, "overwrite": overwrite}
            if not kept.is_older_than(path):  # or it was saved just before a stop, and may be hers by now
                save_key(path, moment.as_key(), asked.brushes, asked.seed, keys.options, **how)
        kept.keep(moment)
        progress(moment.frame + 1, None)
    save_painted(film, clip, kept.pictures(len(clip.times)), lambda: _colours(kept), overwrite=overwrite)
    kept.remove()
    return kept.drawn


def _colours(kept: Kept) -> Image.Image:
    """Some of the drawings, one below the other."""
    step = max(len(kept.drawn) // SAMPLED, 1)
    some = [np.asarray(kept.picture(drawn.frame)) for drawn in kept.drawn[::step]]
    return Image.fromarray(np.vstack(some))
