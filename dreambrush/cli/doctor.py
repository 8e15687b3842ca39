"""``dreambrush doctor``: says why something does not work, and how to fix it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dreambrush.cli.shared.errors import Told
from dreambrush.errors import ExitCode

if TYPE_CHECKING:
    from dreambrush.doctor import Finding

MARKS = {"ok": ("✓", "ok", "green"), "note": ("!", "note", "yellow"), "fail": ("✗", "FAIL", "red")}
PLAIN = {"✓": "+", "✗": "x"}  # for terminals without these signs
INDENT = " " * 8
WIDEST = 100  # columns

EXAMPLES = """\b
Examples:
  dreambrush doctor
  dreambrush doctor --json
"""


@click.command(epilog=EXAMPLES)
@click.option("--json", "as_json", is_flag=True, help="For scripts: print one JSON object per check.")
def doctor(as_json: bool) -> int:
    """Check the installation, and say how to fix what is wrong.

    The doctor checks the Python packages, MyPaint's engine (libmypaint), the brushes, what dreambrush has learned of
    them (their dreams), folders, memory, MyPaint itself, and what training needs.  It foretells a stroke and paints a
    real one.  It changes nothing.

    FAIL means that dreambrush cannot paint.  The exit code is that of the first FAIL.  A note is only for your
    information.
    """
    from dreambrush.doctor import examine

    failed: list[Finding] = []
    for finding in examine(Path()):
        click.echo(json.dumps(_as_dict(finding)) if as_json else _lines(finding), color=_colour())
        if finding.state == "fail":
            failed.append(finding)
    if not as_json:
        click.echo()
        if failed:
            count = "One check" if len(failed) == 1 else f"{len(failed)} checks"
            click.echo(f"{count} failed.  Fix the first one first.  Then run dreambrush doctor again.")
        else:
            click.echo("Everything that painting needs is there.  Try: dreambrush paint --sample")
    return failed[0].exit_code if failed else ExitCode.OK


def _as_dict(finding: Finding) -> dict[str, object]:
    error = Told(finding.error, int(finding.exit_code), finding.found, finding.mend)
    return {
        "check": finding.topic,
        "state": finding.state,
        "found": finding.found,
        "mend": finding.mend,
        "exit_code": int(finding.exit_code),
        "error": error._asdict() if finding.error else None,
    }


def _lines(finding: Finding) -> str:
    """A finding with its mark, and below it how to fix it."""
    sign, word, colour = MARKS[finding.state]
    mark = click.style(f"{shown(sign)} {word:<4}", fg=colour, bold=finding.state == "fail")
    told = [f"{finding.topic}: {finding.found}", *([finding.mend] if finding.mend else [])]
    width = min(shutil.get_terminal_size().columns, WIDEST)
    lines = "\n".join(click.wrap_text(each, width, INDENT, INDENT) for each in told)
    return mark + lines.removeprefix(INDENT[: len(INDENT) - 2])


def shown(sign: str) -> str:
    """The sign, or a plain one if stdout cannot show it."""
    try:
        sign.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return PLAIN[sign]
    return sign


def _colour() -> bool | None:
    """False if NO_COLOR is set (https://no-color.org), else None: click finds out whether a terminal is there."""
    return False if os.environ.get("NO_COLOR") else None
