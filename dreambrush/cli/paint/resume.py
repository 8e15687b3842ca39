"""What an unfinished painting keeps in its file, so that ``dreambrush paint --resume`` goes on to the same end."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreambrush.cli.paint.onto import Onto
from dreambrush.cli.paint.options import paint_options
from dreambrush.cli.paint.settings import PaintSettings
from dreambrush.cli.shared.configured import is_typed
from dreambrush.cli.shared.outputs import UNFINISHED, check_output, plan_outputs
from dreambrush.errors import OpenrasterError, PictureError, StrokesError, UsageError
from dreambrush.files.json_text import read_json, whole_characters

if TYPE_CHECKING:
    from dreambrush.models.catalogue import BrushFile

FORMAT = 2
# Parameters of `dreambrush paint` that make no difference to the painting.
MAY_CHANGE = frozenset(
    {"output", "timelapse", "save_every", "resume", "force", "as_json", "preview", "verbose", "quiet", "jobs"}
)
LARGEST = 1 << 30  # bytes


@dataclass(frozen=True)
class ResumeRequest:
    """How a painting was asked for, and what it depends on.

    Attributes:
        target: the picture, as it was named.
        folder: in which that was.
        size: of the painting in pixels, as it was asked for.
        brushes: likewise.
        settings: for the painting.
        onto: the work that is painted onto.
        digests: of all files that count, by their names in that folder; that of the target is called "".
        version: of dreambrush.
    """

    target: str
    folder: str
    size: int | None
    brushes: tuple[str, ...]
    settings: PaintSettings
    onto: Onto | None
    digests: dict[str, str]
    version: str

    @classmethod
    def of(
        cls,
        target: Path,
        size: int | None,
        brushes: Sequence[str],
        files: Sequence[BrushFile],
        settings: PaintSettings,
        onto: Onto | None,
    ) -> ResumeRequest:
        """The present one; arguments as of ``paint``, and the brushes' files."""
        from dreambrush import __version__

        digests = digests_of(target, files, settings, onto)
        return cls(str(target), os.getcwd(), size, tuple(brushes), settings, onto, digests, __version__)

    def to_bytes(self, unfinished: bytes) -> bytes:
        """With the painting's own state."""
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
        """Settles whether all is as it was.

        Raises:
            PictureError: there is no such picture (any more).
            UsageError: a file has changed.
        """
        if not os.path.exists(target):
            raise PictureError(
                f"There is no picture at '{target}'.",
                "If it has moved, name it: dreambrush paint TARGET --resume FILE.ora",
                id="no-such-picture",
            )
        now = digests_of(target, files, self.settings, self.onto)
        for name, digest in self.digests.items():
            if now.get(name) != digest:
                raise UsageError(
                    f"'{name or target}' is not what it was when the painting was begun.",
                    f"Call it from '{self.folder}' with everything as it was, or paint the picture anew.",
                    id="changed-since-begun",
                )


def read_unfinished(file: Path) -> tuple[ResumeRequest, bytes]:
    """What an unfinished painting was asked for, and its state.

    Raises:
        OpenrasterError: the file is broken, or no unfinished painting.
        StrokesError: what it keeps is broken, or of another version.
    """
    from dreambrush import __version__
    from dreambrush.mypaint.ora.archive import OraArchive

    with OraArchive(file) as archive:
        if UNFINISHED not in archive:
            raise OpenrasterError(
                f"'{file}' is finished, or was saved by another program since.",
                f"Paint onto it, into a new file, with: dreambrush paint TARGET --onto '{file}'",
                id="already-finished",
            )
        head, _, state = archive.read(UNFINISHED, LARGEST).partition(b"\n")
    try:
        record = read_json(head)
        if record.pop("format") != FORMAT or record["version"] != __version__:
            raise ValueError("another version of dreambrush has begun it")
        record["settings"] = settings_of(record["settings"])
        record["onto"] = None if record["onto"] is None else _onto_of(record["onto"])
        record["brushes"] = tuple(_text(brush) for brush in record["brushes"])
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
            f"What '{file}' keeps of its painting cannot be read ({reason}).",
            "Paint the picture anew, or use the version of dreambrush that began it.",
            id="unfinished-unreadable",
        ) from None


def check_resume(targets: Sequence[Path]) -> None:
    """Settles whether what else the present command is given goes with --resume.

    Raises:
        UsageError: it does not.
    """
    context = click.get_current_context()
    for option in context.command.params:
        if isinstance(option, click.Option) and option.name not in MAY_CHANGE and is_typed(option.name or ""):
            raise UsageError(
                f"{option.opts[-1]} and --resume are both given.",
                "Leave it out: what is gone on with is painted as it was begun.",
                id="options-conflict",
            )
    if len(targets) > 1:
        raise UsageError(
            "--resume is for one painting, but there are several pictures.",
            "Leave them out, or name its own alone.",
            id="only-one-picture",
        )


def output_of_resumed(file: Path, output: Path | None, *, overwrite: bool) -> Path:
    """Where a painting that is gone on with will be: where it is, unless another place is wished for.

    Raises:
        OutputError: it cannot be written there.
        UsageError: the output is no .ora.
    """
    if output is None:
        check_output(file, overwrite=True)
        return file
    (path,) = plan_outputs([file], output, overwrite=overwrite)
    return path


def settings_of(record: dict[str, Any]) -> PaintSettings:
    """What :meth:`PaintSettings.record` was made of.

    Raises:
        ValueError: it is no such record.
        click.BadParameter: a value is not one that its option takes.
    """
    optional = {each.name for each in fields(PaintSettings) if "None" in str(each.type)}
    chosen: dict[str, Any] = {
        name: None if value is None and name in optional else _like_option(name, value)
        for name, value in dict(record).items()
    }
    return PaintSettings(**chosen)


def _like_option(name: str, value: Any) -> Any:
    """A value as the option of that name would take it from the command line.

    Raises:
        ValueError: there is no such option, or it takes none of that kind.
        click.BadParameter: the value is not one that it takes.
    """
    option = next((each for each in _painting.params if each.name == name and isinstance(each, click.Option)), None)
    if option is None or option.is_flag != isinstance(value, bool):
        raise ValueError(f"'{name:.40}' is not what it was")
    if isinstance(value, bool):
        return value
    if not isinstance(value, str | int | float):
        raise ValueError(f"'{name:.40}' is not what it was")
    return option.type.convert(_text(str(value)), option, None)


def _never_called(**_: Any) -> None:
    """What a command does that is there for its options alone."""


# It has the options of `dreambrush paint`, which know what they take.
_painting = click.command()(paint_options(_never_called))


def _onto_of(record: dict[str, Any]) -> Onto:
    """What is painted onto."""
    texts = {name: None if record[name] is None else _text(record[name]) for name in ("above", "region", "mask")}
    if not isinstance(record["in_place"], bool):
        raise ValueError("what is painted onto is not what it was")
    mask = None if texts["mask"] is None else Path(texts["mask"])
    return Onto(Path(_text(record["file"])), texts["above"], texts["region"], mask, record["in_place"])


def _text(value: Any) -> str:
    """A text that can be a file's name.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, str) or not value or "\0" in value or whole_characters(value) != value:
        raise ValueError("a name is none")
    return value


def digests_of(
    target: Path, brushes: Sequence[BrushFile], settings: PaintSettings, onto: Onto | None
) -> dict[str, str]:
    """Of all files that a painting depends on; those that are missing have none."""
    files = {"": target}
    for brush in brushes:
        files[str(brush.path)] = brush.path
        files |= {str(path): path for path in sorted(brush.dream_folder().iterdir())}
    others = [settings.focus and Path(settings.focus), settings.palette and Path(settings.palette)]
    if onto is not None:
        others += [onto.file, onto.mask]
    files |= {str(path): path for path in others if path and os.path.isfile(path)}
    return {name: _digest(path) for name, path in files.items() if os.path.isfile(path)}


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
