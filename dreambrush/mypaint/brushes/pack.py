"""Our brushes for MyPaint: as a brush pack for its "Import Brushes", or put right into its folder."""

from __future__ import annotations

import contextlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dreambrush.errors import OutputError
from dreambrush.files.output import open_output, write_together
from dreambrush.mypaint.brushes.folders import GROUP, PREVIEW_SUFFIX, SUFFIX
from dreambrush.mypaint.brushes.installed import Installation, bytes_of, digest_of, our_files
from dreambrush.mypaint.brushes.order import (
    HEADER,
    homeless,
    lists_brushes,
    with_brushes,
    without_brushes,
    without_empty_groups,
)

TITLE = "Dreambrush"  # of the group, as MyPaint shows it
ORDER, DEFAULT_ORDER, RECORD = "order.conf", "order_default.conf", "installed.json"
README = """The brushes of dreambrush, which paints pictures with MyPaint's engine.

Its paintings name these brushes: once they are here, picking a stroke (W) selects its brush.
"""


@dataclass(frozen=True)
class Changes:
    """The changes that were made to MyPaint's folder.

    Attributes:
        folder: MyPaint's folder of the user's brushes.
        done: MyPaint's names of the brushes that were added, updated or removed.
        kept: brushes that the artist has changed, and that were left as they are.
    """

    folder: Path
    done: tuple[str, ...]
    kept: tuple[str, ...]


def write_pack(ours: Path, output: Path, *, overwrite: bool = False) -> None:
    """Writes a brush pack.  The same brushes give the same bytes.

    Args:
        ours: the folder of our brushes.
        output: the .zip file.
        overwrite: replace a file of that name.

    Raises:
        OutputError: the file exists (without ``overwrite``) or cannot be written.
    """
    brushes = our_files(ours)
    order = "".join(f"{line}\n" for line in (HEADER + TITLE, *(f"{GROUP}/{name}" for name in brushes)))
    members = {"readme.txt": README.encode(), ORDER: order.encode()}
    members |= {f"{GROUP}/{file}": data for files in brushes.values() for file, data in files.items()}
    with open_output(output, overwrite=overwrite) as target, zipfile.ZipFile(target, "w") as pack:
        for name, data in members.items():
            member = zipfile.ZipInfo(name)  # of 1980, so that the same brushes give the same bytes
            member.external_attr = 0o644 << 16
            pack.writestr(member, data, zipfile.ZIP_DEFLATED)


def install(ours: Path, user: Path) -> Changes:
    """Adds our brushes to MyPaint, in a group of their own after the user's.  Doing it twice changes nothing.

    Afterwards the whole group is there or, after an error, what was there before.

    Args:
        ours: the folder of our brushes.
        user: MyPaint's folder of the user's brushes.  It is made if it is missing.

    Raises:
        OutputError: something cannot be read or written.
    """
    folder = user / GROUP
    done, kept = [], []
    with _told(user):
        record = Installation.read(folder / RECORD)
        brushes = our_files(ours)
        wanted: dict[Path, bytes] = {}
        for name, files in brushes.items():
            there = [folder / file for file in files if (folder / file).exists()]
            if folder / (name + SUFFIX) in there and any(
                file.read_bytes() != files[file.name] and not record.is_as_written(file) for file in there
            ):
                kept.append(name)
                continue
            new = {folder / file: data for file, data in files.items() if bytes_of(folder / file) != data}
            wanted |= new
            if new:
                done.append(name)
            record.files |= {file: digest_of(data) for file, data in files.items()}
        names = [f"{GROUP}/{name}" for name in brushes]
        order = bytes_of(user / ORDER)
        with _folders_made(record, folder):
            if order is None and ORDER not in record.made:
                record.made.append(ORDER)
            about = json.dumps({"files": record.files, "made": record.made}, indent=2) + "\n"
            wanted |= {folder / RECORD: about.encode(), user / ORDER: _order_with_ours(user, order or b"", names)}
            write_together({path: data for path, data in wanted.items() if bytes_of(path) != data}, overwrite=True)
    changed = {*(f"{GROUP}/{name}" for name in done), *homeless(order or b"", names)}
    return Changes(user, tuple(sorted(changed)), tuple(f"{GROUP}/{name}" for name in kept))


def uninstall(ours: Path, user: Path) -> Changes:
    """Takes our brushes out of MyPaint again, except those that the artist has changed.

    Args:
        ours: the folder of our brushes.
        user: MyPaint's folder of the user's brushes.

    Raises:
        OutputError: something cannot be read or written.
    """
    folder = user / GROUP
    done, kept = [], []
    with _told(user):
        record = Installation.read(folder / RECORD)
        brushes = our_files(ours)
        former = (file.removesuffix(SUFFIX) for file in record.files if file.endswith(SUFFIX) and "/" not in file)
        for name in sorted({*brushes, *former}):
            files = [folder / file for file in (name + SUFFIX, name + PREVIEW_SUFFIX) if (folder / file).exists()]
            known = brushes.get(name, {})
            if all(file.read_bytes() == known.get(file.name) or record.is_as_written(file) for file in files):
                if files:
                    done.append(name)
            else:
                kept.append(name)
        gone = {f"{GROUP}/{name}" for name in (*brushes, *done) if name not in kept}
        _remove_from_order(user, gone, made=ORDER in record.made)
        for name in done:
            for file in (name + SUFFIX, name + PREVIEW_SUFFIX):
                (folder / file).unlink(missing_ok=True)
        (folder / RECORD).unlink(missing_ok=True)
        _remove_folders(record, folder)
    return Changes(user, tuple(f"{GROUP}/{name}" for name in done), tuple(f"{GROUP}/{name}" for name in kept))


def _order_with_ours(user: Path, order: bytes, names: list[str]) -> bytes:
    """The order file with our group.

    If MyPaint has run but the user has no order file, it shows its stock order.  With only our group in the file it
    would think that the user removed all other brushes.  So the stock order comes first.  MyPaint keeps a copy of it
    beside the user's brushes.
    """
    if not lists_brushes(order):
        order += _stock_order(user)
    return with_brushes(order, TITLE, names)


def _stock_order(user: Path) -> bytes:
    return without_empty_groups(bytes_of(user / DEFAULT_ORDER) or b"")


def _remove_from_order(user: Path, names: set[str], *, made: bool) -> None:
    before = bytes_of(user / ORDER)
    if before is None:
        return
    after = without_brushes(before, TITLE, names)
    if made and after in (b"", _stock_order(user)):
        (user / ORDER).unlink()
    elif after != before:
        _write(user / ORDER, after)


@contextlib.contextmanager
def _folders_made(record: Installation, folder: Path) -> Iterator[None]:
    """Makes a folder, and those above it.  If the block fails, removes what was made."""
    new = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        record.made += [place.name for place in new[:3] if place.name not in record.made]
        yield
    except BaseException:
        for place in new:
            with contextlib.suppress(OSError):  # it was not made, or somebody has put something into it
                place.rmdir()
        raise


def _remove_folders(record: Installation, folder: Path) -> None:
    for place in (folder, folder.parent, folder.parent.parent):
        if place != folder and place.name not in record.made:
            return
        try:
            place.rmdir()
        except OSError:  # there is something of the artist's in it, or it is gone
            return


def _write(path: Path, data: bytes) -> None:
    """Writes a file, whole or not at all.  A file that already has this content is not touched."""
    if bytes_of(path) != data:
        with open_output(path, overwrite=True) as file:
            file.write(data)


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"MyPaint's folder {folder} cannot be changed: {error.strerror or error}.",
            "Fix that, or write a brush pack and import it in MyPaint: dreambrush brushes --pack dreambrush.zip",
            id="mypaint-folder-not-writable",
        ) from None
