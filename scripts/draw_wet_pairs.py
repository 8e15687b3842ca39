"""Draws docs/wet-pairs.jpg: what a blender does for soft light, and an eraser for charcoal.  Needs scikit-image.

    python scripts/draw_wet_pairs.py

Left without, right with the second brush, and the same number of strokes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

sys.path.insert(0, str(Path(__file__).parents[1]))

from dreambrush.arrays import Float32
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint

OUT = Path(__file__).parents[1] / "docs" / "wet-pairs.jpg"
WIDTH = 384  # pixels of each painting
CHARCOAL, PAPER = (0.1, 0.1, 0.1), (0.93, 0.92, 0.9)


def glow(height: int = 256) -> Float32:
    """Light that fades without an edge, (height, WIDTH, 3)."""
    down, across = np.mgrid[0:height, 0:WIDTH].astype(np.float32)
    far = np.hypot((across / WIDTH - 0.45) * WIDTH / height, down / height - 0.5)
    light = np.exp(-((far / 0.45) ** 2))[..., None]
    picture = (1 - light) * np.array([0.12, 0.1, 0.14]) + light * np.array([0.85, 0.7, 0.55])
    return np.asarray(picture, np.float32)


def portrait() -> Float32:
    """The face of scikit-image's astronaut in greys, (height, WIDTH, 3)."""
    face = data.astronaut()[40:174, 168:292] / 255.0  # type: ignore[no-untyped-call]
    height = round(WIDTH * face.shape[0] / face.shape[1])
    grey = Image.fromarray(face.mean(-1).astype(np.float32)).resize((WIDTH, height), Image.Resampling.BICUBIC)
    return np.repeat(np.clip(np.asarray(grey), 0, 1)[..., None], 3, -1).astype(np.float32)


def main() -> None:
    """Paints the four pictures, prints their errors, and saves them as one."""
    drawn = PaintOptions(hand=0.3, colour=CHARCOAL, ground=PAPER)
    rows = []
    for target, strokes, options, first, second in (
        (glow(), 100, PaintOptions(hand=0.3), "oil", "blender"),
        (portrait(), 400, drawn, "charcoal", "kneaded-eraser"),
    ):
        alone = paint(target, find_brush(first), strokes, options=options)
        both = paint(target, [find_brush(first), find_brush(second)], strokes, options=options)
        used = int((both.strokes.brush == 1).sum())
        print(f"{first}: {alone.mse:.6f}; with {used} of {strokes} strokes by {second}: {both.mse:.6f}")
        rows.append(np.concatenate([alone.merged[..., :3], both.merged[..., :3]], 1))
    Image.fromarray(np.concatenate(rows)).save(OUT, quality=85, optimize=True)


if __name__ == "__main__":
    main()
