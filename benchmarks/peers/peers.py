"""Runs other programs that approximate pictures by shapes, and measures them as benchmarks/paint.py measures us.

    python -m benchmarks.peers.peers astronaut coffee --shapes 200 1000 --json out/peers.jsonl

Start it in the root of the repository.  PICTURE is the name of one of scikit-image's pictures or a file.  Each peer
gets the target at the painting's size as a PNG and gives a PNG of that size, whose mean squared error against the same
target is printed with its CPU seconds (user and system, start-up included): one JSON object per row.  With ``--json``
rows are added to a file, and those already there are not run again.  With ``--weights`` each row has shift-tolerant
LPIPS too (see benchmarks/perceptual.py).

The peers are no part of this repository.  To install them:

* geometrizejs: ``npm install geometrizejs pngjs`` in any folder, named with ``--node-folder``; needs Node.js 18.
* primitive, by Michael Fogleman: an executable of that name on the PATH, or named with ``--primitive``, built from its
  source as its own README says.  It has no releases, prints no version and draws its random numbers from the clock, so
  its figures differ a little from run to run.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.paint import target_picture
from dreambrush.errors import DreambrushError, MissingPackageError
from dreambrush.machine import describe_machine

Float32 = NDArray[np.float32]
Row = dict[str, Any]
Peer = Callable[[Path, Path, int, argparse.Namespace], Row]

DRIVER = Path(__file__).with_name("geometrize.mjs")
# Of geometrizejs.  Its README's settings, 50 and 100, are 1.5 to 1.7 times as fast, and their errors 7 to 21 % larger.
CANDIDATES, MUTATIONS = 100, 200
ALPHA = 128  # of 255; default of both


def geometrizejs(target: Path, output: Path, shapes: int, options: argparse.Namespace) -> Row:
    """Triangles by the npm package geometrizejs.

    Raises:
        MissingPackageError: node, the package or pngjs is missing.
    """
    packages = [options.node_folder / "node_modules" / name for name in ("geometrizejs", "pngjs")]
    if shutil.which("node") is None or not all(package.is_dir() for package in packages):
        raise MissingPackageError(
            f"Node.js is not installed, or '{options.node_folder}' lacks the packages geometrizejs and pngjs.",
            "Install Node.js, run 'npm install geometrizejs pngjs' in a folder and name it with --node-folder.",
        )
    numbers = (shapes, options.seed, options.candidates, options.mutations, ALPHA)
    told = _run(["node", DRIVER, target, output, *numbers], options.node_folder)
    answer = json.loads(told.pop("stdout"))
    return {"version": answer["version"], "settings": answer["settings"], "seed": options.seed, **told}


def primitive(target: Path, output: Path, shapes: int, options: argparse.Namespace) -> Row:
    """Triangles by Fogleman's primitive, on one core; it has no seed.

    The PNG that it writes is drawn afresh with soft edges, half a pixel off, and is not the canvas that it searched on.
    That one's error, which it prints, is told as ``own_mse``.

    Raises:
        MissingPackageError: there is no such program.
    """
    program = shutil.which(options.primitive)
    if program is None:
        raise MissingPackageError(
            f"The program '{options.primitive}' is not installed.",
            "Build Michael Fogleman's primitive as its README says, and name the executable with --primitive.",
        )
    side = max(Image.open(target).size)
    sizes = ("-r", side, "-s", side)
    told = _run([program, "-i", target, "-o", output, "-n", shapes, "-m", 1, "-a", ALPHA, *sizes, "-j", 1, "-v"], None)
    score = float(re.findall(r"score=([\d.]+)", told.pop("stdout"))[-1])  # root of the mean square of RGBA
    settings = {"mode": "triangle", "alpha": ALPHA}
    return {"version": None, "settings": settings, "seed": None, **told, "own_mse": round(score**2 * 4 / 3, 6)}


PEERS: dict[str, Peer] = {"geometrizejs": geometrizejs, "primitive": primitive}


def _run(command: list[object], folder: Path | None) -> Row:
    """What a program printed, and its wall and CPU seconds.

    Raises:
        DreambrushError: it failed.
    """
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    words = [str(word.resolve()) if isinstance(word, Path) else str(word) for word in command]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        reason = " ".join(done.stderr.split())[-300:]
        raise DreambrushError(f"{Path(words[0]).name} failed: {reason}.", "Run it by hand to see why.")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return {"stdout": done.stdout, "total": {"wall": round(wall, 2), "cpu": round(cpu, 2)}}


def measure(peer: str, name: str, target: Float32, shapes: int, options: argparse.Namespace) -> Row:
    """One row: runs a peer and compares what it gives with the target."""
    height, width = target.shape[:2]
    options.output.mkdir(exist_ok=True, parents=True)
    output = options.output / f"{Path(name).stem}-{width}x{height}-{shapes}-{peer}.png"
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "target.png"
        Image.fromarray(np.rint(255 * target).astype(np.uint8)).save(given)
        told = PEERS[peer](given, output, shapes, options)
    picture = np.asarray(Image.open(output).convert("RGB"), np.float32) / np.float32(255)
    about = {"painter": peer, "picture": Path(name).stem, "width": width, "height": height, "strokes": shapes}
    error = round(float(((picture - target) ** 2).mean(dtype=np.float64)), 6)
    row = {**about, **told, "mse": error, "file": output.name, "machine": describe_machine()}
    if options.weights is not None:
        from benchmarks.perceptual import load_weights, lpips

        row["lpips"] = round(lpips(target, picture, load_weights(options.weights)), 4)
    return row


def read_rows(path: Path) -> list[Row]:
    """The rows of an earlier run, one JSON object a line; none if there is no such file."""
    return [json.loads(line) for line in path.read_text().splitlines() if line] if path.exists() else []


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Run other programs on pictures and measure them as our paintings.")
    parser.add_argument("picture", nargs="*", default=["astronaut", "coffee"])
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--size", type=int, default=256, help="longer side in pixels")
    parser.add_argument("--shapes", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--candidates", type=int, default=CANDIDATES, help="that geometrizejs tries for each shape")
    parser.add_argument("--mutations", type=int, default=MUTATIONS, help="that must fail before it takes a shape")
    parser.add_argument("--output", type=Path, default=Path("out/peers"), help="folder for their pictures")
    parser.add_argument("--json", type=Path, help="add the rows to this file; skip those that are there")
    parser.add_argument("--weights", type=Path, help="alex_shift_tolerant.pth, to measure LPIPS too")
    parser.add_argument("--node-folder", type=Path, default=Path(), help="where geometrizejs is installed")
    parser.add_argument("--primitive", default="primitive", help="the executable")
    options = parser.parse_args()
    keys = ("painter", "picture", "width", "height", "strokes")
    known = {tuple(row[key] for key in keys) for row in read_rows(options.json)} if options.json else set()
    try:
        for name in options.picture:
            target = target_picture(name, options.size)
            for peer in options.peers:
                for shapes in options.shapes:
                    if (peer, Path(name).stem, target.shape[1], target.shape[0], shapes) in known:
                        continue
                    row = json.dumps(measure(peer, name, target, shapes, options))
                    print(row, flush=True)
                    if options.json:
                        with options.json.open("a") as file:
                            file.write(row + "\n")
    except DreambrushError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
