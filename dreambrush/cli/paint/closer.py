"""Whether more strokes or effort would bring a painting closer to its picture, in words.

docs/report.md has the figures by which the rule was made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreambrush.cli.paint.defaults import EFFORTS
from dreambrush.cli.shared.formats import in_words
from dreambrush.cli.ui.likeness import VERY_CLOSE, decibels
from dreambrush.styles import load_style

if TYPE_CHECKING:
    from dreambrush.cli.paint.settings import PaintSettings


WIDE = 0.015  # of the longer side: with --min-size from here on, narrow strokes are missed more than more of them
SHORT = 0.5  # widths: with --max-length below that, strokes are dots
STRAY = 0.15  # --jitter from which on colours are off by more than more strokes would gain


def what_brings_closer(mse: float, strokes: int, side: int, settings: PaintSettings) -> str | None:
    """Such as "more --strokes or a higher --effort would bring it closer".

    Args:
        mse: mean squared error of the painting, colours in 0..1.
        strokes: that were laid.
        side: the longer side of the painting in pixels.
        settings: of the painting.

    Returns:
        None if nothing is to be said: the user asked for this likeness (``--until``), or no more strokes of the palette
        would gain anything.
    """
    near, fewer = decibels(mse), strokes < settings.strokes
    if near is None or near >= VERY_CLOSE:
        return "more strokes or effort would hardly show"
    if fewer and settings.time is not None:
        return "more --time would bring it closer"
    if fewer:
        return None
    if limits := _limits(settings, side):
        limits = ["the style"] if settings.style else limits
        return f"{in_words(limits)} {'matter' if limits[1:] else 'matters'} more for that than the number of strokes"
    means = "more --strokes" if settings.effort == EFFORTS[1] else "more --strokes or a higher --effort"
    return f"{means} would bring it closer"


def _limits(settings: PaintSettings, side: int) -> list[str]:
    """The options that keep the strokes from the picture's colours and shapes more than their number does."""
    limits = {
        "--palette": settings.palette is not None,
        "--min-size": settings.min_size is not None and settings.min_size.pixels(side) >= WIDE * side,
        "--max-length": settings.max_length is not None and settings.max_length < SHORT,
        "--jitter": settings.jitter >= STRAY,
        "the style": settings.style is not None and bool(load_style(settings.style).stages),
    }
    return [option for option, limiting in limits.items() if limiting]
