"""Strokes at the border between things that move apart: each goes with the thing that it shows, and ends where it ends.

Otherwise paint of a still ground would be dragged along with what moves before it, and paint of what moves would lie on
what it passes.
"""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32, Int64, Mask, Pixels
from dreambrush.bezier import PATH, PRESSURES, point_at
from dreambrush.film.flow import smoothed, taken
from dreambrush.painter.sketch import Sketch

APART = 1.0  # pixels a frame by which parts of a stroke may move apart
ALIKE = 0.1  # distance of colours, 0..1, at which a stroke is hardly taken for what is seen
SOFT = 2.0  # pixels: blur of the frame with which colours are compared
SHORTEST = 0.1  # of its path: a stroke does not become shorter at once
RIM = 2.0  # pixels at the edge of the frame, where nobody knows what comes in


def torn(ways: Float32) -> Int64:
    """The numbers of strokes whose nodes go ways (k, n, 2) that are too different."""
    return np.flatnonzero(np.abs(ways - np.median(ways, axis=1, keepdims=True)).max(2).max(1) > APART)


def as_wholes(sketch: Sketch, nodes: Float32, ways: Float32, back: Float32, before: Pixels) -> Float32:
    """Moves strokes as wholes, each with the thing that it shows, and cuts off what lies on another thing then: (k, 9).

    Args:
        sketch: strokes in pixels.
        nodes: (k, n, 2) of their paths, at even steps of t.
        ways: (k, n, 2) that these go to the later frame.
        back: (h, w, 2): how the later frame comes of the one before.
        before: (h, w, 3) uint8, the frame that the strokes show.
    """
    seen = shown(nodes, sketch.colours, before)
    own = own_ways(ways, seen)[:, None]
    strokes = sketch.strokes.copy()
    strokes[:, PATH] += np.tile(own[:, 0], 3)
    return shortened(strokes, nodes + own, own[:, 0], seen, back)


def shown(nodes: Float32, colours: Float32, before: Pixels) -> Float32:
    """How far each stroke is seen at its nodes: (k, n), above 0 to 1.

    Args:
        nodes: (k, n, 2) in pixels.
        colours: (k, 3) of the strokes, sRGB 0..1.
        before: (h, w, 3) uint8: the frame that they show.
    """
    frame = smoothed((before / np.float32(255)).astype(np.float32), SOFT)
    unlike = np.square(taken(frame, nodes) - colours[:, None]).sum(2)
    return np.asarray(np.exp(-unlike / ALIKE**2) + 1e-6, np.float32)


def own_ways(ways: Float32, seen: Float32) -> Float32:
    """The way (k, 2) of each stroke as a whole: the one that is nearest to those of the nodes where it is seen.

    What of it is hidden counts for nothing, for there the frame shows another thing.

    Args:
        ways: (k, n, 2) of its nodes, in pixels.
        seen: (k, n) how far it is seen there.
    """
    apart = np.linalg.norm(ways[:, :, None] - ways[:, None], axis=3)
    best = (apart * seen[:, None]).sum(2).argmin(1)
    return np.asarray(ways[np.arange(len(ways)), best], np.float32)


def shortened(strokes: Float32, nodes: Float32, ways: Float32, seen: Float32, back: Float32) -> Float32:
    """The strokes (k, 9), without those of their ends that lie on things that go another way.

    Args:
        strokes: as they are now, in pixels of the later frame.
        nodes: (k, n, 2): their nodes, at even steps along each path.
        ways: (k, 2): how they came there.
        seen: (k, n): how far each is seen at its nodes.
        back: (h, w, 2): how the later frame comes of the one before.
    """
    height, width = back.shape[:2]
    x, y = nodes[..., 0], nodes[..., 1]
    within = (x >= RIM) & (x < width - RIM) & (y >= RIM) & (y < height - RIM)
    strange = within & (np.linalg.norm(taken(back, nodes) + ways[:, None], axis=2) > APART)
    strokes, step = strokes.copy(), 1 / (nodes.shape[1] - 1)
    for stroke in np.flatnonzero(strange.any(1) & ~strange.all(1)):
        first, last = _best_run(~strange[stroke], seen[stroke])
        begin, end = max((first - 0.5) * step, 0.0), min((last + 0.5) * step, 1.0)
        if end - begin >= SHORTEST:
            strokes[stroke] = _part(strokes[stroke], begin, end)
    return strokes


def _best_run(good: Mask, seen: Float32) -> tuple[int, int]:
    """First and last of the good nodes (n,) in a row that are seen most (n,)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(np.int8)))
    runs = [(float(seen[first:end].sum()), int(first), int(end) - 1) for first, end in edges.reshape(-1, 2)]
    _, first, last = max(runs)
    return first, last


def _part(stroke: Float32, begin: float, end: float) -> Float32:
    """The part of a stroke (9,) from one t of its path to another.

    The control point of the part is the curve's blossom at both (Ramshaw, "Blossoms are polar forms", 1989).
    """
    part, (start, control, stop) = stroke.copy(), stroke[PATH].reshape(3, 2)
    one, other = (start + (control - start) * begin), (control + (stop - control) * begin)
    middle = one + (other - one) * end
    ends = [point_at(start, control, stop, np.float32(t)) for t in (begin, end)]
    part[PATH] = np.concatenate([ends[0], middle, ends[1]])
    pressure = stroke[PRESSURES]
    part[PRESSURES] = pressure[0] + (pressure[1] - pressure[0]) * np.array([begin, end], np.float32)
    return part
