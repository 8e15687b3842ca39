"""The sheet on which a drawing is laid with the real engine, at twice the size of a frame."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from dreambrush.arrays import Float32, Pixels
from dreambrush.bezier import PATH, PRESSURES, RADIUS
from dreambrush.events import events_in_turn
from dreambrush.film.camera import SCALE, filmed
from dreambrush.film.drawing import Drawing, enlarged
from dreambrush.models.catalogue import BrushFile
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.mypaint.layer import Layer
from dreambrush.painter.lay.layer_canvas import LayerCanvas, Tool, canvas_eotf
from dreambrush.painter.sketch import Sketch


class Sheet:
    """Layers of real paint.  No stroke depends on another, so that layers are laid at the same time.

    Args:
        drawing: the strokes to lay, in pixels of a frame.
        size: width and height of a frame in pixels.
        brushes: that strokes may be laid with, numbered from 0.
        settings: of these brushes.
        pigment: whether paint mixes as pigment.
        seed: of the painting.
        named: whether MyPaint is to know the strokes, for a file that is opened there.

    Attributes:
        size: width and height of the sheet in pixels.
        pigment: whether paint mixes as pigment.
        eotf: of its light.
    """

    def __init__(
        self,
        drawing: Drawing,
        size: tuple[int, int],
        brushes: Sequence[BrushFile],
        settings: Sequence[BrushSettings],
        pigment: bool,
        seed: int,
        *,
        named: bool = False,
    ) -> None:
        self._settings = settings
        self._names = [brush.mypaint_name if named else None for brush in brushes]
        self.pigment, self._seed, self.eotf = pigment, seed, canvas_eotf(pigment)
        self._ground, self._layers = drawing.ground, drawing.layers
        self.size = SCALE * size[0], SCALE * size[1]
        self._canvases = [LayerCanvas(*self.size, pigment) for _ in drawing.layers]
        lay = partial(self._lay_layer, drawing)
        with ThreadPoolExecutor() as threads:
            counts = np.bincount(drawing.layer, minlength=len(drawing.layers))
            list(threads.map(lay, np.argsort(-counts, kind="stable").tolist()))  # the longest first
        self._done: list[Layer] | None = None

    def lay(self, sketch: Sketch, layer: int) -> None:
        """Lays new strokes, in pixels of a frame, on one of the layers."""
        self._lay(layer, sketch)
        if self._done is not None:
            self._done[layer] = self._canvases[layer].layer(self._layers[layer])

    @property
    def layers(self) -> list[Layer]:
        """All layers, bottom first."""
        if self._done is None:
            self._done = [canvas.layer(name) for canvas, name in zip(self._canvases, self._layers, strict=True)]
        return self._done

    def merged(self) -> Pixels:
        """The drawing as MyPaint shows it, (2h, 2w, 3) uint8."""
        return merge_layers(self.layers, self._ground, self.eotf)

    def seen(self) -> Float32:
        """What the camera sees, (h, w, 3) float32, sRGB 0..1."""
        return filmed(self.merged())

    def _lay_layer(self, drawing: Drawing, layer: int) -> None:
        self._lay(layer, drawing.sketch[drawing.layer == layer])

    def _lay(self, layer: int, sketch: Sketch) -> None:
        canvas, tools = self._canvases[layer], dict[int, Tool]()
        large = enlarged(sketch, SCALE)
        for index, events in enumerate(events_in_turn(large.strokes)):
            brush, stroke = int(large.brush[index]), large.strokes[index]
            if brush not in tools:
                tools[brush] = Tool(self._settings[brush], self._names[brush], self.pigment, anew=True)
            path, radius = stroke[PATH].reshape(3, 2), float(stroke[RADIUS])
            canvas.paint(tools[brush], path, stroke[PRESSURES], radius, large.colours[index], self._seed, events)
