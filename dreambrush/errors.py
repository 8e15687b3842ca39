"""Every error that dreambrush expects, each with an exit code and a word of advice.

An error says in one sentence what is wrong, and in another what to do about it.  The command line prints both and exits
with :attr:`DreambrushError.exit_code`.  The id tells the kind of error.  ``docs/errors.toml`` lists all ids, and a test
compares that list with the code.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What ``dreambrush`` returns to the shell."""

    OK = 0
    UNEXPECTED = 1  # a bug of ours
    USAGE = 2  # a wrong option or value (click's own code)
    BAD_PICTURE = 3  # the target cannot be read as a picture
    OUTPUT = 4  # the output exists already or cannot be written
    BRUSH = 5  # no such brush, or not a MyPaint brush
    MODEL = 6  # no dream for this brush, or a broken one
    NO_LIBMYPAINT = 7  # libmypaint is not installed
    MISSING_PACKAGE = 8  # an optional Python package (torch, ...) is not installed
    BAD_STROKES = 9  # a strokes file is broken or of another version
    BAD_ORA = 10  # an .ora file is broken, or of a kind that cannot be read
    CLUSTER = 11  # a cluster cannot be reached, or is lost
    INTERRUPTED = 130  # Ctrl-C


class DreambrushError(Exception):
    """An error that the user can understand and solve.

    Args:
        message: one sentence on what is wrong.
        advice: one sentence on what to do.
        id: a stable name for this kind of error, such as "no-such-picture".  Scripts rely on it; the wording may
            change.
    """

    exit_code = ExitCode.UNEXPECTED

    def __init__(self, message: str, advice: str, *, id: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.id = id

    def __str__(self) -> str:
        return f"{self.message} {self.advice}"

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.message, self.advice, self.id)


def _again(kind: type[DreambrushError], message: str, advice: str, id: str) -> DreambrushError:
    """An error that comes from another process."""
    return kind(message, advice, id=id)


class UsageError(DreambrushError):
    """An option has an invalid value."""

    exit_code = ExitCode.USAGE


class PictureError(DreambrushError):
    """The target cannot be read as a picture."""

    exit_code = ExitCode.BAD_PICTURE


class OutputError(DreambrushError):
    """The output already exists or cannot be written."""

    exit_code = ExitCode.OUTPUT


class BrushError(DreambrushError):
    """There is no such brush, or the file is not a MyPaint brush."""

    exit_code = ExitCode.BRUSH


class ModelError(DreambrushError):
    """The brush has no dream yet, or its folder is broken."""

    exit_code = ExitCode.MODEL


class LibmypaintError(DreambrushError):
    """libmypaint is not installed, or is too old."""

    exit_code = ExitCode.NO_LIBMYPAINT


class MissingPackageError(DreambrushError):
    """A Python package of an optional extra is not installed."""

    exit_code = ExitCode.MISSING_PACKAGE


class StrokesError(DreambrushError, ValueError):
    """Arrays or a file do not hold valid strokes."""

    exit_code = ExitCode.BAD_STROKES


class OpenrasterError(DreambrushError):
    """An .ora file is broken, or of a kind that dreambrush cannot read."""

    exit_code = ExitCode.BAD_ORA


class ClusterError(DreambrushError):
    """A cluster cannot be reached, is lost, or sends what it should not."""

    exit_code = ExitCode.CLUSTER
