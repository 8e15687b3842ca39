"""Where paintings will be saved, settled before the first stroke: hours of painting must not end in an error."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from dreambrush.errors import OutputError, PictureError, UsageError

SUFFIX = ".ora"


def plan_outputs(targets: Sequence[Path], output: Path | None, *, overwrite: bool) -> list[Path]:
    """The output file of each target, checked to be free and writable.

    Args:
        targets: pictures to paint; each must exist.
        output: the .ora file (for a single target) or a folder; None is the current folder.
        overwrite: existing files may be replaced.

    Raises:
        PictureError: a target does not exist.
        UsageError: ``output`` is not an .ora file, or is a file although there are several targets.
        OutputError: an output exists already, is a folder, is shared by two targets, or cannot be written.
    """
    for target in targets:
        if not target.exists():
            raise PictureError(f"There is no picture at '{target}'.", "Check the path for a slip of the pen.")
    try:
        paths = _names(targets, output)
        for path in paths:
            _check_free(path, overwrite=overwrite)
    except OSError as error:  # a name that is too long, a folder that may not be entered
        raise OutputError(f"The output cannot be written ({error}).", "Choose another one with -o.") from None
    for first, second in zip(sorted(paths), sorted(paths)[1:], strict=False):
        if first == second:
            raise OutputError(
                f"Two of the pictures would both be saved as '{first}'.", "Paint them one by one, with -o."
            )
    for folder in {path.parent for path in paths}:
        _check_writable(folder)
    return paths


def check_output(path: Path, *, overwrite: bool) -> None:
    """Settles whether one file can be written.

    Raises:
        OutputError: it exists already, is a folder, or cannot be written.
    """
    _check_free(path, overwrite=overwrite)
    _check_writable(path.parent)


def _names(targets: Sequence[Path], output: Path | None) -> list[Path]:
    """The output paths, not checked yet."""
    if output is None or output.is_dir():
        return [(output or Path()) / f"{target.stem}{SUFFIX}" for target in targets]
    if len(targets) > 1:
        raise UsageError(
            f"-o must be an existing folder when there are several pictures, but '{output}' is none.",
            f"Create it with: mkdir '{output}'",
        )
    if output.suffix.lower() != SUFFIX:
        raise UsageError(
            f"The output '{output}' does not end in {SUFFIX}.",
            f"Paintings are OpenRaster files: try -o '{output.with_suffix(SUFFIX)}'.",
        )
    return [output]


def _check_free(path: Path, *, overwrite: bool) -> None:
    if path.is_dir():
        raise OutputError(f"'{path}' is a folder.", "Choose another name with -o.")
    if path.exists() and not overwrite:
        raise OutputError(
            f"'{path}' exists already.", "Choose another name with -o, or allow to replace it with --force."
        )


def _check_writable(folder: Path) -> None:
    if not folder.is_dir():
        raise OutputError(f"There is no folder '{folder}'.", "Create it first, or choose another one with -o.")
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise OutputError(
            f"Nothing can be written into the folder '{folder}' ({error.strerror}).",
            "Choose another one with -o.",
        ) from None
