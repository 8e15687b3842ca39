"""Paints named pictures at given counts, sizes and dials, and prints one JSON object per painting.

    python -m benchmarks.paint astronaut coffee --size 256 --strokes 200 1000 --effort 1 2 3 4 5
    python -m benchmarks.paint pictures/ --brush oil bristle ink --hand 0.7 --json out/rows.jsonl

Start it in the root of the repository.  PICTURE is the name of one of scikit-image's pictures (astronaut, coffee,
chelsea, ...), a file, or a folder of files.  Errors are measured on the real canvas, as MyPaint shows it, against the
target at the painting's size.  Pictures of scikit-image are squeezed to squares with Pillow's Lanczos filter, so that
figures can be compared with those of other programs.

Every painting has a process of its own, so that its peak memory is its own.  ``total`` is the time of painting without
reading and writing files, ``replay`` that of laying the same strokes once more without a thought.  With ``--weights``
rows have shift-tolerant LPIPS too (see benchmarks/perceptual.py).
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from dreambrush.arrays import Float32
from dreambrush.benchmark import HAND

sys.path.insert(0, str(Path(__file__).parents[1]))  # for benchmarks.perceptual, also as: python benchmarks/paint.py

from dreambrush.errors import DreambrushError, PictureError
from dreambrush.machine import describe_machine, peak_memory
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.painter.lay.lay_strokes import lay_strokes
from dreambrush.painter.lay.layer_canvas import canvas_eotf
from dreambrush.painter.measure.stroke_metrics import measure_strokes
from dreambrush.painter.options import CONTROLLERS, LEARNED, ControllerKind, PaintOptions
from dreambrush.painter.painting import Clock, Painting
from dreambrush.painter.plan.effort import EFFORTS
from dreambrush.painter.plan.order import LAYERS
from dreambrush.painter.run import paint
from dreambrush.pictures.picture_sets import open_picture_set
from dreambrush.pictures.reading import load_picture

Row = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """One painting that is to be measured."""

    picture: str
    size: int
    strokes: int
    brushes: tuple[str, ...]
    effort: int
    hand: float
    layers: int
    pigment: bool
    seed: int
    folder: Path
    controller: ControllerKind = LEARNED

    @property
    def file(self) -> Path:
        """The painting's."""
        dials = f"e{self.effort}-h{self.hand:g}-l{self.layers}{'-pigment' if self.pigment else ''}-s{self.seed}"
        dials += "" if self.controller == LEARNED else f"-{self.controller}"
        name = f"{Path(self.picture).stem}-{self.size}-{self.strokes}-{'+'.join(self.brushes)}-{dials}.ora"
        return self.folder / name.replace("/", "_")


def target_picture(name: str, size: int, *, keep_alpha: bool = False) -> Float32:
    """A scikit-image picture as a square of that side, or a file with that longer side; (h, w, 3) in 0..1.

    A transparent file gives (h, w, 4) if its alpha is kept.
    """
    if Path(name).exists():
        return load_picture(Path(name), size, keep_alpha=keep_alpha)
    import skimage.data

    if name not in skimage.data.__all__:
        raise PictureError(f"There is neither a file nor a picture of scikit-image named '{name}'.", "Check the name.")
    picture = Image.fromarray(getattr(skimage.data, name)()).convert("RGB")
    return np.asarray(picture.resize((size, size), Image.Resampling.LANCZOS), np.float32) / np.float32(255)


def attempt(task: Task) -> Row | str:
    """What :func:`measure` tells, or what goes wrong; errors with advice cannot be sent between processes."""
    try:
        return measure(task)
    except DreambrushError as error:
        return str(error)


def measure(task: Task) -> Row:
    """Paints once and tells everything about it; the painting is saved as .ora and .png."""
    brushes = [find_brush(name) for name in task.brushes]
    target = target_picture(task.picture, task.size, keep_alpha=True)
    options = PaintOptions(
        effort=task.effort, hand=task.hand, layers=task.layers, pigment=task.pigment, controller=task.controller
    )
    clock = Clock()
    with clock.time("total"):
        painting = paint(target, brushes, task.strokes, task.seed, options=options)

    task.folder.mkdir(exist_ok=True, parents=True)
    with clock.time("write"):
        merged = write_openraster(
            task.file,
            painting.layers,
            painting.background,
            settings={"seed": task.seed},
            overwrite=True,
            eotf=canvas_eotf(task.pigment),
            transparent=painting.alpha is not None,
        )
    peak = peak_memory()
    Image.fromarray(merged).save(task.file.with_suffix(".png"))

    settings = [read_myb(brush.path) for brush in brushes]
    with clock.time("replay"):
        replayed = lay_strokes(painting.strokes, settings, task.seed, task.pigment)
    painted = None if painting.alpha is not None else [layer.pixels for layer in painting.layers]
    same = painted and all(np.array_equal(a.pixels, b) for a, b in zip(replayed, painted, strict=True))
    total, again = clock.seconds["total"], clock.seconds["replay"]
    looks = measure_strokes(np.ascontiguousarray(target[..., :3]), painting.strokes)
    return {
        "picture": Path(task.picture).stem,
        "width": target.shape[1],
        "height": target.shape[0],
        "strokes": len(painting.strokes),
        "brush": "+".join(task.brushes),
        **{
            name: value
            for name, value in asdict(task).items()
            if name in ("effort", "hand", "layers", "pigment", "seed")
        },
        "controller": painting.controller,
        **_errors(painting),
        "looks": {name: round(value, 4) for name, value in asdict(looks).items()},
        "seconds_by_work": {work: _rounded(spent) for work, spent in painting.seconds.items()},
        "total": _rounded(total),
        "write": _rounded(clock.seconds["write"]),
        "replay": _rounded(again),
        "total_by_replay": {unit: round(total[unit] / max(again[unit], 1e-9), 2) for unit in total},
        "replay_is_the_same": same,
        "peak_memory_mb": peak,
        "file": task.file.name,
        "machine": describe_machine(),
    }


def _errors(painting: Painting) -> Row:
    stages = [
        {"name": stage.name, "strokes": stage.strokes, **_gap(stage.mse, stage.dreamed_mse)}
        for stage in painting.laid_layers
    ]
    psnr = round(-10 * math.log10(max(painting.mse, 1e-12)), 2)
    return {**_gap(painting.mse, painting.dreamed_mse), "psnr": psnr, "stages": stages}


def _gap(mse: float, dreamed: float) -> Row:
    gap = round((mse - dreamed) / mse, 4) if mse > 0 else None
    return {"mse": round(mse, 6), "dreamed_mse": round(dreamed, 6), "transfer_gap": gap}


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {unit: round(value, 2) for unit, value in seconds.items()}


def add_lpips(row: Row, task: Task, weights: Path) -> None:
    """Compares the saved painting with its target, both on white where they are transparent."""
    from benchmarks.perceptual import load_weights, lpips

    painting = load_picture(task.file.with_suffix(".png"), max(row["width"], row["height"]))
    row["lpips"] = round(lpips(target_picture(task.picture, task.size), painting, load_weights(weights)), 4)


def expanded(pictures: list[str]) -> Iterator[str]:
    """Names and files; folders give their files."""
    for name in pictures:
        folder = Path(name)
        yield from [str(folder / file) for file in open_picture_set(folder).names] if folder.is_dir() else [name]


def main() -> None:
    """Reads the command line."""
    usual = PaintOptions()
    parser = argparse.ArgumentParser(description="Paint pictures and print what it cost and how close they came.")
    parser.add_argument("picture", nargs="*", default=["astronaut", "coffee"])
    parser.add_argument("--size", type=int, nargs="+", default=[256], help="longer side in pixels")
    parser.add_argument("--strokes", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--brush", nargs="+", default=["oil"], help="several are for one painting")
    parser.add_argument("--effort", type=int, nargs="+", choices=EFFORTS, default=[usual.effort])
    parser.add_argument("--hand", type=float, nargs="+", default=[HAND], help="0 to 1")
    parser.add_argument("--controller", nargs="+", choices=CONTROLLERS, default=[usual.controller])
    parser.add_argument("--layers", type=int, choices=LAYERS, default=usual.layers)
    parser.add_argument("--pigment", action="store_true", help="paint as MyPaint 2 does")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--weights", type=Path, help="alex_shift_tolerant.pth, to measure LPIPS too")
    parser.add_argument("--output", type=Path, default=Path("out"), help="folder for the paintings (default: out)")
    parser.add_argument("--json", type=Path, help="add the rows to this file, too")
    options = parser.parse_args()
    shared = (options.layers, options.pigment, options.seed, options.output)
    fresh = multiprocessing.get_context("spawn")
    try:
        pictures = list(expanded(options.picture))
        with ProcessPoolExecutor(1, mp_context=fresh, max_tasks_per_child=1) as process:
            for name, size, strokes, effort, hand, controller in product(
                pictures, options.size, options.strokes, options.effort, options.hand, options.controller
            ):
                task = Task(name, size, strokes, tuple(options.brush), effort, hand, *shared, controller)
                row = process.submit(attempt, task).result()
                if isinstance(row, str):
                    sys.exit(row)
                if options.weights:
                    add_lpips(row, task, options.weights)
                print(json.dumps(row), flush=True)
                if options.json:
                    options.json.parent.mkdir(exist_ok=True, parents=True)
                    with options.json.open("a") as file:
                        file.write(json.dumps(row) + "\n")
    except DreambrushError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
