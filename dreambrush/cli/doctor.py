"""``dreambrush doctor``: why something does not work, and how to mend it."""

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
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per check.")
def doctor(as_json: bool) -> int:
    """Check that all is well, and say how to mend what is not.

    Looks at the Python packages, libmypaint, brushes, dreams, this folder and yours for data, memory, MyPaint, and
    what training needs; dreams a stroke and paints a real one.  Nothing is changed.

    A FAIL keeps dreambrush from painting, and the exit code is that of the first; a note is only for your
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
            count = "one thing" if len(failed) == 1 else f"{len(failed)} things"
            click.echo(f"Mend {count} above that failed, the first one first; then ask the doctor again.")
        else:
            click.echo("All that painting needs is there.  Try: dreambrush paint --sample")
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
    """What was found, after a mark, and how to mend it below."""
    sign, word, colour = MARKS[finding.state]
    mark = click.style(f"{shown(sign)} {word:<4}", fg=colour, bold=finding.state == "fail")
    told = [f"{finding.topic}: {finding.found}", *([finding.mend] if finding.mend else [])]
    width = min(shutil.get_terminal_size().columns, WIDEST)
    lines = "\n".join(click.wrap_text(each, width, INDENT, INDENT) for each in told)
    return mark + lines.removeprefix(INDENT[: len(INDENT) - 2])


def shown(sign: str) -> str:
    """The sign, or a plain one where stdout cannot show it."""
    try:
        sign.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return PLAIN[sign]
    return sign


def _colour() -> bool | None:
    """No colour where NO_COLOR says so (https://no-color.org); else click knows whether somebody looks."""
    return False if os.environ.get("NO_COLOR") else None
