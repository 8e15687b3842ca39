"""Exceptions become messages on stderr and exit codes here, and nowhere else."""

from __future__ import annotations

import errno
import json
import os
import sys
import traceback
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import click

from dreambrush.errors import DreambrushError, ExitCode

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
UNSHOWN = ("Cc", "Cs", "Zl", "Zp")  # categories of Unicode: control, surrogate, line and paragraph separator


KINDS_OF_CLICK = {  # our ids for click's kinds of errors; the first that fits
    "NoSuchOption": "no-such-option",
    "NoSuchCommand": "no-such-command",
    "MissingParameter": "missing-argument",
    "BadParameter": "bad-value",
    "BadOptionUsage": "bad-value",
    "BadArgumentUsage": "bad-value",
    "UsageError": "extra-argument",
}


class Told(NamedTuple):
    """An error as the user reads it.

    Attributes:
        id: the kind of error, as in docs/errors.md.
        code: the exit code.
        message: one sentence that says what is wrong.
        advice: one sentence that says what to do.
    """

    id: str
    code: int
    message: str
    advice: str

    def as_json(self) -> str:
        """The object that ``--json`` prints.  docs/report.md explains it."""
        return json.dumps({"error": self._asdict()})


class Ending(NamedTuple):
    """How a command ended.

    Attributes:
        code: the exit code.
        error: the error that ended the command, already reported on stderr.  None if only some of the pictures failed.
    """

    code: int
    error: Told | None = None


class ReaderLeft(Exception):  # noqa: N818
    """The program that reads our output, such as ``head``, has read enough.  That is not an error."""


def ending_of(command: Callable[[], int | None], *, as_json: bool = False) -> Ending:
    """Run a command and report its error, if it ends with one.

    Args:
        command: returns an exit code, or None for success.
        as_json: report an error on stdout too, as JSON.
    """
    try:
        return Ending(command() or ExitCode.OK)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        return Ending(ExitCode.INTERRUPTED)
    except ReaderLeft:
        _print_no_more()
        return Ending(ExitCode.OK)
    except Exception as error:
        told = tell(error)
        if as_json:
            try:
                click.echo(told.as_json())
            except BrokenPipeError:
                _print_no_more()
            except OSError:  # stdout cannot be written, but stderr and the exit code still tell
                pass
        return Ending(told.code, told)


def flushed(code: int) -> int:
    """Write what Python still buffers for stdout.

    Returns:
        The exit code, or that of the error if stdout cannot be written.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _print_no_more()
    except OSError as error:
        _print_no_more()
        if code == ExitCode.OK:
            return tell(error).code
    return code


def _print_no_more() -> None:
    """Discard what Python would still write to stdout at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tell(error: Exception) -> Told:
    """Report an error on stderr and return its words.

    With DREAMBRUSH_TRACEBACK=1 in the environment, the traceback comes first.
    """
    if os.environ.get("DREAMBRUSH_TRACEBACK", "0") not in ("", "0"):
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    told = _words(error)
    with suppress(OSError):  # stderr cannot be written, but the exit code still tells
        click.echo(f"Error: {told.message}\n{told.advice}", err=True)
    return told


def on_one_line(text: str) -> str:
    """Escape line breaks, control characters and broken characters.  File names may contain them."""
    return "".join(
        sign.encode("unicode_escape").decode() if unicodedata.category(sign) in UNSHOWN else sign for sign in text
    )


def _words(error: Exception) -> Told:
    """Any exception in words, each sentence on one line."""
    id, code, message, advice = _kind_and_words(error)
    return Told(id, int(code), on_one_line(message), on_one_line(advice))


def _kind_and_words(error: Exception) -> tuple[str, int, str, str]:
    if isinstance(error, DreambrushError):
        return error.id, error.exit_code, error.message, error.advice
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "dreambrush"
        help_option = "--help-all" if context and getattr(context.command, "essentials", ()) else "--help"
        sentence, hint = _words_of_click(error)
        return _kind_of_click(error), error.exit_code, sentence, f"{hint}See '{command} {help_option}'."
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        message = f"The output cannot be printed: {error.strerror}."
        return "no-room", ExitCode.OUTPUT, message, "Free some space on the disk."
    if isinstance(error, MemoryError):
        return "no-memory", ExitCode.UNEXPECTED, "There is not enough memory for this.", "Try a smaller --size."
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return (
        "bug",
        ExitCode.UNEXPECTED,
        f"dreambrush has hit a bug ({what}).",
        "Please report it together with what DREAMBRUSH_TRACEBACK=1 dreambrush ... prints.",
    )


def _words_of_click(error: click.ClickException) -> tuple[str, str]:
    """What is wrong, and what comes before the advice to read the help."""
    if isinstance(error, click.NoSuchOption):
        near = " or ".join(sorted(error.possibilities or ())[:2])
        return f"No such option '{error.option_name}'.", f"Did you mean {near}?  " if near else ""
    message = " ".join(error.format_message().split()).rstrip(".")
    if isinstance(error, click.BadOptionUsage) and message.endswith("requires an argument"):
        return f"{error.option_name} needs a value after it.", ""
    if message.startswith("Got unexpected extra argument") and message.endswith(")"):
        return f"The command takes no '{message[message.index('(') + 1 : -1]}'.", "Put names with spaces in quotes.  "
    return (message if message.endswith("?") else f"{message}."), ""


def _kind_of_click(error: click.ClickException) -> str:
    """Our id for an error of click.  Kinds are compared by name, because older versions of click lack some."""
    names = [kind.__name__ for kind in type(error).__mro__]
    return next((KINDS_OF_CLICK[name] for name in names if name in KINDS_OF_CLICK), "bad-value")
