"""Shapes: a picture as few flat areas with smooth outlines, as who paints washes or cuts a poster sees it.

Each pixel has one of few colours.  Around each place these vote, and the most usual one wins: what is smaller than a
shape may be goes under, and outlines become smooth.  Where one looks, smaller shapes stand.  What differs from its
surroundings counts more than others, so a red mouth is not outvoted by the face around it.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from dreambrush.arrays import Float32, Float64, Int32, Int64
from dreambrush.painter.see.cells import grown, reduced
from dreambrush.painter.see.gaussian import blurred, broadly_blurred
from dreambrush.painter.see.interest import Interest
from dreambrush.painter.see.squint import ramp
from dreambrush.pictures.palette import oklab, palette_of

COLOURS = 18  # of a picture that may have any
FINEST = 0.22  # smallest shape where one looks, as a share of that elsewhere
SEEN = 0.3, 0.8  # interest up to which shapes are as broad as elsewhere, and from which they are the smallest
VOTES = 0.32  # standard deviation of the Gaussian in which colours vote, in widths of the smallest shape
DISTINCT = 12.0  # votes more, for each unit in Oklab that a pixel differs from its surroundings
ALIKE = 0.06  # in Oklab without its toe: colours that are nearer than that are one
TOE = 0.35  # lightness in Oklab up to which shades of black look alike
HUES_COUNT = 2.0  # differences of hue and chroma, against those of lightness: pale skin is no grey
LOCAL = 2.5  # standard deviation within which a shape's colour is a mean, in widths of the smallest shape
SMOOTH = Image.Resampling.BICUBIC  # for outlines without corners
RIM = 0.0022  # of the longer side: standard deviation of the rim in which pigment gathers


def in_shapes(
    picture: Float32, looked: Interest, width: float, colours: Float32 | None = None, rims: float = 0.0
) -> Float32:
    """A picture of flat shapes.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1.
        looked: where one looks; there shapes may be smaller.
        width: of the smallest shapes where nobody looks, in pixels.
        colours: (n, 3) of which the shapes are to be, sRGB 0..1.  None: few colours of the picture part them, and
            each shape has the mean of what lies about, so that it changes slowly as a graded wash does.
        rims: 0..1: how much darker a shape is along its outline, as where wet paint has dried.

    Returns:
        (h, w, 3) float32, sRGB 0..1.
    """
    cell, size = looked.cell, picture.shape[:2]
    small = reduced(picture, cell)
    sigma = max(VOTES * width / cell, 0.5)
    fine = max(sigma * FINEST, 0.5)
    smooth = blurred(small, fine)
    given = palette_of(smooth, COLOURS).colours if colours is None else colours
    labels = _nearest(smooth, given)
    weights = 1 + np.float32(DISTINCT) * _apart(smooth, broadly_blurred(small, 3 * sigma))
    share = ramp(looked.cells, *SEEN)
    found = [each for each in range(len(given)) if (labels == each).any()]
    best, chosen = np.full(size, -1, np.float32), np.zeros(size, np.int32)
    for each in found:
        own = np.where(labels == each, weights, np.float32(0)).astype(np.float32)
        vote = share * blurred(own, fine) + (1 - share) * broadly_blurred(own, sigma)
        there = grown(np.asarray(vote, np.float32), size, SMOOTH)
        more = there > best
        best[more], chosen[more] = there[more], each
    seen = given[chosen] if colours is not None else _means(picture, chosen, found, LOCAL * width, cell)
    if rims:
        seen = seen * (1 - np.float32(rims) * _rim(chosen)[..., None])
    return np.asarray(seen, np.float32)


def _nearest(picture: Float32, colours: Float32) -> Int64:
    """The number (h, w) of the colour that is most like each pixel; colours that look alike count as one."""
    known = _without_toe(oklab(colours))
    lab = _without_toe(oklab(picture.reshape(-1, 3)))
    labels = np.empty(len(lab), np.int64)
    for start in range(0, len(lab), 1 << 15):
        labels[start : start + (1 << 15)] = ((lab[start : start + (1 << 15), None] - known) ** 2).sum(2).argmin(1)
    counts = np.bincount(labels, minlength=len(colours))
    one = np.arange(len(colours))
    for each in np.argsort(-counts, kind="stable"):  # the most usual of those that look alike stands for them
        near = (((known - known[each]) ** 2).sum(1) < ALIKE**2) & (counts < counts[each])
        one[near & (one == np.arange(len(colours)))] = one[each]
    return one[labels].reshape(picture.shape[:2])


def _without_toe(lab: Float64) -> Float64:
    """Oklab (n, 3) in which shades of black lie close together, as they do to the eye beside brighter colours."""
    out = lab.copy()
    light = lab[:, 0]
    out[:, 0] = np.where(light < TOE, 0.5 * TOE + 0.5 * light * light / TOE, light)
    out[:, 1:] *= np.minimum(light / TOE, 1)[:, None] * HUES_COUNT
    return out


def _apart(one: Float32, other: Float32) -> Float32:
    """How far two pictures are apart at each pixel, in Oklab."""
    shape = one.shape[:2]
    first, second = (_without_toe(oklab(each.reshape(-1, 3))) for each in (one, other))
    return np.asarray(np.sqrt(((first - second) ** 2).sum(1)).reshape(shape), np.float32)


def _means(picture: Float32, chosen: Int32, found: list[int], sigma: float, cell: int) -> Float32:
    """Each shape in the mean colour of what lies about within it."""
    small, out = reduced(picture, cell), np.empty_like(picture)
    for each in found:
        within = chosen == each
        if not within.any():
            continue
        share = reduced(within.astype(np.float32)[..., None], cell)
        both = broadly_blurred(np.concatenate([small * share, share], 2), sigma / cell)
        mean = both[..., :3] / np.maximum(both[..., 3:], np.float32(1e-4))
        out[within] = grown(np.asarray(mean, np.float32), picture.shape[:2], SMOOTH)[within]
    return np.clip(out, 0, 1)


def _rim(chosen: Int32) -> Float32:
    """Where the outlines of shapes are (h, w), 0..1: just within each."""
    wide = np.pad(chosen, 1, mode="edge")
    edge = (wide[1:-1, 2:] != chosen) | (wide[2:, 1:-1] != chosen)
    sigma = max(RIM * max(chosen.shape), 0.6)
    soft = blurred(edge.astype(np.float32), sigma)
    return np.asarray(np.minimum(soft * np.float32(sigma * np.sqrt(2 * np.pi)), 1), np.float32)
