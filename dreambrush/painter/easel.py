"""The easel: the real canvas in the making, layer on layer, and what one sees of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dreambrush.mypaint.brush import Brush
from dreambrush.mypaint.canvas import ONE, Canvas, Rectangle
from dreambrush.mypaint.layer import Layer
from dreambrush.mypaint.myb import BrushSettings
from dreambrush.painter.replay import lay

Float32 = NDArray[np.float32]


@dataclass
class _Sheet:
    name: str
    canvas: Canvas
    below: Float32 = field(repr=False)  # (h, w, 3) what is seen through it


class Easel:
    """Layers of real paint over a ground of one colour.

    Args:
        width: in pixels.
        height: in pixels.
        ground: (3,) uint8.
        settings: of the brush; one brush paints the whole picture, so that its random numbers run on.
        layers: names, bottom first; painting starts on the first.
    """

    def __init__(
        self, width: int, height: int, ground: NDArray[np.uint8], settings: BrushSettings, layers: tuple[str, ...]
    ) -> None:
        self.width, self.height, self.ground, self.names = width, height, ground, layers
        self.brush = Brush(settings)
        seen = np.broadcast_to((ground / np.float32(255)).astype(np.float32), (height, width, 3))
        self._sheets = [_Sheet(layers[0], Canvas(width, height), seen)]

    @property
    def layer(self) -> int:
        """Index of the layer that is being painted on."""
        return len(self._sheets) - 1

    def next_layer(self) -> None:
        """Puts a new, empty layer above the others."""
        seen = self.seen((0, 0, self.width, self.height))
        name = self.names[len(self._sheets)]
        self._sheets.append(_Sheet(name, Canvas(self.width, self.height), seen))

    def paint(self, stroke: Float32, colour: Float32, seed: int) -> Rectangle:
        """Lays one stroke (9,) in a colour (3,) on the current layer; returns the rectangle that it touched."""
        path, pressure, radius = stroke[:6].reshape(3, 2), stroke[6:8], float(stroke[8])
        return lay(self._sheets[-1].canvas, self.brush, path, pressure, radius, colour, seed)

    def seen(self, area: Rectangle) -> Float32:
        """What one sees at an area, all layers and the ground together: (h, w, 3) float32, 0..1."""
        x, y, width, height = area
        sheet = self._sheets[-1]
        paint = sheet.canvas.read(area).astype(np.float32) / ONE
        below = sheet.below[y : y + height, x : x + width]
        return np.asarray(paint[..., :3] + (1 - paint[..., 3:]) * below, np.float32)

    def layers(self) -> list[Layer]:
        """All layers as they will be saved, bottom first."""
        return [Layer(sheet.name, sheet.canvas.read8()) for sheet in self._sheets]
