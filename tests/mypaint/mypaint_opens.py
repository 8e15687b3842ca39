"""Opens an .ora with MyPaint's own document code, without a display, saves it again and reports as JSON.

Usage: /usr/bin/python3 -B mypaint_opens.py PICTURE.ora SAVED_AGAIN.ora [EXPORTED.png]

The picture is exported as when the artist has switched "Show Background" off.

MyPaint is built against the system's Python, so the tests start this as a program of its own.  The
caller points HOME and the XDG folders at an empty folder, lest the tester's own MyPaint be touched.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from typing import Any

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
sys.path.insert(0, "/usr/lib/mypaint")

# MyPaint's other modules need lib.config to be imported before them.
import lib.config  # type: ignore[import-not-found]  # noqa: E402, F401
from lib import document, eotf, modes, mypaintlib  # noqa: E402


def choose_mode_of_work(declared_eotf: str | None, _root: object) -> None:
    """Do what the program does on opening a file; the library alone ignores the file's eotf."""
    eotf.set_eotf(1.0 if declared_eotf is None else float(declared_eotf))
    legacy = eotf.eotf() == 1.0
    modes.set_default_mode(mypaintlib.CombineNormal if legacy else mypaintlib.CombineSpectralWGM)


def describe(layer: Any) -> dict[str, object]:
    """What the layer list of MyPaint would show."""
    passes = layer.mode == modes.PASS_THROUGH_MODE
    return {
        "type": type(layer).__name__,
        "name": layer.name,
        "mode": "pass-through" if passes else mypaintlib.combine_mode_get_info(layer.mode)["name"],
        "opacity": layer.opacity,
        "visible": layer.visible,
        "bbox": [int(value) for value in layer.get_bbox()],
    }


def main(picture: str, saved_again: str, exported: str | None = None) -> None:
    """Open, report, save, export."""
    opened = document.Document()
    if not opened.load_ora(picture, compat_handler=choose_mode_of_work):
        raise SystemExit("MyPaint refused the file")
    stack = opened.layer_stack
    print(
        json.dumps(
            {
                "eotf": eotf.eotf(),
                "frame": [int(value) for value in opened.get_frame()],
                "frame_enabled": opened.frame_enabled,
                "layers": [describe(layer) for _path, layer in stack.walk()],
                "selected": stack.current.name,
                "paper": [int(value) for value in stack.background_layer.get_bbox()],
            }
        )
    )
    opened.save_ora(saved_again)
    if exported:
        stack.background_visible = False
        stack.save_as_png(exported, *opened.get_frame(), alpha=True, background=False)
    opened.cleanup()


if __name__ == "__main__":
    main(*sys.argv[1:])
