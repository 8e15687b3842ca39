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

from dreambrush import steady
from dreambrush.arrays import Float32
from dreambrush.bezier import NUMBERS, RADIUS, control_points
from dreambrush.models.catalogue import CONTROLLER_FILE
from dreambrush.models.networks import ask, open_network
from dreambrush.painter.propose.round_kernel import RoundKernel, open_kernel
from dreambrush.painter.propose.round_weights import PLANES, STRIDE
from dreambrush.painter.propose.scaling import axis, scaled

if TYPE_CHECKING:
    import onnxruntime

CELLS_A_STROKE = 2.0  # number of cells for each stroke that there will be
FEWEST_CELLS = 4  # along the shorter side
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
    """The controller of one brush; run by our kernel, or by onnxruntime.

    Args:
        folder: folder of the brush's model.
        compiled: whether the compiled kernel may answer, if it is there; otherwise onnxruntime does.

    Raises:
        ModelError: it is missing or broken.
    """

    def __init__(self, folder: Path, compiled: bool = True) -> None:
        self._path = folder / CONTROLLER_FILE
        self._kernel: RoundKernel | None = open_kernel(folder) if compiled else None
        if self._kernel is None:
            _ = self._session

    @property
    def is_compiled(self) -> bool:
        """Whether the compiled kernel answers."""
        return self._kernel is not None

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
        strokes, promise = self._answer(planes) if self._kernel is None else self._kernel(planes)
        own = np.s_[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
        found = strokes[own].copy()
        middle = np.stack(np.meshgrid(np.r_[columns], np.r_[rows]), -1) + np.float32(0.5)
        for point in control_points(found):
            point += middle
        return found.reshape(-1, NUMBERS), promise[own].ravel()

    def _answer(self, planes: Float32) -> tuple[Float32, Float32]:
        """As of a RoundKernel."""
        tall, wide = (side // STRIDE for side in planes.shape[2:])
        shapes = {"strokes": (1, tall, wide, NUMBERS), "promise": (1, tall, wide)}
        strokes, promise = ask(self._session, str(self._path), {"planes": planes}, shapes)
        return strokes[0], promise[0]

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
        squares = steady.dot3(error, error)
        self._size = np.sqrt(np.float32(np.mean(squares * weight) / 3 + LEAST_ERROR))
        pictures = [*np.moveaxis(target, -1, 0), *np.moveaxis(canvas, -1, 0), weight]
        self._pictures = np.stack(pictures).astype(np.float32, copy=False)
        height, width = weight.shape
        self._down, self._across = axis(height, STRIDE * rows), axis(width, STRIDE * columns)

    def planes(self, rows: slice, columns: slice) -> Float32:
        """A part of the grid: (1, PLANES, 8 * rows, 8 * columns) float32; the same numbers as within the whole."""
        part = [
            slice(STRIDE * each.start, STRIDE * min(each.stop, there))
            for each, there in ((rows, self._rows), (columns, self._columns))
        ]
        scales = scaled(self._pictures, self._down, self._across, *part)
        target, canvas, weight = scales[:3], scales[3:6], scales[6]
        # In place as far as possible: fresh memory costs more than the arithmetic.
        planes = np.empty((PLANES, *weight.shape), np.float32)
        error = np.subtract(target, canvas, out=planes[7:10])
        np.subtract(target, np.float32(0.5), out=planes[:3])
        np.multiply(error, np.float32(0.5) / self._size, out=planes[3:6])
        squares = np.square(error, out=canvas)
        np.multiply(squares.sum(0), np.float32(0.2) / np.square(self._size), out=planes[6])
        np.subtract(weight, np.float32(1), out=planes[10])
        return np.clip(planes, -FARTHEST, FARTHEST, out=planes)[None]
