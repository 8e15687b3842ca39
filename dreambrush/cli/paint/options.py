"""What one may wish for in a painting: the options of ``dreambrush paint``, and what they mean for one picture."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import click

from dreambrush.cli.paint.brushes import complete_brush
from dreambrush.cli.shared.completers import complete_style
from dreambrush.cli.shared.options import DEFAULT_BRUSH, Decorator, decimal_number, seed_option, whole_number
from dreambrush.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dreambrush.painter.paint import PaintOptions

DEFAULT_STROKES = 1500
# As the painter has them, without loading numpy.
EFFORTS, DEFAULT_EFFORT = (1, 5), 3
HANDS, DEFAULT_HAND = (0.0, 1.0), 0.3
LAYERS, DEFAULT_LAYERS = (1, 5), 5
PRESSURES, DEFAULT_PRESSURE = (0.05, 1.0), 0.05
LENGTHS = 0.1, 100.0  # of a stroke in its widths

NARROWEST, WIDEST = 1.0, 8192.0  # stroke in pixels
AUTO = "auto"  # as --focus: the picture's subject
PAPER = "f4f0e6"  # the colour of drawing paper
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}  # seconds
SHORTEST, LONGEST = 1, 86400  # seconds for a painting
# What is no planning: a look at each finished layer and at the whole, merging, encoding and writing (a quarter of it).
# Measured with five layers on one core of an AMD EPYC: 0.2 s at 256 px, 1 s at 1024 px, 16 s at 4096 px.
FINISHING, FINISHING_PER_PIXEL = 0.1, 1e-6  # seconds


@dataclass(frozen=True)
class StrokeWidth:
    """The width of a stroke, in pixels or in per cent of the painting's longer side."""

    value: float
    per_cent: bool

    def pixels(self, longer_side: int) -> float:
        """In a painting of that longer side; at least one pixel."""
        return max(self.value * longer_side / 100 if self.per_cent else self.value, NARROWEST)

    def __str__(self) -> str:
        return f"{self.value:g}{'%' if self.per_cent else ' px'}"


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


@dataclass(frozen=True)
class Ground:
    """What is under the first stroke.

    Attributes:
        digits: six, of its colour.
        grain: whether it is paper.
    """

    digits: str
    grain: bool = False

    @property
    def colour(self) -> tuple[float, float, float]:
        """In sRGB, 0..1."""
        red, green, blue = (level / 255 for level in bytes.fromhex(self.digits))
        return red, green, blue

    def __str__(self) -> str:
        return "paper" if self.grain else f"#{self.digits}"


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


@dataclass(frozen=True)
class PaintSettings:
    """What is wished for in every picture; the fields are named as the options."""

    strokes: int
    effort: int
    hand: float
    layers: int
    min_size: StrokeWidth | None
    max_size: StrokeWidth | None
    max_length: float | None  # widths
    min_pressure: float
    jitter: float
    time: float | None  # seconds
    until: float | None  # PSNR in dB
    pigment: bool
    palette: str | None
    focus: str | None  # a picture's path, or AUTO
    ground: Ground | None
    your_turn: bool
    style: str | None
    seed: int

    @property
    def error(self) -> float:
        """The mean squared error that is good enough."""
        return 0.0 if self.until is None else float(10 ** (-self.until / 10))

    def record(self) -> dict[str, Any]:
        """As plain data, for the file."""
        texts = {"min_size": self.min_size, "max_size": self.max_size, "ground": self.ground}
        return {**asdict(self), **{name: each and str(each) for name, each in texts.items()}}

    def for_painter(
        self, width: int, height: int, spent: float, picture: NDArray[np.float32] | None = None
    ) -> PaintOptions:
        """What the painter should do.

        Args:
            width: of the painting in pixels.
            height: of the painting in pixels.
            spent: seconds since the work on this picture began.
            picture: (h, w, 3) float32, sRGB 0..1, for a palette of its own colours.

        Raises:
            UsageError: the narrowest stroke would be wider than the widest.
        """
        from dreambrush.painter.paint import PaintOptions
        from dreambrush.palette import parse_palette

        side = max(width, height)
        narrowest, widest = (None if size is None else size.pixels(side) for size in (self.min_size, self.max_size))
        if narrowest and widest and narrowest > widest:
            raise UsageError(
                f"--min-size {self.min_size} is more than --max-size {self.max_size} in a painting of {side} px.",
                "Give the narrowest stroke with --min-size, the widest with --max-size.",
                id="min-size-above-max-size",
            )
        seconds = None
        if self.time is not None:
            seconds = max(self.time - spent - FINISHING - FINISHING_PER_PIXEL * width * height, 0.0)
        return PaintOptions(
            effort=self.effort,
            hand=self.hand,
            layers=self.layers,
            narrowest=narrowest,
            widest=widest,
            longest=self.max_length,
            lightest=self.min_pressure,
            jitter=self.jitter,
            seconds=seconds,
            until=self.error,
            pigment=self.pigment,
            palette=None if self.palette is None else parse_palette(self.palette, picture),
            ground=None if self.ground is None else self.ground.colour,
            grain=self.ground is not None and self.ground.grain,
            focus=self._focus(width, height, picture),
        )

    def _focus(self, width: int, height: int, picture: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
        """The mask (h, w), 0..1, of where to paint more finely; None for everywhere alike."""
        if self.focus is None:
            return None
        if self.focus == AUTO:
            from dreambrush.painter.subject import find_subject

            return None if picture is None else find_subject(picture)
        from dreambrush.pictures import load_mask

        return load_mask(self.focus, width, height)


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
