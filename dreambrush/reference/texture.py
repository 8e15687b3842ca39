"""Texture of paint along strokes: what streaks, grain, soft sides and flat fills look like in figures.

Around places on strokes a picture is read in the strokes' own coordinates: forward along the path, and sideways across
it.  There are two kinds of patches.  Fine ones have the spacing of pixels, for grain has a size of its own.  Wide ones
are as large as the stroke is wide, for bristles, sides and flanks grow with it.  Of each patch these logarithms are
taken:

- power in three bands of frequency along the stroke, times three across it: streaks have power across it that is slow
  along it, grain has both, a wash has neither;
- in fine patches: contrast from pixel to pixel along and across, and the standard deviation, in the middle;
- in wide ones: contrast across and along within the stroke, at its sides and beyond; and how sudden the sides are.

Quartiles and the like of these over all places, by the width of the strokes, are the texture.  Besides, contrast across
strokes by their direction, since a flat nib is thin in one of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dreambrush.arrays import Float32, Float64, Floats, Int64, Mask
from dreambrush.bezier import control_points, path_length, point_at, velocity_at
from dreambrush.painter.measure.edge_softness import sampled
from dreambrush.painter.measure.stroke_metrics import LIGHT_WIDTH, visible_shares
from dreambrush.painter.see.gaussian import blurred
from dreambrush.strokes import Strokes

VISIBLE = 0.4  # share of a stroke that is seen at least
LONG = 2.0  # half-widths: least length of its path
APART, EACH, MOST = 12.0, 6, 1500  # pixels between places on a stroke; most on a stroke, and of all
SIDE = 16  # points along a patch, and across it
STEP = 1 / 3  # half-widths between the points of a wide patch
LEVELS, FINEST = 8, 0.5  # steps of half an octave, by which a picture is blurred for wide patches; pixels, of the first
BANDS = ((0, 2), (2, 4), (4, 9))  # of frequency, in periods a patch
MIDDLE_ALONG, MIDDLE_ACROSS = slice(4, 12), slice(5, 11)  # points of a fine patch, for contrast
ZONES = ((0.0, 0.6), (0.6, 1.4), (1.4, 3.0))  # half-widths from the path: within, at the sides, beyond
FLANK = 0.4, 1.7  # half-widths from the path, between which the side of a stroke is looked for
WIDTHS = 3.0, 7.0  # pixels: half-widths that part narrow, middling and broad strokes
SECTORS = 4  # directions that are told apart in half a turn
SHARES = 25, 50, 85  # per cent
FEW = 15  # places: fewer tell nothing
LIGHTNESS = np.array([0.299, 0.587, 0.114], np.float32)
FAINT_POWER, FAINT, FAINT_SPREAD, FAINT_SIDE, BLUNT = 1e-4, 1e-3, 2e-3, 1e-2, 1e-2  # below which is nothing to be seen
FIGURES = (len(BANDS) ** 2 + 3) + (len(BANDS) ** 2 + 2 * len(ZONES) + 2)  # of a place
SIZE = FIGURES * len(SHARES) * (len(WIDTHS) + 1) + SECTORS
"""How many numbers a texture has."""


class Places(NamedTuple):
    """Places on strokes.

    Attributes:
        point: (m, 2) float32, x and y in pixels.
        ahead: (m, 2) float32, unit vectors along the path.
        half: (m,) float32, half-width of the stroke in pixels.
    """

    point: Float32
    ahead: Float32
    half: Float32


def places_on(strokes: Strokes) -> Places:
    """Places on those strokes that can be seen and are long enough to have a direction."""
    rows = strokes.rows()
    length = path_length(rows)
    half = strokes.radius * (LIGHT_WIDTH + (1 - LIGHT_WIDTH) * strokes.pressure.mean(1))
    good = np.flatnonzero((visible_shares(strokes) >= VISIBLE) & (length > LONG * half))
    counts = np.clip(np.ceil(length[good] / APART), 1, EACH).astype(np.int64)
    owner = np.repeat(good, counts)
    index = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    t = ((index + 0.5) / np.repeat(counts, counts)).astype(np.float32)
    if len(owner) > MOST:
        some = np.linspace(0, len(owner) - 1, MOST).astype(np.int64)
        owner, t = owner[some], t[some]
    start, control, end = (each.T for each in control_points(rows[owner]))
    point = point_at(start, control, end, t).T
    ahead = velocity_at(start, control, end, t).T
    ahead /= np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-6)[:, None]
    inside = ((point > 0) & (point < np.array(strokes.size))).all(1)
    return Places(*(np.asarray(each[inside], np.float32) for each in (point, ahead, half[owner])))


def texture_of(picture: Float32, places: Places) -> Float64:
    """The texture of a picture along strokes.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1.
        places: on the strokes, as :func:`places_on` finds them.

    Returns:
        (SIZE,) float64; NaN where too few strokes are of that width or direction.
    """
    light = (picture @ LIGHTNESS)[..., None]
    fine = patches_of(light, places, np.ones_like(places.half))
    figures: Float64 = np.concatenate([band_powers(fine), _contrasts(fine), _wide_figures(light, places)], 1)
    kind = np.digitize(places.half, WIDTHS)
    found = [_shares(figures, kind == each) for each in range(len(WIDTHS) + 1)]
    across = figures[:, len(BANDS) ** 2 + 1]
    way = np.arctan2(places.ahead[:, 1], places.ahead[:, 0]) % np.pi
    sector = np.floor(way / np.pi * SECTORS + 0.5).astype(np.int64) % SECTORS
    return np.concatenate([*found, _by_sector(across, sector)])


def _shares(figures: Floats, which: Mask) -> Float64:
    if which.sum() < FEW:
        return np.full(FIGURES * len(SHARES), np.nan)
    return np.asarray(np.percentile(figures[which], SHARES, axis=0).ravel(), np.float64)


def _by_sector(across: Floats, sector: Int64) -> Float64:
    """How contrast (m,) across strokes differs by their direction."""
    means = [np.median(across[sector == k]) if (sector == k).sum() >= FEW else np.nan for k in range(SECTORS)]
    return np.array(means) - (np.median(across) if len(across) else 0)


def patches_of(light: Float32, places: Places, step: Float32) -> Float32:
    """Patches (m, SIDE along, SIDE across) of a lightness (h, w, 1) around places, in the strokes' own directions.

    Args:
        light: what is read.
        places: the middles of the patches.
        step: (m,) pixels between points.
    """
    reach = (np.arange(SIDE) - (SIDE - 1) / 2).astype(np.float32) * step[:, None]
    ahead = places.ahead
    x = places.point[:, 0, None, None] + reach[:, :, None] * ahead[:, 0, None, None]
    y = places.point[:, 1, None, None] + reach[:, :, None] * ahead[:, 1, None, None]
    x, y = x - reach[:, None] * ahead[:, 1, None, None], y + reach[:, None] * ahead[:, 0, None, None]
    return sampled(light, x, y)[..., 0]


def band_powers(patches: Float32) -> Float64:
    """Logarithms (m, 9) of power in bands of frequency: along the stroke from slow to fine, each with all across."""
    hann = np.hanning(SIDE + 2)[1:-1]
    window = hann[:, None] * hann
    mean = (patches * window).sum((1, 2), keepdims=True) / window.sum()
    power = np.abs(np.fft.rfft2((patches - mean) * window)) ** 2
    half = SIDE // 2
    both = power[:, : half + 1]
    both[:, 1:] += power[:, : half - 1 : -1]  # forwards and backwards are one
    found = [both[:, a:b, c:d].mean((1, 2)) for a, b in BANDS for c, d in BANDS]
    return np.asarray(np.log(np.stack(found, 1) + FAINT_POWER))


def _contrasts(fine: Float32) -> Float64:
    """Logarithms (m, 3) of contrast along and across in the middle of fine patches, and of the standard deviation."""
    middle = fine[:, MIDDLE_ALONG, MIDDLE_ACROSS]
    along, across = (np.abs(np.diff(middle, axis=axis)).mean((1, 2)) for axis in (1, 2))
    found = [along + FAINT, across + FAINT, middle.std((1, 2)) + FAINT_SPREAD]
    return np.asarray(np.log(np.stack(found, 1)), np.float64)


def _wide_figures(light: Float32, places: Places) -> Float64:
    """Figures (m, 17) of wide patches, each read from a picture that is as blurred as its points lie apart."""
    step = places.half * np.float32(STEP)
    level = np.clip(np.round(2 * np.log2(np.maximum(step, 1e-3))), 0, LEVELS).astype(np.int64)
    found = np.zeros((len(step), len(BANDS) ** 2 + 2 * len(ZONES) + 2))
    for each in np.unique(level):
        at = np.flatnonzero(level == each)
        smooth = blurred(light, FINEST * 2 ** (each / 2)) if each else light
        patches = patches_of(smooth, Places(*(part[at] for part in places)), step[at])
        found[at] = np.concatenate([band_powers(patches), _profile(patches)], 1)
    return found


def _profile(wide: Float32) -> Float64:
    """Logarithms (m, 8): contrast across and along by zone, and how sudden sides are, row by row and on the whole."""
    steps = np.abs(np.diff(wide, axis=2))
    across, along = steps.mean(1), np.abs(np.diff(wide, axis=1)).mean(1)
    between = np.abs(np.arange(SIDE - 1) - (SIDE - 2) / 2) * STEP
    beside = np.abs(np.arange(SIDE) - (SIDE - 1) / 2) * STEP
    found = []
    for low, high in ZONES:
        found += [part[:, (far >= low) & (far < high)].mean(1) for part, far in ((across, between), (along, beside))]
    flank = steps[:, :, (between >= FLANK[0]) & (between < FLANK[1])]
    whole = np.abs(np.diff(wide.mean(1), axis=1))
    sudden = [_sudden(flank).mean(1), _sudden(whole)]
    every = [each + FAINT for each in found] + [each + BLUNT for each in sudden]
    return np.asarray(np.log(np.stack(every, 1)), np.float64)


def _sudden(steps: Float32) -> Float32:
    """1 where one step (..., n) has all the contrast, 1 / n where all have the same."""
    return np.asarray((steps**2).sum(-1) / (steps.sum(-1) + FAINT_SIDE) ** 2)
