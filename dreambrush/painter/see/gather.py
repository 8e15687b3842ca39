"""Small things gathered into strokes: hair becomes locks, and leaves become masses.

Whoever paints what the picture has of hair, grass or weave, dabs at specks.  Painters see which way such a texture
runs, and paint that.  So colours are averaged along the form: each place takes the mean of what lies on a curve that
follows the form through it.  Edges stay, for nothing is averaged across them; then they are made as firm as before.

That is the line integral convolution of Cabral and Leedom, "Imaging vector fields using line integral convolution"
(1993), of a picture along its own structure tensors, as Kyprianidis and Kang do in "Image and video abstraction by
coherence-enhancing filtering" (2011).  Their shock filter sharpens edges; here it is a mask that stays between the
darkest and the lightest neighbour, so that no edge gets a halo.
"""

from __future__ import annotations

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32, Int64
from dreambrush.painter.see.cells import grown, reduced
from dreambrush.painter.see.firm import firmer
from dreambrush.painter.see.gaussian import blurred
from dreambrush.painter.see.interest import scale_of

# Lengths are in units of interest.py.
REACH = 5.4  # way along the form, each way, with the dial at 1
AROUND = 1.3  # standard deviation of the tensors that say which way the form runs
CARE = 0.6  # how much shorter the way is where an error counts twice as much: in faces, at their eyes most
TIMES = 2  # each time the form is looked at anew: locks run longer than they did
STEP = 0.5  # of the way, in cells
FINEST = 1.5  # cells: what is finer than a cell stays where the way is shorter than that
FIRMER, BESIDE = 1.5, 1.5  # share of the difference from a blurred picture that is added; its blur in cells


def gathered(picture: Float32, strength: float, counts: Float32 | None = None, care: Float32 | None = None) -> Float32:
    """A picture whose small things are gathered along the form.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1.
        strength: 0 to 1.
        counts: (h, w) float32 how much of the picture there is, 0..1; None for all of it.
        care: (h, w) float32 how much more an error counts than where it counts least, 0 or more: less is gathered
            there.  None for an even care.

    Returns:
        (h, w, 3) float32, sRGB 0..1.
    """
    size = picture.shape[:2]
    cell, unit = scale_of(size)
    small = reduced(picture, cell)
    there = np.ones(small.shape[:2], np.float32) if counts is None else reduced(counts, cell)
    reach = np.full(small.shape[:2], strength * REACH * unit, np.float32)
    if care is not None:
        reach /= 1 + np.float32(CARE) * reduced(care, cell)
    found: Float32 = small
    for _ in range(TIMES):
        found = _along(found, _way(found, AROUND * unit), reach, there)
    share = np.clip(reach / np.float32(FINEST), 0, 1)[..., None]
    firm = firmer(found, blurred(found, BESIDE), FIRMER)
    found = small + share * (firm - small)
    if cell == 1:
        return found
    fine = picture - grown(small, size)
    return np.asarray(np.clip(grown(found, size) + (1 - grown(share, size)) * fine, 0, 1), np.float32)


def _way(picture: Float32, around: float) -> Float32:
    """Which way the form runs: unit vectors (h, w, 2) along it, known up to half a turn."""
    wide = np.pad(picture, [(1, 1), (1, 1), (0, 0)], mode="edge")
    dx, dy = wide[1:-1, 2:] - wide[1:-1, :-2], wide[2:, 1:-1] - wide[:-2, 1:-1]
    xx, yy, xy = (steady.dot3(a, b) for a, b in ((dx, dx), (dy, dy), (dx, dy)))
    even, odd = (blurred(np.asarray(each, np.float32), around) for each in (yy - xx, -2 * xy))
    # Half the angle of (even, odd), by roots: no sine is needed.
    cosine = even / np.maximum(np.sqrt(even * even + odd * odd), np.float32(1e-12))
    x, y = (np.sqrt(np.maximum(np.float32(0.5) + half * cosine, 0)) for half in (np.float32(0.5), np.float32(-0.5)))
    return np.stack([x, np.where(odd < 0, -y, y)], -1)


def _along(picture: Float32, way: Float32, reach: Float32, there: Float32) -> Float32:
    """Means (h, w, 3) along curves that follow a way (h, w, 2), so many cells (h, w) to either side.

    What is nearer counts more: one less the square of its share of the way.
    """
    height, width = reach.shape
    steps = max(int(np.ceil(float(reach.max()) / STEP)), 1)
    length = (reach / np.float32(steps)).ravel()
    colours = np.concatenate([picture * there[..., None], there[..., None]], -1).reshape(-1, 4)
    start = np.indices((height, width), np.float32)[::-1].reshape(2, -1)
    ways = np.ascontiguousarray(way.reshape(-1, 2).T)
    mean = colours.copy()
    for side in (np.float32(1), np.float32(-1)):
        at, last = start.copy(), side * ways
        for step in range(1, steps + 1):
            at += length * last
            cells = _cells(at, width, height)
            mean += np.float32(1 - (step / (steps + 1)) ** 2) * colours[cells]
            here = ways[:, cells]
            last = np.where(here[0] * last[0] + here[1] * last[1] < 0, -here, here)
    found = mean[:, :3] / np.maximum(mean[:, 3:], np.float32(1e-6))
    return np.where(there[..., None] > 0, found.reshape(picture.shape), picture)


def _cells(at: Float32, width: int, height: int) -> Int64:
    """The numbers (n,) of the cells nearest to places (2, n)."""
    x, y = (
        np.clip(np.rint(each), 0, last - 1).astype(np.int64) for each, last in zip(at, (width, height), strict=True)
    )
    return np.asarray(y * width + x)
