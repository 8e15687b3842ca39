"""Decides where paintings are saved, before the first stroke.

Hours of painting must not end in an error that was known before.
"""

from __future__ import annotations

import os
import stat
import tempfile
import zipfile
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from dreambrush.cli.shared.formats import DEFAULT_DPI, FORMATS, ORA, check_ending
from dreambrush.errors import OutputError, PictureError, UsageError

SUFFIX = ".ora"
UNFINISHED_STEM = "-unfinished"  # photo-unfinished.ora
UNFINISHED = "data/dreambrush-unfinished"  # the member of an .ora for --resume, see cli/paint/resume.py


@dataclass(frozen=True)
class Outputs:
    """The files of one painting.

    Attributes:
        work: the .ora that is saved again and again during painting.
        others: further files, made of the .ora at the end.
        keep: whether the user wants the .ora.  If not, it is removed when the others are there.
        dpi: pixels an inch for the others.
    """

    work: Path
    others: tuple[Path, ...] = ()
    keep: bool = True
    dpi: int = DEFAULT_DPI

    @property
    def wanted(self) -> tuple[Path, ...]:
        """The files that the user wants, the .ora first."""
        return (self.work, *self.others) if self.keep else self.others

    def missing(self) -> tuple[Path, ...]:
        """Those of the others that are not there."""
        return tuple(path for path in self.others if not os.path.lexists(path))


def plan_outputs(
    targets: Sequence[Path],
    outputs: Sequence[Path],
    *,
    overwrite: bool,
    formats: Sequence[str] = (ORA,),
    dpi: int = DEFAULT_DPI,
    go_on: bool = False,
) -> list[Outputs]:
    """The output files of each picture.  Each is free and writable.

    Args:
        targets: the pictures to paint; each must exist.
        outputs: files (for one picture) or folders; none means the current folder.
        overwrite: existing files may be replaced.
        formats: of the files in folders.
        dpi: pixels an inch.
        go_on: existing files stay, and unfinished paintings will be finished.

    Raises:
        PictureError: a picture does not exist.
        UsageError: a file has an ending that cannot be saved, or is for several pictures.
        OutputError: an output exists already, is a folder, is shared by two pictures, is a picture to paint, or cannot
            be written.
    """
    for target in targets:
        if not os.path.exists(target):  # Path.exists() raises an error where a name is too long
            raise PictureError(
                f"There is no picture at '{target}'.", "Check the path for typing errors.", id="no-such-picture"
            )
    try:
        stems = [target.stem for target in targets]
        planned = plan_names(stems, outputs, overwrite=overwrite, formats=formats, dpi=dpi, go_on=go_on)
        _check_targets(targets, planned)
    except OSError as error:  # a name that is too long, a folder that may not be entered
        raise OutputError(
            f"The output cannot be written ({error}).", "Choose another one with -o.", id="cannot-write"
        ) from None
    return planned


def plan_names(
    stems: Sequence[str],
    outputs: Sequence[Path],
    *,
    overwrite: bool,
    formats: Sequence[str] = (ORA,),
    dpi: int = DEFAULT_DPI,
    go_on: bool = False,
) -> list[Outputs]:
    """The output files of paintings with these names; further arguments and errors as of :func:`plan_outputs`."""
    planned = []
    for paths in plan_files(stems, outputs, overwrite=overwrite or go_on, formats=formats):
        works = [path for path in paths if path.suffix.lower() == SUFFIX]
        work = works[0] if works else _unfinished_beside(paths[0], overwrite=overwrite or go_on)
        planned.append(Outputs(work, tuple(path for path in paths if path != work), bool(works), dpi))
    return planned


def plan_files(
    stems: Sequence[str],
    outputs: Sequence[Path],
    *,
    overwrite: bool,
    formats: Sequence[str],
    known: Sequence[str] = FORMATS,
) -> list[list[Path]]:
    """The files to save for pictures with these names.  Each is free and writable.

    Args:
        stems: the names, without endings.
        outputs: files (for one picture) or folders; none means the current folder.
        overwrite: existing files may be replaced.
        formats: of the files in folders.
        known: formats that can be saved.

    Raises:
        UsageError: a file has an ending that cannot be saved, or is for several pictures.
        OutputError: a file exists already, is a folder, is shared by two pictures, or cannot be written.
    """
    try:
        planned = _names(stems, outputs, formats, known)
        every = [path for paths in planned for path in paths]
        for path in every:
            _check_free(path, overwrite=overwrite)
    except OSError as error:  # a name that is too long, a folder that may not be entered
        raise OutputError(
            f"The output cannot be written ({error}).", "Choose another one with -o.", id="cannot-write"
        ) from None
    for first, second in zip(sorted(every), sorted(every)[1:], strict=False):
        if first == second:
            raise OutputError(
                f"Two of the pictures would both be saved as '{first}'.",
                "Paint them one by one, with -o.",
                id="outputs-collide",
            )
    for folder in {_folder_of(path, overwrite=overwrite) for path in every}:
        _check_writable(folder)
    return planned


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


def _names(
    stems: Sequence[str], outputs: Sequence[Path], formats: Sequence[str], known: Sequence[str]
) -> list[list[Path]]:
    """The paths of the outputs of each painting, before any check but that of their endings."""
    found: list[list[Path]] = [[] for _ in stems]
    for output in outputs or [Path()]:
        if output.is_dir():
            for paths, stem in zip(found, stems, strict=True):
                paths += [output / f"{stem}.{name}" for name in formats]
            continue
        if len(stems) > 1:
            raise UsageError(
                f"-o must be an existing folder for several pictures, but '{output}' is not.",
                f"Create it with: mkdir '{output}'",
                id="output-not-a-folder",
            )
        check_ending(output, known)
        found[0].append(output)
    return [list(dict.fromkeys(paths)) for paths in found]


def _unfinished_beside(path: Path, *, overwrite: bool) -> Path:
    """Where a painting is kept until it is finished, if no .ora is wanted.

    Raises:
        OutputError: there is an unfinished painting already.
    """
    work = path.with_name(f"{path.stem}{UNFINISHED_STEM}{SUFFIX}")
    if is_unfinished(work):
        _check_free(work, overwrite=overwrite)
        return work
    return free_name(work)


def _check_targets(targets: Sequence[Path], planned: Sequence[Outputs]) -> None:
    """Check that no picture would be replaced by its painting, even with --force.

    Raises:
        OutputError: one would.
    """
    pictures = {os.path.realpath(target) for target in targets}
    for outputs in planned:
        for path in outputs.wanted:
            _check_replaces_none(path, pictures)


def check_replaces_none(path: Path, pictures: Iterable[Path]) -> None:
    """Check that a file is none of the pictures that it is made of; not even --force may replace these.

    Raises:
        OutputError: it is one.
    """
    _check_replaces_none(path, {os.path.realpath(picture) for picture in pictures})


def _check_replaces_none(path: Path, pictures: Collection[str]) -> None:
    if os.path.realpath(path) in pictures:
        raise OutputError(
            f"The painting would replace the picture '{path}'.",
            "Choose another name or folder with -o.",
            id="output-is-the-picture",
        )


def free_name(path: Path) -> Path:
    """The path, or the next one that is free: photo.ora, photo-2.ora, photo-3.ora ..."""
    names = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    return path if not os.path.lexists(path) else next(name for name in names if not os.path.lexists(name))


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
