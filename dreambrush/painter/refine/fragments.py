"""Which cells of a canvas paint may touch: the only places where a sketch is dreamt."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.bezier import RADIUS, control_points, path_nodes
from dreambrush.kernel.library import Compiled, compiled

PIECES = 6  # number of pieces of a path, each taken for straight
MARGIN, SOFT_EDGE = 1.05, 0.7  # paint ends before margin * radius * reach + soft edge (pixels)
AT_ONCE = 1 << 17  # number of cells looked at together: their arrays fit a core's cache


@dataclass(frozen=True)
class Grid:
    """The cells of a canvas that are looked at: all of them, or one of each square of a few.

    Attributes:
        cells: (n,) int64 flat indices (row * width + column), row by row of the squares.
        points: (n, 2) float32 x and y of their centres in pixels.
        across: number of squares in a row.
        size: side of a square in pixels.
        parts: (n,) float32 share of the cell's square that lies on the canvas; less than 1 at edges that cut squares.
        share: share of a whole square that one cell is.
    """

    cells: Int64
    points: Float32
    across: int
    size: float
    parts: Float32
    share: float


def all_cells(height: int, width: int, cell: float) -> Grid:
    """A grid of every cell of a canvas of (height, width) cells; ``cell`` is their width in pixels."""
    row, column = np.divmod(np.arange(height * width), width)
    return _grid(row, column, width, width, cell, 1, np.broadcast_to(np.float32(1), height * width))


def some_cells(height: int, width: int, cell: float, step: int, rng: np.random.Generator) -> Grid:
    """A grid of one cell of each square of `step` x `step` cells, drawn at random.

    A gradient from a quarter of the cells costs a quarter, and Adam averages over the draws (stratified sampling).
    """
    if step == 1:
        return all_cells(height, width, cell)
    (top, tall), (left, wide) = _squares(height, step), _squares(width, step)
    lots = rng.random((2, len(top), len(left)), dtype=np.float32)
    row = np.minimum((lots[0] * tall[:, None]).astype(np.int64), tall[:, None] - 1) + top[:, None]
    column = np.minimum((lots[1] * wide).astype(np.int64), wide - 1) + left
    parts = np.outer(tall, wide).astype(np.float32) / np.float32(step * step)
    return _grid(row.ravel(), column.ravel(), width, len(left), cell, step, parts.ravel())


def _squares(length: int, step: int) -> tuple[Int64, Int64]:
    """Where squares begin along one axis, and how many cells each has on the canvas."""
    starts = np.arange(0, length, step)
    return starts, np.minimum(step, length - starts)


def _grid(row: Int64, column: Int64, width: int, across: int, cell: float, step: int, parts: Float32) -> Grid:
    points = np.empty((len(row), 2), np.float32)
    points[:, 0], points[:, 1] = column, row
    points += np.float32(0.5)
    points *= np.float32(cell)
    return Grid(row * width + column, points, across, cell * step, parts, 1 / step**2)


@dataclass(frozen=True)
class Fragments:
    """Fragments: pairs of a stroke and a cell of a grid that it may touch, stroke by stroke.

    Attributes:
        cell_id: (n,) int64 index into the grid's cells.
        stroke_id: (n,) int64 number of the stroke; never falls.
        points: (n, 2) float32 x and y in pixels.
        starts: (k + 1,) int64 where each stroke's fragments begin, and where the last one's end.
    """

    cell_id: Int64
    stroke_id: Int64
    points: Float32
    starts: Int64

    def __len__(self) -> int:
        return len(self.cell_id)

    @property
    def counts(self) -> Int64:
        """(k,) number of fragments of each stroke."""
        return np.diff(self.starts)

    def some(self, which: Int64) -> Fragments:
        """Those of some numbers (m,), which rise."""
        starts = np.searchsorted(which, self.starts)
        points = np.take(self.points, which, 0)
        return Fragments(self.cell_id[which], self.stroke_id[which], points, starts)


def find_along(fragments: Fragments, nodes: Float32) -> Float32:
    """Where fragments lie along their strokes (n,): the number of the nearest piece, and the share before the point.

    Args:
        fragments: n fragments of k strokes.
        nodes: (k, pieces + 1, 2) the path of each stroke.
    """
    pieces = nodes.shape[1] - 1
    c = compiled()
    if c is not None:
        along = np.empty(len(fragments), np.float32)
        given = c.floats(np.ascontiguousarray(nodes)), c.integers(fragments.starts), c.floats(fragments.points)
        if c.lib.db_find_along(c.level, len(nodes), pieces, *given, c.floats(along)):
            raise ValueError(f"Expected fewer pieces than {pieces}")
        return along
    return _nearest(fragments.points, nodes, fragments.stroke_id)[1]


def find_fragments(strokes: Float32, reach: Float32, grid: Grid) -> Fragments:
    """Finds the cells of a grid near strokes.

    Args:
        strokes: (k, 9) strokes.
        reach: (k,) how far each brush's paint gets from the path, in radii.
        grid: grid of cells.
    """
    down = len(grid.cells) // grid.across
    c = compiled()
    if c is not None:
        return _compiled_fragments(c, strokes, reach, grid, down)
    # Each piece of the path bends away from its chord by up to |second derivative| / (8 * PIECES^2).
    start, control, end = control_points(strokes)
    bend = start - 2 * control + end
    bulge = np.sqrt(bend[:, 0] * bend[:, 0] + bend[:, 1] * bend[:, 1]) / np.float32(4 * PIECES**2)
    far = MARGIN * strokes[:, RADIUS] * reach + np.float32(SOFT_EDGE) + bulge
    nodes = path_nodes(strokes, PIECES)
    low = np.maximum(np.floor((nodes.min(1) - far[:, None]) / grid.size), 0).astype(np.int64)
    high = np.minimum(np.floor((nodes.max(1) + far[:, None]) / grid.size).astype(np.int64) + 1, (grid.across, down))
    sides = np.maximum(high - low, 0)
    counts = sides[:, 0] * sides[:, 1]

    def near(some: slice) -> tuple[Int64, Int64, Float32]:
        """Cell, stroke and point of each fragment of some strokes."""
        stroke_id, index = enumerated(counts[some])
        left, top, width = low[some, 0], low[some, 1], sides[some, 0]
        row = index // np.maximum(width, 1)[stroke_id]
        cell_id = (row + top[stroke_id]) * grid.across + index - row * width[stroke_id] + left[stroke_id]
        points = grid.points[cell_id]
        reached = _nearest(points, nodes[some], stroke_id)[0] < (far * far)[some][stroke_id]
        return cell_id[reached], stroke_id[reached] + some.start, points[reached]

    parts = [near(some) for some in together(counts, AT_ONCE)]
    cell_id, stroke_id, points = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Fragments(cell_id, stroke_id, points, np.searchsorted(stroke_id, np.arange(len(strokes) + 1)))


def _compiled_fragments(c: Compiled, strokes: Float32, reach: Float32, grid: Grid, down: int) -> Fragments:
    """The same by compiled code."""
    k = len(strokes)
    nodes, far = np.empty((k, PIECES + 1, 2), np.float32), np.empty(k, np.float32)
    low, sides = np.empty((2, k, 2), np.int64)
    rows, radii = np.ascontiguousarray(strokes, np.float32), np.ascontiguousarray(reach, np.float32)
    made = c.floats(nodes), c.floats(far), c.integers(low), c.integers(sides)
    form = MARGIN, SOFT_EDGE, PIECES, grid.size, grid.across, down
    if c.lib.db_boxes(k, c.floats(rows), c.floats(radii), *form, *made):
        raise ValueError(f"Expected fewer pieces than {PIECES}")
    counts = sides[:, 0] * sides[:, 1]
    starts = np.zeros(k + 1, np.int64)
    ends = starts[1:]
    parts: list[tuple[Int64, Float32]] = []
    for some in together(counts, AT_ONCE):
        room = int(counts[some].sum())
        cell_id, points = np.empty(room, np.int64), np.empty((room, 2), np.float32)
        found = c.lib.db_find_fragments(
            c.level,
            some.stop - some.start,
            PIECES,
            c.floats(nodes[some]),
            c.floats(far[some]),
            c.integers(low[some]),
            c.integers(sides[some]),
            len(grid.points),
            c.floats(grid.points),
            grid.across,
            c.integers(cell_id),
            c.floats(points),
            c.integers(ends[some]),
        )
        ends[some] += starts[some.start]
        parts.append((cell_id[:found], points[:found]))
    cell_id, points = parts[0] if len(parts) == 1 else (np.concatenate(each) for each in zip(*parts, strict=True))
    return Fragments(cell_id, np.repeat(np.arange(k), np.diff(starts)), points, starts)


def draw(
    fragments: Fragments, says: Float32, asked: float, rng: np.random.Generator
) -> tuple[Fragments, Int64, Float32]:
    """Draws a few fragments of each stroke by how much they say.

    Args:
        fragments: n fragments.
        says: (n,) how much each says.
        asked: how many of a stroke are drawn, about, times the root of how many it has.
        rng: random numbers.

    Returns:
        Those that were drawn, their numbers (m,), and how much heavier each then counts (m,).
    """
    counts, k, n = fragments.counts, len(fragments.starts) - 1, len(fragments)
    wanted = np.minimum(counts, asked * np.sqrt(counts))
    lots = rng.random(n, dtype=np.float32)
    c = compiled()
    if c is not None:
        which, cell_id, stroke_id = np.empty((3, n), np.int64)
        points, heavier, starts = np.empty((n, 2), np.float32), np.empty(n, np.float32), np.zeros(k + 1, np.int64)
        given = c.integers(fragments.starts), c.floats(np.ascontiguousarray(says, np.float32)), c.doubles(wanted)
        where = c.integers(fragments.cell_id), c.floats(fragments.points)
        made = c.integers(which), c.integers(cell_id), c.integers(stroke_id), c.floats(points), c.floats(heavier)
        m = c.lib.db_draw(k, *given, c.floats(lots), *where, *made, c.integers(starts[1:]))
        return Fragments(cell_id[:m], stroke_id[:m], points[:m], starts), which[:m], heavier[:m]
    total = np.maximum(np.bincount(fragments.stroke_id, says, k), 1e-12)
    chance = np.minimum(says * (wanted / total)[fragments.stroke_id], 1.0)
    which = np.flatnonzero(lots < chance)
    return fragments.some(which), which, (1 / np.maximum(chance[which], 1e-6)).astype(np.float32)


def together(counts: Int64, size: int) -> list[slice]:
    """Slices of strokes whose counts (k,) add up to `size` at most, or of one that has more; at least one slice."""
    ends = np.cumsum(counts)
    starts = [0]
    while starts[-1] < len(counts):
        before = int(ends[starts[-1] - 1]) if starts[-1] else 0
        starts.append(max(int(np.searchsorted(ends, before + size, "right")), starts[-1] + 1))
    return [slice(start, end) for start, end in pairwise(starts)] or [slice(0, 0)]


def enumerated(counts: Int64) -> tuple[Int64, Int64]:
    """From counts (k,): each number 0..k-1 as often as its count says, and beside it 0, 1, ... up to that count."""
    stroke_id = np.repeat(np.arange(len(counts)), counts)
    return stroke_id, np.arange(len(stroke_id)) - (np.cumsum(counts) - counts)[stroke_id]


def _nearest(points: Float32, nodes: Float32, stroke_id: Int64) -> tuple[Float32, Float32]:
    """Squared distance (n,) of each point (n, 2) from the polyline of its stroke, and where that is nearest (n,)."""
    edges = np.diff(nodes, axis=1)
    steepness = 1 / np.maximum((edges**2).sum(-1), np.float32(1e-9))
    nearest, there = np.full(len(points), np.inf, np.float32), np.zeros(len(points), np.float32)
    x, y = points[:, 0], points[:, 1]
    for piece in range(edges.shape[1]):
        columns = (*nodes[:, piece].T, *edges[:, piece].T, steepness[:, piece])
        x0, y0, ex, ey, steep = columns if len(nodes) == 1 else (column[stroke_id] for column in columns)
        dx, dy = x - x0, y - y0
        along = np.clip((dx * ex + dy * ey) * steep, 0, 1)
        dx -= along * ex
        dy -= along * ey
        squared = dx * dx + dy * dy
        there = np.where(squared < nearest, along + np.float32(piece), there)
        np.minimum(nearest, squared, out=nearest)
    return nearest, there
