"""Random strokes of a brush, painted by the real engine: what a dream is trained on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Float64, Pixels
from dreambrush.bezier import RADIUS
from dreambrush.cores import available_cores
from dreambrush.events import events_of_rows
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import Canvas, Rectangle
from dreambrush.mypaint.engine.myb import BrushSettings

SIDE = 64  # pixels of each picture
SMALLEST_RADIUS, LARGEST_RADIUS = 0.6, 20.0  # pixels
LONGEST = 80.0  # pixels from start to end
STROKES_PER_BRUSH = 500  # a new Brush (hence a new random sequence) starts with each chunk
WALK_STEP = 0.1  # of each quantity's range, standard deviation

SAMPLING = (
    f"middle uniform over {SIDE}x{SIDE} px; radius {SMALLEST_RADIUS:g}..{LARGEST_RADIUS:g} px, half of them uniform "
    f"and half log-uniform; length 0..{LONGEST:g} px, denser when short; any direction; "
    "control point normal around the middle, 0.25 of the length; pressures uniform 0..1, equal for a third"
)
BROWNIAN = (
    f"a Brownian walk through the same ranges, with the same share of each value in the long run: from stroke to "
    f"stroke every quantity steps by {WALK_STEP:g} of its range (standard deviation) and turns back at the ends"
)

Seed = int | Sequence[int]


@dataclass(frozen=True)
class Collection:
    """Single strokes and what the engine made of them.

    Attributes:
        strokes: (n, 9) float32: start, control, end x and y in pixels, pressure at start and end, radius.
        alpha: (n, SIDE, SIDE) uint8, 255 = opaque.
        colour: (n, 3) float32, the colour that the brush was given, display sRGB 0..1; None where only alpha matters.
        rgb: (n, SIDE, SIDE, 3) uint8, the colour that it left, display sRGB not multiplied by alpha; or None.
    """

    strokes: Float32
    alpha: Pixels
    colour: Float32 | None = None
    rgb: Pixels | None = None


def random_strokes(n: int, seed: Seed) -> Float32:
    """Random strokes (n, 9) float32, spread as ``SAMPLING`` says."""
    rng = np.random.default_rng(seed)
    middle = rng.uniform(0, SIDE, (n, 2))
    radius = rng.uniform(SMALLEST_RADIUS, LARGEST_RADIUS, n)
    fine = rng.uniform(0, 1, n) < 0.5
    radius[fine] = np.exp(rng.uniform(np.log(SMALLEST_RADIUS), np.log(LARGEST_RADIUS), int(fine.sum())))
    length = rng.uniform(0, 1, n)
    angle = rng.uniform(0, 2 * np.pi, n)
    bend = rng.standard_normal((n, 2))
    pressure = rng.uniform(0, 1, (n, 2))
    even = rng.uniform(0, 1, n)
    return _strokes(middle, radius, length, angle, bend, pressure, even)


def brownian_strokes(n: int, seed: Seed) -> Float32:
    """Strokes (n, 9) float32 of which each is a little unlike the one before, as ``BROWNIAN`` says."""
    walk = brownian_walk(n, 10, seed)
    radii = np.geomspace(SMALLEST_RADIUS, LARGEST_RADIUS, 257)
    span = LARGEST_RADIUS - SMALLEST_RADIUS
    share = 0.5 * (radii - SMALLEST_RADIUS) / span + np.linspace(0, 0.5, len(radii))
    # Two independent normal numbers out of two uniform ones (Box and Muller 1958).
    far, turn = np.sqrt(-2 * np.log(np.maximum(walk[:, 5], 1e-6))), 2 * np.pi * walk[:, 6]
    return _strokes(
        middle=SIDE * walk[:, 0:2],
        radius=np.interp(walk[:, 2], share, radii),
        length=walk[:, 3],
        angle=2 * np.pi * walk[:, 4],
        bend=np.stack([far * np.cos(turn), far * np.sin(turn)], 1),
        pressure=walk[:, 7:9],
        even=walk[:, 9],
    )


def brownian_walk(n: int, dimensions: int, seed: Seed) -> Float64:
    """A walk (n, dimensions) within 0..1 that turns back at either end, which keeps its long run uniform."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(0, WALK_STEP, (n, dimensions))
    steps[:1] = rng.uniform(0, 1, (1, dimensions))
    return np.asarray(1 - np.abs(np.cumsum(steps, axis=0) % 2 - 1))


def random_colours(n: int, seed: Seed) -> Float32:
    """Colours (n, 3) float32, uniform over display sRGB."""
    return np.random.default_rng(seed).uniform(0, 1, (n, 3)).astype(np.float32)


def _strokes(
    middle: Float64, radius: Float64, length: Float64, angle: Float64, bend: Float64, pressure: Float64, even: Float64
) -> Float32:
    """Strokes (n, 9); ``length``, ``pressure`` and ``even`` (a third of which makes pressure even) are 0..1."""
    span = (LONGEST * length**1.3)[:, None]
    half = 0.5 * span * np.stack([np.cos(angle), np.sin(angle)], 1)
    control = middle + 0.25 * span * bend
    pressure = np.where((even < 1 / 3)[:, None], pressure[:, :1], pressure)
    columns = (middle - half, control, middle + half, pressure, radius[:, None])
    return np.concatenate(columns, axis=1).astype(np.float32)


def paint_in_turn(
    settings: BrushSettings, strokes: Float32, canvas: Canvas, colour: Float32 | None = None, clear_every: int = 1
) -> Iterator[Rectangle]:
    """Paints strokes one after the other with one new brush.

    Args:
        settings: the brush.
        strokes: (n, 9) as in :class:`Collection`.
        canvas: to paint on.
        colour: (n, 3) display sRGB 0..1; None leaves the brush its own.
        clear_every: so many strokes are laid on an empty canvas, then it is emptied again.

    Yields:
        After each stroke the rectangle of the canvas that it may have changed.
    """
    brush = Brush(settings)
    events = events_of_rows(strokes)
    for index, radius in enumerate(strokes[:, RADIUS].tolist()):
        if index % clear_every == 0:
            canvas.clear()
        if colour is not None:
            brush.set_colour(colour[index].tolist())
        brush.set_radius(radius)
        yield canvas.stroke(brush, events[index], index)


def paint_alpha(settings: BrushSettings, strokes: Float32, side: int = SIDE) -> Pixels:
    """Paints each stroke alone on an empty canvas, all with one new brush: alpha (n, side, side) uint8.

    The brush paints in RGB mode, for alpha is the same in pigment mode and RGB is far quicker.
    """
    canvas, alpha = Canvas(side, side), np.zeros((len(strokes), side, side), np.uint8)
    painted = paint_in_turn(settings.with_values(paint_mode=0.0), strokes, canvas)
    for picture, (x, y, width, height) in zip(alpha, painted, strict=True):
        if width and height:
            picture[y : y + height, x : x + width] = canvas.read8((x, y, width, height))[..., 3]
    return alpha


def paint_coloured(settings: BrushSettings, strokes: Float32, colour: Float32) -> Collection:
    """Paints each stroke alone in its colour (n, 3), all with one new brush, in the brush's own paint mode."""
    canvas, pixels = Canvas(SIDE, SIDE), np.zeros((len(strokes), SIDE, SIDE, 4), np.uint8)
    painted = paint_in_turn(settings, strokes, canvas, colour)
    for picture, (x, y, width, height) in zip(pixels, painted, strict=True):
        if width and height:
            picture[y : y + height, x : x + width] = canvas.read8((x, y, width, height))
    return Collection(strokes, pixels[..., 3].copy(), colour, pixels[..., :3].copy())


def paint_strokes(settings: BrushSettings, strokes: Float32, side: int = SIDE) -> Pixels:
    """Paints each stroke alone on an empty canvas, on all cores.

    Args:
        settings: the brush.
        strokes: (n, 9) as in :class:`Collection`.
        side: width and height of each picture in pixels.

    Returns:
        (n, side, side) uint8 alpha.
    """
    alpha = np.empty((len(strokes), side, side), np.uint8)

    def paint_chunk(first: int) -> None:
        chunk = slice(first, first + STROKES_PER_BRUSH)
        alpha[chunk] = paint_alpha(settings, strokes[chunk], side)

    # Chunks are the same however many threads there are, hence so are the pictures.
    with ThreadPoolExecutor(available_cores()) as pool:
        list(pool.map(paint_chunk, range(0, len(strokes), STROKES_PER_BRUSH)))
    return alpha


def collect(settings: BrushSettings, n: int, seed: int) -> Collection:
    """Paints n random strokes; the same arguments give the same bytes."""
    strokes = random_strokes(n, seed)
    return Collection(strokes, paint_strokes(settings, strokes))
