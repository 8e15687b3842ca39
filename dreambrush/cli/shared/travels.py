"""Things that other machines do something with: their files go there by content, and what is made comes back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, Self, TypeVar

from dreambrush.errors import DreambrushError
from dreambrush.jobs.parcel import Parcel, check_name

MADE = "made"  # what the result is called at the worker, before its own name


class Travels(Protocol):
    """A thing with files that can be elsewhere."""

    @property
    def inputs(self) -> Mapping[str, Path]:
        """The files that it needs, by names of our choice."""
        ...

    @property
    def made(self) -> Path:
        """The file that is made of it, or the folder."""
        ...

    def to_go(self) -> Self:
        """The same as it travels: it knows what only this machine can tell.

        Raises:
            DreambrushError: nothing could come of it here.
        """
        ...

    def moved_to(self, folder: Path) -> Self:
        """The same with its files below a folder: inputs by their names, and what is made under ``made/``."""
        ...

    def receive(self, files: Mapping[str, bytes]) -> None:
        """Write what came back to where it belongs.

        Args:
            files: by their names below ``made``, none of which leads out of it; a single file has the name "".

        Raises:
            OutputError: one cannot be written.
        """
        ...


Thing = TypeVar("Thing", bound=Travels)


@dataclass(frozen=True)
class Sent(Generic[Thing]):
    """A thing that travels.

    Attributes:
        thing: with the paths that it has at home.
        files: its inputs.
        error: why it has none; the worker only says so.
    """

    thing: Thing
    files: Parcel
    error: DreambrushError | None = None

    @classmethod
    def of(cls, thing: Thing) -> Sent[Thing]:
        """The thing with its files; if they cannot be read, or if it cannot be done here, with the error."""
        try:
            return cls(thing.to_go(), Parcel.of(thing.inputs))
        except DreambrushError as error:
            return cls(thing, Parcel(), error)


@dataclass(frozen=True)
class Returned:
    """What was made of a thing.

    Attributes:
        lines: that tell of it, with the paths that it has at home.
        files: what was made; a single file has the name "".
    """

    lines: str
    files: Parcel

    def save(self, thing: Travels) -> str:
        """Write the files where they belong, and return the lines.

        Raises:
            ClusterError: a name would lead elsewhere; nothing is written then.
            OutputError: one cannot be written.
        """
        if list(self.files.files) != [""]:
            for name in self.files.files:
                check_name(name)
        thing.receive(self.files.files)
        return self.lines


def do_sent(do: Callable[[Any], str], sent: Sent[Any]) -> Returned:
    """At a worker: do something with a thing in a folder of its own.

    Args:
        do: does it, and returns lines that tell of it.
        sent: the thing.

    Raises:
        DreambrushError: as ``do``, with the paths that the thing has at home.
    """
    if sent.error is not None:
        raise sent.error
    with tempfile.TemporaryDirectory(prefix="dreambrush-") as folder:
        here = Path(folder)
        sent.files.unpack(here)
        (here / MADE).mkdir()
        thing = sent.thing.moved_to(here)
        known = {str(thing.made): str(sent.thing.made)}
        known |= {str(here / name): str(path) for name, path in sent.thing.inputs.items()}
        try:
            lines = do(thing)
        except DreambrushError as error:
            raise type(error)(renamed(error.message, known), renamed(error.advice, known), id=error.id) from None
        return Returned(renamed(lines, known), _files(thing.made))


def renamed(text: str, known: Mapping[str, str]) -> str:
    """A text for home.

    Args:
        text: names paths of a worker.
        known: what each is at home.
    """
    for copy, name in known.items():
        text = text.replace(copy, name)
    return text


def _files(made: Path) -> Parcel:
    if made.is_file():
        return Parcel({"": made.read_bytes()})
    every = [path for path in sorted(made.rglob("*")) if path.is_file()]
    return Parcel({path.relative_to(made).as_posix(): path.read_bytes() for path in every})
