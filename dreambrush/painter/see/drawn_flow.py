"""Flow: which way strokes are to run, and how surely, where an artist has drawn lines for them to follow.

The direction of a line is the longest axis of the ink around each of its points, by second moments (Hu, "Visual pattern
recognition by moment invariants", 1962).  The Gaussian that says what is around is about as wide as the line is thick.
So a thin line, a thick one and a dry, broken one all run along their length, up to their very ends.

From the lines, directions spread by inverse distance weighting (Shepard, "A two-dimensional interpolation function for
irregularly-spaced data", 1968): the nearest lines count most, and between two that disagree the way turns smoothly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32
from dreambrush.painter.see.cells import grown, reduced
from dreambrush.painter.see.gaussian import broadly_blurred

FINEST, CELLS = 512, 128  # cells of the longer side: in which lines are looked at, and of a flow
# Standard deviations of the Gaussians, in the finer cells.  The first is taken in which ink is thin: less than THIN.
AROUND, THIN = (2.0, 4.0, 8.0, 16.0, 32.0), 0.35
MARGIN = 16  # cells around the picture
FAINTEST = 0.2  # ink of a line that counts in full: those that were drawn lightly, or are thinner than a cell
UNSURE, SURE = 0.15, 0.5  # elongation of the ink from which a line has a direction, and from which it is sure
POWER = 4.0  # of the distance, by which weights fall
NEAR = 0.75  # cells that are added to each distance
HALF_WAY = 0.2  # of the longer side: distance from a line at which half of its strength is left
OWN = 10  # power of the strength, that is left of it on a clear edge
FEWEST = 0.02  # of a cell: less ink than that in all of a picture is no line


@dataclass(frozen=True, eq=False)
class Flow:
    """Which way strokes are to run at each place of a picture, in cells that cover it evenly.

    Attributes:
        direction: (rows, columns) float32, radians from the x axis towards the y axis, which points down; up to half a
            turn.
        strength: (rows, columns) float32, 0..1: 1 where strokes must run so, 0 where they may run as they like.
    """

    direction: Float32
    strength: Float32

    def __post_init__(self) -> None:
        if self.direction.shape != self.strength.shape or self.strength.ndim != 2:
            raise ValueError("Expected a direction and a strength of each cell")

    @property
    def vectors(self) -> Float32:
        """(rows, columns, 2) float32: as many cells of a field that can be averaged; as long as the flow is strong."""
        return self.strength[..., None] * steady.unit_vectors(np.float32(2) * self.direction)

    @classmethod
    def of_vectors(cls, vectors: Float32, strength: Float32 | None = None) -> Flow:
        """The flow whose vectors are these (rows, columns, 2); by default their lengths say how strong it is."""
        x, y = vectors[..., 0], vectors[..., 1]
        length = np.sqrt(x * x + y * y) if strength is None else strength
        direction = np.float32(0.5) * steady.arctan2(y, x)
        return cls(np.asarray(direction, np.float32), np.clip(length, 0, 1).astype(np.float32))

    def resized(self, rows: int, columns: int) -> Flow:
        """The same in other cells."""
        if self.strength.shape == (rows, columns):
            return self
        size = rows, columns
        return Flow.of_vectors(grown(self.vectors, size), grown(self.strength, size))

    def yielding(self, edges: Float32) -> Flow:
        """The same, but weaker the clearer an edge is (rows, columns), 0..1; only on the lines it hardly yields."""
        holds = self.strength**OWN
        return replace(self, strength=np.asarray(self.strength * (1 - edges * (1 - holds)), np.float32))


def over(drawn: Flow, other: Flow) -> Flow:
    """A flow where it is strong, and another one where it is not.

    Args:
        drawn: what counts first, such as the lines of an artist.
        other: what counts where that says little, such as the flow of a painting that is imitated.

    Returns:
        A flow in the cells of the first, nowhere weaker than that.  Where the first has strength 1 it alone counts;
        where it has a half, both count alike if the other has strength 1.
    """
    below = other.resized(*drawn.strength.shape)
    rest = 1 - drawn.strength
    vectors = drawn.vectors + rest[..., None] * below.vectors
    return Flow.of_vectors(vectors, drawn.strength + rest * below.strength)


def flow_of_lines(ink: Float32) -> Flow | None:
    """The flow that lines ask for.

    Args:
        ink: (h, w) float32, 0..1: how much a place belongs to a line.

    Returns:
        A flow in about CELLS cells on the longer side; None if there is no line, or nothing but blots without a
        direction.
    """
    fine = _at_most(ink, FINEST)
    fine = np.minimum(fine * np.float32(1 / FAINTEST), 1)
    if float(fine.sum(dtype=np.float64)) < FEWEST:
        return None
    lines = _at_most(_along(fine), CELLS)
    return _spread(lines)


def _along(ink: Float32) -> Float32:
    """The vectors (h, w, 2) of lines of ink (h, w), as of :class:`Flow`; none where there is no ink."""
    ink = np.pad(ink, MARGIN)  # where Gaussians reach beyond the picture there is no ink
    height, width = ink.shape
    y, x = (np.asarray(each, np.float32) for each in np.mgrid[:height, :width])
    x, y = x - np.float32(width / 2), y - np.float32(height / 2)
    moments = ink[..., None] * np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], -1)
    found, left = np.zeros((height, width, 2), np.float32), ink > 0
    for sigma in AROUND:
        if not left.any():
            break
        total, mx, my, mxx, myy, mxy = np.moveaxis(broadly_blurred(moments, sigma), -1, 0)
        here = left
        if sigma < AROUND[-1]:  # as it is on the mean of the ink around: at the edge of a blot it is thin, too
            here = left & (broadly_blurred(ink * total, sigma) < np.float32(THIN) * total)
        weight = total[here]
        mx, my = mx[here] / weight, my[here] / weight
        xx, yy, xy = mxx[here] / weight - mx * mx, myy[here] / weight - my * my, mxy[here] / weight - mx * my
        even, odd = xx - yy, 2 * xy
        length = np.sqrt(even * even + odd * odd)
        elongation = length / np.maximum(xx + yy, np.float32(1e-6))
        sure = np.clip((elongation - np.float32(UNSURE)) / np.float32(SURE - UNSURE), 0, 1)
        share = ink[here] * sure / np.maximum(length, np.float32(1e-9))
        found[here] = np.stack([even * share, odd * share], -1)
        left &= ~here
    return found[MARGIN:-MARGIN, MARGIN:-MARGIN]


def _spread(lines: Float32) -> Flow | None:
    """Spreads lines (rows, columns, 2), given by their vectors, over the whole picture; None if there are none."""
    rows, columns = lines.shape[:2]
    longer = max(rows, columns)
    strong = np.sqrt(lines[..., 0] ** 2 + lines[..., 1] ** 2)
    down, across = np.nonzero(strong > np.float32(1e-3))
    if not len(down):
        return None
    dy, dx = np.mgrid[1 - rows : rows, 1 - columns : columns]
    squared = np.asarray(dx * dx + dy * dy, np.float32)
    weight = 1 / (squared + np.float32(NEAR * NEAR)) ** np.float32(POWER / 2)
    total, nearest = np.zeros((rows, columns, 3), np.float32), np.full((rows, columns), np.inf, np.float32)
    for row, column in zip(down, across, strict=True):
        part = slice(rows - 1 - row, 2 * rows - 1 - row), slice(columns - 1 - column, 2 * columns - 1 - column)
        near = weight[part]
        for channel, value in enumerate((lines[row, column, 0], lines[row, column, 1], strong[row, column])):
            total[..., channel] += value * near
        np.minimum(nearest, squared[part], out=nearest)
    vectors = total[..., :2] / total[..., 2:]
    agreed = np.sqrt(vectors[..., 0] ** 2 + vectors[..., 1] ** 2)
    # A line is about a cell wide, so that its strength is whole there.
    away = np.maximum(np.sqrt(nearest) - 1, 0) / np.float32(HALF_WAY * longer)
    faded = steady.exp(np.float32(-np.log(2)) * away * away)
    return Flow.of_vectors(vectors, faded * np.sqrt(np.sqrt(agreed)))


def _at_most(cells: Float32, side: int) -> Float32:
    """A map (h, w, ...) of at most so many cells on the longer side, as means; none has fewer than one."""
    factor = -(-max(cells.shape[:2]) // side)
    return reduced(cells, factor)
