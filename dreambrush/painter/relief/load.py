"""How a brush carries paint, and the shape in which it leaves it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.painter.relief.course import Course
from dreambrush.painter.relief.streaks import streaks, waves

SOFTEST, FIRM = 0.3, 0.8  # hardness of brushes that leave hardly any body, and all of it
KNIFE_HARDNESS, KNIFE_FLATNESS = 0.92, 2.0  # from which on a brush that strays nowhere is a knife
SCATTER = 0.1  # of a brush's dabs, with which its bristles stand apart
WIDE = 40.0  # pixels from the middle to the side, from which on wider strokes are no thicker
BODY = 4.4  # pixels of height that the fattest stroke lays
LEAN, FAT = 0.42, 1.1  # share of that in the darkest and the lightest colours: fat lights, thin shadows
NARROW = 4.5  # pixels from the middle to the side, below which no ridges fit in
FINE, COARSE = 2.4, 6.5  # pixels across a ridge
FINEST = 2.4  # real pixels
STREAK = 46.0  # pixels along a ridge
RIDGES = 0.44  # height of ridges, against that of the paint
LIP, LIP_AT, LIP_WIDE = 0.55, 0.84, 0.26  # paint that is pushed to the sides; places from the middle, 0, to there, 1
BLOB, BLOB_AT, BLOB_LONG = 0.5, 0.45, 0.6  # paint that is pushed to the end; places in half widths from the end
LEVEL, RUN_OUT = 0.75, 0.3  # height of the paint at the start, and how much it loses until the end


@dataclass(frozen=True)
class Load:
    """How a brush carries paint.

    Attributes:
        body: how much it lays, 0..1.  A blender lays none, for it has no paint of its own.
        bristle: how deep its bristles draw, 0..1.
        knife: whether it is a knife: smooth paint, pushed to one side.
    """

    body: float
    bristle: float
    knife: bool


def load_of(settings: BrushSettings) -> Load:
    """How a brush carries paint, by its settings."""
    smudge, hardness, scatter, flatness = (
        settings.settings[name].base_value
        for name in ("smudge", "hardness", "offset_by_random", "elliptical_dab_ratio")
    )
    own = 1 - min(max(smudge, 0.0), 1.0)
    firm = min(max((hardness - SOFTEST) / (FIRM - SOFTEST), 0.0), 1.0)
    knife = hardness >= KNIFE_HARDNESS and scatter == 0 and flatness >= KNIFE_FLATNESS
    bristle = 0.35 if knife else 0.75 + 0.25 * min(max(scatter / SCATTER, 0.0), 1.0)
    return Load(own * (0.3 + 0.7 * firm), bristle, knife)


@dataclass(frozen=True)
class Stroke:
    """What decides how much paint a stroke leaves.

    Attributes:
        load: of its brush.
        tone: how light its colour is, 0..1.
        pressure: mean pressure, 0..1.
        body: how fat the painter paints by now, 0..1.
        scale: how large the painting is, against one of 1024 pixels.
    """

    load: Load
    tone: float
    pressure: float
    body: float
    scale: float

    @property
    def amount(self) -> float:
        """The height of its paint in pixels, if it is wide."""
        # In a small painting paint of true scale would be too thin for any light.
        deep = self.scale if self.scale > 1 else math.sqrt(self.scale)
        fat = LEAN + (FAT - LEAN) * self.tone
        return BODY * deep * self.load.body * self.body * fat * (0.5 + 0.5 * self.pressure)


def laid_by_narrow(stroke: Stroke, half: float) -> float:
    """How much paint a stroke leaves, pixels of height, that has half that width in pixels: no ridges fit into it."""
    return LEVEL * stroke.amount * math.sqrt(min(half / (stroke.scale * WIDE), 1.0))


def laid_by(stroke: Stroke, course: Course, seed: int) -> Float32:
    """How much paint a stroke leaves at its pixels where it covers them, as thickness.

    Args:
        stroke: the stroke.
        course: of its pixels.
        seed: of its streaks.

    Returns:
        (k,) float32, pixels of height.
    """
    load, unit = stroke.load, np.float32(1 / stroke.scale)
    half, along = course.half * unit, course.along * unit
    across = course.aside * half
    least = FINEST * float(unit)
    fine = streaks(across * np.float32(1 / max(FINE, least)), along * np.float32(1 / STREAK), seed)
    coarse = fine
    if float(half.max()) > COARSE:
        coarse = streaks(across * np.float32(1 / max(COARSE, least)), along * np.float32(0.6 / STREAK), seed + 1)
    first, end = course.reach
    gone = (course.along - np.float32(first)) * np.float32(1 / max(end - first, 1.0))
    shape = np.float32(LEVEL) - np.float32(RUN_OUT) * gone
    ridges = np.float32(0.55) * fine + np.float32(0.45) * coarse
    shape += np.float32(RIDGES * load.bristle) * ridges * (np.float32(0.6) + np.float32(0.6) * gone)
    shape += np.float32(LIP) * _lip(load, course, along, seed)
    to_end = (np.float32(end) - course.along) / np.maximum(course.half, np.float32(1))
    blob = _bump(np.asarray(to_end, np.float32), BLOB_AT, BLOB_LONG)
    shape += np.float32(BLOB) * blob * (np.float32(0.5) + np.float32(0.5) * coarse)
    wide = np.sqrt(np.minimum(half * np.float32(1 / WIDE), 1))
    return np.asarray(np.float32(stroke.amount) * wide * shape, np.float32)


def _lip(load: Load, course: Course, along: Float32, seed: int) -> Float32:
    """Paint that is pushed to the sides, here more and there less; by a knife, mostly to one of them."""
    left = course.aside > 0
    uneven = waves(along * np.float32(1 / 17), left, seed + 2)
    lip = _bump(np.asarray(np.abs(course.aside), np.float32), LIP_AT, LIP_WIDE) * (
        np.float32(0.55) + np.float32(0.75) * uneven
    )
    if load.knife:
        lip *= np.where(left == bool(seed & 1), np.float32(1.2), np.float32(0.25))
    return np.asarray(lip, np.float32)


def _bump(place: Float32, at: float, wide: float) -> Float32:
    rise = np.maximum(1 - np.abs(place - np.float32(at)) * np.float32(1 / wide), 0)
    return np.asarray(rise * rise, np.float32)
