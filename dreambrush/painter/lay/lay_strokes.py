"""Lays recorded strokes again with the real engine: the same strokes and seed give the same pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dreambrush.events import events_in_turn
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.mypaint.layer import Layer
from dreambrush.painter.lay.layer_canvas import Tool
from dreambrush.painter.lay.paint_layers import PaintLayers
from dreambrush.strokes import Strokes


def lay_strokes(
    strokes: Strokes,
    brushes: Sequence[BrushSettings],
    seed: int = 0,
    pigment: bool = False,
    names: Sequence[str] | None = None,
    progress: Callable[[int], None] | None = None,
    eotf: float | None = None,
    *,
    washed: bool = True,
    anew: bool = False,
) -> list[Layer]:
    """Lays all strokes, in order; stroke i, counted from 0, has seed + i.

    The seed rules what wet brushes pick up when they mix pigment.  A brush's own random numbers run on from stroke to
    stroke.

    Layers lie in the order of ``strokes.layers``, whatever the order of the strokes: one that is laid last may be on
    the lowest layer.

    Args:
        strokes: the strokes, in painting order.
        brushes: settings of each brush that the strokes name, in that order.
        seed: seed that the strokes were painted with.
        pigment: whether to paint as pigment, in linear light.
        names: names by which MyPaint knows the brushes, for its stroke maps; without names no stroke map is kept.
        progress: called from time to time with the number of strokes laid.
        eotf: eotf of the light in which pigment mixes; None for MyPaint's own.
        washed: whether wet brushes begin every stroke clean, as recipes tell.
        anew: whether the brushes' random numbers begin again with every stroke, as recipes tell.  All strokes then have
            the same seed.

    Returns:
        All layers that the strokes name, bottom first.
    """
    known: Sequence[str | None] = [None] * len(brushes) if names is None else names
    how = {"washed": washed, "anew": anew}
    tools = [Tool(settings, name, pigment, **how) for settings, name in zip(brushes, known, strict=True)]
    last = {int(layer): index for index, layer in enumerate(strokes.layer)}
    paint = PaintLayers(strokes.size, tools, seed, pigment, eotf)
    done: dict[int, Layer] = {}
    for index, (layer, events) in enumerate(zip(strokes.layer.tolist(), events_in_turn(strokes.rows()), strict=True)):
        radius = float(strokes.radius[index])
        brush = int(strokes.brush[index])
        paint.lay(layer, brush, strokes.path[index], strokes.pressure[index], radius, strokes.colour[index], events)
        if last[layer] == index:
            done[layer] = paint.finish(layer, strokes.layers[layer])
        if progress and index % 50 == 0:
            progress(index)
    return [done.get(layer) or paint.finish(layer, name) for layer, name in enumerate(strokes.layers)]
