"""The 128x128 picture that MyPaint shows for a brush.  The brush itself paints it."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Fixed15, Pixels
from dreambrush.events import stroke_events
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import ONE, Canvas
from dreambrush.mypaint.engine.myb import BrushSettings

SIDE = 128  # pixels: MyPaint's lib/brush.py and all stock brushes have previews of this size
PAPER = 247  # a little darker than white, so that light paint shows

# Start, control, end in pixels, pressures, radius, colour: one broad sweep, one that swells, one fine line.
SWEEPS = (
    ((14, 40), (62, 4), (112, 34), (0.9, 0.7), 14.0, (0.16, 0.24, 0.42)),
    ((16, 92), (58, 44), (114, 76), (0.15, 1.0), 12.0, (0.72, 0.27, 0.16)),
    ((18, 116), (70, 92), (112, 110), (1.0, 0.1), 4.0, (0.18, 0.17, 0.16)),
)


# What wet brushes are shown on, for on bare paper they pick up nothing: bands of colours, and paper between them.
BANDS = ((0.85, 0.62, 0.16), (0.97, 0.97, 0.97), (0.2, 0.44, 0.52), (0.97, 0.97, 0.97), (0.76, 0.26, 0.18))
BAND = 24  # pixels


def wet_bands(height: int, width: int) -> Fixed15:
    """Opaque upright bands of colours: (height, width, 4) uint16, premultiplied RGBA."""
    band = np.arange(width) // BAND % len(BANDS)
    row = np.concatenate([np.array(BANDS)[band], np.ones((width, 1))], 1)
    return np.tile(np.rint(row * ONE).astype(np.uint16), (height, 1, 1))


def preview(settings: BrushSettings) -> Pixels:
    """Paints the preview of a brush: (128, 128, 3) uint8."""
    canvas, brush = Canvas(SIDE, SIDE), Brush(settings)
    if settings.smudges or settings.erases:
        canvas.write(wet_bands(SIDE, SIDE))
    for start, control, end, pressure, radius, colour in SWEEPS:
        brush.set_colour(colour)
        brush.set_radius(radius)
        canvas.stroke(brush, stroke_events((start, control, end), pressure, radius))
    pixels = canvas.read8().astype(np.float32)
    alpha = pixels[..., 3:] / 255
    return np.rint(pixels[..., :3] * alpha + PAPER * (1 - alpha)).astype(np.uint8)
