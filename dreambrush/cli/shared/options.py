"""Options and types of values that several commands share."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from dreambrush.cli.shared.completers import every_brush

DEFAULT_BRUSH = "oil"
HELP_NAMES = ["-h", "--help"]

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    """An option type: a whole number within bounds.  Everything else gets the same message.

    Args:
        lowest: the smallest value.
        highest: the largest value.
    """

    def convert(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            number = lowest - 1
        if not lowest <= number <= highest:
            raise click.BadParameter(f"'{value}' is not a whole number from {lowest} to {highest}.")
        return number

    return convert


def decimal_number(lowest: float, highest: float) -> Callable[[str], float]:
    """An option type: a number within bounds.  Everything else gets the same message.

    Args:
        lowest: the smallest value.
        highest: the largest value.
    """

    def convert(value: str | float) -> float:
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not lowest <= number <= highest:
            raise click.BadParameter(f"'{value}' is not a number from {lowest:g} to {highest:g}.")
        return number

    return convert


def seed_option(help_text: str) -> Decorator:
    """``--seed``.  Its bounds are those of libmypaint's random numbers: 32 bits."""
    seed = whole_number(0, 2**32 - 1)
    return click.option("--seed", metavar="S", type=seed, default=0, show_default=True, help=help_text)


def folder_option(help_text: str) -> Decorator:
    """``-o`` for a command that fills a folder."""
    return click.option("-o", "--output", metavar="DIR", type=click.Path(path_type=Path), help=help_text)


def jobs_option(help_text: str) -> Decorator:
    """``--jobs``: how many things a command does at the same time."""
    return click.option("--jobs", metavar="N", type=whole_number(1, 64), default=1, show_default=True, help=help_text)


SHEET_SIZE: Decorator = click.option(
    "--size",
    metavar="PX",
    type=whole_number(64, 1024),
    default=384,
    show_default=True,
    help="Longer side of each painting on the sheet in pixels, 64 to 1024.",
)
BRUSH: Decorator = click.argument("brush", metavar="BRUSH.myb|NAME", shell_complete=every_brush)
CLUSTER: Decorator = click.option(
    "--cluster",
    metavar="WHERE",
    help="Do the work on a Dask cluster instead of this machine.  WHERE is a scheduler's address (tcp://HOST:PORT or "
    "tls://HOST:PORT), a batch queue such as slurm, which is asked for --jobs workers, or a FILE.toml with more about "
    "either.  docs/scale.md explains it.",
)
QUIET: Decorator = click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
