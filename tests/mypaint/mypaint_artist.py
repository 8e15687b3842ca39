"""What an artist does in MyPaint, done by MyPaint's own code without a display.

Usage: /usr/bin/python3 -B mypaint_artist.py PICTURE.ora SAVED.ora < ACTIONS.json

The actions are a list, done one after the other on the opened picture, which is then saved:

    {"pick": [x, y]}            the key W ("Pick Stroke and Layer") over a pixel
    {"select": "NAME"}          a click on a layer
    {"hide": "NAME"}            a click on its eye
    {"paint": [[x, y], ...]}    a stroke of the brush in the hand on the selected layer, at full pressure

Prints a JSON object: "layers", the topmost first; "selected", its name; "opened", the brush in the hand after
opening; "seconds" that opening took, wall and CPU; and "done", what came of each action: after a pick the layer, the
stroke's index in it or null, and the brush in the hand; nothing after others.

As with mypaint_opens.py, the caller sets HOME.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from itertools import pairwise
from typing import Any

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
sys.path.insert(0, "/usr/lib/mypaint")

# MyPaint's other modules need lib.config to be imported before them.
import gui.application  # type: ignore[import-not-found]  # noqa: E402 # before gui.document, too
import gui.document  # type: ignore[import-not-found]  # noqa: E402
import lib.config  # type: ignore[import-not-found]  # noqa: E402, F401
from lib import brush, command, document  # noqa: E402
from mypaint_opens import choose_mode_of_work, describe  # noqa: E402


class Picker(gui.document.Document):  # type: ignore[misc]
    """The part of MyPaint's window that finds the layer to pick from; it needs nothing but the document."""

    def __init__(self, model: Any) -> None:
        self.model = model


class Artist:
    """Somebody before an opened picture; a brush is in the hand, as after MyPaint has opened a file."""

    def __init__(self, picture: str) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        self.model = document.Document()
        if not self.model.load_ora(picture, compat_handler=choose_mode_of_work):
            raise SystemExit("MyPaint refused the file")
        self.seconds = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        self.stack = self.model.layer_stack
        self.picker = Picker(self.model)
        # gui/filehandling.py, open_file
        for layer in [self.stack.current, *self.stack.deepiter()]:
            stroke = layer.get_last_stroke_info()
            if stroke:
                self._take_up(stroke)
                break

    def _take_up(self, stroke: Any) -> None:
        self.model.brush.brushinfo.load_from_string(stroke.brush_string)

    def hand(self) -> dict[str, object]:
        """The brush in the hand."""
        info: Any = self.model.brush.brushinfo
        return {
            "parent": info.get_string_property("parent_brush_name"),
            "colour": info.get_color_rgb(),
            "radius": info.get_base_value("radius_logarithmic"),
            "undefined": sorted(info.undefined_settings),
            "settings": {name: info.settings[name] for name in brush.BRUSH_SETTINGS},
        }

    def pick(self, x: int, y: int) -> dict[str, object]:
        """gui/document.py, pick_context."""
        for path, layer in self.picker._layer_picking_iter():
            if self.picker._layer_is_pickable(path, (x, y)):
                start = time.perf_counter()
                self.model.select_layer(path=path)
                stroke = layer.get_stroke_info_at(x, y)
                seconds = time.perf_counter() - start
                if stroke:
                    self._take_up(stroke)
                index = layer.strokes.index(stroke) if stroke else None
                return {"layer": layer.name, "stroke": index, "seconds": seconds, **self.hand()}
        return {"layer": None, "stroke": None, "seconds": 0.0, **self.hand()}

    def paint(self, points: list[list[float]]) -> None:
        """gui/mode.py, brushwork_begin to brushwork_commit, with the events of a pen that is not tilted."""
        work = command.Brushwork(self.model, layer_path=self.stack.current_path, abrupt_start=True)
        places = [points[0]]
        for (x0, y0), (x, y) in pairwise(points):
            places += [[x0 + (x - x0) * step / 10, y0 + (y - y0) * step / 10] for step in range(1, 11)]
        pressures = [0.0, *(1.0 for _ in places), 0.0]
        for (x, y), pressure in zip([places[0], *places, places[-1]], pressures, strict=True):
            work.stroke_to(0.02, x, y, pressure, 0.0, 0.0, 1.0, 0.0, 0.0)
        if work.stop_recording():
            self.model.do(work)

    def _named(self, name: str) -> tuple[Any, Any]:
        return next((path, layer) for path, layer in self.stack.walk() if layer.name == name)

    def select(self, name: str) -> None:
        """Selects a layer."""
        self.model.select_layer(path=self._named(name)[0])

    def hide(self, name: str) -> None:
        """Switches a layer off."""
        self.model.set_layer_visibility(False, self._named(name)[1])


def main(picture: str, saved: str) -> None:
    """Open, act, save, report."""
    artist = Artist(picture)
    report: dict[str, object] = {
        "layers": [
            {**describe(layer), "strokes": len(getattr(layer, "strokes", ()))} for _, layer in artist.stack.walk()
        ],
        "selected": artist.stack.current.name,
        "seconds": artist.seconds,
        "opened": artist.hand(),
    }
    done = []
    for action in json.load(sys.stdin):
        ((verb, what),) = action.items()
        if verb == "pick":
            done.append(artist.pick(*what))
        else:
            act: Any = {"paint": artist.paint, "select": artist.select, "hide": artist.hide}[verb]
            act(what)
            done.append({})
    artist.model.save_ora(saved)
    artist.model.cleanup()
    print(json.dumps({**report, "done": done}))


if __name__ == "__main__":
    main(*sys.argv[1:])
