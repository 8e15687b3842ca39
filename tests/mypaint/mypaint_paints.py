"""Paints with MyPaint's own library; test_parity.py runs it with Debian's Python.

python3 mypaint_paints.py PART PARTS            prints {case: digest} as JSON
python3 mypaint_paints.py BRUSH EOTF MODE FILE  saves the pixels of one case as a .npy file
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from parity_strokes import BRUSHES, COLOURS, SEED, TILES, Case, all_cases, digest, ground, share, strokes

MYPAINT = "/usr/lib/mypaint"
M_PERTURB = -6
LIBC = ctypes.CDLL(None)


def paint(case: Case) -> Any:
    import lib.brush  # type: ignore[import-not-found]
    import lib.eotf  # type: ignore[import-not-found]
    import lib.tiledsurface  # type: ignore[import-not-found]

    lib.eotf.set_eotf(case.eotf)
    surface = lib.tiledsurface.Surface()
    for (tx, ty), tile in tiles(ground()):
        surface._get_tile_numpy(tx, ty, False)[:] = tile
    info = lib.brush.BrushInfo((BRUSHES / f"{case.brush}.myb").read_text(encoding="utf-8"))
    info.set_base_value("paint_mode", case.paint_mode)
    # MyPaint, too, leaves parts of a new brush as malloc found them: have malloc zero them (0xFF ^ 0xFF).
    LIBC.mallopt(M_PERTURB, 255)
    brush = lib.brush.Brush(info)
    LIBC.mallopt(M_PERTURB, 0)
    for colour, events in zip(COLOURS, strokes(), strict=True):
        info.set_color_rgb(colour)
        LIBC.srand(SEED)
        brush.reset()
        brush.new_stroke()
        for x, y, pressure, seconds in events:
            surface.begin_atomic()
            brush.stroke_to(surface.backend, x, y, pressure, 0.0, 0.0, seconds, 1.0, 0.0, 0.0)
            surface.end_atomic()
    pixels = np.zeros((64 * TILES, 64 * TILES, 4), np.uint16)
    for (tx, ty), tile in tiles(pixels):
        tile[:] = surface._get_tile_numpy(tx, ty, True)
    return pixels


def tiles(pixels: Any) -> list[tuple[tuple[int, int], Any]]:
    """Views of a picture's tiles, with their indices."""
    return [
        ((tx, ty), pixels[64 * ty : 64 * ty + 64, 64 * tx : 64 * tx + 64]) for ty in range(TILES) for tx in range(TILES)
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        # MyPaint looks for the artist's own settings when it is imported: there are none here.
        for variable in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            os.environ[variable] = str(Path(home) / variable)
        sys.path.insert(0, MYPAINT)
        import lib.config  # type: ignore[import-not-found]  # noqa: F401 - must come first

        if len(sys.argv) == 3:
            cases = share(all_cases(), int(sys.argv[1]), int(sys.argv[2]))
            print(json.dumps({case.name: digest(paint(case)) for case in cases}))
        else:
            np.save(sys.argv[4], paint(Case(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))))


if __name__ == "__main__":
    main()
