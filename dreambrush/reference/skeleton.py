"""Centre lines of shapes: thins a mask to lines one cell wide, and follows these from end to end.

Thinning is that of Guo and Hall, "Parallel thinning with two-subiteration algorithms" (1989).  A cell goes if the shape
stays in one piece without it and it is not the end of a line.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from dreambrush.arrays import Float64, Mask

MOST_LINES = 64  # of one shape; a scribble may have more crossings than anybody needs to know
_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))  # rows and columns, clockwise
_STEPS = tuple(math.hypot(*step) for step in _AROUND)


def _tables() -> Mask:
    """For both halves of an iteration, and for each of 256 neighbourhoods, whether the cell in the middle goes."""
    code = np.arange(256)
    n, ne, e, se, s, sw, w, nw = ((code >> bit & 1).astype(bool) for bit in range(8))
    parts = sum((~a & (b | c)).astype(int) for a, b, c in ((n, ne, e), (e, se, s), (s, sw, w), (w, nw, n)))
    one = sum((a | b).astype(int) for a, b in ((nw, n), (ne, e), (se, s), (sw, w)))
    two = sum((a | b).astype(int) for a, b in ((n, ne), (e, se), (s, sw), (w, nw)))
    fewest = np.minimum(one, two)
    loose = (parts == 1) & (fewest >= 2) & (fewest <= 3)
    return np.stack([loose & ~((s | sw | ~nw) & w), loose & ~((n | ne | ~se) & e)])


_GOES = _tables()


def thinned(mask: Mask) -> Mask:
    """The lines (h, w) in the middle of a shape (h, w)."""
    span = mask.shape[1] + 2
    wide = np.zeros((mask.shape[0] + 2, span), np.uint8)
    wide[1:-1, 1:-1] = mask
    flat = wide.ravel()
    alive = np.flatnonzero(flat)
    steps = [row * span + column for row, column in _AROUND]
    changed = True
    while changed:
        changed = False
        for goes in _GOES:
            code = np.zeros(len(alive), np.uint8)
            for bit, step in enumerate(steps):
                code |= flat[alive + step] << np.uint8(bit)
            gone = goes[code]
            if gone.any():
                flat[alive[gone]] = 0
                alive = alive[~gone]
                changed = True
    return flat.reshape(-1, span)[1:-1, 1:-1].astype(bool)


def longest_lines(lines: Mask, least: float) -> list[Float64]:
    """Follows thin lines: the longest way through each, then the longest through what is left, and so on.

    Args:
        lines: (h, w) lines one cell wide.
        least: length in cells, below which branches are left out.  Of each separate shape the first line is kept,
            however short.

    Returns:
        Lines (k, 2) of x and y of cells, k >= 1; the longest first.
    """
    span = lines.shape[1] + 2
    rest = set(np.flatnonzero(np.pad(lines, 1).ravel()).tolist())
    steps = [(row * span + column, length) for (row, column), length in zip(_AROUND, _STEPS, strict=True)]
    found: list[tuple[float, list[int]]] = []
    waiting = [(part, True) for part in _shapes(rest, steps)]
    while waiting and len(found) < MOST_LINES:
        waiting.sort(key=lambda each: len(each[0]))
        part, whole = waiting.pop()
        length, path = _longest(part, steps)
        if length < least and not whole:
            continue
        found.append((length, path))
        part -= set(path)
        # What touches the line belongs to it: at a crossing a thinned line may be two cells wide.
        waiting += [(piece, False) for piece in _shapes(part, steps) if len(piece) * _STEPS[1] >= least]
    found.sort(key=lambda each: -each[0])
    return [np.stack([np.array(path) % span - 1.0, np.array(path) // span - 1.0], 1) for _, path in found]


def joined(lines: Iterable[Float64], reach: float, bend: float = 0.6) -> list[Float64]:
    """Joins lines that go on in one another beyond a gap, as those of dry paint do.

    Args:
        lines: lines (k, 2) of points.
        reach: length of the widest gap.
        bend: cosine of the sharpest turn into the gap, and out of it.
    """
    kept = list(lines)
    while len(kept) > 1:
        ends = [(number, back) for number in range(len(kept)) for back in (False, True)]
        tips = np.array([kept[number][0 if back else -1] for number, back in ends])
        ways = np.array([_way_out(kept[number], back, reach) for number, back in ends])
        gap = tips[None] - tips[:, None]
        far = np.hypot(gap[..., 0], gap[..., 1])
        ahead = gap / np.maximum(far, 1e-9)[..., None]
        onward = np.minimum((ahead * ways[:, None]).sum(-1), -(ahead * ways[None]).sum(-1))
        owner = np.arange(len(ends)) // 2
        bad = (far > reach) | (onward < bend) | (owner[:, None] == owner[None])
        far[bad] = np.inf
        one, two = np.unravel_index(int(far.argmin()), far.shape)
        if not np.isfinite(far[one, two]):
            break
        (first, back), (second, again) = ends[int(one)], ends[int(two)]
        left = kept[first][::-1] if back else kept[first]
        right = kept[second] if again else kept[second][::-1]
        kept = [line for number, line in enumerate(kept) if number not in (first, second)]
        kept.append(np.concatenate([left, right]))
    return kept


def _way_out(line: Float64, back: bool, reach: float) -> Float64:
    """The direction (2,) in which a line leaves its end; (0, 0) for a point."""
    line = line if back else line[::-1]
    away = np.hypot(*(line - line[0]).T)
    far = np.flatnonzero(away >= reach)
    inner = line[far[0]] if len(far) else line[-1]
    way = line[0] - inner
    return np.asarray(way / max(float(np.hypot(*way)), 1e-9))


def _shapes(cells: set[int], steps: list[tuple[int, float]]) -> list[set[int]]:
    """The separate parts of a set of cells."""
    rest, parts = set(cells), []
    while rest:
        part, edge = set(), [rest.pop()]
        while edge:
            cell = edge.pop()
            part.add(cell)
            for step, _ in steps:
                if cell + step in rest:
                    rest.remove(cell + step)
                    edge.append(cell + step)
        parts.append(part)
    return parts


def _longest(part: set[int], steps: list[tuple[int, float]]) -> tuple[float, list[int]]:
    """Length and cells of the longest of all shortest ways through a connected part; exact if it has no loops."""
    far, _, _ = _farthest(min(part), part, steps)
    far, length, came = _farthest(far, part, steps)
    path = [far]
    while came[path[-1]] != path[-1]:
        path.append(came[path[-1]])
    return length, path


def _farthest(start: int, part: set[int], steps: list[tuple[int, float]]) -> tuple[int, float, dict[int, int]]:
    """The cell that is farthest from a cell, how far it is, and where each cell is reached from."""
    best, came = {start: 0.0}, {start: start}
    queue = [(0.0, start)]
    last, length = start, 0.0
    while queue:
        far, cell = heapq.heappop(queue)
        if far > best[cell]:
            continue
        last, length = cell, far
        for step, more in steps:
            after = cell + step
            if after in part and far + more < best.get(after, math.inf):
                best[after], came[after] = far + more, cell
                heapq.heappush(queue, (far + more, after))
    return last, length, came


def length_of(line: Float64) -> float:
    """Length of a line (k, 2) of points."""
    return float(sum(math.dist(a, b) for a, b in pairwise(line.tolist())))
