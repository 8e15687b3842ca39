"""The options of ``dreambrush paint`` that shape the painting, and the kinds of values they take."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import click

from dreambrush.cli.paint.brushes import complete_brush
from dreambrush.cli.paint.settings import NARROWEST, WIDEST, Ground, StrokeWidth
from dreambrush.cli.shared.completers import complete_style
from dreambrush.cli.shared.options import DEFAULT_BRUSH, Decorator, decimal_number, seed_option, whole_number

DEFAULT_STROKES = 1500
# As the painter has them, without loading numpy.
EFFORTS, DEFAULT_EFFORT = (1, 5), 3
HANDS, DEFAULT_HAND = (0.0, 1.0), 0.3
LAYERS, DEFAULT_LAYERS = (1, 5), 5
PRESSURES, DEFAULT_PRESSURE = (0.05, 1.0), 0.05
LENGTHS = 0.1, 100.0  # of a stroke in its widths

PAPER = "f4f0e6"  # the colour of drawing paper
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}  # seconds
SHORTEST, LONGEST = 1, 86400  # seconds for a painting


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
        shortest: that may be; the longest is a day.
    """

    def convert(value: str) -> float:
        found = re.fullmatch(r"(\d+\.?\d*|\.\d+)\s*([smh]?)", value.strip().lower())
        seconds = float(found[1]) * UNITS[found[2]] if found else 0.0
        if not shortest <= seconds <= LONGEST:
            raise click.BadParameter(f"'{value}' is not a time from {shortest:g}s to 24h, such as 30s, 2m or 1.5m.")
        return seconds

    return convert


def ground_named(value: str) -> Ground:
    """An option type: a colour such as ``#cc8855``, or ``paper``."""
    if value.strip().lower() == "paper":
        return Ground(PAPER, True)
    digits = value.strip().removeprefix("#").lower()
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    if not re.fullmatch(r"[0-9a-fA-F]{6}", digits):
        raise click.BadParameter(f"'{value}' is neither a colour such as #cc8855 nor paper.")
    return Ground(digits)


_OPTIONS: tuple[Decorator, ...] = (
    click.option(
        "--style",
        metavar="NAME|FILE.toml",
        shell_complete=complete_style,
        help="Paint in a style, such as charcoal, pastel or poster (see: dreambrush styles); other options that you "
        "give count more.",
    ),
    click.option(
        "--brush",
        "brushes",
        metavar="NAME|FILE",
        multiple=True,
        shell_complete=complete_brush,
        default=(DEFAULT_BRUSH,),
        help="A brush by name (see: dreambrush brushes), such as oil or classic/charcoal, or a .myb file.  Given more "
        "than once, each stroke gets the one that suits it best.  set:studio is oil, bristle, ink and pastel, "
        f"set:drawing is pencil, charcoal and ink.  [default: {DEFAULT_BRUSH}]",
    ),
    click.option(
        "--strokes",
        metavar="N",
        type=whole_number(1, 100_000),
        default=DEFAULT_STROKES,
        show_default=True,
        help="How many strokes to paint, 1 to 100000.",
    ),
    click.option(
        "--size",
        metavar="PX",
        type=whole_number(16, 8192),
        help="Longer side of the painting in pixels, 16 to 8192.  [default: the picture's, at most 1024]",
    ),
    click.option(
        "--effort",
        metavar="1-5",
        type=whole_number(*EFFORTS),
        default=DEFAULT_EFFORT,
        show_default=True,
        help="How much to think about each stroke: 1 is quick, 5 comes closest to the picture.",
    ),
    click.option(
        "--hand",
        metavar="0-1",
        type=decimal_number(*HANDS),
        default=DEFAULT_HAND,
        show_default=True,
        help="How free the hand is: 0 is as exact as possible, 1 prefers long strokes along the form.",
    ),
    click.option(
        "--layers",
        metavar="1-5",
        type=whole_number(*LAYERS),
        default=DEFAULT_LAYERS,
        show_default=True,
        help="On how many layers to paint: 5 are ground, block-in, middle tones, edges and accents.",
    ),
    click.option(
        "--min-size",
        metavar="PX|%",
        type=stroke_width,
        help="Width of the narrowest stroke, in pixels such as 4, or per cent of the longer side such as 0.5%.  "
        "[default: what the hand likes]",
    ),
    click.option(
        "--max-size",
        metavar="PX|%",
        type=stroke_width,
        help="Width of the widest stroke, likewise.  [default: what the hand likes]",
    ),
    click.option(
        "--max-length",
        metavar="WIDTHS",
        type=decimal_number(*LENGTHS),
        help="Length of the longest path of a stroke in widths of that stroke, 0.1 to 100: 0.2 gives dots, 4 short "
        "strokes.  [default: any]",
    ),
    click.option(
        "--min-pressure",
        metavar="0-1",
        type=decimal_number(*PRESSURES),
        default=DEFAULT_PRESSURE,
        show_default=True,
        help="Lightest pressure, from 0.05: with 1, every stroke is pressed as firmly, and as wide, as can be.",
    ),
    click.option(
        "--jitter",
        metavar="0-1",
        type=decimal_number(0, 1),
        default=0.0,
        show_default=True,
        help="How far the colour of each stroke strays at random; with --palette, to others of its colours.",
    ),
    click.option(
        "--time",
        metavar="TIME",
        type=duration(SHORTEST),
        help="Stop in time for the file to be there after so long, such as 30s or 2m, for each picture; that may be "
        "before all strokes are painted.",
    ),
    click.option(
        "--until",
        metavar="DB",
        type=decimal_number(1, 99),
        help="Stop when the painting is as close as that to the picture: PSNR in decibels, 1 to 99.  1,000 "
        "strokes often reach 25 to 28.",
    ),
    click.option(
        "--pigment/--no-pigment",
        default=False,
        help="Mix colours like pigments, as new documents of MyPaint 2 do; slower, and right in MyPaint only.",
    ),
    click.option(
        "--palette",
        metavar="COLOURS|FILE.gpl|auto:N",
        help='Paint in these colours only: "#264653,#e76f51,...", a GIMP palette, or N colours of the picture itself.',
    ),
    click.option(
        "--focus",
        metavar="PICTURE|auto",
        type=click.Path(),
        help="Paint more finely where this picture is light, such as a mask made in MyPaint; auto is where the "
        "subject seems to be.",
    ),
    click.option(
        "--ground",
        metavar="COLOUR|paper",
        type=ground_named,
        help='The colour under the first stroke, such as "#cc8855"; paper is drawing paper, with a faint grain.  '
        "[default: the picture's mean]",
    ),
    click.option(
        "--your-turn/--no-your-turn",
        default=True,
        show_default=True,
        help="Put an empty layer on top for you, with a brush in your hand when MyPaint opens the file.",
    ),
    seed_option(
        "Paints another variant of the picture; the same seed gives the same file, with the same versions on the same "
        "kind of processor."
    ),
)


def painting_options(command: Any) -> Any:
    """Gives a command the options of a painting, in their order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
