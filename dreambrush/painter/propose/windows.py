"""Windows of target and canvas, chosen where the error is and at the sizes that have lately gained most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.bezier import RADIUS, control_points
from dreambrush.painter.propose.error_pyramid import ErrorPyramid

SIDE = 32  # side of a window in its cells
SMALLEST_SCALE = 0.5  # of the picture's cells in a window cell: finer than the picture, for the finest strokes
SCALES_PER_OCTAVE = 2
MEMORY = 0.9  # share of a size's earnings that is kept from one round to the next
CURIOSITY = 0.25  # share of windows drawn at any size, whatever it earned


@dataclass(frozen=True)
class Windows:
    """Square crops of target and canvas.

    Attributes:
        target: (n, SIDE, SIDE, 3) float32, 0..1.
        canvas: (n, SIDE, SIDE, 3) float32, 0..1.
        corner: (n, 2) float32, x and y in pixels of the upper left corner; may lie off the picture.
        scale: (n,) float32, pixels per window cell.
        size: (n,) int64, number of each window's size among the sampler's scales.
    """

    target: Float32
    canvas: Float32
    corner: Float32
    scale: Float32
    size: Int64

    def __len__(self) -> int:
        return len(self.scale)

    def to_picture(self, proposals: Float32) -> Float32:
        """Turns strokes (n, k, 9) in window cells into strokes (n, k, 9) in pixels of the picture."""
        out = proposals.copy()
        scale = self.scale[:, None]
        for point in control_points(out):
            point[:] = point * scale[..., None] + self.corner[:, None]
        out[..., RADIUS] *= scale
        return out


class WindowSampler:
    """Chooses windows.

    A window's size is drawn by what strokes from windows of that size have lately gained, its place by the error of
    the canvas there.

    Args:
        moments: error pyramid of target and canvas.
        rng: random numbers of the draws.

    Attributes:
        scales: pixels per window cell of each size.
        earned: what windows of each size have lately gained, as shares.
    """

    def __init__(self, moments: ErrorPyramid, rng: np.random.Generator) -> None:
        self.moments, self.rng = moments, rng
        largest = max(1.2 * max(moments.width, moments.height) / SIDE, SMALLEST_SCALE)
        count = int(np.ceil(np.log2(largest / SMALLEST_SCALE) * SCALES_PER_OCTAVE)) + 1
        self.scales = np.geomspace(SMALLEST_SCALE, largest, count).astype(np.float32) * np.float32(moments.cell)
        # At first only the larger half is worth looking through.
        self.earned = np.linspace(0.0, 1.0, count) ** 2 + 1e-6

    def learn(self, sizes: Int64, gains: Float32) -> None:
        """Learns from the strokes of a round which sizes (k,) they came from, and what they gained (k,)."""
        earned = np.bincount(sizes, gains, len(self.scales))
        self.earned = MEMORY * self.earned + (1 - MEMORY) * earned / max(float(earned.sum()), 1e-9)

    def look(self, count: int) -> Windows:
        """Draws that many windows."""
        chance = self.earned + np.roll(self.earned, 1) * 0.25 + np.roll(self.earned, -1) * 0.25
        chance = (1 - CURIOSITY) * chance / chance.sum() + CURIOSITY / len(chance)
        size = np.sort(self.rng.choice(len(self.scales), count, p=chance / chance.sum()))
        scale = self.scales[size]
        centre = np.concatenate(
            [self._centres(self.scales[index], int((size == index).sum())) for index in sorted(set(size.tolist()))]
        )
        corner = (centre - 0.5 * SIDE * scale[:, None]).astype(np.float32)
        cells = np.arange(SIDE, dtype=np.float32) + 0.5
        grid = np.stack(np.meshgrid(cells, cells), -1).reshape(1, -1, 2)
        points = corner[:, None] + grid * scale[:, None, None]
        samples = self.moments.sample(points.astype(np.float32), self.moments.level_for(scale))
        pictures = samples.reshape(count, SIDE, SIDE, -1)
        return Windows(pictures[..., 0:3], pictures[..., 3:6], corner, scale, size)

    def _centres(self, scale: float, count: int) -> Float32:
        """Draws places (count, 2) in pixels where windows of this scale would find much error."""
        # Error seen in cells of about a quarter of the window: single bad pixels do not draw big windows.
        level = int(self.moments.level_for(np.array([scale * SIDE / 8], np.float32))[0])
        error = self.moments.error_map(level)
        weight = np.cumsum(error.ravel().astype(np.float64) + 1e-12)
        chosen = np.searchsorted(weight, self.rng.random(count) * weight[-1])
        chosen = np.minimum(chosen, error.size - 1)
        row, column = np.divmod(chosen, error.shape[1])
        jitter = self.rng.random((count, 2))
        return np.asarray((np.stack([column, row], 1) + jitter) * 2.0**level * self.moments.cell, np.float32)
