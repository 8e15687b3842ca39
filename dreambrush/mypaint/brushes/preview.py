"""The 128x128 picture that MyPaint shows for a brush.  The brush itself paints it."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Pixels
from dreambrush.events import stroke_events
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import Canvas
from dreambrush.mypaint.engine.myb import BrushSettings

SIDE = 128  # pixels: MyPaint's lib/brush.py and all stock brushes have previews of this size
PAPER = 247  # a little darker than white, so that light paint shows

# Start, control, end in pixels, pressures, radius, colour: one broad sweep, one that swells, one fine line.
SWEEPS = (
    ((14, 40), (62, 4), (112, 34), (0.9, 0.7), 14.0, (0.16, 0.24, 0.42)),
    ((16, 92), (58, 44), (114, 76), (0.15, 1.0), 12.0, (0.72, 0.27, 0.16)),
    ((18, 116), (70, 92), (112, 110), (1.0, 0.1), 4.0, (0.18, 0.17, 0.16)),
)


def preview(settings: BrushSettings) -> Pixels:
    """Paints the preview of a brush: (128, 128, 3) uint8."""
    canvas, brush = Canvas(SIDE, SIDE), Brush(settings)
    for start, control, end, pressure, radius, colour in SWEEPS:
        brush.set_colour(colour)
        brush.set_radius(radius)
        canvas.stroke(brush, stroke_events((start, control, end), pressure, radius))
    pixels = canvas.read8().astype(np.float32)
    alpha = pixels[..., 3:] / 255
    return np.rint(pixels[..., :3] * alpha + PAPER * (1 - alpha)).astype(np.uint8)
