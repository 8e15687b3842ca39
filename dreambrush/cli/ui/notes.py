"""Notes beside the results: on stderr, and not at all for a user who wants quiet."""

from __future__ import annotations

import click


def note(text: str, *, quiet: bool) -> None:
    """Print a note."""
    if not quiet:
        click.echo(text, err=True)
