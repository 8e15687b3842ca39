"""The name of a page that a command saves: ``--html OUT.html``."""

from __future__ import annotations

from pathlib import Path

import click

PAGE = ".html"
ENDINGS = (PAGE, ".htm")
BESIDE = Path()  # what ``--html`` without a name stands for, where that is allowed


def page_file(value: str) -> Path:
    """An option type: the path of a page, such as ``report.html``."""
    path = Path(value)
    if path.suffix.lower() not in ENDINGS:
        raise click.BadParameter(f"'{value}' is not the name of a page, such as page.html.")
    return path


def page_name(value: str | Path) -> Path:
    """An option type: the path of a page, or BESIDE."""
    return BESIDE if value == BESIDE else page_file(str(value))
