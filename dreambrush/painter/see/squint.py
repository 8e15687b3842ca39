"""Lost and found edges: what a painter sees of a picture with half-closed eyes.

Where it matters the picture stays as it is, and its edges become a little firmer.  Elsewhere the two sides of an edge
flow into each other: most where contrast is low, where the picture is out of focus, and where nobody looks.  So masses
stay apart, and what is within them merges.  Whoever paints what is seen so, loses edges with any brush: no stroke
follows them, and a wet one or a blender gains there.
"""

from __future__ import annotations

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32
from dreambrush.painter.see.cells import grown, reduced
from dreambrush.painter.see.firm import firmer
from dreambrush.painter.see.flow import flow
from dreambrush.painter.see.gaussian import blurred
from dreambrush.painter.see.interest import Interest

# Lengths are in units of interest.py.
FINE, BROAD = 1.0, 3.0  # standard deviations of the Gaussians that tell how sharp an edge is
FAINT, CLEAR = 0.035, 0.21  # contrast (root mean square of channels) of an edge that counts for nothing, and in full
CRISP, DULL = 1.5, 5.0  # blur of an edge that counts in full, and of one that counts for nothing
AROUND = 2.0  # standard deviation of what counts as beside an edge
PEAK = 1.4  # about how much greater squared slopes are on an edge than on the mean beside it

UNSEEN = 0.35  # importance of an edge where nobody looks, against one where everybody does
LOSES, KEEPS = 0.3, 0.75  # importance up to which an edge is lost, and from which it is kept, with the dial at 1
FLOW, LEAST_FLOW = 8.0, 0.3  # standard deviation of the flow where nobody looks, and where everybody does
BLURRED = 0.7  # share of that flow where the picture is out of focus, even if one looks there
WALL = 3.4  # way across an edge that is kept, in standard deviations of the flow
FIRMER, BESIDE = 0.5, 2.0  # share of the difference from a blurred picture that is added to kept edges; its blur


def squinted(picture: Float32, looked: Interest, counts: Float32 | None, strength: float) -> Float32:
    """A picture as a painter sees it who loses edges.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1.
        looked: where one looks.
        counts: (h, w) float32 how much of the picture there is, 0..1; None for all of it.
        strength: 0 to 1.

    Returns:
        (h, w, 3) float32, sRGB 0..1.
    """
    size, cell, unit = picture.shape[:2], looked.cell, looked.unit
    clear, sharp, contrast = edges_of(reduced(picture, cell), unit)
    importance = clear * sharp * (np.float32(UNSEEN) + np.float32(1 - UNSEEN) * looked.cells)
    kept = ramp(importance, strength * LOSES, strength * KEEPS)
    loose = np.maximum(1 - looked.cells, np.float32(BLURRED) * (1 - sharp))
    width = np.float32(strength * unit * cell) * (np.float32(LEAST_FLOW) + np.float32(FLOW - LEAST_FLOW) * loose)
    slowness = np.asarray(1 / width, np.float32)
    wall = np.asarray(np.float32(WALL) * kept / np.maximum(contrast, np.float32(FAINT)), np.float32)
    flown = flow(picture, grown(slowness, size), grown(wall, size), counts)
    # The same without walls is a blur; what it takes from an edge makes that firmer.
    even = np.full(size, 1 / (BESIDE * unit * cell), np.float32)
    soft = flow(flown, even, np.zeros(size, np.float32), counts)
    return np.clip(firmer(flown, soft, grown(np.float32(FIRMER * strength) * kept, size)[..., None]), 0, 1)


def edges_of(picture: Float32, unit: float) -> tuple[Float32, Float32, Float32]:
    """How clear and sharp the edges of a picture are.

    Two slopes tell the blur of an edge, as painter/measure/edge_softness.py explains.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1.
        unit: pixels.

    Returns:
        On edges and beside them, how clear and how sharp they are (h, w), 0..1, and their contrast (h, w).
    """
    fine, broad = (
        blurred(squared_slope(blurred(picture, scale * unit)), AROUND * unit) * np.float32(unit * unit)
        for scale in (FINE, BROAD)
    )
    ratio = np.maximum(fine / np.maximum(broad, np.float32(1e-9)), np.float32(1 + 1e-4))
    blur = np.clip((np.float32(BROAD**2) - ratio * np.float32(FINE**2)) / (ratio - 1), 0, np.float32(4 * DULL**2))
    contrast = np.sqrt(broad * np.float32(2 * np.pi * PEAK) * (blur + np.float32(BROAD**2)))
    return ramp(contrast, FAINT, CLEAR), 1 - ramp(np.sqrt(blur), CRISP, DULL), contrast


def squared_slope(picture: Float32) -> Float32:
    """The squared slope (h, w) of a picture's colours (h, w, 3) a pixel, in the direction in which it is greatest.

    It is a mean over channels.  Slopes of channels in opposite directions do not cancel (Di Zenzo 1986).
    """
    wide = np.pad(picture, [(1, 1), (1, 1), (0, 0)], mode="edge")
    dx, dy = (
        np.float32(0.5) * (a - b) for a, b in ((wide[1:-1, 2:], wide[1:-1, :-2]), (wide[2:, 1:-1], wide[:-2, 1:-1]))
    )
    xx, yy, xy = (steady.dot3(a, b) for a, b in ((dx, dx), (dy, dy), (dx, dy)))
    apart = xx - yy
    return np.asarray((xx + yy + np.sqrt(apart * apart + 4 * xy * xy)) / np.float32(6), np.float32)


def ramp(values: Float32, low: float, high: float) -> Float32:
    """0 up to a value, 1 from another on, and smooth between."""
    share = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)
