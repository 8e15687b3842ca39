"""A guide: a flow that a picture's strokes are led along, and the orientation field of a picture that has one."""

from __future__ import annotations

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32
from dreambrush.painter.see.cells import reduced
from dreambrush.painter.see.drawn_flow import CELLS, Flow
from dreambrush.painter.see.interest import scale_of
from dreambrush.painter.see.orientation import OrientationField
from dreambrush.painter.see.pyramid import Pyramid
from dreambrush.painter.see.squint import edges_of


class Guide:
    """A flow over a picture of a size, read between the centres of its cells.

    It yields to the picture's clear edges, lest strokes run over them.  Only on the lines themselves it wins.

    Args:
        flow: of the whole picture.
        picture: (h, w, 3) float32, sRGB 0..1.

    Attributes:
        flow: in square cells.
        cell: width of such a cell in pixels.
    """

    def __init__(self, flow: Flow, picture: Float32) -> None:
        height, width = picture.shape[:2]
        self.cell = -(-max(height, width) // CELLS)
        rows, columns = -(-height // self.cell), -(-width // self.cell)
        cell, unit = scale_of((height, width))
        clear, sharp, _ = edges_of(reduced(picture, cell), unit)
        self.flow = flow.resized(rows, columns).yielding(_greatest(clear * sharp, rows, columns))
        cells = np.concatenate([self.flow.vectors, self.flow.strength[..., None]], -1)
        self._cells = Pyramid([cells], cell=float(self.cell), weights=np.float32)

    def at(self, points: Float32) -> tuple[Float32, Float32]:
        """Direction and strength of the flow at points.

        Args:
            points: (b, p, 2) x and y in pixels; beyond the picture its nearest cell counts.

        Returns:
            Direction (b, p) in radians, -pi/2..pi/2, known up to half a turn, and strength (b, p), 0..1.
        """
        found = self._cells.sample(points, np.zeros(len(points), np.int64))
        direction = np.float32(0.5) * steady.arctan2(found[..., 1], found[..., 0])
        return direction, found[..., 2]


class GuidedField(OrientationField):
    """The orientation field of a picture whose form says less the more a guide says.

    Args:
        form: of the picture.
        guide: what leads the strokes.
    """

    def __init__(self, form: OrientationField, guide: Guide) -> None:
        self._form, self._guide = form, guide

    def at(self, points: Float32, scale: Float32) -> tuple[Float32, Float32]:
        """See :class:`OrientationField`: where the guide has strength 1 the form does not count."""
        direction, coherence = self._form.at(points, scale)
        led, strength = self._guide.at(points)
        rest = (1 - strength) * coherence
        vectors = rest[..., None] * steady.unit_vectors(np.float32(2) * direction)
        vectors += strength[..., None] * steady.unit_vectors(np.float32(2) * led)
        x, y = vectors[..., 0], vectors[..., 1]
        return np.float32(0.5) * steady.arctan2(y, x), np.sqrt(x * x + y * y)


def _greatest(cells: Float32, rows: int, columns: int) -> Float32:
    """The greatest value of a map (h, w) in each of fewer cells; a map of no more cells is repeated."""
    for axis, count in ((0, rows), (1, columns)):
        length = cells.shape[axis]
        if length <= count:
            cells = np.take(cells, np.arange(count) * length // count, axis)
        else:
            cells = np.maximum.reduceat(cells, np.arange(count) * length // count, axis)
    return cells
