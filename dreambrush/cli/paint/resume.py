"""What an unfinished painting keeps in its file, so that ``dreambrush paint --resume`` can finish it.

The result has the same bytes as without the interruption.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreambrush.cli.paint.manner import manner_of
from dreambrush.cli.paint.onto import FITS, Onto
from dreambrush.cli.paint.options import paint_options
from dreambrush.cli.paint.settings import PaintSettings
from dreambrush.cli.shared.configured import is_typed
from dreambrush.cli.shared.formats import DEFAULT_DPI, check_ending
from dreambrush.cli.shared.outputs import UNFINISHED, Outputs, check_output, plan_names
from dreambrush.errors import OpenrasterError, PictureError, StrokesError, UsageError
from dreambrush.files.json_text import read_json, whole_characters
from dreambrush.styles import load_style

if TYPE_CHECKING:
    from dreambrush.models.catalogue import BrushFile

FORMAT = 2
# Parameters of `dreambrush paint` that do not change the painting.
MAY_CHANGE = frozenset(
    {"output", "dpi", "timelapse", "save_every", "resume", "force"}
    | {"as_json", "preview", "verbose", "quiet", "jobs", "cluster", "megapixels"}
)
LARGEST = 1 << 30  # bytes


@dataclass(frozen=True)
class ResumeRequest:
    """What was asked for, and the files that the painting depends on.

    Attributes:
        target: the picture, as the user named it.
        folder: the folder in which the command ran.
        size: the longer side of the painting in pixels, as it was asked for.
        brushes: the brushes, as the user named them.
        settings: the settings of the painting.
        onto: the artist's work to paint into, or None.
        digests: SHA-256 of every file that matters, by its name in that folder.  The name of the picture is "".
        version: of dreambrush.
        others: files to be made of the .ora at the end, as the user named them.
        keep: whether the .ora is wanted, too.
        dpi: pixels an inch for the others.
    """

    target: str
    folder: str
    size: int | None
    brushes: tuple[str, ...]
    settings: PaintSettings
    onto: Onto | None
    digests: dict[str, str]
    version: str
    others: tuple[str, ...] = ()
    keep: bool = True
    dpi: int = DEFAULT_DPI

    @classmethod
    def of(
        cls,
        target: Path,
        size: int | None,
        brushes: Sequence[str],
        files: Sequence[BrushFile],
        settings: PaintSettings,
        onto: Onto | None,
        outputs: Outputs | None = None,
    ) -> ResumeRequest:
        """The request of the present command."""
        from dreambrush import __version__

        digests = digests_of(target, files, settings, onto)
        request = cls(str(target), os.getcwd(), size, tuple(brushes), settings, onto, digests, __version__)
        if outputs is None:
            return request
        others = tuple(map(str, outputs.others))
        return replace(request, others=others, keep=outputs.keep, dpi=outputs.dpi)

    def to_bytes(self, unfinished: bytes) -> bytes:
        """The request and the painting's own state, for the file."""
        onto = None if self.onto is None else {**asdict(self.onto), "file": str(self.onto.file)}
        if onto is not None and onto["mask"] is not None:
            onto["mask"] = str(onto["mask"])
        record = {
            **{each.name: getattr(self, each.name) for each in fields(self)},
            "format": FORMAT,
            "settings": self.settings.record(),
            "onto": onto,
        }
        return json.dumps(record).encode() + b"\n" + unfinished

    def check(self, target: Path, files: Sequence[BrushFile]) -> None:
        """Check that nothing has changed since the painting was started.

        Raises:
            PictureError: the picture is gone.
            UsageError: a file has changed.
        """
        if not os.path.exists(target):
            raise PictureError(
                f"There is no picture at '{target}'.",
                "If it has moved, name it again: dreambrush paint TARGET --resume FILE.ora",
                id="no-such-picture",
            )
        now = digests_of(target, files, self.settings, self.onto)
        for name, digest in self.digests.items():
            if now.get(name) != digest:
                raise UsageError(
                    f"'{name or target}' has changed since the painting was started.",
                    f"Put it back and run the command in '{self.folder}', or paint the picture again.",
                    id="changed-since-begun",
                )


def read_unfinished(file: Path) -> tuple[ResumeRequest, bytes]:
    """The request and the state of an unfinished painting.

    Raises:
        OpenrasterError: the file is broken, or holds no unfinished painting.
        StrokesError: the unfinished painting is broken, or from another version.
    """
    from dreambrush import __version__
    from dreambrush.mypaint.ora.archive import OraArchive

    with OraArchive(file) as archive:
        if UNFINISHED not in archive:
            raise OpenrasterError(
                f"'{file}' holds no unfinished painting.",
                "It is finished, or another program has saved it.  You can paint onto it: "
                f"dreambrush paint TARGET --onto '{file}'",
                id="already-finished",
            )
        head, _, state = archive.read(UNFINISHED, LARGEST).partition(b"\n")
    try:
        record = read_json(head)
        if record.pop("format") != FORMAT or record["version"] != __version__:
            raise ValueError("another version of dreambrush started it")
        record["settings"] = settings_of(record["settings"])
        record["onto"] = None if record["onto"] is None else _onto_of(record["onto"])
        record["brushes"] = tuple(_text(brush) for brush in record["brushes"])
        record["others"] = tuple(_text(other) for other in record.get("others", ()))
        record["dpi"] = _like_option("dpi", record.get("dpi", DEFAULT_DPI))
        if not isinstance(record.get("keep", True), bool):
            raise ValueError("the entry 'keep' is unusable")
        for name in ("target", "folder", "version"):
            record[name] = _text(record[name])
        for name, digest in record["digests"].items():
            _text(name or "the target"), _text(digest)
        if record["size"] is not None:
            record["size"] = _like_option("size", record["size"])
        return ResumeRequest(**record), state
    except (ValueError, KeyError, TypeError, AttributeError, click.BadParameter) as error:
        reason = str(error)[:200] or type(error).__name__
        raise StrokesError(
            f"The unfinished painting in '{file}' cannot be read ({reason}).",
            "Paint the picture again, or use the version of dreambrush that started it.",
            id="unfinished-unreadable",
        ) from None


def check_resume(targets: Sequence[Path]) -> None:
    """Check that the other words of the present command go with --resume.

    Raises:
        UsageError: they do not.
    """
    context = click.get_current_context()
    for option in context.command.params:
        if isinstance(option, click.Option) and option.name not in MAY_CHANGE and is_typed(option.name or ""):
            raise UsageError(
                f"{option.opts[-1]} and --resume cannot be used together.",
                "Leave it out: a resumed painting keeps the options that it was started with.",
                id="options-conflict",
            )
    if len(targets) > 1:
        raise UsageError(
            "--resume is for one painting, but there are several pictures.",
            "Leave the pictures out, or name only the one of this painting.",
            id="only-one-picture",
        )


def outputs_of_resumed(
    file: Path, request: ResumeRequest, outputs: Sequence[Path], dpi: int | None, *, overwrite: bool
) -> Outputs:
    """The files for the finished painting: those that it was started for, unless the user names others.

    Args:
        file: the unfinished painting.
        request: what it was started for.
        outputs: what the user names now.
        dpi: pixels an inch, if the user says so now.
        overwrite: existing files may be replaced.

    Raises:
        OutputError: one cannot be written.
        UsageError: an output has an ending that cannot be saved.
    """
    inch = dpi or request.dpi
    if not outputs:
        folder = Path() if request.folder == os.getcwd() else Path(request.folder)
        others = tuple(folder / other for other in request.others)
        for path in others:
            check_ending(path)
            check_output(path, overwrite=overwrite)
        check_output(file, overwrite=True)
        return Outputs(file, others, request.keep, inch)
    (planned,) = plan_names([file.stem], outputs, overwrite=overwrite, dpi=inch)
    if planned.keep:
        return planned
    check_output(file, overwrite=True)
    return Outputs(file, planned.others, request.keep, inch)


def settings_of(record: dict[str, Any]) -> PaintSettings:
    """The settings that :meth:`PaintSettings.record` has recorded.

    Raises:
        ValueError: this is no such record.
        click.BadParameter: an option does not take its value.
    """
    record = dict(record)
    manner = record.pop("manner", None)
    if manner is not None:
        manner_of(_text(manner))  # raises ValueError
    optional = {each.name for each in fields(PaintSettings) if "None" in str(each.type)}
    chosen: dict[str, Any] = {
        name: None if value is None and name in optional else _like_option(name, value)
        for name, value in record.items()
    }
    return PaintSettings(**chosen, manner=manner)


def _like_option(name: str, value: Any) -> Any:
    """A value as the option of that name takes it from the command line.

    Raises:
        ValueError: there is no such option, or the value has the wrong type.
        click.BadParameter: the option does not take the value.
    """
    option = next((each for each in _painting.params if each.name == name and isinstance(each, click.Option)), None)
    if option is None or option.is_flag != isinstance(value, bool):
        raise ValueError(f"'{name:.40}' has an unusable value")
    if isinstance(value, bool):
        return value
    if not isinstance(value, str | int | float):
        raise ValueError(f"'{name:.40}' has an unusable value")
    return option.type.convert(_text(str(value)), option, None)


def _never_called(**_: Any) -> None:
    """The function of a command that is there only for its options."""


# It has the options of `dreambrush paint`, which know what they take.
_painting = click.command()(paint_options(_never_called))


def _onto_of(record: dict[str, Any]) -> Onto:
    """The artist's work, from the record."""
    texts = {name: None if record[name] is None else _text(record[name]) for name in ("above", "region", "mask")}
    if not isinstance(record["in_place"], bool):
        raise ValueError("the entry 'onto' is unusable")
    mask = None if texts["mask"] is None else Path(texts["mask"])
    fit = record.get("fit", FITS[0])
    if fit not in FITS:
        raise ValueError("the entry 'fit' is unusable")
    return Onto(Path(_text(record["file"])), texts["above"], texts["region"], mask, record["in_place"], fit)


def _text(value: Any) -> str:
    """The value, if it is text that can be the name of a file.

    Raises:
        ValueError: it is not.
    """
    if not isinstance(value, str) or not value or "\0" in value or whole_characters(value) != value:
        raise ValueError("a name is not text")
    return value


def digests_of(
    target: Path, brushes: Sequence[BrushFile], settings: PaintSettings, onto: Onto | None
) -> dict[str, str]:
    """The SHA-256 of every file that a painting depends on, by name.  Missing files are left out."""
    files = {"": target}
    for brush in brushes:
        files[str(brush.path)] = brush.path
        files |= {str(path): path for path in sorted(brush.dream_folder().iterdir())}
    others = [settings.focus and Path(settings.focus), settings.palette and Path(settings.palette)]
    others.append(settings.flow and Path(settings.flow))
    if onto is not None:
        others += [onto.file, onto.mask]
    if settings.style is not None and (style := load_style(settings.style)).stages:
        others.append(style.path)  # its stages are read again
    files |= {str(path): path for path in others if path and os.path.isfile(path)}
    return {name: digest_of_file(path) for name, path in files.items() if os.path.isfile(path)}


def digest_of_file(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
