"""Strokes move with what they show (Litwinowicz, "Processing Images and Video for an Impressionist Effect", 1997)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dreambrush.arrays import Float32, Mask, Pixels
from dreambrush.bezier import PATH, RADIUS, path_nodes
from dreambrush.film.borders import as_wholes, torn
from dreambrush.film.drawing import Drawing
from dreambrush.film.flow import places_of, smoothed, taken, within
from dreambrush.film.motion import Motion
from dreambrush.painter.sketch import Sketch

GROWTH = 0.1  # by which a stroke may become wider or narrower from one frame to the next, at most
NODES = 16  # pieces of a path, at whose ends ways and colours are compared
LIGHT, LIT = 2.0, 4  # pixels: blur of the change of light; pieces of a path, at whose ends it is taken
ABOUT, UNEVEN = 8.0, 0.03  # pixels; standard deviation of the change of light within them, more than which no light has
UNNOTICED, MOST_LIGHT = 0.012, 0.12  # changes of light that strokes do not follow, for they are noise or another thing


def carried(drawing: Drawing, motion: Motion, after: Pixels, *, coloured: bool = True) -> Drawing:
    """The drawing as the motion between two frames carries it.

    Strokes that leave the canvas are gone.  The others grow with what comes nearer, and take on how the light changes.

    Args:
        drawing: a drawing of the frame before.
        motion: from that frame to the next.
        after: (h, w, 3) uint8, the next frame.
        coloured: whether strokes may change their colours; not where only some colours may be used.
    """
    height, width = after.shape[:2]
    sketch = moved(drawing.sketch, motion.calm, motion.back, motion.before)
    places = places_of(height, width) + motion.back
    expected = taken(motion.before.astype(np.float32), places)
    if coloured:
        sketch = relit(sketch, expected, after)
    inside = within(places, width, height)
    unrest = float((np.square((expected - after) / 255).mean(2) * inside).sum() / max(float(inside.sum()), 1))
    focus = None if drawing.focus is None else taken(drawing.focus, places)
    usual = taken(drawing.usual, places) * inside  # what comes in is not usual yet
    new = replace(drawing, sketch=sketch, usual=usual, focus=focus, unrest=unrest)
    return new.only(on_canvas(sketch, width, height))


def moved(sketch: Sketch, flow: Float32, back: Float32, before: Pixels) -> Sketch:
    """A sketch whose strokes follow a flow.

    Every point of a path follows the flow where it is.  A stroke that lies over the border between things that move
    apart moves as a whole, with that one of them which it shows, and is cut off where the other one begins.

    Args:
        sketch: strokes in pixels.
        flow: (h, w, 2) pixels, smooth within each thing that moves.
        back: (h, w, 2): the same motion seen from the later frame.
        before: (h, w, 3) uint8, the frame from which it leads.
    """
    if not len(sketch):
        return sketch
    spread = np.gradient(flow[..., 0], axis=1) + np.gradient(flow[..., 1], axis=0)
    points = sketch.strokes[:, PATH].reshape(-1, 3, 2)
    shifts = taken(flow, points)
    growth = taken(np.asarray(spread, np.float32), points).mean(1) / 2  # of area, by which a length grows half as much
    nodes = path_nodes(sketch.strokes, NODES)
    ways = taken(flow, nodes)
    strokes = sketch.strokes.copy()
    strokes[:, PATH] = (points + shifts).reshape(-1, 6)
    strokes[:, RADIUS] *= np.exp(np.clip(growth, -GROWTH, GROWTH))
    some = torn(ways)
    if len(some):
        strokes[some] = as_wholes(sketch[some], nodes[some], ways[some], back, before)
    return replace(sketch, strokes=strokes)


def on_canvas(sketch: Sketch, width: int, height: int) -> Mask:
    """Whether each stroke (k,) may be seen on a canvas of that size in pixels."""
    points, radius = sketch.strokes[:, PATH].reshape(-1, 3, 2), sketch.strokes[:, RADIUS, None]
    x, y = points[..., 0], points[..., 1]
    return np.asarray(
        (x + radius > 0).any(1) & (x - radius < width).any(1) & (y + radius > 0).any(1) & (y - radius < height).any(1)
    )


def relit(sketch: Sketch, expected: Float32, after: Pixels) -> Sketch:
    """A sketch whose colours follow the light.

    Light changes alike all about a stroke.  Beside a thing that moves on, it is not the light that has changed.

    Args:
        sketch: strokes that have moved already.
        expected: (h, w, 3) float32, 0..255: the frame before, as its motion alone would have changed it.
        after: (h, w, 3) uint8, the frame as it is.
    """
    if not len(sketch):
        return sketch
    nodes = path_nodes(sketch.strokes, LIT)
    change = smoothed((after - expected) / np.float32(255), LIGHT)
    spread = smoothed(np.square(change), ABOUT) - np.square(smoothed(change, ABOUT))
    seen = np.median(taken(change, nodes), axis=1)
    most, even = np.abs(seen).max(1), taken(spread, nodes).max(2).max(1) < UNEVEN**2
    light = ((most > UNNOTICED) & (most < MOST_LIGHT) & even).astype(np.float32)
    colours = np.clip(sketch.colours + seen * light[:, None], 0, 1)
    return replace(sketch, colours=colours.astype(np.float32))
