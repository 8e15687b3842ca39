"""Opens every .ora in a folder as MyPaint itself does, without a display, and tells all that it has understood.

Usage: /usr/bin/python3 -B mypaint_sees.py FOLDER

Beside PICTURE.ora come PICTURE.json: the document, its layers and what picks at every 7th pixel find there;
PICTURE.npz: each layer's tiles; PICTURE.png: what MyPaint exports, without the paper and with alpha if the name begins
with "clear"; and saved/PICTURE.ora: what MyPaint saves.  As with mypaint_opens.py, the caller sets HOME.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
sys.path.insert(0, "/usr/lib/mypaint")

# MyPaint's other modules need lib.config to be imported before them.
import lib.config  # type: ignore[import-not-found]  # noqa: E402, F401
from lib import brush, document, eotf, modes, mypaintlib  # noqa: E402
from mypaint_renders import choose_mode_of_work  # noqa: E402


def describe(path: tuple[int, ...], layer: Any) -> dict[str, Any]:
    """What the layer list shows, and where the layer is."""
    mode = (
        "pass-through"
        if layer.mode == modes.PASS_THROUGH_MODE
        else mypaintlib.combine_mode_get_info(layer.mode)["name"]
    )
    about = {"path": list(path), "name": layer.name, "mode": mode, "opacity": layer.opacity}
    return {**about, "visible": layer.visible, "locked": layer.locked, "type": type(layer).__name__}


def picks(layer: Any, width: int, height: int) -> list[list[Any]]:
    """What "Pick Stroke" finds: x, y, number of the stroke, colour."""
    found = []
    for y in range(0, height, 7):
        for x in range(0, width, 7):
            stroke = layer.get_stroke_info_at(x, y)
            if stroke is not None:
                colour = brush.BrushInfo(stroke.brush_string).get_color_rgb()
                found.append([x, y, layer.strokes.index(stroke), list(colour)])
    return found


def tiles(surface: Any) -> dict[str, Any]:
    """All tiles with paint, by column and row."""
    found = {}
    for tx, ty in surface.get_tiles():
        with surface.tile_request(tx, ty, readonly=True) as tile:
            if np.any(tile):
                found[f"{tx} {ty}"] = np.array(tile)
    return found


def main(folder: Path) -> None:
    """Tell all."""
    (folder / "saved").mkdir()
    for path in sorted(folder.glob("*.ora")):
        opened = document.Document()
        if not opened.load_ora(str(path), compat_handler=choose_mode_of_work):
            raise SystemExit(f"MyPaint refused {path}")
        stack, frame = opened.layer_stack, opened.get_frame()
        layers = [(describe(at, layer), layer) for at, layer in stack.walk()]
        arrays: dict[str, Any] = {"paper": np.array(stack.background_layer._surface.tiledict[(0, 0)].rgba)}
        for about, layer in layers:
            if hasattr(layer, "strokes"):
                about["picks"] = picks(layer, frame[2], frame[3])
            if hasattr(layer, "_surface"):
                arrays |= {f"{about['path']} {at}": tile for at, tile in tiles(layer._surface).items()}
        about_all = {
            "eotf": eotf.eotf(),
            "mode": mypaintlib.combine_mode_get_info(modes.default_mode())["name"],
            "frame": [int(value) for value in frame],
            "frame_enabled": opened.frame_enabled,
            "resolution": opened.get_resolution(),
            "selected": stack.current.name,
            "settings": dict(opened.settings),
            "layers": [about for about, _layer in layers],
        }
        path.with_suffix(".json").write_text(json.dumps(about_all))
        np.savez(path.with_suffix(".npz"), **arrays)
        opened.save_ora(str(folder / "saved" / path.name))
        clear = path.name.startswith("clear")
        stack.background_visible = not clear
        stack.save_as_png(str(path.with_suffix(".png")), *frame, alpha=clear, render_background=not clear)
        opened.cleanup()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
