"""How well strokes are recovered from a stroke map, on paintings of ours, where the truth is known.

    python -m benchmarks.recovery --brushes oil charcoal watercolour sable

A sample is painted, and its strokes are recorded by MyPaint's own rule (our files give W some pixels more, see
dreambrush/mypaint/picking.py).  Of each brush it prints median and 90th percentile of: how far paths are apart, in
radii; the angle between chords in degrees, modulo half a turn; the relative error of lengths; the error of pressures at
both ends.  Strokes that leave the picture are left out: what is beyond its edge is recorded nowhere.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np

from dreambrush.arrays import Float64
from dreambrush.bezier import point_at, polyline_length
from dreambrush.events import stroke_events
from dreambrush.machine import describe_machine
from dreambrush.models.catalogue import BrushFile, find_brush
from dreambrush.mypaint.brushes.text import BrushText
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import Canvas
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.mypaint.layer import Layer
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.mypaint.strokemap import RecordedStroke
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint
from dreambrush.pictures.reading import load_picture
from dreambrush.reference.recovery import Recovered, recovered_strokes
from dreambrush.strokes import Strokes

SAMPLE = Path(__file__).parents[1] / "dreambrush" / "samples" / "astronaut.png"
NODES = 25  # points of a path, which are compared
MARGIN = 0.5  # radii from the picture's edge, within which a stroke may have left it


def record(strokes: Strokes, brush: BrushFile, path: Path) -> list[int]:
    """Saves an .ora with the strokes in its stroke maps; returns the numbers of those that left paint."""
    settings = read_myb(brush.path)
    tool, text = Brush(settings), BrushText(settings, brush.mypaint_name)
    layers, kept = [], []
    for number, name in enumerate(strokes.layers):
        canvas, records = Canvas(*strokes.size), []
        for index in np.flatnonzero(strokes.layer == number).tolist():
            colour, radius = strokes.colour[index].tolist(), float(strokes.radius[index])
            tool.set_colour(colour)
            tool.set_radius(radius)
            events = stroke_events(strokes.path[index], strokes.pressure[index], radius)
            _, masks = canvas.traced_stroke(tool, events)
            if masks:
                records.append(RecordedStroke.pack(text.text(colour, radius), masks))
                kept.append(index)
        layers.append(Layer(name, canvas.read8(), strokes=records))
    write_openraster(path, layers, np.full(3, 255, np.uint8), settings={})
    return kept


def nodes(path: Float64) -> Float64:
    """Points (NODES, 2) of a curve, at even distances."""
    fine = point_at(path[0], path[1], path[2], np.linspace(0, 1, 65)[:, None])
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(fine, axis=0).T))])
    at = np.linspace(0, length[-1], NODES)
    return np.stack([np.interp(at, length, fine[:, axis]) for axis in (0, 1)], 1)


def errors(strokes: Strokes, kept: list[int], found: Recovered) -> Float64:
    """Errors (n, 4) of path, angle, length and pressure, of strokes on the picture."""
    rows = []
    for number, index in enumerate(kept):
        path, radius = strokes.path[index].astype(np.float64), float(strokes.radius[index])
        mine = np.flatnonzero(found.number == number)
        if (path < MARGIN * radius).any() or (path > np.array(strokes.size) - MARGIN * radius).any():
            continue
        curves = found.strokes.path[mine].astype(np.float64)
        lengths = polyline_length(curves)
        far = np.sqrt(((nodes(path)[:, None] - np.concatenate([nodes(each) for each in curves])) ** 2).sum(-1))
        apart = max(far.min(1).mean(), far.min(0).mean()) / radius
        longest = int(lengths.argmax())
        (ax, ay), (bx, by) = path[2] - path[0], curves[longest, 2] - curves[longest, 0]
        angle = np.degrees(np.arctan2(abs(ax * by - ay * bx), abs(ax * bx + ay * by)))
        pressure = found.strokes.pressure[mine[longest]][:: 1 if ax * bx + ay * by >= 0 else -1]
        length = abs(lengths.sum() / max(float(polyline_length(path[None])[0]), 1e-6) - 1)
        rows.append((apart, angle, length, np.abs(pressure - strokes.pressure[index]).mean()))
    return np.array(rows)


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Measure how well strokes are recovered from stroke maps.")
    parser.add_argument("--brushes", nargs="+", default=["oil", "charcoal", "watercolour", "sable"])
    parser.add_argument("--picture", type=Path, default=SAMPLE)
    parser.add_argument("--size", type=int, default=512, help="longer side in pixels")
    parser.add_argument("--strokes", type=int, default=400)
    parser.add_argument("--hand", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(json.dumps({"machine": describe_machine(), "seed": options.seed}))
    picture = load_picture(options.picture, options.size)
    for name in options.brushes:
        brush = find_brush(name)
        asked = PaintOptions(hand=options.hand)
        strokes = paint(picture, [brush], options.strokes, options.seed, options=asked).strokes
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "work.ora"
            kept = record(strokes, brush, path)
            start = time.process_time()
            found = recovered_strokes(path)
            seconds = time.process_time() - start
        each = errors(strokes, kept, found)
        line: dict[str, object] = {"brush": name, "strokes": len(each), "cpu_seconds": round(seconds, 2)}
        for column, what in enumerate(("path", "angle", "length", "pressure")):
            line[what] = [round(float(np.quantile(each[:, column], share)), 3) for share in (0.5, 0.9)]
        print(json.dumps(line), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
