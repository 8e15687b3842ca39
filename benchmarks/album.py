"""An album on a Dask cluster: what a second worker brings, and what the cluster costs each picture.

    python -m benchmarks.album
    python -m benchmarks.album --pictures 4 --strokes 60 --rounds 1
    python -m benchmarks.album --pieces 300 --bytes 600000

Start it in the root of the repository, on a machine that does nothing else.  It cuts pictures out of the samples and
paints them in this process, in two processes, and with a real scheduler and one and two workers (``--nthreads 1``) that
are reached by TCP on 127.0.0.1.  The first picture of each process is painted before the clock starts, so that loading
numpy does not count.  All must give the same bytes.  It prints JSON: seconds of each way, on the clock and of
processors, the least of all rounds; throughput of two workers against one; and seconds that a picture takes longer at a
worker than on one core here.  It runs on Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))  # also as: python benchmarks/album.py

from dreambrush.jobs.at_worker import bring
from dreambrush.jobs.crew import open_crew
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


class Took(NamedTuple):
    """What an album took: seconds on the clock, and of processors, those of scheduler and workers included."""

    wall: float
    cpu: float


def paint(
    album: Path, out: Path, words: Sequence[str], *, cores: int | None = None, machines: Machines | None = None
) -> Took:
    """Paint an album with ``dreambrush paint``.

    Args:
        album: the pictures.
        out: a folder for the paintings.
        words: further words of the command.
        cores: how many it may use; None for all.
        machines: the cluster that paints, if one does.
    """

    def few() -> None:
        if cores is not None:
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])

    out.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "dreambrush", "paint", str(album), "-o", str(out), "--force", "-q", *words]
    if machines is not None:
        command += ["--cluster", machines.address]
    started, before = time.perf_counter(), _cpu(machines)
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, preexec_fn=few)
    return Took(time.perf_counter() - started, _cpu(machines) - before)


def _cpu(machines: Machines | None) -> float:
    """CPU seconds so far of commands that have ended, and of a cluster."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = ended.ru_utime + ended.ru_stime
    for process in () if machines is None else (machines.scheduler, *machines.workers):
        total += _cpu_of(process.pid)
    return total


def _cpu_of(process: int) -> float:
    """CPU seconds so far of a process."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # user and system


def measure(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """All figures."""
    album, first = folder / "album", folder / "first"
    for each in (album, first, folder / "machines"):
        each.mkdir()
    cut_album(album, arguments.pictures, arguments.size, arguments.seed)
    how = ["--strokes", str(arguments.strokes), "--seed", str(arguments.seed)]
    every: dict[str, list[Took]] = {}
    starts = []
    for _ in range(arguments.rounds):
        # A command of one small picture tells what it costs to start.
        cut_album(first, 1, 64, arguments.seed)
        starts.append(paint(first, folder / "start", [*how, "--strokes", "1"], cores=1))
        for name, jobs, cores in (("here, one core", 1, 1), ("here", 1, None), ("two processes", 2, None)):
            took = paint(album, folder / name, [*how, "--jobs", str(jobs)], cores=cores)
            every.setdefault(name, []).append(Took(took.wall - starts[-1].wall, took.cpu - jobs * starts[-1].cpu))
        for workers, name in ((1, "one worker"), (2, "two workers")):
            machines = Machines(folder / "machines", workers)
            try:
                cut_album(first, workers, 64, arguments.seed)
                for _ in range(2):  # so that each worker has loaded what it needs
                    paint(first, folder / "start", [*how, "--strokes", "1"], machines=machines)
                every.setdefault(name, []).append(paint(album, folder / name, how, machines=machines))
            finally:
                machines.close()
    wall = {name: round(min(took.wall for took in each), 2) for name, each in every.items()}
    cpu = {name: round(min(took.cpu for took in each), 2) for name, each in every.items()}
    files = [{path.name: path.read_bytes() for path in (folder / name).glob("*.ora")} for name in every]
    assert len(files[0]) == arguments.pictures
    return {
        **vars(arguments),
        "seconds": wall,
        "cpu_seconds": cpu,
        "seconds_of_a_start": round(min(took.wall for took in starts), 2),
        "throughput_two_workers": round(wall["one worker"] / wall["two workers"], 3),
        "throughput_two_processes": round(wall["here, one core"] / wall["two processes"], 3),
        "overhead_per_picture": round((wall["one worker"] - wall["here, one core"]) / arguments.pictures, 3),
        "cpu_overhead_per_picture": round((cpu["one worker"] - cpu["here, one core"]) / arguments.pictures, 3),
        "same_bytes": all(each == files[0] for each in files),
        "bytes_of_a_painting": sum(map(len, files[0].values())) // arguments.pictures,
        "load": [round(load, 2) for load in os.getloadavg()],
        "machine": describe_machine(),
    }


def cost_of_pieces(folder: Path, count: int, size: int) -> list[dict[str, Any]]:
    """What pieces cost that do nothing: those of the cluster itself.

    Args:
        folder: for logs.
        count: how many pieces.
        size: bytes that a piece takes to the worker, and back.
    """
    found = []
    for workers in (1, 2, 4):
        machines = Machines(folder, workers)
        try:
            with open_crew(1, machines.address) as crew:
                list(crew.run(bring, [b""] * 2 * workers))
                clock, ours, theirs = time.perf_counter(), time.process_time(), _cpu_of(machines.scheduler.pid)
                for _ in crew.run(bring, (bytes(size) for _ in range(count))):
                    pass
                clock = time.perf_counter() - clock
                found.append(
                    {
                        "workers": workers,
                        "bytes": size,
                        "pieces_per_second": round(count / clock),
                        "cpu_ms_here": round(1000 * (time.process_time() - ours) / count, 2),
                        "cpu_ms_of_scheduler": round(1000 * (_cpu_of(machines.scheduler.pid) - theirs) / count, 2),
                    }
                )
        finally:
            machines.close()
    return found


def main() -> None:
    """Reads the arguments, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=16)
    parser.add_argument("--size", type=int, default=256, help="side of each in pixels")
    parser.add_argument("--strokes", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--pieces", type=int, help="measure so many pieces that do nothing, instead of an album")
    parser.add_argument("--bytes", type=int, default=600_000, help="of such a piece")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dreambrush-album-") as name:
        folder = Path(name)
        if arguments.pieces:
            figures: Any = cost_of_pieces(folder, arguments.pieces, arguments.bytes)
        else:
            figures = measure(folder, arguments)
        print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
