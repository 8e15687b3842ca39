"""The learned controller: sees picture and canvas as a whole, and proposes a stroke in each cell of a grid.

A small convolutional network, trained in the dream (train/fit/controller.py).  It knows no pixels: the picture is
scaled so that the grid has two cells for each stroke that there will be.  So the first round sees it from afar, and
each further round more closely, and one network does for all of them.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from dreambrush.arrays import Float32
from dreambrush.bezier import NUMBERS, RADIUS, control_points
from dreambrush.models.catalogue import CONTROLLER_FILE
from dreambrush.models.networks import ask, open_network

if TYPE_CHECKING:
    import onnxruntime

STRIDE = 8  # pixels of the scaled picture in a cell of the grid, each way
CELLS_A_STROKE = 2.0  # number of cells for each stroke that there will be
FEWEST_CELLS = 4  # along the shorter side
PLANES = 11
MARGIN = 9  # number of cells around a tile that the network looks at
TILE = 72  # cells along the side of the largest part of a grid that is asked about at once
LEAST_ERROR = 1e-5  # mean squared error that still counts as one
FARTHEST = 5.0  # largest number that the network sees


class Proposals(NamedTuple):
    """Strokes that a controller proposes.

    Attributes:
        strokes: (n, 9) float32 in pixels.
        promise: (n,) float32: the logarithm of what each is foretold to gain, as a share of what all have to gain.
    """

    strokes: Float32
    promise: Float32


class RoundController:
    """The controller of one brush.

    Args:
        folder: folder of the brush's model.

    Raises:
        ModelError: it is missing or broken.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / CONTROLLER_FILE
        _ = self._session

    def propose(self, target: Float32, canvas: Float32, weight: Float32, strokes: int) -> Proposals:
        """Proposes strokes for a canvas that has some already.

        Args:
            target: (h, w, 3) float32, sRGB 0..1.
            canvas: (h, w, 3) float32, sRGB 0..1.
            weight: (h, w) float32 how much errors count.
            strokes: number of strokes that the canvas will have after this round.

        Returns:
            About two strokes for each of these, in cells of the target.
        """
        height, width = weight.shape
        rows, columns = grid_sides(height, width, strokes)
        seen = GridView(target, canvas, weight, rows, columns)
        parts = [
            self._ask(seen, slice(top, min(top + TILE, rows)), slice(left, min(left + TILE, columns)))
            for top in range(0, rows, TILE)
            for left in range(0, columns, TILE)
        ]
        found, promise = (np.concatenate(each) for each in zip(*parts, strict=True))
        across, down = width / columns, height / rows
        for point in control_points(found):
            point *= np.array([across, down], np.float32)
        found[:, RADIUS] *= np.sqrt(across * down)
        return Proposals(found, promise)

    def _ask(self, seen: GridView, rows: slice, columns: slice) -> tuple[Float32, Float32]:
        """Strokes in cells, and their promise, of a part of the grid."""
        top, left = max(rows.start - MARGIN, 0), max(columns.start - MARGIN, 0)
        planes = seen.planes(slice(top, rows.stop + MARGIN), slice(left, columns.stop + MARGIN))
        tall, wide = (side // STRIDE for side in planes.shape[2:])
        shapes = {"strokes": (1, tall, wide, NUMBERS), "promise": (1, tall, wide)}
        strokes, promise = ask(self._session, str(self._path), {"planes": planes}, shapes)
        own = np.s_[0, rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
        found = strokes[own].copy()
        middle = np.stack(np.meshgrid(np.r_[columns], np.r_[rows]), -1) + np.float32(0.5)
        for point in control_points(found):
            point += middle
        return found.reshape(-1, NUMBERS), promise[own].ravel()

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        return open_network(self._path, ("planes",), ("strokes", "promise"), threads=1)


def grid_sides(height: int, width: int, strokes: int) -> tuple[int, int]:
    """How many rows and columns of cells a grid for so many strokes has, on a picture of that size."""
    side = np.sqrt(height * width / (CELLS_A_STROKE * max(strokes, 1)))
    rows, columns = (max(round(length / side), FEWEST_CELLS) for length in (height, width))
    return rows, columns


class GridView:
    """What the network sees: target, canvas and weight, scaled to STRIDE pixels a cell where it asks for them.

    Args:
        target: (h, w, 3) float32, sRGB 0..1.
        canvas: (h, w, 3) float32, sRGB 0..1.
        weight: (h, w) float32 how much errors count.
        rows: of the grid.
        columns: of the grid.
    """

    def __init__(self, target: Float32, canvas: Float32, weight: Float32, rows: int, columns: int) -> None:
        self._rows, self._columns = rows, columns
        weight = weight / max(float(weight.mean()), 1e-6)
        error = target - canvas
        squares = np.einsum("hwc,hwc->hw", error, error)
        self._size = np.sqrt(np.float32(np.mean(squares * weight) / 3 + LEAST_ERROR))
        pictures = [target[..., channel] for channel in range(3)] + [canvas[..., channel] for channel in range(3)]
        self._pictures = [Image.fromarray(np.ascontiguousarray(each, np.float32)) for each in (*pictures, weight)]

    def planes(self, rows: slice, columns: slice) -> Float32:
        """A part of the grid: (1, PLANES, 8 * rows, 8 * columns) float32."""
        rows, columns = (
            slice(rows.start, min(rows.stop, self._rows)),
            slice(columns.start, min(columns.stop, self._columns)),
        )
        width, height = self._pictures[0].size
        across, down = width / self._columns, height / self._rows
        box = (
            columns.start * across,
            rows.start * down,
            min(columns.stop * across, width),
            min(rows.stop * down, height),
        )
        sides = STRIDE * (columns.stop - columns.start), STRIDE * (rows.stop - rows.start)
        scaled = [np.asarray(each.resize(sides, Image.Resampling.BILINEAR, box)) for each in self._pictures]
        target, canvas, weight = np.stack(scaled[:3]), np.stack(scaled[3:6]), scaled[6]
        error = target - canvas
        planes = np.concatenate(
            [
                target - np.float32(0.5),
                error / self._size * np.float32(0.5),
                np.square(error).sum(0, keepdims=True) / np.square(self._size) * np.float32(0.2),
                error,
                weight[None] - np.float32(1),
            ]
        )
        return np.asarray(np.clip(planes, -FARTHEST, FARTHEST)[None], np.float32)
