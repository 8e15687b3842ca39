"""The one place where an exception becomes a message on stderr and an exit code."""

from __future__ import annotations

import errno
import os
import sys
import traceback
import unicodedata
from collections.abc import Callable
from contextlib import suppress

import click

from dreambrush.errors import DreambrushError, ExitCode

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
UNSHOWN = ("Cc", "Cs", "Zl", "Zp")  # categories of Unicode: control, surrogate, line and paragraph separator


class ReaderLeft(Exception):  # noqa: N818
    """Who reads our output, such as head, has seen enough; that is no error."""


def exit_code_of(command: Callable[[], int | None]) -> int:
    """Run a command, tell what goes wrong, and return the exit code.

    Args:
        command: returns an exit code, or None for success.
    """
    try:
        return command() or ExitCode.OK
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        return ExitCode.INTERRUPTED
    except ReaderLeft:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python still flushes at its end
        return ExitCode.OK
    except Exception as error:
        return tell(error)


def tell(error: Exception) -> int:
    """Say on stderr what is wrong and what to do about it; return the exit code for it.

    With DREAMBRUSH_TRACEBACK=1 in the environment the traceback comes first.
    """
    if os.environ.get("DREAMBRUSH_TRACEBACK", "0") not in ("", "0"):
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    message, advice, code = _words(error)
    with suppress(OSError):  # where stderr cannot be written, the code still tells
        click.echo(f"Error: {_on_one_line(message)}\n{_on_one_line(advice)}", err=True)
    return code


def _on_one_line(text: str) -> str:
    """Text whose line breaks, signs that command a terminal, and halves of characters are escaped: names hold them."""
    return "".join(
        sign.encode("unicode_escape").decode() if unicodedata.category(sign) in UNSHOWN else sign for sign in text
    )


def _words(error: Exception) -> tuple[str, str, int]:
    """Message, advice and exit code for any exception."""
    if isinstance(error, DreambrushError):
        return error.message, error.advice, error.exit_code
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "dreambrush"
        message = " ".join(error.format_message().split()).rstrip(".")
        return f"{message}.", f"See '{command} --help'.", error.exit_code
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return f"What is printed cannot be written: {error.strerror}.", "Make room on the disk.", ExitCode.OUTPUT
    if isinstance(error, MemoryError):
        return "There is not enough memory for this.", "Try a smaller --size.", ExitCode.UNEXPECTED
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return (
        f"dreambrush has a bug that shows here ({what}).",
        "Please report it together with what DREAMBRUSH_TRACEBACK=1 dreambrush ... prints.",
        ExitCode.UNEXPECTED,
    )
