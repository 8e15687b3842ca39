"""The command line: ``dreambrush COMMAND ...``.

One command is one module here, or one room (a folder) with a module ``command``.  ``shared/`` holds what several
commands use, ``ui/`` holds what they show while they work.

A command's module is imported only when it runs, or for the list of commands.  It imports heavy packages (numpy,
onnxruntime, rich, torch) only inside its function.  So ``--help`` answers at once.
"""

from __future__ import annotations

import itertools
import keyword
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import NoReturn

import click

from dreambrush import __version__
from dreambrush.cli.shared.errors import Ending, ReaderLeft, ending_of, flushed
from dreambrush.cli.shared.options import HELP_NAMES
from dreambrush.cli.ui.welcome import WELCOME
from dreambrush.errors import UsageError
from dreambrush.interrupts import all_stops
from dreambrush.mypaint.engine.library import messages_to_stderr

# Where each command is: a module here, or a room with a module `command`.  In the order of the help page.
COMMANDS = {
    "paint": "paint.command",
    "try": "try_",
    "replay": "replay",
    "timelapse": "timelapse",
    "inspect": "inspect.command",
    "render": "render",
    "styles": "styles",
    "config": "config",
    "brushes": "brushes",
    "collect": "collect",
    "train": "train.command",
    "export": "export",
    "bench": "bench.command",
    "doctor": "doctor",
    "completion": "completion",
}

EXAMPLES = """\b
Examples:
  dreambrush paint photo.jpg            paints photo.jpg and saves photo.ora
  dreambrush try photo.jpg              shows photo.jpg in twelve looks, each with its command
  dreambrush paint --sample             paints a picture that comes with dreambrush
  dreambrush paint album                paints all pictures in a folder
  dreambrush paint album -o paintings   saves them in another folder
  dreambrush brushes                    lists the brushes
  dreambrush doctor                     checks why something does not work

Exit codes are listed in docs/errors.md.
"""


class CommandGroup(click.Group):
    """Finds each command in its module."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        function = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(import_module(f"dreambrush.cli.{COMMANDS[cmd_name]}"), function)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names.

        Raises:
            UsageError: there is none.  Near matches are suggested, and painting if the word is a file.
        """
        word = args[0]
        if word in COMMANDS or word.startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        near = get_close_matches(word, COMMANDS, n=1)
        advice = f"Did you mean {near[0]}?  See 'dreambrush --help'." if near else "See 'dreambrush --help'."
        if os.path.isfile(word):
            advice = f"To paint a picture, write: dreambrush paint '{word}'"
        raise UsageError(f"No such command '{word}'.", advice, id="no-such-command")

    def invoke(self, ctx: click.Context) -> object:
        """Run the command.  A reader that leaves, such as ``head``, is not an error; click would make one of it."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise ReaderLeft from None


@click.group(
    cls=CommandGroup,
    invoke_without_command=True,
    epilog=EXAMPLES,
    context_settings={"help_option_names": HELP_NAMES, "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
@click.pass_context
def dreambrush(context: click.Context) -> None:
    """Paints pictures with MyPaint's own brush engine, stroke by stroke.

    The painting is saved as an OpenRaster file (.ora) with layers: open it in MyPaint and paint on.
    """
    if context.invoked_subcommand is None:
        click.echo(WELCOME, nl=False)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.  Errors are reported on stderr.

    Args:
        arguments: the words after ``dreambrush``; None takes them from the shell.
    """
    return ending(arguments).code


def ending(arguments: Sequence[str] | None = None) -> Ending:
    """Like :func:`run`, but returns the error that ended the command too."""
    if "_DREAMBRUSH_COMPLETE" in os.environ:  # Tab was pressed
        from dreambrush.cli.shared.shells import prepare

        prepare()
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in itertools.takewhile(lambda word: word != "--", words)  # also where words are wrong
    with all_stops():
        return ending_of(lambda: dreambrush.main(words, prog_name="dreambrush", standalone_mode=False), as_json=as_json)


def main() -> NoReturn:
    """Entry point of the console script."""
    messages_to_stderr()
    sys.exit(flushed(run()))
