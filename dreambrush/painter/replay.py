"""Paints recorded strokes again with the real engine: the same strokes and seed give the same pixels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreambrush.mypaint.brush import Brush
from dreambrush.mypaint.canvas import Canvas, Rectangle
from dreambrush.mypaint.eotf import LINEAR, PLAIN
from dreambrush.mypaint.myb import BrushSettings, read_myb
from dreambrush.strokes import Strokes, stroke_events

Float32 = NDArray[np.float32]


def replay(strokes: Strokes, brushes: Mapping[str, Path], seed: int = 0, pigment: bool = False) -> list[Canvas]:
    """Lays all strokes, in order, on canvases of their size.

    Args:
        strokes: the record.
        brushes: the .myb file of each brush by name.
        seed: the one that the strokes were painted with.
        pigment: whether they were painted as pigment, in linear light.

    Returns:
        One canvas per layer, bottom first.

    Raises:
        BrushError: a brush file is missing or broken.
    """
    canvases = [Canvas(*strokes.size, canvas_eotf(pigment)) for _ in strokes.layers]
    hands = [Brush(brush_in_mode(read_myb(brushes[name]), pigment)) for name in strokes.brushes]
    for index in range(len(strokes)):
        lay(
            canvases[strokes.layer[index]],
            hands[strokes.brush[index]],
            strokes.path[index],
            strokes.pressure[index],
            float(strokes.radius[index]),
            strokes.colour[index],
            seed + index,
        )
    return canvases


def canvas_eotf(pigment: bool) -> float:
    """The eotf that paintings with or without pigment have: 2.2, as in MyPaint 2, or 1.0."""
    return LINEAR if pigment else PLAIN


def brush_in_mode(settings: BrushSettings, pigment: bool) -> BrushSettings:
    """The brush as it paints with or without pigment.

    MyPaint 2 gives full pigment to each brush that does not say otherwise.  Ours all name ``paint_mode`` 0, so
    that they do not change with MyPaint's modes; so to ask for pigment is to overrule what a brush names.
    """
    return settings.with_values(paint_mode=1.0) if pigment else settings


def lay(
    canvas: Canvas, brush: Brush, path: Float32, pressure: Float32, radius: float, colour: Float32, seed: int
) -> Rectangle:
    """Lays one stroke for real.

    Args:
        canvas: to paint on.
        brush: takes on the colour and the radius.
        path: (3, 2) start, control and end in pixels.
        pressure: (2,) at start and end, 0..1.
        radius: in pixels.
        colour: (3,) display sRGB 0..1, whatever the canvas's eotf.
        seed: of wet brushes' random samples.

    Returns:
        The rectangle that the stroke touched.
    """
    brush.set_colour(colour.tolist(), canvas.eotf)
    brush.set_radius(radius)
    return canvas.stroke(brush, stroke_events(path, pressure, radius), seed)
