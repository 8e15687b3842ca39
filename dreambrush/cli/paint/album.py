"""Has pictures painted by a crew: one after the other, or several at the same time.

A picture that fails does not stop the others.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from functools import partial
from typing import Any, NamedTuple

from dreambrush.cli.shared.errors import Told, tell
from dreambrush.cli.shared.inputs import Input
from dreambrush.cli.shared.outputs import Outputs
from dreambrush.errors import ExitCode
from dreambrush.jobs.crew import Crew
from dreambrush.jobs.pieces import Done, ProcessDiedError
from dreambrush.mypaint.engine.library import messages_to_stderr

Report = dict[str, Any]
Paint = Callable[[Input, Outputs], Report]
"""Paints a picture, saves it in these files, and reports; it must be possible to pickle it."""
Asked = tuple[Input, Outputs]
"""A picture, and where to save its painting."""


class Ended(NamedTuple):
    """What became of a picture.

    Attributes:
        picture: the picture.
        report: the report of its painting; None if it failed.
        exit_code: of the failure, which has been reported, or of the painting.
        error: the failure; None after Ctrl-C.
    """

    picture: Input
    report: Report | None
    exit_code: int
    error: Told | None = None


def paint_pictures(paint: Paint, pictures: Sequence[Asked], crew: Crew) -> Generator[Ended, None, None]:
    """Paint pictures, and yield what became of each as soon as it is known.

    After Ctrl-C no new picture is begun.  What the others have by then is saved and yielded.

    Args:
        paint: paints one picture.  The bytes that it saves must not depend on what else runs.
        pictures: the pictures, and where to save each.
        crew: who paints.

    Raises:
        KeyboardInterrupt: after Ctrl-C, at the end.
    """
    with closing(endings(crew.run(partial(paint_asked, paint), pictures, rescue=is_part))) as every:
        yield from every


def endings(pictures: Generator[Done[Asked, Report], None, None]) -> Generator[Ended, None, None]:
    """What became of pictures in words for the user.  Errors are reported."""
    with closing(pictures) as every:
        for (picture, _), report, error in every:
            if report is not None:
                yield Ended(picture, report, ExitCode.INTERRUPTED if is_part(report) else ExitCode.OK)
            elif isinstance(error, Exception):
                told = tell(_in_its_name(error, picture))
                yield Ended(picture, None, told.code, told)
            else:
                yield Ended(picture, None, ExitCode.INTERRUPTED)


def paint_asked(paint: Paint, asked: Asked) -> Report:
    """Paint one picture; in a process of a crew if need be."""
    if multiprocessing.parent_process() is not None:
        messages_to_stderr()
    return paint(*asked)


def is_part(report: Report) -> bool:
    """Whether a painting was stopped before its end."""
    return bool(report["interrupted"])


def _in_its_name(error: Exception, picture: Input) -> Exception:
    if not isinstance(error, ProcessDiedError):
        return error
    advice = "Memory may be short.  Paint fewer pictures at the same time (--jobs) or smaller ones (--size)."
    return ProcessDiedError(error.how, f"The {error.what.removeprefix('A ')} that painted '{picture.name}'", advice)
