"""Strokes of a wet brush over paint: what its wet dream is trained on.

Each stroke is painted three times with the same random numbers.  *Dry*, on an empty canvas, it shows its coverage:
which dabs are laid where does not depend on what the brush picks up.  In *white on black* it shows the share of its own
colour, and what is erased.  Over *paint* the rest, which must have been picked up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from dreambrush.arrays import Fixed15, Float32, Floats, Int64
from dreambrush.bezier import PATH, RADIUS, control_points, point_at
from dreambrush.dream.wet import read_pixels, ring_taps, wet_nodes
from dreambrush.events import events_of_rows
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import ONE, Canvas
from dreambrush.mypaint.engine.myb import BrushSetting, BrushSettings
from dreambrush.train.collect.strokes import SIDE, Seed, brownian_strokes, random_colours, random_strokes

MARGIN = SIDE  # pixels around the square in which strokes have their middle; what reaches farther finds nothing there
WIDE = SIDE + 2 * MARGIN  # side of the canvas
FARTHEST = 1.2  # units (reach in radii, and half a pixel) from the path within which points are drawn
LEAST_RADIUS = 2.0  # pixels, up to which strokes are learned however far a brush reaches

WETNESS = ("smudge", "eraser", "lock_alpha")
COLOUR_CHANGES = ("change_color_h", "change_color_l", "change_color_hsl_s", "change_color_v", "change_color_hsv_s")

Ground = Callable[[], Fixed15]
"""Draws a canvas (WIDE, WIDE, 4) uint16, premultiplied RGBA of 0..ONE, to paint over."""


@dataclass(frozen=True)
class WetCollection:
    """Strokes over paint, looked at from points; colours are premultiplied RGBA, 0..1.

    Attributes:
        strokes: (n, 9) float32, on a canvas of WIDE x WIDE pixels.
        colour: (n, 4) float32, that the brush was given.
        points: (n, p, 2) float32, x and y in pixels.
        before: (n, p, 4) float32.
        after: (n, p, 4) float32.
        coverage: (n, p) float32.
        own: (n, p) float32, coverage times the share of the brush's own colour.
        laid: (n, p) float32, coverage times what is not erased: paint of its own and paint that it carried.
        found: (n, nodes, rings, 4) float32, what lay around each node.
        inside: (n, nodes, rings) float32, how much of that was on the canvas.
    """

    strokes: Float32
    colour: Float32
    points: Float32
    before: Float32
    after: Float32
    coverage: Float32
    own: Float32
    laid: Float32
    found: Float32
    inside: Float32


def strokes_over(kind: Callable[[int, Seed], Float32], count: int, seed: Seed, reach: float) -> Float32:
    """Strokes (n, 9) on a canvas of WIDE x WIDE pixels, their radius such that their paint hardly leaves it.

    Args:
        kind: draws strokes on a square of SIDE pixels.
        count: how many.
        seed: of them.
        reach: how far paint gets from the path, in radii.
    """
    strokes = kind(count, seed)
    strokes[:, PATH] += MARGIN
    strokes[:, RADIUS] = np.minimum(strokes[:, RADIUS], max(MARGIN / reach, LEAST_RADIUS))
    return strokes


def is_wet_brush(settings: BrushSettings) -> bool:
    """Whether a brush may pick up paint or take it away, by its settings.  Whether it does, painting shows."""
    return any(_does_something(settings.settings[name]) for name in WETNESS)


def dry_version(settings: BrushSettings) -> BrushSettings:
    """The brush without what makes it wet; a dry brush as it is."""
    return without(settings, *WETNESS) if is_wet_brush(settings) else settings


def without(settings: BrushSettings, *names: str) -> BrushSettings:
    """The brush with some settings at 0, whatever the input."""
    return replace(settings, settings={**settings.settings, **{name: BrushSetting(0.0) for name in names}})


def paint_over(
    settings: BrushSettings,
    count: int,
    seed: int,
    ground: Ground,
    reach: float,
    rings: list[tuple[float, int]],
    lanes: Float32,
    points: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> WetCollection:
    """Paints strokes over paint; pigments and changes of colour are left out, for they are not linear.

    Args:
        settings: of the brush.
        count: number of strokes.
        seed: of strokes, colours and points.
        ground: draws canvases.
        reach: how far paint gets from the path, in radii.
        rings: around each node: radius in radii of the stroke, and number of taps.
        lanes: as :func:`~dreambrush.dream.wet.wet_nodes` takes them.
        points: of each stroke.
        progress: told strokes done and in all, now and then.

    Raises:
        BrushError: the brush asks for dabs without end.
    """
    rng = np.random.default_rng((seed, 1))
    kinds = (
        strokes_over(random_strokes, count - count // 2, seed, reach),
        strokes_over(brownian_strokes, count // 2, seed, reach),
    )
    strokes = rng.permutation(np.concatenate(kinds))
    colour = np.concatenate([random_colours(count, seed), np.ones((count, 1), np.float32)], 1)
    plain = without(settings, "paint_mode", *COLOUR_CHANGES)
    brushes = Brush(dry_version(plain)), Brush(plain, washed=True), Brush(plain, washed=True)
    canvases = [Canvas(WIDE, WIDE) for _ in brushes]
    black = np.zeros((WIDE, WIDE, 4), np.uint16)
    black[..., 3] = ONE
    taps = [ring_taps([(*ring, 1.0)]) for ring in rings]
    where = wet_nodes(strokes, lanes)
    rows: list[tuple[Floats, ...]] = []
    for index, events in enumerate(events_of_rows(strokes)):
        before = ground()
        pixels = _near(strokes[index], reach, points, rng)
        answers = []
        for brush, canvas, given, tint in zip(
            brushes, canvases, (None, black, before), ((1, 1, 1), (1, 1, 1), colour[index, :3].tolist()), strict=True
        ):
            canvas.clear() if given is None else canvas.write(given)
            brush.set_colour(tint)
            brush.set_radius(float(strokes[index, RADIUS]))
            canvas.stroke(brush, events, index)
            answers.append(_pixels_of(canvas, pixels))
        dry, white, over = answers
        laid = white[:, 3] - (1 - dry[:, 3])
        radius = float(strokes[index, RADIUS])
        taken = np.stack([_found(before, where[index], ring, radius) for ring in taps], 1)
        inside = np.stack([_inside(where[index], ring, radius) for ring in taps], 1)
        lay = before[pixels[:, 1], pixels[:, 0]] / np.float32(ONE)
        rows.append((pixels + np.float32(0.5), lay, over, dry[:, 3], white[:, 0], laid, taken, inside))
        if index % 100 == 0:
            progress(index, count)
    columns = (np.asarray(np.stack(column), np.float32) for column in zip(*rows, strict=True))
    return WetCollection(strokes, colour, *columns)


def _does_something(setting: BrushSetting) -> bool:
    return setting.base_value != 0 or any(y != 0 for curve in setting.inputs.values() for _, y in curve)


def _near(stroke: Float32, reach: float, count: int, rng: np.random.Generator) -> Int64:
    """Pixels (count, 2) within reach of the path, those beyond the canvas moved to its edge."""
    path = point_at(*control_points(stroke), rng.random((count, 1)))
    offset = rng.uniform(-FARTHEST, FARTHEST, (count, 2)) * (stroke[RADIUS] * reach + 0.5)
    return np.asarray(np.clip(np.floor(path + offset), 0, WIDE - 1), np.int64)


def _pixels_of(canvas: Canvas, pixels: Int64) -> Float32:
    """Some pixels (n, 4) of a canvas, 0..1."""
    (x, y), (right, bottom) = pixels.min(0).tolist(), pixels.max(0).tolist()
    area = canvas.read((x, y, right - x + 1, bottom - y + 1))
    return np.asarray(area[pixels[:, 1] - y, pixels[:, 0] - x] / np.float32(ONE), np.float32)


def _inside(nodes: Float32, taps: Float32, radius: float) -> Float32:
    """The share of the taps of one ring (nodes,) that are on the canvas."""
    places = np.floor(nodes[:, None] + radius * taps[:, :2])
    return np.asarray(((places >= 0) & (places < WIDE)).all(-1).mean(1), np.float32)


def _found(canvas: Fixed15, nodes: Float32, taps: Float32, radius: float) -> Float32:
    """What lies (nodes, 4) at the taps of one ring around nodes, on the mean."""
    found = read_pixels(canvas, nodes[:, None] + radius * taps[:, :2])
    return np.asarray(found.mean(1) / ONE, np.float32)
