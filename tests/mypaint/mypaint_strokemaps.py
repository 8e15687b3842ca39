"""What MyPaint's own code makes of strokes and stroke maps, for test_trace.py and test_strokemap.py.

/usr/bin/python3 -B mypaint_strokemaps.py masks TILES.npz MASKS.npy
    The masks (n, 64, 64) between the tiles "before" and "after", (n, 64, 64, 4) uint16 each.
/usr/bin/python3 -B mypaint_strokemaps.py record PICTURES.npz MAP.dat
    The map of a layer at "origin", for which stroke number i, with the i-th of the texts "brushes", has turned
    the picture before[i] into after[i]: (n, h, w, 4) uint16 premultiplied, h and w multiples of 64.
/usr/bin/python3 -B mypaint_strokemaps.py load MAP.dat X Y MASKS.npz SAVED_AGAIN.dat
    Opens the map of a layer at X, Y.  Prints a list of what the brushes of its strokes are; MASKS.npz has "tiles"
    (stroke, column, row), their "masks", and "picks": the stroke at each pixel of the 256 x 192 pixels right and
    below of 0, 0, or -1.

As with mypaint_opens.py, the caller sets HOME.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
sys.path.insert(0, "/usr/lib/mypaint")

# MyPaint's other modules need lib.config to be imported before them.
import lib.config  # type: ignore[import-not-found]  # noqa: E402, F401
from lib import brush, mypaintlib, strokemap, tiledsurface  # noqa: E402
from lib.layer import data  # type: ignore[import-not-found]  # noqa: E402

TILE = 64


def masks(given: str, answer: str) -> None:
    """Its rule."""
    with np.load(given) as tiles:
        before, after = tiles["before"], tiles["after"]
    found = np.zeros(before.shape[:3], np.uint8)
    for number in range(len(before)):
        mypaintlib.tile_perceptual_change_strokemap(before[number], after[number], found[number])
    np.save(answer, found)


def show(surface: Any, picture: Any) -> Any:
    """Paints the tiles that are to change, as a stroke does, and takes a snapshot."""
    for ty in range(picture.shape[0] // TILE):
        for tx in range(picture.shape[1] // TILE):
            wanted = picture[ty * TILE : (ty + 1) * TILE, tx * TILE : (tx + 1) * TILE]
            with surface.tile_request(tx, ty, readonly=True) as there:
                same = np.array_equal(there, wanted)
            if not same:
                with surface.tile_request(tx, ty, readonly=False) as there:
                    there[:] = wanted
    return surface.save_snapshot()


def record(given: str, answer: str) -> None:
    """Its stroke maps."""
    with np.load(given) as pictures:
        before, after, texts, (x, y) = (pictures[name] for name in ("before", "after", "brushes", "origin"))
    strokes = []
    for number, text in enumerate(texts):
        surface = tiledsurface.Surface()
        stroke = strokemap.StrokeShape.new_from_snapshots(show(surface, before[number]), show(surface, after[number]))
        stroke.brush_string = str(text)
        strokes.append(stroke)
    with open(answer, "wb") as file:
        data._write_strokemap(file, strokes, -int(x), -int(y))


def describe(text: str) -> dict[str, object]:
    """What MyPaint takes up when the artist picks a stroke."""
    info = brush.BrushInfo(text)
    return {
        "text": text.decode() if isinstance(text, bytes) else text,
        "undefined": sorted(info.undefined_settings),
        "parent": info.get_string_property("parent_brush_name"),
        "colour": info.get_color_rgb(),
        "radius": info.get_base_value("radius_logarithmic"),
        "settings": {name: info.settings[name] for name in brush.BRUSH_SETTINGS},
    }


def load(given: str, x: str, y: str, answer: str, again: str) -> None:
    """Its reading of a map."""
    layer = data.PaintingLayer()
    layer._load_strokemap_from_file(io.BytesIO(Path(given).read_bytes()), int(x), int(y), False)
    tiles = [(n, int(tx), int(ty)) for n, stroke in enumerate(layer.strokes) for tx, ty in stroke.strokemap]
    found = [tile.to_array() for stroke in layer.strokes for tile in stroke.strokemap.values()]
    picks = np.full((192, 256), -1)
    for row in range(0, 192, 3):
        for column in range(0, 256, 3):
            stroke = layer.get_stroke_info_at(column, row)
            picks[row, column] = -1 if stroke is None else layer.strokes.index(stroke)
    np.savez(answer, tiles=np.array(tiles), masks=np.array(found), picks=picks)
    with open(again, "wb") as file:
        data._write_strokemap(file, layer.strokes, -int(x), -int(y))
    print(json.dumps([describe(stroke.brush_string) for stroke in layer.strokes]))


if __name__ == "__main__":
    commands: dict[str, Callable[..., None]] = {"masks": masks, "record": record, "load": load}
    commands[sys.argv[1]](*sys.argv[2:])
