"""The colour under the first stroke, where nobody asked for one.

As a rule it is the picture's mean, or a toned ground.  That is like the parts with detail, where slivers of the ground
stay open, but darker and warmer: then they look like shadows between the strokes.  A drawing on
transparency has little but the colour of its lines, and would vanish on their mean: it gets paper that contrasts.  A
drawing or a logo on a flat ground keeps that ground.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import numpy as np

from dreambrush.arrays import Float32, Pixels
from dreambrush.painter.see.cells import reduced
from dreambrush.pictures.palette import Palette, from_oklab, oklab

FEW_COLOURS = 0.06  # standard deviation in Oklab, of a drawing in one colour
MUCH = 0.25  # share of the picture that is transparent at least, around a drawing
FLAT = 0.6  # share of the picture that has one colour at least, where that is its ground
STEP = 8  # levels that count as one colour
MID = 0.62  # lightness in Oklab, below which a drawing is dark
TONE = -0.08, 0.006, 0.02  # steps in Oklab from the mean of a picture to its toned ground
SEEN = 256  # side in pixels of the picture of which that is the mean
STILL = 1e-3  # weight of a place where nothing is going on, as a step of colour from cell to cell
LIGHT_PAPER, DARK_PAPER = (255, 255, 255), (34, 34, 34)


class GroundReason(StrEnum):
    """Why the ground has its colour."""

    ASKED = "asked"
    CONTRAST = "contrast"
    FLAT = "flat"
    MEAN = "mean"
    TONED = "toned"


class ChosenGround(NamedTuple):
    """A ground.

    Attributes:
        colour: (3,) uint8.
        reason: why it has that colour.
    """

    colour: Pixels
    reason: GroundReason


def choose_ground(
    target: Float32,
    share: Float32 | None,
    wanted: tuple[float, float, float] | None,
    palette: Palette | None,
    toned: bool = False,
) -> ChosenGround:
    """Chooses the ground of a picture.

    Args:
        target: (h, w, 3), sRGB 0..1.
        share: (h, w, 1) how opaque it is, 0..1; None for opaque everywhere.
        wanted: the colour that was asked for, sRGB 0..1, or None.
        palette: of which the ground is to be, unless a colour was asked for.
        toned: whether an opaque picture that has no flat ground gets a toned one instead of its mean.
    """
    if wanted is not None:
        return ChosenGround(_levels(np.array(wanted)), GroundReason.ASKED)
    if share is None:
        flat = _flat(target)
        if flat is not None:
            mean, reason = flat, GroundReason.FLAT
        elif toned:
            mean, reason = _toned(target), GroundReason.TONED
        else:
            mean, reason = target.mean((0, 1)), GroundReason.MEAN
    else:
        mean, reason = (target * share).sum((0, 1)) / max(float(share.sum()), 1e-9), GroundReason.MEAN
        if _is_drawing(target, share, mean):
            return ChosenGround(_contrasting(mean, palette), GroundReason.CONTRAST)
    if palette is not None:
        mean = palette.snapped(np.asarray(mean, np.float32)[None])[0]
    return ChosenGround(_levels(mean), reason)


def _is_drawing(target: Float32, share: Float32, mean: Float32) -> bool:
    """Whether there is much transparency around one colour."""
    if share.mean() > 1 - MUCH:
        return False
    seen = share[..., 0] > 0
    away = oklab(target[seen]) - oklab(mean[None])
    weight = share[seen]
    return float((away**2 * weight).sum() / max(float(weight.sum()), 1e-9)) < FEW_COLOURS**2


def _flat(target: Float32) -> Float32 | None:
    """The one colour that most of an opaque picture has; None where there is none."""
    levels = np.rint(target.reshape(-1, 3) * 255).astype(np.int64)
    codes = (levels // STEP) @ np.array([1 << 16, 1 << 8, 1])
    kinds, counts = np.unique(codes, return_counts=True)
    if counts.max() < FLAT * len(codes):
        return None
    return np.asarray(np.median(levels[codes == kinds[counts.argmax()]], axis=0) / 255, np.float32)


def _toned(target: Float32) -> Float32:
    """The mean colour of where much is going on, darker and warmer."""
    cell = max(max(target.shape[:2]) // SEEN, 1)
    small = reduced(target, cell)
    lab = oklab(small.reshape(-1, 3)).reshape(small.shape)
    step = sum(np.pad(np.abs(np.diff(lab, axis=axis)), _last(axis)).sum(-1, keepdims=True) for axis in (0, 1))
    weight = np.asarray(step + STILL)
    mean = (lab * weight).sum((0, 1)) / weight.sum() + TONE
    return np.asarray(from_oklab(mean[None])[0], np.float32)


def _last(axis: int) -> list[tuple[int, int]]:
    """How to pad (h, w, 3) by one at the end of an axis."""
    return [(0, int(each == axis)) for each in range(3)]


def _contrasting(mean: Float32, palette: Palette | None) -> Pixels:
    if palette is not None:  # the one that looks least like it
        distances = ((oklab(palette.colours) - oklab(mean[None])) ** 2).sum(1)
        return _levels(palette.colours[int(distances.argmax())])
    return np.array(LIGHT_PAPER if oklab(mean[None])[0, 0] < MID else DARK_PAPER, np.uint8)


def _levels(colour: Float32 | np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Pixels:
    return np.asarray(np.rint(np.clip(colour, 0, 1) * 255), np.uint8)
