"""An album on a Dask cluster: what a second worker brings, and what the cluster costs each picture.

    python -m benchmarks.album
    python -m benchmarks.album --pictures 4 --strokes 60 --rounds 1

Start it in the root of the repository, on a machine that does nothing else.  It cuts pictures out of the samples and
paints them in this process, in two processes, and with a real scheduler and one and two workers (``--nthreads 1``) that
are reached by TCP on 127.0.0.1.  The first picture of each process is painted before the clock starts, so that loading
numpy does not count.  All must give the same bytes.  It prints JSON: seconds of each way, the least of all rounds;
throughput of two workers against one; and seconds that a picture takes longer at a worker than on one core here.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))  # also as: python benchmarks/album.py

from dreambrush.machine import describe_machine
from tests.jobs.machines import ROOT, Machines

SAMPLES = ROOT / "dreambrush" / "samples"
NAMES = ("astronaut.png", "coffee.png", "still-life.jpg")
LEAST = 0.6  # of the shorter side of a sample: the smallest square that is cut out


def cut_album(folder: Path, count: int, size: int, seed: int) -> None:
    """Square pictures of the samples: ``count`` PNG files of ``size`` pixels."""
    numbers = np.random.default_rng(seed)
    for number in range(count):
        with Image.open(SAMPLES / NAMES[number % len(NAMES)]) as sample:
            picture = sample.convert("RGB")
        side = int(min(picture.size) * numbers.uniform(LEAST, 1))
        left, top = (int(numbers.integers(0, length - side + 1)) for length in picture.size)
        square = picture.crop((left, top, left + side, top + side))
        square.resize((size, size), Image.Resampling.LANCZOS).save(folder / f"{number:02}.png")


def seconds_of(album: Path, out: Path, words: Sequence[str], *, cores: int | None = None) -> float:
    """Seconds that ``dreambrush paint`` takes for an album, without those of its own start.

    Args:
        album: the pictures.
        out: a folder for the paintings.
        words: further words of the command.
        cores: how many it may use; None for all.
    """

    def few() -> None:
        if cores is not None:
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])

    out.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "dreambrush", "paint", str(album), "-o", str(out), "--force", "-q", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    subprocess.run(command, check=True, env=environment, preexec_fn=few)
    return time.perf_counter() - started


def measure(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """All figures."""
    album, first = folder / "album", folder / "first"
    for each in (album, first):
        each.mkdir()
    cut_album(album, arguments.pictures, arguments.size, arguments.seed)
    cut_album(first, 1, 64, arguments.seed)
    how = ["--strokes", str(arguments.strokes), "--seed", str(arguments.seed)]
    seconds: dict[str, list[float]] = {}
    for _ in range(arguments.rounds):
        # A command of one small picture tells what it costs to start.
        start = seconds_of(first, folder / "start", [*how, "--strokes", "1"], cores=1)
        for name, jobs, cores in (("here, one core", 1, 1), ("here", 1, None), ("two processes", 2, None)):
            took = seconds_of(album, folder / name, [*how, "--jobs", str(jobs)], cores=cores)
            seconds.setdefault(name, []).append(took - start)
        for workers in (1, 2):
            (folder / "machines").mkdir(exist_ok=True)
            machines = Machines(folder / "machines", workers)
            there = ["--cluster", machines.address]
            try:
                for _ in range(2):  # so that each worker has loaded what it needs
                    cut_album(first, workers, 64, arguments.seed)
                    seconds_of(first, folder / "start", [*how, "--strokes", "1", *there])
                name = "one worker" if workers == 1 else "two workers"
                seconds.setdefault(name, []).append(seconds_of(album, folder / name, [*how, *there]))
            finally:
                machines.close()
    least = {name: round(min(each), 2) for name, each in seconds.items()}
    every = [{path.name: path.read_bytes() for path in (folder / name).glob("*.ora")} for name in seconds]
    assert len(every[0]) == arguments.pictures
    return {
        "pictures": arguments.pictures,
        "size": arguments.size,
        "strokes": arguments.strokes,
        "seed": arguments.seed,
        "rounds": arguments.rounds,
        "seconds": least,
        "seconds_of_a_start": round(start, 2),
        "throughput_two_workers": round(least["one worker"] / least["two workers"], 3),
        "throughput_two_processes": round(least["here"] / least["two processes"], 3),
        "overhead_per_picture": round((least["one worker"] - least["here, one core"]) / arguments.pictures, 3),
        "same_bytes": all(each == every[0] for each in every),
        "bytes_of_a_painting": sum(map(len, every[0].values())) // arguments.pictures,
        "machine": describe_machine(),
    }


def main() -> None:
    """Reads the arguments, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=16)
    parser.add_argument("--size", type=int, default=256, help="side of each in pixels")
    parser.add_argument("--strokes", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=2)
    with tempfile.TemporaryDirectory(prefix="dreambrush-album-") as folder:
        print(json.dumps(measure(Path(folder), parser.parse_args()), indent=2))


if __name__ == "__main__":
    main()
