"""What an artist does to an .ora in MyPaint, done with its own code, without a display.

Usage: /usr/bin/python3 -B mypaint_edits.py PICTURE.ora SAVED.ora EDITS.json

The edits are a list of lists: ["rename", LAYER, NAME], ["opacity", LAYER, 0..1], ["hide", LAYER], ["mode", LAYER,
CONSTANT of mypaintlib], ["pixel", LAYER, X, Y] (a red one), ["stroke", LAYER, X, Y] (with a brush of MyPaint's),
["remove", LAYER], ["top", LAYER], ["add", NAME] (on top), ["group", LAYER] (into a new group on top).
Layers are named as they are then.  As with mypaint_opens.py, the caller sets HOME.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from mypaint_opens import choose_mode_of_work, document, mypaintlib

from lib import command, layer  # type: ignore[import-not-found]  # isort: skip  # MyPaint's, found by mypaint_opens

BRUSH = "/usr/share/mypaint-data/2.0/brushes/classic/pen.myb"


class Artist:
    """Does edits; each method is one."""

    def __init__(self, doc: Any) -> None:
        self.doc, self.stack = doc, doc.layer_stack

    def find(self, name: str) -> tuple[Any, Any]:
        """Path and layer."""
        return next((path, layer) for path, layer in self.stack.walk() if layer.name == name)

    def rename(self, name: str, new: str) -> None:
        """Another name."""
        self.find(name)[1].name = new

    def opacity(self, name: str, opacity: float) -> None:
        """Another opacity."""
        self.find(name)[1].opacity = opacity

    def hide(self, name: str) -> None:
        """The eye in the layer list."""
        self.find(name)[1].visible = False

    def mode(self, name: str, mode: str) -> None:
        """Another mode."""
        self.find(name)[1].mode = getattr(mypaintlib, mode)

    def pixel(self, name: str, x: int, y: int) -> None:
        """One opaque red pixel, of which the stroke map knows nothing."""
        with self.find(name)[1]._surface.tile_request(x // 64, y // 64, readonly=False) as tile:
            tile[y % 64, x % 64] = 1 << 15, 0, 0, 1 << 15

    def stroke(self, name: str, x: int, y: int) -> None:
        """A stroke to the right, as the mouse paints it."""
        self.stack.set_current_path(self.find(name)[0])
        self.doc.brush.brushinfo.load_from_string(Path(BRUSH).read_text())
        work = command.Brushwork(self.doc, layer_path=self.stack.current_path, abrupt_start=True)
        for step in range(20):
            work.stroke_to(0.02, x + 2 * step, y, 0.8, 0, 0, 1, 0, 0)
        assert work.stop_recording()
        self.doc.do(work)

    def remove(self, name: str) -> None:
        """Away with it."""
        self.stack.deeppop(self.find(name)[0])

    def add(self, name: str) -> None:
        """A new layer on top."""
        self.doc.add_layer((0,))
        self.stack.deepget((0,)).name = name

    def top(self, name: str) -> None:
        """Above all others."""
        self.doc.restack_layer(self.find(name)[0], (0,))

    def group(self, name: str) -> None:
        """Into a new group, on top."""
        self.doc.add_layer((0,), layer_class=layer.LayerStack)
        self.doc.restack_layer(self.find(name)[0], (0, 0))


def main(picture: str, saved: str, edits: str) -> None:
    """Open, edit, save."""
    doc = document.Document()
    if not doc.load_ora(picture, compat_handler=choose_mode_of_work):
        raise SystemExit("MyPaint refused the file")
    artist = Artist(doc)
    for what, *words in json.loads(Path(edits).read_text()):
        getattr(artist, what)(*words)
    doc.save_ora(saved)
    doc.cleanup()


if __name__ == "__main__":
    main(*sys.argv[1:])
