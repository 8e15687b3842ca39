"""A layer while it is painted: its paint, and its stroke map, from which MyPaint picks brushes."""

from __future__ import annotations

from dreambrush.arrays import Float32, Float64
from dreambrush.events import stroke_events
from dreambrush.mypaint.brushes.text import BrushText
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import Canvas, Rectangle
from dreambrush.mypaint.engine.eotf import LINEAR, PLAIN
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.mypaint.layer import NORMAL, PIGMENT, Layer
from dreambrush.mypaint.picking import with_pixels_nearby
from dreambrush.mypaint.strokemap import RecordedStroke


class Tool:
    """A brush in the hand.

    One tool paints all strokes of its brush in a painting, so that the brush's random numbers run on.

    Args:
        settings: settings of the brush.
        name: name by which MyPaint knows the brush, such as "dreambrush/oil"; None if no stroke map is wanted.
        pigment: whether the brush paints as pigment.
        washed: whether it begins every stroke clean.  In MyPaint a wet brush still has the paint of the stroke before.
        anew: whether its random numbers begin again with every stroke.  Then no stroke depends on those before it, and
            one that only moves from drawing to drawing of a film looks the same in all.
    """

    def __init__(
        self,
        settings: BrushSettings,
        name: str | None = None,
        pigment: bool = False,
        *,
        washed: bool = True,
        anew: bool = False,
    ) -> None:
        settings = brush_in_mode(settings, pigment)
        self.brush, self.anew = Brush(settings, washed=washed), anew
        self.text = None if name is None else BrushText(settings, name)


class LayerCanvas:
    """The canvas of one layer, transparent to begin with.

    Args:
        width: width of the canvas in pixels.
        height: height of the canvas in pixels.
        pigment: whether to paint in linear light, for a layer that mixes with those below like pigment.
        eotf: eotf of the linear light; None for MyPaint's own.

    Attributes:
        canvas: libmypaint's surface, which holds the paint.
        strokes: stroke map: the strokes whose tools have names.
    """

    def __init__(self, width: int, height: int, pigment: bool = False, eotf: float | None = None) -> None:
        self.pigment = pigment
        self.canvas = Canvas(width, height, canvas_eotf(pigment, eotf))
        self.strokes: list[RecordedStroke] = []

    def paint(
        self,
        tool: Tool,
        path: Float32,
        pressure: Float32,
        radius: float,
        colour: Float32,
        seed: int,
        events: Float64 | None = None,
    ) -> Rectangle:
        """Lays one stroke with the engine.

        Args:
            tool: tool that lays the stroke; it takes on the colour and the radius.
            path: (3, 2) start, control and end in pixels.
            pressure: (2,) pressure at start and end, 0..1.
            radius: radius in pixels.
            colour: (3,) display sRGB 0..1.
            seed: seed of the random samples that wet brushes take.
            events: those of the stroke (:mod:`dreambrush.events`), where they have been made with those of others.

        Returns:
            The rectangle that the stroke touched.
        """
        if tool.anew:
            tool.brush.again()
        tool.brush.set_colour(colour.tolist(), self.canvas.eotf)
        tool.brush.set_radius(radius)
        if events is None:
            events = stroke_events(path, pressure, radius)
        if tool.text is None:
            return self.canvas.stroke(tool.brush, events, seed)
        touched, masks = self.canvas.traced_stroke(tool.brush, events, seed)
        if masks:  # otherwise nothing can be seen of it
            self.strokes.append(RecordedStroke.pack(tool.text.text(colour.tolist(), radius), masks))
        return touched

    def layer(self, name: str) -> Layer:
        """The paint so far, as a layer of that name, in which MyPaint finds a stroke wherever it takes the layer."""
        pixels = self.canvas.read8()
        strokes = tuple(with_pixels_nearby(self.strokes, pixels[..., 3]))
        return Layer(name, pixels, composite_op=layer_mode(self.pigment), strokes=strokes)


def canvas_eotf(pigment: bool, eotf: float | None = None) -> float:
    """The eotf of paintings with and without pigment: 2.2, as in MyPaint 2, or 1.0.

    Args:
        pigment: whether the painting mixes as pigment.
        eotf: the eotf with pigment, if it is not 2.2.
    """
    return (eotf or LINEAR) if pigment else PLAIN


def layer_mode(pigment: bool) -> str:
    """The mode of layers in paintings with and without pigment."""
    return PIGMENT if pigment else NORMAL


def brush_in_mode(settings: BrushSettings, pigment: bool) -> BrushSettings:
    """The brush as it paints with or without pigment.

    MyPaint 2 gives full pigment to each brush that does not say otherwise.  Ours all name ``paint_mode`` 0, so
    that they do not change with MyPaint's modes; so to ask for pigment is to overrule what a brush names.
    """
    return settings.with_values(paint_mode=1.0) if pigment else settings
