"""The easel: the real canvas while it is painted, layer on layer, and what is seen of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreambrush.arrays import Float32, Float64, Int64, Pixels
from dreambrush.bezier import PATH, PRESSURES, RADIUS
from dreambrush.events import events_in_turn
from dreambrush.mypaint.blend.blending import blend
from dreambrush.mypaint.engine.canvas import ONE, Rectangle
from dreambrush.mypaint.engine.eotf import light_of_levels, shown
from dreambrush.mypaint.layer import PIGMENT, Layer
from dreambrush.painter.lay.layer_canvas import Tool, canvas_eotf
from dreambrush.painter.lay.paint_layers import PaintLayers
from dreambrush.painter.sketch import Sketch


class Easel:
    """Layers of real paint over a ground.

    Args:
        width: width of the canvas in pixels.
        height: height of the canvas in pixels.
        ground: what lies below the first stroke: (3,) uint8, one colour, or (height, width, 3) uint8, a picture.
        tools: tools that strokes may be laid with, numbered from 0.
        layers: names of the layers, bottom first; painting starts on the first.
        pigment: whether to paint as MyPaint 2 does: in linear light, where strokes and layers mix as paint.
        seed: seed of the painting; see :class:`~dreambrush.painter.lay.paint_layers.PaintLayers`.
        eotf: eotf of that light; None for MyPaint's own, 2.2.

    Attributes:
        names: names of the layers, bottom first.
        on_layer: number of the layer on which each stroke lies.
        paint_layers: the real paint.
    """

    def __init__(
        self,
        width: int,
        height: int,
        ground: Pixels,
        tools: Sequence[Tool],
        layers: tuple[str, ...] = (),
        pigment: bool = False,
        seed: int = 0,
        eotf: float | None = None,
    ) -> None:
        self.width, self.height, self.ground, self.names, self.pigment = width, height, ground, layers, pigment
        self.eotf = canvas_eotf(pigment, eotf)
        self.paint_layers = PaintLayers((width, height), tools, seed, pigment, eotf)
        self.on_layer: list[int] = []
        bare = light_of_levels(self.eotf)[ground] if pigment else (ground / np.float32(255)).astype(np.float32)
        self._finished: list[Layer] = []
        # What is seen through the current layer, (h, w, 3); with pigment its 15-bit light.
        self._below: NDArray[Any] = np.broadcast_to(bare, (height, width, 3))
        self._whole: NDArray[Any] | None = self._below  # as it is now, until the next stroke

    @property
    def layer(self) -> int:
        """Index of the layer that is being painted on."""
        return len(self._finished)

    def next_layer(self) -> None:
        """Puts a new, empty layer above the others."""
        self._below = self._over((0, 0, self.width, self.height))
        self._finished.append(self.paint_layers.finish(self.layer, self.names[self.layer]))

    def begin(self, layers: tuple[str, ...]) -> None:
        """Names the layers, before the first stroke is laid.  In a later stage the first names are the same."""
        self.names = layers

    def paint(self, stroke: Float32, colour: Float32, brush: int = 0, events: Float64 | None = None) -> Rectangle:
        """Lays one stroke (9,) in a colour (3,), display sRGB 0..1, on the current layer; returns where it touched."""
        self._whole = None
        path, radius = stroke[PATH].reshape(3, 2), float(stroke[RADIUS])
        touched = self.paint_layers.lay(self.layer, brush, path, stroke[PRESSURES], radius, colour, events)
        self.on_layer.append(self.layer)
        return touched

    def lay(self, sketch: Sketch, layer: Int64) -> None:
        """Lays strokes.

        Args:
            sketch: a sketch of k strokes.
            layer: (k,) number of each stroke's layer; it never falls, and may skip some.
        """
        for index, (upon, events) in enumerate(zip(layer.tolist(), events_in_turn(sketch.strokes), strict=True)):
            self.climb(upon)
            self.paint(sketch.strokes[index], sketch.colours[index], int(sketch.brush[index]), events)

    def climb(self, layer: int) -> None:
        """Puts new layers above the others until this one is on top."""
        while self.layer < layer:
            self.next_layer()

    def seen(self, area: Rectangle) -> Float32:
        """What is seen at an area, all layers and the ground together: (h, w, 3) float32, display sRGB 0..1."""
        over = self._over(area)
        return shown(self.eotf)[over] if self.pigment else over

    def below(self) -> Float32:
        """What is seen through the current layer where it has no paint: (height, width, 3) float32, sRGB 0..1."""
        return np.asarray(shown(self.eotf)[self._below] if self.pigment else self._below, np.float32)

    def layers(self) -> list[Layer]:
        """All layers as they will be saved, bottom first; their document has the easel's ``eotf``."""
        return [*self._finished, self.paint_layers.canvas(self.layer).layer(self.names[self.layer])]

    def _over(self, area: Rectangle) -> NDArray[Any]:
        """The current layer over those below: (h, w, 3), of the same kind as what is below a sheet."""
        x, y, width, height = area
        if self._whole is not None:
            return self._whole[y : y + height, x : x + width]
        below = self._below[y : y + height, x : x + width]
        if self.pigment:
            over = below.copy()
            blend(over, self.paint_layers.canvas(self.layer).canvas.read(area), composite_op=PIGMENT)
        else:
            paint = self.paint_layers.canvas(self.layer).canvas.read(area).astype(np.float32)
            paint /= ONE
            over = (1 - paint[..., 3:]) * below
            over += paint[..., :3]
        if area == (0, 0, self.width, self.height):
            self._whole = over
        return over
