"""Paints brushes/NAME_prev.png for every brush in brushes/, with the brush itself.

Run it after changing a brush:  python scripts/draw_previews.py
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from dreambrush.mypaint.brushes.preview import preview
from dreambrush.mypaint.engine.myb import read_myb

BRUSHES = Path(__file__).parent.parent / "brushes"

if __name__ == "__main__":
    for path in sorted(BRUSHES.glob("*.myb")):
        Image.fromarray(preview(read_myb(path))).save(path.with_name(f"{path.stem}_prev.png"), optimize=True)
