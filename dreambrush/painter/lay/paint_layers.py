"""The layers of a painting while it is painted: every stroke reaches the engine here.

Painting, autosave, replay and timelapse all lay strokes with this, so all lay them alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dreambrush.arrays import Float32, Float64
from dreambrush.mypaint.engine.canvas import Rectangle
from dreambrush.mypaint.layer import Layer
from dreambrush.painter.lay.layer_canvas import LayerCanvas, Tool, layer_mode


class PaintLayers:
    """Layers to paint on.

    Args:
        size: width and height in pixels.
        tools: tools that strokes may be laid with, numbered from 0.
        seed: seed of the painting; its stroke i has seed + i, whatever layer it is on.  Strokes of tools that begin
            anew all have the seed itself: they must not depend on how many lie below.
        pigment: whether paint mixes as pigment, in linear light.
        eotf: eotf of that light; None for MyPaint's own.

    Attributes:
        laid: number of strokes laid so far.
    """

    def __init__(
        self,
        size: tuple[int, int],
        tools: Sequence[Tool],
        seed: int = 0,
        pigment: bool = False,
        eotf: float | None = None,
    ) -> None:
        self.size, self.tools, self.seed, self.pigment, self._eotf = size, tools, seed, pigment, eotf
        self.laid = 0
        self._canvases: dict[int, LayerCanvas] = {}

    @property
    def open(self) -> list[int]:
        """The layers that have paint and are not finished, bottom first."""
        return sorted(self._canvases)

    def canvas(self, layer: int) -> LayerCanvas:
        """The canvas of a layer; it is made if there is none yet."""
        if layer not in self._canvases:
            self._canvases[layer] = LayerCanvas(*self.size, self.pigment, self._eotf)
        return self._canvases[layer]

    def lay(
        self,
        layer: int,
        brush: int,
        path: Float32,
        pressure: Float32,
        radius: float,
        colour: Float32,
        events: Float64 | None = None,
    ) -> Rectangle:
        """Lays the next stroke with the engine.

        Args:
            layer: number of the layer.
            brush: number of the tool.
            path: (3, 2) start, control and end in pixels.
            pressure: (2,) pressure at start and end, 0..1.
            radius: radius in pixels.
            colour: (3,) display sRGB 0..1.
            events: as for :meth:`~dreambrush.painter.lay.layer_canvas.LayerCanvas.paint`.

        Returns:
            The rectangle that the stroke touched.
        """
        canvas, tool = self.canvas(layer), self.tools[brush]
        seed = self.seed if tool.anew else self.seed + self.laid
        touched = canvas.paint(tool, path, pressure, radius, colour, seed, events)
        self.laid += 1
        return touched

    def finish(self, layer: int, name: str) -> Layer:
        """Finishes a layer that gets no more strokes.  What is kept of it takes half as much memory as its canvas."""
        if layer not in self._canvases:
            # The system keeps no copy of zeros that nobody overwrites: a layer without strokes takes no memory.
            width, height = self.size
            blank = np.zeros((height, width, 4), np.uint8)
            return Layer(name, blank, composite_op=layer_mode(self.pigment))
        return self._canvases.pop(layer).layer(name)
