"""Paints 5,000 strokes and measures the file, and how long MyPaint's own code takes to open it and to pick a stroke.

    python -m benchmarks.strokemaps --strokes 5000 --size 1024

Needs Debian's MyPaint (/usr/lib/mypaint), which is run by /usr/bin/python3 without a display.  Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.paint import target_picture
from dreambrush.errors import DreambrushError
from dreambrush.machine import describe_machine
from dreambrush.models import find_brush
from dreambrush.painter.paint import PaintOptions, paint
from dreambrush.painter.saving import save_painting

OPEN = """
import json, sys, time
sys.path.insert(0, "/usr/lib/mypaint")
import lib.config
from lib import document, eotf
doc = document.Document()
mode = lambda declared, _root: eotf.set_eotf(float(declared or 1.0))
wall, cpu = time.perf_counter(), time.process_time()
doc.load_ora(sys.argv[1], compat_handler=mode)
opened = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
layers = [layer for _, layer in doc.layer_stack.walk() if getattr(layer, "strokes", None)]
size, times, found = int(doc.get_frame()[2]), [], 0
for step in range(400):
    x, y = (step * 37) % size, (step * 91) % size
    for layer in layers:
        start = time.perf_counter()
        found += layer.get_stroke_info_at(x, y) is not None
        times.append(time.perf_counter() - start)
print(json.dumps({
    "strokes": sum(len(layer.strokes) for layer in layers), "open": opened, "picked": found,
    "pick_ms": {"mean": 1000 * sum(times) / len(times), "most": 1000 * max(times)},
}))
doc.cleanup()
"""


def opened_by_mypaint(file: Path) -> dict[str, Any]:
    """What MyPaint's code finds, and how long it takes."""
    home = {name: str(file.parent) for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **home}
    command = ["/usr/bin/python3", "-B", "-c", OPEN, str(file)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Measure the size of a painting's file, and MyPaint opening it.")
    parser.add_argument("--picture", default="astronaut", help="name of a picture of scikit-image, or a file")
    parser.add_argument("--strokes", type=int, default=5000)
    parser.add_argument("--size", type=int, default=1024, help="longer side in pixels")
    parser.add_argument("--brush", default="oil")
    options = parser.parse_args()
    try:
        brush = find_brush(options.brush)
        target = target_picture(options.picture, options.size)
        painting = paint(target, brush, options.strokes, options=PaintOptions(effort=1))
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "painting.ora"
            save_painting(file, painting, [brush], 0, {})
            megabytes = file.stat().st_size / 1e6
            found = opened_by_mypaint(file)
    except DreambrushError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    about = {"picture": options.picture, "size": options.size, "brush": options.brush, "seed": 0}
    print(json.dumps({**about, "megabytes": round(megabytes, 2), **found, "machine": describe_machine()}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
