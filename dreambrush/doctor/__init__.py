"""Finds out why painting does not work on this machine, and how to make it work.

A check fails if ``dreambrush paint photo.jpg`` would fail for that reason.  What is only nice to have gives a note.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from dreambrush import __version__
from dreambrush.doctor.advice import Advice
from dreambrush.doctor.mypaint import brushes_in_mypaint, mypaint_itself
from dreambrush.doctor.packages import packages_for_films, packages_for_painting, packages_for_training
from dreambrush.doctor.painting import brushes, dreams, faces, libmypaint, stroke, subject
from dreambrush.doctor.places import can_write, data_folder, memory
from dreambrush.errors import DreambrushError, ExitCode

State = Literal["ok", "note", "fail"]

REPORT = "Please report this as a bug, together with what dreambrush doctor --json prints."


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Attributes:
        topic: the thing that was checked, such as "libmypaint".
        state: "fail" if it keeps dreambrush from painting.
        found: the finding in one sentence.
        mend: advice in one sentence; "" if there is nothing to do.
        exit_code: exit code for the shell; OK unless the check failed.
        error: id of the error that was found; "" if there is none.
    """

    topic: str
    state: State
    found: str
    mend: str = ""
    exit_code: ExitCode = ExitCode.OK
    error: str = ""


class Check(NamedTuple):
    """A check.  It returns what it found and perhaps advice, or None if it has nothing to say, or it raises.

    ``code`` is the exit code of an error that is not dreambrush's own.  It is None if the check tests nothing
    essential.
    """

    topic: str
    look: Callable[[], Advice | None]
    code: ExitCode | None


def examine(folder: Path) -> Iterator[Finding]:
    """Yields all findings, one by one.  Errors of checks become findings.

    Args:
        folder: the folder in which paintings would be saved.
    """
    checks = (
        Check("Python packages", packages_for_painting, ExitCode.MISSING_PACKAGE),
        Check("libmypaint", libmypaint, ExitCode.NO_LIBMYPAINT),
        Check("brushes", brushes, ExitCode.BRUSH),
        Check("a real stroke", stroke, ExitCode.NO_LIBMYPAINT),
        Check("dreams", dreams, ExitCode.MODEL),
        Check("faces", faces, ExitCode.MODEL),
        Check("subject", subject, ExitCode.MODEL),
        Check("this folder", lambda: can_write(folder), ExitCode.OUTPUT),
        Check("your data", data_folder, None),
        Check("memory", memory, None),
        Check("MyPaint", mypaint_itself, None),
        Check("MyPaint's brushes", brushes_in_mypaint, None),
        Check("films", packages_for_films, None),
        Check("training", packages_for_training, None),
    )
    yield Finding("dreambrush", "ok", f"Version {__version__}, Python {platform.python_version()}.")
    for check in checks:
        finding = _finding(check)
        if finding is not None:
            yield finding


def _finding(check: Check) -> Finding | None:
    try:
        advice = check.look()
    except Exception as error:  # a check that stumbles is a finding, too
        if isinstance(error, DreambrushError):
            message, mend, code, id = error.message, error.advice, ExitCode(error.exit_code), error.id
        else:
            message, mend = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(".") + ".", REPORT
            code, id = check.code or ExitCode.UNEXPECTED, "bug"
        if check.code is None:
            return Finding(check.topic, "note", message, mend, error=id)
        return Finding(check.topic, "fail", message, mend, code, id)
    return advice and Finding(check.topic, "note" if advice.mend else "ok", advice.found, advice.mend)
