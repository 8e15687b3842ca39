"""Output files that appear whole or not at all, and never in place of another file by accident."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from dreambrush.errors import OutputError


@contextlib.contextmanager
def open_output(path: str | Path, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """Opens a new binary file that gets its name only when the block ends without an error.

    The bytes go to a temporary file in the same folder.  It is flushed to the disk and then renamed to ``path``.  After
    an error or Ctrl-C nothing is left behind, and an older file is as it was.

    Args:
        path: the file to write; its folder must exist.
        overwrite: replace a file of that name.  Without this, even a file that someone else creates while the block
            runs is kept.

    Yields:
        A binary file open for writing.

    Raises:
        OutputError: the file already exists, or an OSError came while it was opened, written or renamed.
    """
    target = Path(path)
    if overwrite:
        target = Path(os.path.realpath(target))  # the picture that a link names, not the link, is replaced
    elif os.path.lexists(target):
        raise _exists(target)
    temporary = target.parent / f".dreambrush-{secrets.token_hex(8)}.tmp"
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if target.exists() and not target.is_file():  # a device, a pipe: nobody wants a file in its place
            raise OutputError(f"{target} is not a regular file.", "Choose another name.", id="output-not-a-file")
        with _deleted_on_error(temporary), open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            file.close()
            _give_name(temporary, target, overwrite=overwrite)
    except FileExistsError as error:
        raise _exists(target) from error
    except OSError as error:
        raise OutputError(
            f"{target} cannot be written: {error.strerror or error}.", _advice(error), id="cannot-write"
        ) from error


def write_together(files: Mapping[Path, bytes], *, overwrite: bool = False) -> None:
    """Writes all of several files or, after an error, none.  Older files are then as they were.

    Args:
        files: the content of each file, by its path.  Folders must exist.
        overwrite: replace files of these names.

    Raises:
        OutputError: one of them already exists or cannot be written.
    """
    with contextlib.ExitStack() as seconds:
        undo = contextlib.ExitStack()
        try:
            with contextlib.ExitStack() as opened:
                for path, data in files.items():
                    file = opened.enter_context(open_output(path, overwrite=overwrite))
                    target = Path(os.path.realpath(path)) if overwrite else path
                    second = seconds.enter_context(_second_name(target))
                    undo.callback(_put_back, target, second, data)
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())  # what does not fit is found out before the first one takes its name
        except BaseException:
            undo.close()
            raise


@contextlib.contextmanager
def _second_name(target: Path) -> Iterator[Path | None]:
    """Gives a file one more name while the block runs; None if there is no such file."""
    second = target.parent / f".dreambrush-{secrets.token_hex(8)}.tmp"
    try:
        if target.is_file():
            try:
                os.link(target, second)
            except OSError:  # no hard links there, or not of that file
                shutil.copy2(target, second)
        yield second if second.exists() else None
    finally:
        second.unlink(missing_ok=True)


def _put_back(target: Path, before: Path | None, data: bytes) -> None:
    """Restores what was there before a file was written."""
    with contextlib.suppress(OSError):
        if target.read_bytes() == data:
            target.unlink() if before is None else os.replace(before, target)


@contextlib.contextmanager
def _deleted_on_error(temporary: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _give_name(temporary: Path, target: Path, *, overwrite: bool) -> None:
    """Rename; FileExistsError if ``target`` exists and may not be overwritten."""
    if overwrite:
        with contextlib.suppress(OSError):
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
        return
    try:
        os.link(temporary, target)  # unlike a rename, a link fails if the name is taken
    except FileExistsError:
        raise
    except OSError:  # FAT, some network and phone file systems have no hard links
        _claim_and_replace(temporary, target)
    else:
        temporary.unlink()


def _claim_and_replace(temporary: Path, target: Path) -> None:
    """Take the name with an empty file of ours, which fails if it is taken, then replace that file."""
    open(target, "xb").close()
    try:
        os.replace(temporary, target)
    except BaseException:
        target.unlink()
        raise


def _exists(target: Path) -> OutputError:
    return OutputError(
        f"{target} exists already.", "Choose another name, or allow it to be overwritten.", id="output-exists"
    )


def _advice(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "Free some space on the disk, or write to another one."
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return "Create the folder first, or choose another one."
    if error.errno == errno.EISDIR:
        return "Give the name of a file, not of a folder."
    if error.errno in (errno.ENAMETOOLONG, errno.ELOOP):
        return "Choose another name."
    return "Choose a folder in which you may write."
