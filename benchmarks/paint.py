"""Paints named pictures at given counts and sizes, and prints one JSON object per painting.

    python benchmarks/paint.py astronaut coffee --size 256 --strokes 200 1000

PICTURE is the name of one of scikit-image's pictures (astronaut, coffee, chelsea, ...) or a file.  Errors are measured
on the real canvas, as MyPaint shows it, against the target at the painting's size.  Pictures of scikit-image are
squeezed to squares with Pillow's Lanczos filter, so that figures can be compared with those of other programs.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dreambrush.machine import describe_machine
from dreambrush.models import find_brush
from dreambrush.mypaint.canvas import Canvas
from dreambrush.mypaint.openraster import write_openraster
from dreambrush.painter.paint import Clock, Painting, paint
from dreambrush.painter.replay import replay
from dreambrush.pictures import load_picture


def target_picture(name: str, size: int) -> NDArray[np.float32]:
    """A scikit-image picture as a square of that side, or a file with that longer side; (h, w, 3) in 0..1."""
    if Path(name).exists():
        return load_picture(Path(name), size)
    import skimage.data

    picture = Image.fromarray(getattr(skimage.data, name)()).convert("RGB")
    return np.asarray(picture.resize((size, size), Image.Resampling.LANCZOS), np.float32) / np.float32(255)


def measure(name: str, size: int, strokes: int, brush_name: str, seed: int, folder: Path | None) -> dict[str, object]:
    """Paints once and tells everything about it."""
    brush = find_brush(brush_name)
    target = target_picture(name, size)
    clock = Clock()
    with clock.stage("total"):
        painting: Painting = paint(target, brush, strokes, seed)

    height, width = target.shape[:2]
    out = (folder or Path("out")) / f"{Path(name).stem}-{size}-{strokes}-{brush_name}.ora"
    out.parent.mkdir(exist_ok=True, parents=True)
    with clock.stage("write"):
        write_openraster(out, painting.layers, painting.background, settings={"seed": seed}, overwrite=True)
    Image.fromarray(painting.merged).save(out.with_suffix(".png"))

    with clock.stage("replay"):
        canvases: list[Canvas] = replay(painting.strokes, {brush.name: brush.path}, seed)
    same = all(
        np.array_equal(canvas.read8(), layer.pixels) for canvas, layer in zip(canvases, painting.layers, strict=True)
    )
    ratio = np.hypot(*(painting.strokes.path[:, 2] - painting.strokes.path[:, 0]).T) / (2 * painting.strokes.radius)
    spent = {
        stage: {unit: round(value, 2) for unit, value in seconds.items()}
        for stage, seconds in {**painting.seconds, **clock.seconds}.items()
    }
    return {
        "picture": Path(name).stem,
        "width": width,
        "height": height,
        "strokes": len(painting.strokes),
        "brush": brush_name,
        "seed": seed,
        "mse": round(painting.mse, 6),
        "psnr": round(-10 * math.log10(max(painting.mse, 1e-12)), 2),
        "dreamed_mse": round(painting.dreamed_mse, 6),
        "median_length_by_width": round(float(np.median(ratio)), 2),
        "seconds": {stage: spent[stage] for stage in (*painting.seconds, "write")},
        "total": spent["total"],
        "replay": spent["replay"],
        "replay_is_the_same": same,
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "file": out.name,
        "machine": describe_machine(),
    }


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Paint pictures and print what it cost and how close they came.")
    parser.add_argument("picture", nargs="*", default=["astronaut", "coffee"])
    parser.add_argument("--size", type=int, nargs="+", default=[256])
    parser.add_argument("--strokes", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--brush", default="oil")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, help="folder for the paintings (default: out)")
    options = parser.parse_args()
    for name in options.picture or ["astronaut", "coffee"]:
        for size in options.size:
            for strokes in options.strokes:
                result = measure(name, size, strokes, options.brush, options.seed, options.output)
                print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
