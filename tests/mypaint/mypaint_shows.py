"""Puts painted layers into a new document of MyPaint's, with its default settings, and saves that.

Usage: /usr/bin/python3 -B mypaint_shows.py LAYERS.npz SAVED.ora

The .npz holds the ground, an sRGB colour of 3 x uint8, and for each layer from the bottom up its pixels:
(h, w, 4) uint16, premultiplied 15-bit RGBA.  As with mypaint_opens.py, the caller sets HOME.
"""

from __future__ import annotations

import logging
import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
sys.path.insert(0, "/usr/lib/mypaint")

# MyPaint's other modules need lib.config to be imported before them.
import lib.config  # type: ignore[import-not-found]  # noqa: E402, F401
from lib import document  # noqa: E402

TILE = 64


def main(painted: str, saved: str) -> None:
    """Fill the document, save it."""
    with np.load(painted) as arrays:
        ground, *canvases = (arrays[f"arr_{number}"] for number in range(len(arrays.files)))
    new = document.Document()
    new.layer_stack.set_background(tuple(ground))
    for number in range(1, len(canvases)):
        new.add_layer((number,))
    bottom_up = [layer for _path, layer in new.layer_stack.walk()][::-1]
    for layer, pixels in zip(bottom_up, canvases, strict=True):
        height, width = pixels.shape[:2]
        for ty in range(height // TILE):
            for tx in range(width // TILE):
                tile = pixels[ty * TILE : (ty + 1) * TILE, tx * TILE : (tx + 1) * TILE]
                with layer._surface.tile_request(tx, ty, readonly=False) as theirs:
                    theirs[:] = tile
    new.update_frame(x=0, y=0, width=width, height=height)
    new.set_frame_enabled(True)
    new.save_ora(saved)
    new.cleanup()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
