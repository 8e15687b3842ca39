"""Measures how quickly strokes are collected, against what MyPaint's engine alone does; prints one JSON object.

    python benchmarks/collect.py oil bristle --strokes 20000 --rounds 3

``engine``: events and brushes are ready; each process empties its canvas, sets the radius and lays a stroke, and again,
and never looks at a pixel.  ``engine_read`` looks: it also reads each picture as 8-bit RGBA, which no collector can do
without.  ``collect`` is the whole of ``dreambrush collect`` into a new folder: sampling, events, painting, reading,
writing to the disk.  All paint the same number of strokes of the same sampling in as many processes, in turn within
each round, because the machine may be shared; each figure is the median of the rounds.  The time that new processes
take to start and to import is not the engine's; ``collect_with_start`` counts it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from dreambrush.bezier import RADIUS
from dreambrush.cores import available_cores
from dreambrush.events import events_of_rows
from dreambrush.jobs.crew import open_crew
from dreambrush.machine import describe_machine
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import Canvas
from dreambrush.mypaint.engine.myb import BrushSettings, read_myb
from dreambrush.train.collect.gather import gather, sampled_strokes
from dreambrush.train.collect.shards import Manifest
from dreambrush.train.collect.strokes import SIDE, STROKES_PER_BRUSH


def machine() -> dict[str, object]:
    """What the figures were measured on, and what else it was doing."""
    return {**describe_machine(), "load": [round(load, 2) for load in os.getloadavg()]}


def engine_seconds(settings: BrushSettings, seed: int, shards: range, read: bool) -> tuple[float, float]:
    """Wall and CPU seconds for which the engine paints those shards; runs in a process of its own."""
    settings = settings.with_values(paint_mode=0.0)
    ready = []
    for number in shards:
        strokes, _ = sampled_strokes(seed, number)
        events = events_of_rows(strokes)
        ready.append((Brush(settings), list(zip(strokes[:, RADIUS].tolist(), events, strict=True))))
    canvas = Canvas(SIDE, SIDE)
    wall, cpu = time.perf_counter(), time.process_time()
    for brush, chunk in ready:
        for radius, stroke in chunk:
            canvas.clear()
            brush.set_radius(radius)
            canvas.stroke(brush, stroke)
            if read:
                canvas.read8()
    return time.perf_counter() - wall, time.process_time() - cpu


def engine_rates(settings: BrushSettings, seed: int, shards: int, workers: int, read: bool) -> tuple[float, float]:
    """Strokes a second of all processes together while they paint, and strokes a CPU second."""
    parts = [range(first, shards, workers) for first in range(workers)]
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        futures = [pool.submit(engine_seconds, settings, seed, part, read) for part in parts]
        seconds = [future.result() for future in futures]
    strokes = [len(part) * STROKES_PER_BRUSH for part in parts]
    rate = sum(count / wall for count, (wall, _) in zip(strokes, seconds, strict=True))
    return rate, sum(strokes) / sum(cpu for _, cpu in seconds)


def collect_rates(
    settings: BrushSettings, name: str, seed: int, strokes: int, workers: int, folder: Path
) -> tuple[float, float, float]:
    """Strokes a second of collecting once all processes run, with all that goes before, and strokes a CPU second."""
    told: list[tuple[float, int]] = []
    wall, cpu = time.perf_counter(), _cpu_seconds()
    manifest = Manifest(name, settings.digest(), seed, False, strokes, 0)
    with open_crew(workers) as crew:
        gather(folder, settings, manifest, crew, lambda done, total: told.append((time.perf_counter(), done)))
    # By the time that each process can have finished one shard, they have started.
    first, last = told[workers], told[-1]
    steady = (last[1] - first[1]) / (last[0] - first[0])
    return steady, strokes / (time.perf_counter() - wall), strokes / (_cpu_seconds() - cpu)


def _cpu_seconds() -> float:
    """Of this process and those that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def measure(brush_name: str, strokes: int, seed: int, workers: int, rounds: int) -> dict[str, object]:
    """All rates of one brush."""
    brush = find_brush(brush_name)
    settings = read_myb(brush.path)
    shards = strokes // STROKES_PER_BRUSH
    wall: dict[str, list[float]] = {"engine": [], "engine_read": [], "collect": [], "collect_with_start": []}
    cpu: dict[str, list[float]] = {"engine": [], "engine_read": [], "collect": []}
    for _ in range(rounds):
        for name, read in (("engine", False), ("engine_read", True)):
            rate, by_cpu = engine_rates(settings, seed, shards, workers, read)
            wall[name].append(rate)
            cpu[name].append(by_cpu)
        with tempfile.TemporaryDirectory() as folder:
            steady, whole, by_cpu = collect_rates(
                settings, brush.name, seed, strokes, workers, Path(folder) / "strokes"
            )
        wall["collect"].append(steady)
        wall["collect_with_start"].append(whole)
        cpu["collect"].append(by_cpu)
    return {"brush": brush.name, "per_second": _summary(wall), "per_cpu_second": _summary(cpu)}


def _summary(rates: dict[str, list[float]]) -> dict[str, float]:
    """Medians, and what they say of collecting as a share of what the engine alone does."""
    median = {name: statistics.median(values) for name, values in rates.items()}
    shares = {f"collect_by_{name}": round(median["collect"] / median[name], 3) for name in ("engine", "engine_read")}
    return {**{name: round(value) for name, value in median.items()}, **shares}


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Measure collecting against the engine alone.")
    parser.add_argument("brush", nargs="*", default=["oil"], help="names or .myb files")
    parser.add_argument("--strokes", type=int, default=20000, help="a multiple of 500")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=available_cores())
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.strokes < 2 * STROKES_PER_BRUSH * options.workers or options.strokes % STROKES_PER_BRUSH:
        parser.error(f"--strokes must be a multiple of {STROKES_PER_BRUSH} and enough for all workers")
    report = {
        "machine": machine(),
        "workers": options.workers,
        "seed": options.seed,
        "strokes": options.strokes,
        "rounds": options.rounds,
        "brushes": [
            measure(name, options.strokes, options.seed, options.workers, options.rounds) for name in options.brush
        ],
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
