"""The relief as a layer, of a painting that is finished or still grows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from dreambrush.arrays import Float32, Float64, Pixels
from dreambrush.events import events_in_turn, stroke_events
from dreambrush.models.catalogue import BrushFile
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.engine.canvas import Rectangle
from dreambrush.mypaint.engine.myb import BrushSettings, read_myb
from dreambrush.mypaint.layer import Layer
from dreambrush.painter.lay.layer_canvas import canvas_eotf
from dreambrush.painter.painting import Painting
from dreambrush.painter.relief.height import LUMA, HeightField
from dreambrush.painter.relief.light import lit, lit_whole, reach
from dreambrush.painter.see.faces import find_faces
from dreambrush.pictures.paper import paper_tile
from dreambrush.relief import RELIEF_LAYER, Ellipse, Relief
from dreambrush.strokes import Strokes

MIDDLE = 0.5  # tone of a ground that is somebody's work


class GrowingRelief:
    """The relief of a painting, stroke by stroke.

    Args:
        relief: what it is made with.
        size: width and height in pixels.
        brushes: settings of the brushes that lay the strokes.
        seed: seed of the painting.
        ground: (3,) uint8 colour under the first stroke; None for somebody's work.
    """

    def __init__(
        self,
        relief: Relief,
        size: tuple[int, int],
        brushes: Sequence[BrushSettings],
        seed: int,
        ground: Pixels | None,
    ) -> None:
        tone = MIDDLE
        if ground is not None:
            tone = sum(share * level / 255 for share, level in zip(LUMA, ground.tolist(), strict=True))
        self._field = HeightField(size, brushes, seed, tone, relief.thin)
        self._strength = relief.strength

    def lay(
        self,
        brush: int,
        path: Float32,
        pressure: Float32,
        radius: float,
        colour: Float32,
        events: Float64 | None = None,
    ) -> Rectangle:
        """Lays the next stroke; returns where that changes the light."""
        if events is None:
            events = stroke_events(path, pressure, radius)
        x, y, width, height = self._field.lay(brush, path, pressure, radius, colour, events)
        if not (width and height):
            return x, y, width, height
        around = reach(self._field.scale)
        left, top = max(x - around, 0), max(y - around, 0)
        bottom, right = (end + around for end in (y + height, x + width))
        high, wide = self._field.height.shape
        return left, top, min(right, wide) - left, min(bottom, high) - top

    def pixels(self, area: tuple[slice, slice], eotf: float) -> Pixels:
        """The pixels of the layer in some rows and columns, in a document of that eotf."""
        field = self._field
        return lit(field.height, field.tone, area, self._strength, field.scale, eotf)

    def layer(self, alpha: Pixels | None, eotf: float, *, onto_work: bool = False) -> Layer:
        """The whole layer.

        Args:
            alpha: (h, w) uint8, the shape of a transparent painting, or where paint may be on somebody's work; None for
                everywhere.
            eotf: of the document.
            onto_work: whether it is painted onto somebody's work.
        """
        field = self._field
        pixels = lit_whole(field.height, field.tone, self._strength, field.scale, eotf)
        if alpha is not None:
            # What is translucent must not become more opaque.  On somebody's work the relief fades with the paint.
            shown = alpha if onto_work else np.where(alpha == 255, np.uint8(255), np.uint8(0))
            pixels[..., 3] = (pixels[..., 3].astype(np.uint16) * shown + 127) // 255
            pixels[pixels[..., 3] == 0] = 0
        return Layer(RELIEF_LAYER, pixels, locked=True)


def relief_layer(
    relief: Relief,
    strokes: Strokes,
    brushes: Sequence[BrushSettings],
    seed: int,
    ground: Pixels | None,
    alpha: Pixels | None,
    eotf: float,
    *,
    onto_work: bool,
    progress: Callable[[int], None] | None = None,
) -> Layer:
    """The relief of a painting that is finished; arguments as of :class:`GrowingRelief` and its ``layer``.

    ``progress`` is called from time to time with the number of all strokes.
    """
    growing = GrowingRelief(relief, strokes.size, brushes, seed, ground)
    for index, events in enumerate(events_in_turn(strokes.rows())):
        stroke = strokes.path[index], strokes.pressure[index], float(strokes.radius[index]), strokes.colour[index]
        growing.lay(int(strokes.brush[index]), *stroke, events)
        if progress and index % 50 == 0:
            progress(len(strokes))
    return growing.layer(alpha, eotf, onto_work=onto_work)


def with_relief(
    painting: Painting, brushes: Sequence[BrushFile], seed: int, strength: float, picture: Float32
) -> Painting:
    """A painting that is finished, with a relief on top.

    Args:
        painting: one that has none yet.
        brushes: brushes that it was painted with.
        seed: seed of the painting.
        strength: how strong the relief is, above 0 to 1.
        picture: (h, w, 3) float32, sRGB 0..1, what was painted; paint is thin in its faces.

    Raises:
        ModelError: a network that finds faces is missing or broken.
    """
    relief = Relief(strength, tuple(_ellipse(face.box) for face in find_faces(picture)))
    eotf = canvas_eotf(painting.pigment, painting.eotf)
    settings = [read_myb(brush.path) for brush in brushes]
    ground = None if painting.onto_work else painting.background
    lay = painting.strokes, settings, seed, ground, painting.alpha
    layer = relief_layer(relief, *lay, eotf, onto_work=painting.onto_work)
    below = painting.background
    if painting.grain and painting.alpha is None:
        below = paper_tile(below)
    layers = [*painting.layers, layer]
    return replace(painting, layers=layers, merged=merge_layers(layers, below, eotf), relief=relief)


def _ellipse(box: tuple[float, float, float, float]) -> Ellipse:
    """The ellipse in a frame, in whole pixels."""
    left, top, right, bottom = box
    wide, high = max((right - left) / 2, 1.0), max((bottom - top) / 2, 1.0)
    return round((left + right) / 2), round((top + bottom) / 2), round(wide), round(high)
