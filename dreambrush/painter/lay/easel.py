"""The easel: the real canvas in the making, layer on layer, and what one sees of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreambrush.mypaint.blend.blending import blend
from dreambrush.mypaint.engine.canvas import ONE, Rectangle
from dreambrush.mypaint.engine.eotf import light_of_levels, shown
from dreambrush.mypaint.layer import PIGMENT, Layer
from dreambrush.painter.lay.layer_canvas import LayerCanvas, Tool, canvas_eotf

Float32 = NDArray[np.float32]


class Easel:
    """Layers of real paint over a ground.

    Args:
        width: in pixels.
        height: in pixels.
        ground: (3,) uint8, one colour; or (height, width, 3) uint8, a picture.
        tools: that are at hand.
        layers: names, bottom first; painting starts on the first.
        pigment: paint as MyPaint 2 does: in linear light (eotf 2.2), mixing strokes and layers like pigments.

    Attributes:
        sheet: that is being painted on.
    """

    def __init__(
        self,
        width: int,
        height: int,
        ground: NDArray[np.uint8],
        tools: Sequence[Tool],
        layers: tuple[str, ...],
        pigment: bool = False,
    ) -> None:
        self.width, self.height, self.ground, self.names, self.pigment = width, height, ground, layers, pigment
        self.eotf = canvas_eotf(pigment)
        self.tools = tools
        bare = light_of_levels(self.eotf)[ground] if pigment else (ground / np.float32(255)).astype(np.float32)
        self._finished: list[Layer] = []
        # What is seen through the current layer, (h, w, 3); with pigment its 15-bit light.
        self._below: NDArray[Any] = np.broadcast_to(bare, (height, width, 3))
        self.sheet = LayerCanvas(width, height, pigment)
        self._whole: NDArray[Any] | None = self._below  # as it is now, until the next stroke

    @property
    def layer(self) -> int:
        """Index of the layer that is being painted on."""
        return len(self._finished)

    def next_layer(self) -> None:
        """Puts a new, empty layer above the others."""
        self._below = self._over((0, 0, self.width, self.height))
        # A finished layer takes half as much memory as its canvas.
        self._finished.append(self._current())
        self.sheet = LayerCanvas(self.width, self.height, self.pigment)

    def paint(self, stroke: Float32, colour: Float32, seed: int, brush: int = 0) -> Rectangle:
        """Lays one stroke (9,) in a colour (3,), display sRGB 0..1, on the current layer; returns where it touched."""
        path, pressure, radius = stroke[:6].reshape(3, 2), stroke[6:8], float(stroke[8])
        self._whole = None
        return self.sheet.paint(self.tools[brush], path, pressure, radius, colour, seed)

    def seen(self, area: Rectangle) -> Float32:
        """What one sees at an area, all layers and the ground together: (h, w, 3) float32, display sRGB 0..1."""
        over = self._over(area)
        return shown(self.eotf)[over] if self.pigment else over

    def layers(self) -> list[Layer]:
        """All layers as they will be saved, bottom first; their document has the easel's ``eotf``."""
        return [*self._finished, self._current()]

    def _current(self) -> Layer:
        return self.sheet.layer(self.names[self.layer])

    def _over(self, area: Rectangle) -> NDArray[Any]:
        """The current layer over those below: (h, w, 3), of the same kind as what is below a sheet."""
        x, y, width, height = area
        if self._whole is not None:
            return self._whole[y : y + height, x : x + width]
        below = self._below[y : y + height, x : x + width]
        if self.pigment:
            over = below.copy()
            blend(over, self.sheet.canvas.read(area), composite_op=PIGMENT)
        else:
            paint = self.sheet.canvas.read(area).astype(np.float32)
            paint /= ONE
            over = (1 - paint[..., 3:]) * below
            over += paint[..., :3]
        if area == (0, 0, self.width, self.height):
            self._whole = over
        return over
