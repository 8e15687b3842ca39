"""What MyPaint makes of a layer's pixels when it opens a file and saves it again, without any change by hand.

MyPaint keeps premultiplied colour in 15 bits, and adds a little noise before it cuts that to 8 bits again.  Alpha
survives.  A colour may come back one level darker, and at eotf 2.2 and little alpha up to 20 levels darker.  The next
time it may become darker still.  All of this is known to the last bit, except the noise, which depends on what MyPaint
did before.  So this module works out, for each alpha and level, the levels to which any number of savings can lead.
Multiplied by alpha, as one sees them, they end less than one level from where they began.  Source: MyPaint 2.0.1,
lib/pixops.cpp.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from dreambrush.arrays import Mask, Pixels
from dreambrush.mypaint.blend.blending import premultiply
from dreambrush.mypaint.engine import eotf as scale
from dreambrush.mypaint.engine.eotf import levels_of_light, light_of_levels


def may_be_resaved(before: Pixels, after: Pixels, eotf: float) -> Mask:
    """Finds where MyPaint may have changed a layer's pixels by nothing but saving them.

    Args:
        before: straight sRGB and alpha before, (..., 4), uint8.
        after: straight sRGB and alpha after, (..., 4), uint8.
        eotf: eotf of the document.

    Returns:
        A mask (...).  It is true wherever both are alike, or hold no paint.
    """
    same: Mask = (before == after).all(-1)
    apart = np.nonzero(~same)
    was, now = before[apart], after[apart]
    alpha = was[:, 3]
    low, high = resaved_levels(eotf)
    within = np.ones(len(was), bool)
    for channel in range(3):
        level = now[:, channel]
        within &= (low[alpha, was[:, channel]] <= level) & (level <= high[alpha, was[:, channel]])
    same[apart] = (alpha == now[:, 3]) & (within | (alpha == 0))
    return same


@cache
def resaved_levels(eotf: float) -> tuple[Pixels, Pixels]:
    """The lowest and the highest level that any number of savings can make of each level.

    Returns:
        Two arrays of shape (256, 256), indexed by alpha and level.
    """
    lowest = scale.ONE * 2 // 256  # noise of a level; levels.py has it by pixel, for a MyPaint that has just started
    highest = lowest + (scale.ONE - 1) * 5 // 256
    ends = []
    for noise, farther in ((lowest, np.minimum), (highest, np.maximum)):
        saved = _saved(eotf, noise)
        end: Pixels = np.broadcast_to(np.arange(256, dtype=np.uint8), (256, 256))
        before = None
        # Saving keeps the order of levels, so the end of a range leads to the end of what becomes of it.
        while before is None or not np.array_equal(before, end):
            before, end = end, farther(end, np.take_along_axis(saved, end.astype(np.intp), 1))
        ends.append(end)
    return ends[0], ends[1]


def _saved(eotf: float, noise: int) -> Pixels:
    """The result of one saving for each level (column) at each alpha (row), if the noise is the same everywhere."""
    alpha, level = np.mgrid[0:256, 0:256].astype(np.uint8)
    light = premultiply(np.stack([level, level, level, alpha], -1), light_of_levels(eotf)).astype(np.uint32)
    share = light[..., 3]
    colour = ((light[..., 0] << 15) + share // 2) // np.maximum(share, 1)
    return levels_of_light(colour.astype(np.uint16), np.full(colour.shape, noise, np.uint32), eotf)
