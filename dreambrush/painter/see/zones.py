"""Zones: the parts of a picture that a stage of a painting is about, as soft maps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32
from dreambrush.painter.see.cells import grown, reduced
from dreambrush.painter.see.gaussian import blurred
from dreambrush.painter.see.interest import LEAST, Interest, interest
from dreambrush.painter.see.saliency import detail_weight
from dreambrush.painter.see.squint import edges_of, ramp
from dreambrush.painter.see.target import LUMA, Target

Zone = Literal["everywhere", "subject", "background", "face", "dark", "light", "edges"]
EVERYWHERE, SUBJECT, BACKGROUND, FACE, DARK, LIGHT, EDGES = ZONES = get_args(Zone)

LEVELS = 256  # of tone
TONE_STEP = 0.12  # half of the tones between what is dark and what is light
EVEN_SUBJECT = 0.45  # interest up to which a place is background, where all else is subject
FACE_WEIGHT = 3.0  # how much more an error counts in a face
NOTHING = 1e-3  # share of the picture below which a zone is not there
CRISP_EDGE = 0.08, 0.5  # clearness of an edge that counts for nothing, and in full
BESIDE_EDGE = 1.2  # standard deviation of what counts as beside an edge, in units of interest.py


def zone_map(where: Zone, target: Target, focus: Float32 | None = None) -> Float32 | None:
    """Where a zone is.

    Args:
        where: the zone.
        target: picture to be painted.
        focus: (h, w) float32, 0..1: where one looks, as the artist says; None for faces and the picture's subject.

    Returns:
        (h, w) float32, 0..1; None for everywhere.  All zeros if there is no such place.

    Raises:
        ModelError: a network that finds faces or subjects is missing or broken.
    """
    makers: dict[str, Callable[[], Float32]] = {
        SUBJECT: lambda: _subject(target, focus),
        BACKGROUND: lambda: np.asarray(1 - _subject(target, focus), np.float32),
        FACE: lambda: _face(target),
        DARK: lambda: np.asarray(1 - _light(target), np.float32),
        LIGHT: lambda: _light(target),
        EDGES: lambda: _edges(target, focus),
    }
    if where == EVERYWHERE:
        return None
    found = makers[where]()
    return found if found.mean(dtype=np.float64) > NOTHING else np.zeros_like(found)


def tone_of(picture: Float32) -> Float32:
    """The tone (h, w) of a picture (h, w, 3), sRGB 0..1: 0 for black, 1 for white."""
    return steady.dot3(picture, LUMA)


def tone_below(tones: Float32, share: float) -> float:
    """The tone below which so much of a picture lies, to a whole level."""
    counts = np.bincount(np.rint(np.clip(tones, 0, 1) * (LEVELS - 1)).astype(np.int64).ravel(), minlength=LEVELS)
    level = int(np.searchsorted(np.cumsum(counts), share * tones.size))
    return min(level, LEVELS - 1) / (LEVELS - 1)


def _subject(target: Target, focus: Float32 | None) -> Float32:
    looked = interest(target, focus)
    return grown(ramp(looked.cells, max(LEAST, 0.6 * EVEN_SUBJECT), 1.4 * EVEN_SUBJECT), target.size)


def _face(target: Target) -> Float32:
    attention = detail_weight(target.picture)
    if attention is None:
        return np.zeros(target.size, np.float32)
    return np.asarray(np.clip((attention / attention.min() - 1) / np.float32(FACE_WEIGHT), 0, 1), np.float32)


def _light(target: Target) -> Float32:
    tones = tone_of(target.picture)
    middle = 0.5 * (tone_below(tones, 0.25) + tone_below(tones, 0.75))
    return ramp(tones, middle - TONE_STEP, middle + TONE_STEP)


def _edges(target: Target, focus: Float32 | None) -> Float32:
    looked: Interest = interest(target, focus)
    clear, sharp, _ = edges_of(reduced(target.picture, looked.cell), looked.unit)
    weighted = clear * sharp * (np.float32(0.5) + np.float32(0.5) * looked.cells)
    return grown(ramp(blurred(weighted, BESIDE_EDGE * looked.unit), *CRISP_EDGE), target.size)
