"""Finds the pictures that the command line names: files, folders, patterns, standard input."""

from __future__ import annotations

import glob
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import click

from dreambrush.errors import OutputError, PictureError, UsageError

STDIN = Path("-")
SETTINGS = "dreambrush.toml"  # as config.py has it
LARGEST_STDIN = 512 << 20  # bytes; more than any real JPEG or PNG of the largest accepted size
CHUNK = 1 << 20  # bytes
NAMED = 5  # skipped files that are named in the note


@dataclass(frozen=True)
class Input:
    """A picture to paint.

    Attributes:
        file: the file that holds it.
        name: the name that the user knows.
    """

    file: Path
    name: str

    def in_its_name(self, error: PictureError) -> PictureError:
        """The same error, with the user's name for the picture instead of the file's."""
        return PictureError(error.message.replace(str(self.file), self.name), error.advice, id=error.id)


class TargetPath(click.Path):
    """An argument type: any name except the empty one.  A shell makes an empty name of a variable that is not set."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As in click."""
        if value == "":
            self.fail("the name of a picture is empty.", param, ctx)
        return super().convert(value, param, ctx)


@contextmanager
def opened_inputs(words: Sequence[Path], note: Callable[[str], None]) -> Iterator[list[Input]]:
    """The pictures, in the order of the command line.  Standard input is kept in a file while the block runs.

    A folder or a pattern adds only pictures that were not named before it.

    Args:
        words: files, which need not exist; folders, for the pictures in them but not in sub-folders; patterns such as
            ``*.jpg`` that the shell did not expand; ``-`` for standard input.
        note: is told which files are skipped.

    Raises:
        PictureError: a folder holds no picture, a pattern matches none, or standard input is too large.
        UsageError: standard input is named twice, or is a keyboard.
        OutputError: the picture on standard input cannot be stored.
    """
    if list(words).count(STDIN) > 1:
        raise UsageError("Standard input (-) is named twice.", "Name it once: it is one picture.", id="stdin-twice")
    with tempfile.TemporaryDirectory(prefix="dreambrush-") if STDIN in words else nullcontext("") as folder:
        found: list[Input] = []
        for word in words:
            pictures = [_from_stdin(Path(folder))] if word == STDIN else _named(word, note)
            known = {os.path.realpath(picture.file) for picture in found}
            alone = pictures[0].file == word  # the same name twice is an error, which the check of outputs finds
            found += [picture for picture in pictures if alone or os.path.realpath(picture.file) not in known]
        yield found


def _named(word: Path, note: Callable[[str], None]) -> list[Input]:
    """The pictures that one word names."""
    if os.path.isdir(word):  # Path.is_dir() raises an error where a name is too long
        files = _in_folder(word, note)
    elif os.path.lexists(word) or not glob.has_magic(str(word)):
        files = [word]
    else:
        files = _matching(word, note)
    return [Input(file, str(file)) for file in files]


def _in_folder(folder: Path, note: Callable[[str], None]) -> list[Path]:
    from dreambrush.pictures.picture_sets import open_picture_set

    files = _visible(folder / name for name in open_picture_set(folder).names)
    if not files:
        raise PictureError(
            f"There are only hidden pictures in the folder '{folder}'.",
            "Name them one by one.",
            id="only-hidden-pictures",
        )
    known = {*files, folder / SETTINGS}  # the settings, which are read
    _tell_others(str(folder), sorted({*_visible(folder.iterdir())} - known), note)
    return files


def _matching(pattern: Path, note: Callable[[str], None]) -> list[Path]:
    from dreambrush.pictures.opening import picture_endings

    matches = sorted(Path(match) for match in glob.glob(str(pattern)))
    endings = picture_endings()
    files = [match for match in matches if match.suffix.lower() in endings and not match.is_dir()]
    if not files:
        what = f"Only other files match '{pattern}', no picture." if matches else f"Nothing matches '{pattern}'."
        raise PictureError(what, "Check the pattern for typing errors.", id="nothing-matches")
    _tell_others(str(pattern), [match for match in matches if match not in files], note)
    return files


def _visible(paths: Iterator[Path]) -> list[Path]:
    """The paths without hidden files.  macOS puts a hidden file beside each picture on foreign disks (._photo.jpg)."""
    return [path for path in paths if not path.name.startswith(".")]


def _tell_others(where: str, others: Sequence[Path], note: Callable[[str], None]) -> None:
    if others:
        names = ", ".join(path.name + ("/" if path.is_dir() else "") for path in others[:NAMED])
        more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
        note(f"{where}: skipped {names}{more}.")


def _from_stdin(folder: Path) -> Input:
    """Store the picture on standard input in a file called "stdin"."""
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError(
            "There is no picture on standard input.",
            "Pipe one in: cat photo.jpg | dreambrush paint -",
            id="nothing-on-stdin",
        )
    file = folder / "stdin"
    try:
        with open(file, "wb") as kept:
            _copy(sys.stdin.buffer, kept)
    except OSError as error:
        raise OutputError(
            f"The picture on standard input cannot be stored in {folder} ({error.strerror}).",
            "Free some space there, or set TMPDIR to another folder.",
            id="stdin-not-kept",
        ) from None
    return Input(file, str(STDIN))


def _copy(source: BinaryIO, target: BinaryIO) -> None:
    left = LARGEST_STDIN
    while chunk := source.read(CHUNK):
        left -= len(chunk)
        if left < 0:
            raise PictureError(
                f"The picture on standard input is larger than {LARGEST_STDIN >> 20} MiB.",
                "Save the picture to a file and name that.",
                id="stdin-too-large",
            )
        target.write(chunk)
