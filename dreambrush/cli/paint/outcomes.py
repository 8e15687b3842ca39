"""Reports each painting as soon as it is done, sums them up, and knows the exit code."""

from __future__ import annotations

import json

import click

from dreambrush.cli.paint.album import Ended
from dreambrush.cli.paint.report import summary, summary_of_all
from dreambrush.cli.ui.notes import note
from dreambrush.errors import ExitCode


class Outcomes:
    """What became of the pictures of one command.

    Args:
        as_json: print the reports on stdout.
        quiet: print nothing on stderr except errors.
        verbose: print errors of paintings in figures, too.

    Attributes:
        painted: how many pictures are painted.
        interrupted: how many are painted in part.
        failed: the names of the pictures that failed.
        status: the exit code so far: that of the first failure, or that of Ctrl-C.
    """

    def __init__(self, *, as_json: bool, quiet: bool, verbose: bool = False) -> None:
        self.as_json, self.quiet, self.verbose = as_json, quiet, verbose
        self.painted = self.interrupted = 0  # and not the reports, for an album may have a million pictures
        self.failed: list[str] = []
        self.status: int = ExitCode.OK

    def note(self, text: str) -> None:
        """Print a note on stderr, unless the user wants quiet."""
        note(text, quiet=self.quiet)

    def take(self, done: Ended) -> None:
        """Report one picture."""
        interrupted = done.exit_code == ExitCode.INTERRUPTED
        self.status = done.exit_code if interrupted else self.status or done.exit_code
        if done.report is None:
            if not interrupted:
                self.failed.append(done.picture.name)
            if self.as_json and done.error is not None:
                click.echo(json.dumps({"target": done.picture.name, "error": done.error._asdict()}))
            return
        if self.as_json:
            click.echo(json.dumps(done.report))
        if done.report["interrupted"]:
            self.interrupted += 1
            output, strokes = done.report["output"], done.report["strokes"]
            click.echo(f"Interrupted: '{output}' has the first {strokes} strokes.", err=True)
            self.note(f"Finish it with: dreambrush paint --resume '{output}'")
        else:
            self.painted += 1
            self.note(summary(done.report, verbose=self.verbose))

    def sum_up(self, count: int) -> int:
        """Report all pictures in one sentence, if there were several, and return the exit code.

        Args:
            count: the number of pictures to paint.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed, and that is not reported yet.
        """
        if count > 1 and (self.status or not self.quiet):
            click.echo(summary_of_all(count, self.painted, self.failed), err=True)
        if self.status == ExitCode.INTERRUPTED and not self.interrupted:
            raise KeyboardInterrupt
        return self.status
