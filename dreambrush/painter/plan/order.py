"""The order of a painter: ground, big masses, middle tones, edges; within each from place to place, dark before light.

A greedy plan jumps about.  Two strokes that do not touch each other may change places without changing the picture;
those that do touch must keep their order.  Within this freedom every stroke goes to the stage where a painter would
lay it.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Int64
from dreambrush.bezier import RADIUS, path_length, path_nodes
from dreambrush.painter.refine.scene import View
from dreambrush.painter.see.orientation import OrientationField
from dreambrush.painter.see.target import LUMA
from dreambrush.painter.sketch import Sketch

GROUND, BLOCK_IN, MIDDLE, EDGES, ACCENTS = range(5)
# Names of the layers, and the layer of each stage, by the number of layers.
LAYERS: dict[int, tuple[tuple[str, ...], tuple[int, ...]]] = {
    1: (("Painting",), (0, 0, 0, 0, 0)),
    2: (("Block-in", "Details"), (0, 0, 1, 1, 1)),
    3: (("Block-in", "Middle tones", "Details"), (0, 0, 1, 2, 2)),
    4: (("Block-in", "Middle tones", "Edges", "Accents"), (0, 0, 1, 2, 3)),
    5: (("Ground", "Block-in", "Middle tones", "Edges", "Accents"), (0, 1, 2, 3, 4)),
}
GROUND_SHARE, BLOCK_IN_SHARE, BROAD_SHARE = 0.3, 0.7, 0.9  # shares of all paint, counted from the broadest strokes on
EDGE_COHERENCE = 0.5  # least coherence of the form along a stroke that draws an edge
FAINT = 0.01  # alpha up to which strokes do not count as touching
BLOCKS = 6  # number of regions along the longer side; they are worked on one after the other
TONES = 3  # number of bands of tone; within a region, dark ones come first


@dataclass(frozen=True)
class Arrangement:
    """Another order of k strokes.

    Attributes:
        order: (k,) numbers of the strokes in their new order.
        stage: (k,) stage of each stroke in that order; never falls.
    """

    order: Int64
    stage: Int64


def in_order(
    sketch: Sketch, view: View, form: OrientationField, size: tuple[int, int], wanted: int, layers: int
) -> tuple[Sketch, tuple[str, ...], Int64]:
    """A plan in a painter's order, on layers.  Several stages may share a layer; the stage is not known afterwards.

    Args:
        sketch: a sketch of k strokes.
        view: view of the sketch on the bare canvas, at all cells.
        form: orientation field of the target.
        size: height and width of the painting in pixels.
        wanted: number of strokes in the end; if it is more than k, the last layer is for the others.
        layers: greatest number of layers, 1 to 5.

    Returns:
        The strokes in their order, the names of the layers that are needed, and (k,) the layer of each stroke.
    """
    order = arranged(sketch, view, form, *size)
    names, layer_of = LAYERS[layers]
    layer = np.array(layer_of)[order.stage]
    used = set(layer.tolist())
    if not used or len(layer) < wanted:
        used.add(layer_of[ACCENTS])
    kept = sorted(used)
    return sketch[order.order], tuple(names[index] for index in kept), np.searchsorted(kept, layer)


def arranged(sketch: Sketch, view: View, form: OrientationField, height: int, width: int) -> Arrangement:
    """Orders a sketch as a painter would.

    Args:
        sketch: a sketch of k strokes.
        view: view of the sketch, at all cells.
        form: orientation field of the target.
        height: height of the painting in pixels.
        width: width of the painting in pixels.
    """
    lower, upper = touching(view)
    stage = raised(wanted_stages(sketch, form), lower, upper)
    tone = steady.dot3(sketch.colours, LUMA)
    region = _regions(sketch, height, width)
    band = np.minimum((tone * TONES).astype(np.int64), TONES - 1)
    # Big masses are blocked in from dark to light all over the picture, the rest region by region.
    broad = stage <= BLOCK_IN
    keys = np.stack([stage, np.where(broad, band, region), np.where(broad, region, band)], 1)
    order = _in_order(keys, lower, upper)
    return Arrangement(order, stage[order])


def touching(view: View) -> tuple[Int64, Int64]:
    """Pairs of strokes of which the second lies directly on the first somewhere: (p,) lower and (p,) upper ones.

    In coarse cells, two thin strokes may cross between the centres of cells.  Nobody notices, and they may change
    places.
    """
    pairs = np.flatnonzero(view.mean > FAINT)
    pairs = pairs[np.argsort(view.fragments.cell_id[pairs], kind="stable")]
    cell_id, stroke_id = view.fragments.cell_id[pairs], view.fragments.stroke_id[pairs]
    same = cell_id[1:] == cell_id[:-1]
    count = max(len(view.fragments.starts) - 1, 1)
    found = np.unique(stroke_id[:-1][same] * count + stroke_id[1:][same])
    return found // count, found % count


def wanted_stages(sketch: Sketch, form: OrientationField) -> Int64:
    """The stage (k,) of each stroke: by its size, and by whether it runs along an edge of the target."""
    strokes = sketch.strokes
    radius = strokes[:, RADIUS]
    area = 2 * radius * (path_length(strokes) + 2 * radius)
    broadest = np.argsort(-area, kind="stable")
    share = np.empty(len(sketch))
    share[broadest] = (np.cumsum(area[broadest]) - area[broadest]) / max(float(area.sum()), 1e-9)
    _, coherence = form.at(path_nodes(strokes, 4), radius)
    stage = np.where((coherence.mean(1) > EDGE_COHERENCE) & (share > BROAD_SHARE), EDGES, MIDDLE)
    stage[share < BLOCK_IN_SHARE] = BLOCK_IN
    stage[share < GROUND_SHARE] = GROUND
    return stage.astype(np.int64)


def raised(stage: Int64, lower: Int64, upper: Int64) -> Int64:
    """Raises stages (k,) so that no stroke comes before one that it lies on."""
    stage = stage.copy()
    for index in np.argsort(upper, kind="stable"):
        stage[upper[index]] = max(stage[upper[index]], stage[lower[index]])
    return stage


def _regions(sketch: Sketch, height: int, width: int) -> Int64:
    """Number of the region (k,) in which each stroke's middle lies, counted to and fro over the picture."""
    size = max(height, width) / BLOCKS
    middle = path_nodes(sketch.strokes, 2)[:, 1]
    column = np.clip(middle[:, 0] / size, 0, BLOCKS - 1).astype(np.int64)
    row = np.clip(middle[:, 1] / size, 0, BLOCKS - 1).astype(np.int64)
    return np.asarray(row * BLOCKS + np.where(row % 2, BLOCKS - 1 - column, column), np.int64)


def _in_order(keys: Int64, lower: Int64, upper: Int64) -> Int64:
    """The order of least keys (k, 3) in which every stroke comes after those that it lies on (Kahn 1962)."""
    count = len(keys)
    waiting = np.bincount(upper, minlength=count)
    starts = np.searchsorted(lower, np.arange(count + 1))  # touching() sorts by the lower ones
    ready = [(*keys[index].tolist(), index) for index in np.flatnonzero(waiting == 0).tolist()]
    heapq.heapify(ready)
    order = []
    while ready:
        index = heapq.heappop(ready)[-1]
        order.append(index)
        for above in upper[starts[index] : starts[index + 1]].tolist():
            waiting[above] -= 1
            if not waiting[above]:
                heapq.heappush(ready, (*keys[above].tolist(), above))
    return np.array(order, np.int64)
