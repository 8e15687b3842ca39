"""Types of values for the options of ``dreambrush paint``: widths, times, grounds."""

from __future__ import annotations

import re
from collections.abc import Callable

import click

from dreambrush.cli.paint.settings import AVERAGE, NARROWEST, TONED, WIDEST, Ground, StrokeWidth

PAPER = "f4f0e6"  # the colour of drawing paper
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}  # seconds
LONGEST = 86400  # seconds


def stroke_width(value: str) -> StrokeWidth:
    """An option type: pixels such as ``12`` or ``12px``, or per cent of the painting's longer side such as ``2%``."""
    found = re.fullmatch(r"(\d+\.?\d*|\.\d+)\s*(px|%)?", value.strip())
    if found:
        width = StrokeWidth(float(found[1]), found[2] == "%")
        if 0 < width.value <= 100 if width.per_cent else NARROWEST <= width.value <= WIDEST:
            return width
    raise click.BadParameter(f"'{value}' is not a width such as 12 (in pixels, 1 to 8192) or 2% (up to 100%).")


def duration(shortest: float) -> Callable[[str], float]:
    """An option type: seconds, from ``30``, ``30s``, ``1.5m`` or ``1h``.

    Args:
        shortest: the shortest time in seconds; the longest is a day.
    """

    def convert(value: str) -> float:
        found = re.fullmatch(r"(\d+\.?\d*|\.\d+)\s*([smh]?)", value.strip().lower())
        seconds = float(found[1]) * UNITS[found[2]] if found else 0.0
        if not shortest <= seconds <= LONGEST:
            raise click.BadParameter(f"'{value}' is not a time from {shortest:g}s to 24h, such as 30s, 2m or 1.5m.")
        return seconds

    return convert


def ground_named(value: str) -> Ground | str:
    """An option type: a colour such as ``#cc8855``, or ``paper``; or AVERAGE or TONED, which are no colour yet."""
    if (word := value.strip().lower()) in (AVERAGE, TONED):
        return word
    if word == "paper":
        return Ground(PAPER, True)
    digits = value.strip().removeprefix("#").lower()
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    if not re.fullmatch(r"[0-9a-fA-F]{6}", digits):
        raise click.BadParameter(f"'{value}' is neither a colour such as #cc8855 nor one of paper, toned and average.")
    return Ground(digits)
