"""How good a wet dream is: strokes that it never saw, over canvases that it never saw, against the engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from dreambrush.arrays import Fixed15, Float32
from dreambrush.bezier import RADIUS
from dreambrush.dream.wet import read_pixels, ring_taps, wet_nodes
from dreambrush.events import events_of_rows
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import ONE, Canvas
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.train.collect.strokes import random_colours, random_strokes
from dreambrush.train.collect.wet import MARGIN, WIDE, Ground, strokes_over
from dreambrush.train.fit.colour import ColourDream
from dreambrush.train.fit.evaluate import HELD_OUT_SEED_OFFSET, NOISE_RENDERS
from dreambrush.train.fit.field import FieldDream
from dreambrush.train.fit.wet import wet_paint_after
from dreambrush.train.fit.wet_fit import LearntWet


@dataclass(frozen=True)
class WetScore:
    """Mean squared errors of premultiplied RGB (0..1), over all pixels of WIDE x WIDE canvases.

    Attributes:
        nothing: of expecting that a stroke changes nothing.
        noise: of the brush itself: variance between repeated renders.
        dry: of a dream that does not see the canvas: coverage of the brush's own colour.
        error: of the wet dream; the same as ``dry`` for a dry brush.
    """

    nothing: float
    noise: float
    dry: float
    error: float

    @property
    def explained(self) -> float:
        """Share of what can be foretold that is foretold: 1 is all."""
        return (self.nothing - self.error) / max(self.nothing - self.noise, 1e-12)

    def as_dict(self) -> dict[str, float]:
        """Rounded to four significant digits, the explained share with them."""
        values = {**vars(self), "explained": self.explained}
        return {name: float(f"{value:.4g}") for name, value in values.items()}


@dataclass(frozen=True)
class Rendered:
    """A stroke over a canvas: what the engine made of it, and what was dreamt, where paint may have got.

    Attributes:
        before: (h, w, 4) float32, premultiplied RGBA.
        real: (renders, h, w, 4) float32.
        dreamt: (h, w, 4) float32, of the wet dream.
        dry: (h, w, 4) float32, of a dream that does not see the canvas.
    """

    before: Float32
    real: Float32
    dreamt: Float32
    dry: Float32


def evaluate_wet(
    settings: BrushSettings,
    field: FieldDream,
    learnt: LearntWet | None,
    ground: Ground,
    seed: int,
    count: int,
    colours: ColourDream | None = None,
) -> WetScore:
    """Scores a dream on strokes painted for this purpose, NOISE_RENDERS times each, with the brush as it is.

    Args:
        settings: of the brush.
        field: the dream of its coverage.
        learnt: its wet part; None for a dry brush.
        ground: draws canvases.
        seed: of the training; the strokes are others.
        count: number of strokes.
        colours: its colour dream, if it changes its colour.
    """
    sums = np.zeros(4)
    for each in render_over(settings, field, learnt, ground, seed, count, NOISE_RENDERS, colours):
        before, real = each.before[..., :3], each.real[..., :3]
        errors = [((real - picture[..., :3]) ** 2).mean(0) for picture in (before, each.dry, each.dreamt)]
        nothing, dry, error = (float(part.sum(dtype=np.float64)) for part in errors)
        sums += nothing, float(real.var(0, ddof=1).sum(dtype=np.float64)), dry, error
    return WetScore(*(sums / (count * WIDE * WIDE * 3)).tolist())


@torch.no_grad()
def render_over(
    settings: BrushSettings,
    field: FieldDream,
    learnt: LearntWet | None,
    ground: Ground,
    seed: int,
    count: int,
    renders: int,
    colours: ColourDream | None = None,
    whole: bool = False,
) -> list[Rendered]:
    """Paints held-out strokes over canvases, and dreams them; arguments as :func:`evaluate_wet`.

    Args:
        settings: of the brush.
        field: the dream of its coverage.
        learnt: its wet part, or None.
        ground: draws canvases.
        seed: of the training.
        count: number of strokes.
        renders: of each.
        colours: its colour dream, or None.
        whole: give the square in which strokes have their middle, not that which was changed.
    """
    strokes = strokes_over(random_strokes, count, seed + HELD_OUT_SEED_OFFSET, field.reach_on_canvas)
    tints = random_colours(count, seed + HELD_OUT_SEED_OFFSET)
    brush, canvas, made = Brush(settings, washed=True), Canvas(WIDE, WIDE), []
    for index, events in enumerate(events_of_rows(strokes)):
        before = ground()
        brush.set_colour(tints[index].tolist())
        brush.set_radius(float(strokes[index, RADIUS]))
        pictures, areas = [], []
        for turn in range(renders):
            canvas.write(before)
            areas.append(canvas.stroke(brush, events, turn * count + index))
            pictures.append(canvas.read())
        areas = [area for area in areas if area[2] and area[3]]
        if whole:
            x, y, right, bottom = MARGIN, MARGIN, WIDE - MARGIN, WIDE - MARGIN
        elif areas:
            corners = np.array([(x, y, x + width, y + height) for x, y, width, height in areas])
            (x, y), (right, bottom) = corners[:, :2].min(0).tolist(), corners[:, 2:].max(0).tolist()
        else:
            continue
        box = slice(y, bottom), slice(x, right)
        real = np.asarray(np.stack([picture[box] for picture in pictures]) / ONE, np.float32)
        made.append(
            Rendered(
                np.asarray(before[box] / ONE, np.float32),
                real,
                *_dreamt(field, learnt, before, strokes[index], tints[index], (x, y, right, bottom), colours),
            )
        )
    return made


def _dreamt(
    field: FieldDream,
    learnt: LearntWet | None,
    before: Fixed15,
    stroke: Float32,
    tint: Float32,
    box: tuple[int, int, int, int],
    colours: ColourDream | None,
) -> tuple[Float32, Float32]:
    """What is expected in a box, seeing the canvas and not."""
    x, y, right, bottom = box
    rows, columns = np.mgrid[y:bottom, x:right].astype(np.float32) + 0.5
    points = torch.from_numpy(np.stack([columns.ravel(), rows.ravel()], 1))[None]
    strokes, given = torch.from_numpy(stroke[None]), torch.from_numpy(tint[None])
    under = torch.from_numpy(before[y:bottom, x:right].reshape(1, -1, 4) / np.float32(ONE))
    coverage = field(strokes, points)[0]
    colour = given[:, None].expand(-1, points.shape[1], -1)
    if colours is not None:
        colour = colour + colours(strokes, points, given)
    colour = torch.cat([colour, torch.ones_like(colour[..., :1])], -1)
    dry = (1 - coverage[..., None]) * under + coverage[..., None] * colour
    wet = dry
    if learnt is not None:
        taps = ring_taps(learnt.rings)
        places = wet_nodes(stroke[None], learnt.lanes)[0][:, None] + stroke[RADIUS] * taps[:, :2]
        found = np.einsum("nmc,m->nc", read_pixels(before, places) / np.float32(ONE), taps[:, 2])
        lay = torch.from_numpy(np.asarray(found[None], np.float32))
        wet = wet_paint_after(coverage, under, colour, lay, learnt.field(strokes, points))
    shape = (bottom - y, right - x, 4)
    return wet[0].numpy().reshape(shape), dry[0].numpy().reshape(shape)
