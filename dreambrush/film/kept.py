"""What is kept of a film while it is painted: its drawings, and the moment from which it can go on.

A folder beside the film holds ``request.json`` (what was asked), ``00042.png`` (the drawing that frame 42 shows first)
and ``moment.npz`` (all that the next drawing needs, plain arrays).  Each file is written whole or not at all, and the
moment last.  So a film that is stopped at any time goes on to the same bytes.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from dreambrush.errors import OutputError, UsageError
from dreambrush.files.json_text import read_json
from dreambrush.files.output import open_output
from dreambrush.film.drawing import Drawing
from dreambrush.film.hers import Hers
from dreambrush.film.moment import Moment
from dreambrush.painter.sketch import Sketch

REQUEST, MOMENT = "request.json", "moment.npz"
SUFFIX = "-unfinished"  # of the folder
OURS = re.compile(r"request\.json|moment\.npz|\d{5,}\.png|\.dreambrush-.*\.tmp")  # names of files in it
QUICK = 1  # compression of PNG: they are deleted in the end


class Drawn(NamedTuple):
    """A drawing of the film.

    Attributes:
        frame: number of the frame that it shows first.
        shot: number of its shot.
        mse: mean squared error of the drawing against that frame.
    """

    frame: int
    shot: int
    mse: float


class Kept:
    """The folder of an unfinished film.

    Args:
        film: the film's file; the folder lies beside it.

    Attributes:
        folder: the folder.
        drawn: the drawings so far.
    """

    def __init__(self, film: Path) -> None:
        self.folder = film.with_name(f"{film.name.replace('.', '-')}{SUFFIX}")
        self.drawn: list[Drawn] = []

    @property
    def is_there(self) -> bool:
        """Whether there is an unfinished film."""
        return os.path.isfile(self.folder / REQUEST)  # Path.is_file() raises an error where a name is too long

    @property
    def replaces(self) -> bool:
        """Whether the unfinished film was begun so that it may replace files."""
        try:
            return bool(read_json((self.folder / REQUEST).read_bytes())["replaces"])
        except (OSError, ValueError, TypeError, LookupError):
            return False

    def is_older_than(self, path: Path) -> bool:
        """Whether a file was written since the film was begun: by us, or by the artist, who may have changed ours."""
        try:
            return os.stat(path).st_mtime_ns > os.stat(self.folder / REQUEST).st_mtime_ns
        except OSError:
            return False

    def begin(self, request: Mapping[str, Any], *, replaces: bool = False) -> None:
        """Makes the folder for a new film; what an older one has left there is deleted.

        Args:
            request: what was asked, plain data.
            replaces: whether the film, and its drawings that are saved as files, may replace files.

        Raises:
            OutputError: the folder cannot be made, or holds something else.
        """
        try:
            if not self._holds_others():
                self.remove()
            self.folder.mkdir(exist_ok=True)
            if any(self.folder.iterdir()):
                raise OutputError(
                    f"The folder '{self.folder}' is not empty.", "Choose another name with -o.", id="folder-not-empty"
                )
        except OSError as error:
            raise OutputError(
                f"The folder {self.folder} cannot be created: {error.strerror}.",
                "Choose another with -o.",
                id="cannot-make-folder",
            ) from None
        self._write(REQUEST, json.dumps({"asked": request, "replaces": replaces}, indent=1).encode())

    def go_on(self, request: Mapping[str, Any]) -> Moment | None:
        """The last moment of an unfinished film; None if it has none yet.

        Raises:
            UsageError: it was begun with other files or options.
            OutputError: what is kept is damaged.
        """
        try:
            asked = read_json((self.folder / REQUEST).read_bytes())["asked"]
            same = asked == json.loads(json.dumps(request))
        except (OSError, ValueError, TypeError, LookupError):
            same = False
        if not same:
            raise UsageError(
                f"The unfinished film in '{self.folder}' was begun with other files or options.",
                "Use those again, or begin anew with --force instead of --continue.",
                id="changed-since-begun",
            )
        if not (self.folder / MOMENT).is_file():
            return None
        try:
            moment, self.drawn = _moment_of((self.folder / MOMENT).read_bytes())
            for drawn in self.drawn:
                self.picture(drawn.frame)
        except Exception:  # numpy, zipfile and Pillow raise almost anything when the bytes are wrong
            raise OutputError(
                f"The unfinished film in '{self.folder}' is damaged.",
                "Begin anew with --force.",
                id="film-kept-damaged",
            ) from None
        return moment

    def keep(self, moment: Moment) -> None:
        """Keeps a drawing, and the moment.

        Raises:
            OutputError: the disk is full, or the folder is gone.
        """
        assert moment.picture is not None
        out = io.BytesIO()
        Image.fromarray(moment.picture).save(out, "PNG", compress_level=QUICK)
        self._write(_name(moment.frame), out.getvalue())
        self.drawn.append(Drawn(moment.frame, moment.shot, moment.mse))
        self._write(MOMENT, _bytes_of(moment, self.drawn))

    def pictures(self, frames: int) -> Iterator[Image.Image]:
        """The picture of each frame; the same object again while a drawing is held."""
        begins = {drawn.frame for drawn in self.drawn}
        shown: Image.Image | None = None
        for frame in range(frames):
            if frame in begins:
                shown = self.picture(frame)
            assert shown is not None
            yield shown

    def picture(self, frame: int) -> Image.Image:
        """The drawing that a frame shows first."""
        with Image.open(self.folder / _name(frame)) as image:
            return image.convert("RGB")

    def remove(self) -> None:
        """Deletes what we have put there, and then the folder, unless somebody has put other files there."""
        with suppress(OSError):  # what is left does no harm
            ours = {path.name: path for path in self.folder.iterdir() if OURS.fullmatch(path.name)}
            if REQUEST in ours or MOMENT in ours:
                # Without a request nothing is unfinished; with the last file it is known that the others are ours.
                for name in sorted(ours, key=lambda name: (name != REQUEST, name == MOMENT)):
                    ours[name].unlink()
            self.folder.rmdir()

    def _holds_others(self) -> bool:
        """Whether there is a folder of that name with files that are not ours."""
        if not os.path.isdir(self.folder):
            return False
        names = {path.name for path in self.folder.iterdir()}
        return not all(map(OURS.fullmatch, names)) or bool(names and not names & {REQUEST, MOMENT})

    def _write(self, name: str, data: bytes) -> None:
        with open_output(self.folder / name, overwrite=True) as file:
            file.write(data)


def _name(frame: int) -> str:
    return f"{frame:05d}.png"


def _bytes_of(moment: Moment, drawn: list[Drawn]) -> bytes:
    drawing, hers = moment.drawing, moment.hers
    said = {
        **{name: getattr(moment, name) for name in ("frame", "shot", "since", "mse")},
        **{
            "layers": drawing.layers,
            "next_number": drawing.next_number,
            "born": drawing.born,
            "lacks": drawing.lacks,
            "unrest": drawing.unrest,
            "drawn": drawn,
        },
    }
    arrays = {
        **vars(drawing.sketch),
        **{name: getattr(drawing, name) for name in ("layer", "number", "ground", "usual")},
        "said": np.frombuffer(json.dumps(said).encode(), np.uint8),
    }
    if drawing.focus is not None:
        arrays["focus"] = drawing.focus
    if hers is not None:
        arrays |= {f"hers_{name}": array for name, array in vars(hers).items()}
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def _moment_of(data: bytes) -> tuple[Moment, list[Drawn]]:
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    said = read_json(arrays["said"].tobytes())
    sketch = Sketch(arrays["strokes"], arrays["colours"], arrays["brush"])
    drawing = Drawing(
        sketch,
        arrays["layer"],
        arrays["number"],
        tuple(said["layers"]),
        arrays["ground"],
        arrays["usual"],
        arrays.get("focus"),
        said["next_number"],
        said["born"],
        said["lacks"],
        said["unrest"],
    )
    hers = None
    if "hers_paint" in arrays:
        hers = Hers(arrays["hers_paint"], arrays["hers_large"], arrays["hers_places"])
    moment = Moment(said["frame"], said["shot"], said["since"], drawing, hers, mse=said["mse"])
    return moment, [Drawn(*each) for each in said["drawn"]]
