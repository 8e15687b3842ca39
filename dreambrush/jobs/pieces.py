"""What became of a piece of work, and how an error comes home from where the piece was done."""

from __future__ import annotations

import pickle
from typing import Generic, NamedTuple, TypeVar

from dreambrush.errors import DreambrushError

Piece = TypeVar("Piece")
Result = TypeVar("Result")


class Done(NamedTuple, Generic[Piece, Result]):
    """What became of a piece.

    Attributes:
        piece: the piece.
        result: what was made of it; None if there is nothing.
        error: why there is nothing; KeyboardInterrupt if the piece was given up after Ctrl-C.
    """

    piece: Piece
    result: Result | None
    error: BaseException | None = None


class ProcessDiedError(DreambrushError):
    """The process that did a piece has ended by itself, or somebody has killed it.

    Args:
        how: a few words on how it ended, such as "exit code -9".
        what: which process, as in "The process that painted 'photo.jpg'".
        advice: one sentence on what to do.
    """

    def __init__(
        self,
        how: str,
        what: str = "A process",
        advice: str = "Memory may be short.  Do fewer things at the same time (--jobs).",
    ) -> None:
        super().__init__(f"{what} has died ({how}).", advice, id="process-died")
        self.how, self.what = how, what

    def __reduce__(self) -> tuple[object, ...]:
        return ProcessDiedError, (self.how, self.what, self.advice)


def no_part(result: object) -> bool:
    """A ``rescue`` for pieces that clean up when they are interrupted, and then have no result."""
    return False


def portable(error: BaseException) -> BaseException:
    """The error itself if it survives the way to another process, else one that says the same."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}").with_traceback(error.__traceback__)
    return error
