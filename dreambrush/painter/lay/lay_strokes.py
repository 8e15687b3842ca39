"""Paints recorded strokes again with the real engine: the same strokes and seed give the same pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.mypaint.layer import Layer
from dreambrush.painter.lay.layer_canvas import LayerCanvas, Tool, layer_mode
from dreambrush.strokes import Strokes


def replay(
    strokes: Strokes,
    brushes: Sequence[BrushSettings],
    seed: int = 0,
    pigment: bool = False,
    names: Sequence[str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Layer]:
    """Lays all strokes, in order.

    Args:
        strokes: the record.
        brushes: settings of each brush that the strokes name, in that order.
        seed: the one that the strokes were painted with.
        pigment: whether to paint as pigment, in linear light.
        names: by which MyPaint knows the brushes, for its stroke maps; without them there is no record of strokes.
        progress: told how many strokes are laid, from time to time.

    Returns:
        All layers that the strokes name, bottom first.
    """
    known: Sequence[str | None] = [None] * len(brushes) if names is None else names
    tools = [Tool(settings, name, pigment) for settings, name in zip(brushes, known, strict=True)]
    last = {int(layer): index for index, layer in enumerate(strokes.layer)}
    sheets: dict[int, LayerCanvas] = {}
    done: dict[int, Layer] = {}
    for index, layer in enumerate(strokes.layer.tolist()):
        if layer not in sheets:
            sheets[layer] = LayerCanvas(*strokes.size, pigment)
        sheets[layer].paint(
            tools[strokes.brush[index]],
            strokes.path[index],
            strokes.pressure[index],
            float(strokes.radius[index]),
            strokes.colour[index],
            seed + index,
        )
        if last[layer] == index:  # a finished layer takes half as much memory as its canvas
            done[layer] = sheets.pop(layer).layer(strokes.layers[layer])
        if progress and index % 50 == 0:
            progress(index)
    # Of noughts that nobody writes over, the system keeps no copy: a layer without strokes takes no memory.
    blank = (strokes.size[1], strokes.size[0], 4)
    return [
        done[layer] if layer in done else Layer(name, np.zeros(blank, np.uint8), composite_op=layer_mode(pigment))
        for layer, name in enumerate(strokes.layers)
    ]
