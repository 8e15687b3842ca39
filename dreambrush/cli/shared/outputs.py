"""Decides where paintings are saved, before the first stroke.

Hours of painting must not end in an error that was known before.
"""

from __future__ import annotations

import os
import stat
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from dreambrush.errors import OutputError, PictureError, UsageError

SUFFIX = ".ora"
UNFINISHED = "data/dreambrush-unfinished"  # the member of an .ora for --resume, see cli/paint/resume.py


def plan_outputs(targets: Sequence[Path], output: Path | None, *, overwrite: bool) -> list[Path]:
    """The output file of each picture.  Each is free and writable.

    Args:
        targets: the pictures to paint; each must exist.
        output: the .ora file (for one picture) or a folder; None is the current folder.
        overwrite: existing files may be replaced.

    Raises:
        PictureError: a picture does not exist.
        UsageError: ``output`` is not an .ora file, or is a file for several pictures.
        OutputError: an output exists already, is a folder, is shared by two pictures, or cannot be written.
    """
    for target in targets:
        if not os.path.exists(target):  # Path.exists() raises an error where a name is too long
            raise PictureError(
                f"There is no picture at '{target}'.", "Check the path for typing errors.", id="no-such-picture"
            )
    try:
        paths = _names(targets, output)
        for path in paths:
            _check_free(path, overwrite=overwrite)
    except OSError as error:  # a name that is too long, a folder that may not be entered
        raise OutputError(
            f"The output cannot be written ({error}).", "Choose another one with -o.", id="cannot-write"
        ) from None
    for first, second in zip(sorted(paths), sorted(paths)[1:], strict=False):
        if first == second:
            raise OutputError(
                f"Two of the pictures would both be saved as '{first}'.",
                "Paint them one by one, with -o.",
                id="outputs-collide",
            )
    for folder in {_folder_of(path, overwrite=overwrite) for path in paths}:
        _check_writable(folder)
    return paths


def check_output(path: Path, *, overwrite: bool) -> None:
    """Check that a file can be written.

    Raises:
        OutputError: it exists already, is a folder, or cannot be written.
    """
    _check_free(path, overwrite=overwrite)
    _check_writable(_folder_of(path, overwrite=overwrite))


def check_folder(path: Path) -> None:
    """Check that a folder is there or can be created, and that files can be written into it.

    Raises:
        OutputError: one of these fails.
    """
    try:
        with suppress(FileNotFoundError, NotADirectoryError):
            os.stat(path)
    except OSError as error:  # a name that is too long, links in a circle
        raise OutputError(
            f"The folder {path} cannot be created: {error.strerror}.",
            "Choose another with -o.",
            id="cannot-make-folder",
        ) from None
    there = next(place for place in (path, *path.parents) if os.path.lexists(place))
    if not there.is_dir():
        raise OutputError(
            f"The folder {path} cannot be created: '{there}' is not a folder.",
            "Choose another with -o.",
            id="cannot-make-folder",
        )
    _check_writable(there)


def _names(targets: Sequence[Path], output: Path | None) -> list[Path]:
    """The paths of the outputs, before any check."""
    if output is None or output.is_dir():
        return [(output or Path()) / f"{target.stem}{SUFFIX}" for target in targets]
    if len(targets) > 1:
        raise UsageError(
            f"-o must be an existing folder for several pictures, but '{output}' is not.",
            f"Create it with: mkdir '{output}'",
            id="output-not-a-folder",
        )
    if output.suffix.lower() != SUFFIX:
        raise UsageError(
            f"The output '{output}' does not end in {SUFFIX}.",
            f"Paintings are OpenRaster files: try -o '{output.with_suffix(SUFFIX)}'.",
            id="wrong-ending",
        )
    return [output]


def _check_free(path: Path, *, overwrite: bool) -> None:
    try:
        there = os.stat(path) if overwrite else os.lstat(path)  # a link that leads nowhere takes the name, too
    except (FileNotFoundError, NotADirectoryError):
        return  # its folder is checked later
    except OSError as error:  # a name that is too long, links in a circle
        raise OutputError(
            f"'{path}' cannot be written: {error.strerror}.", "Choose another name with -o.", id="cannot-write"
        ) from None
    if os.path.isdir(path):
        raise OutputError(f"'{path}' is a folder.", "Choose another name with -o.", id="output-is-a-folder")
    if not overwrite and is_unfinished(path):
        raise OutputError(
            f"'{path}' holds an unfinished painting.",
            f"Finish it with: dreambrush paint --resume '{path}'  Or replace it with --force.",
            id="output-unfinished",
        )
    if not overwrite:
        raise OutputError(
            f"'{path}' exists already.",
            "Choose another name with -o, or replace it with --force.",
            id="output-exists",
        )
    if not stat.S_ISREG(there.st_mode):
        raise OutputError(f"'{path}' is not a regular file.", "Choose another name with -o.", id="output-not-a-file")


def is_unfinished(path: Path) -> bool:
    """Whether a file is a painting that --resume can finish.  A pipe is not: reading it would wait for ever."""
    if not os.path.isfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as ora:
            return UNFINISHED in ora.namelist()
    except Exception:  # zipfile raises almost anything when the bytes are wrong
        return False


def is_finished(path: Path) -> bool:
    """Whether a file is there and is not an unfinished painting."""
    return os.path.lexists(path) and not is_unfinished(path)


def _folder_of(path: Path, *, overwrite: bool) -> Path:
    """The folder that a file will lie in.  Overwriting a link replaces the file that it leads to."""
    return Path(os.path.realpath(path)).parent if overwrite and path.is_symlink() else path.parent


def _check_writable(folder: Path) -> None:
    if not folder.is_dir():
        raise OutputError(
            f"There is no folder '{folder}'.", "Create it first, or choose another one with -o.", id="no-such-folder"
        )
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise OutputError(
            f"You cannot write to the folder '{folder}' ({error.strerror}).",
            "Choose another one with -o.",
            id="folder-not-writable",
        ) from None
