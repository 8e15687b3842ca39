"""Hostile brushes, made by number, and strokes with them in processes of their own, which none of them may end.

``python -m tests.fuzz.brushes --cases 2000 --seed 0`` prints one line of JSON: cases by kind, what became of them, the
slowest, the most memory, and those that ended the process or ran out of time.  It exits with 1 if there are any.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dreambrush.arrays import Float64
from dreambrush.errors import BrushError
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import Canvas
from dreambrush.mypaint.engine.library import input_ids, setting_ids, setting_ranges
from dreambrush.mypaint.engine.myb import parse_myb

ROOT = Path(__file__).parents[2]
CPU_LIMIT = 60  # seconds for one case, which is three strokes
WORK = 20_000  # dabs x tiles of a stroke: far fewer than the engine would allow, which takes half a minute at worst
MEMORY_LIMIT = 1 << 30  # bytes of address space beyond what a child has when it begins
WIDTH, HEIGHT = 100, 80

Random = np.random.Generator
Settings = dict[str, dict[str, Any]]
Curve = list[list[float]]

INDEXING = ("smudge_bucket", "gridmap_scale", "gridmap_scale_x", "gridmap_scale_y")
FEEDING = (  # what drives the states that inputs are made of
    *("custom_input", "custom_input_slowness", "speed1_slowness", "speed2_slowness", "speed1_gamma", "speed2_gamma"),
    *("slow_tracking_per_dab", "slow_tracking", "direction_filter", "stroke_duration_logarithmic", "stroke_holdtime"),
    *("offset_by_speed_slowness", "tracking_noise", "pressure_gain_log", "stroke_threshold"),
)
COUNTING = ("dabs_per_basic_radius", "dabs_per_actual_radius", "dabs_per_second", "radius_logarithmic", "opaque")
SHAPING = ("elliptical_dab_ratio", "elliptical_dab_angle", "radius_by_random", "hardness", "snap_to_pixel")
EXTREME = np.array([0.0, 1e-30, 1e-9, 1e-7, 1e-3, 0.1, 0.5, 1.0, 2.0, 10.0, 80.0, 255.0, 256.0, 1e4, 1e6, 1e9])


# ---- brushes ----


def number(random: Random) -> float:
    size = float(random.choice(EXTREME)) * float(random.choice([1.0, 1.0, random.uniform(0, 2)]))
    return max(min(size, 1e9), -1e9) * float(random.choice([-1.0, 1.0]))


def curve(random: Random) -> Curve:
    """Most have few points; some have all that are allowed, in steps, cliffs and zero-width segments."""
    count = int(random.choice([2, 2, 2, 3, 4, 8, 61, 63, 64]))
    x = np.sort([number(random) if random.random() < 0.7 else random.uniform(0, 1) for _ in range(count)])
    if random.random() < 0.2:
        x[1:] = x[0] + np.sort(random.uniform(0, float(random.choice([1e-12, 1e-7, 1e-6, 1e-5])), count - 1))
    return [[float(each), number(random)] for each in x]


def steep(random: Random) -> Curve:
    """Two points, next to each other within what the input does, that lead far away."""
    at = float(random.choice([-1.0, 0.0, 0.3, 0.5, 1.0, 128.0]))
    width = float(random.choice([0.0, 1e-12, 1e-7, 1e-6, 1e-3, 1.0]))
    sign = float(random.choice([-1.0, 1.0]))
    return [[at, -sign * 1e9 * random.random()], [at + width, sign * 1e9]]


def setting(random: Random, name: str, inputs: int, *only: str) -> dict[str, Any]:
    low, _, high = setting_ranges()[name]
    base = random.choice([low, high, random.uniform(low, high), number(random)])
    keys = random.choice(only or list(input_ids()), min(inputs, len(only) or 18), replace=False)
    made = {str(key): (steep if random.random() < 0.3 else curve)(random) for key in keys}
    return {"base_value": float(base), "inputs": made}


def some(random: Random, names: tuple[str, ...], inputs: int) -> Settings:
    chosen = random.choice(list(names), int(random.integers(1, len(names) + 1)), replace=False)
    return {str(name): setting(random, str(name), int(random.integers(0, inputs + 1))) for name in chosen}


def wet(random: Random) -> Settings:
    """What makes libmypaint look into its smudge buckets, and paint."""
    return {
        "smudge": {"base_value": float(random.choice([0.5, 1.0]))},
        "smudge_length": {"base_value": float(random.choice([0.0, 0.5, 0.9]))},
        "opaque_multiply": {"base_value": 1.0},
        "paint_mode": {"base_value": float(random.choice([0.0, 0.0, 0.5, 1.0]))},
    }


def indexes(random: Random) -> Settings:
    """The bucket's number by the grid map, of which anything may be asked."""
    grid = {str(name): setting(random, str(name), int(random.integers(0, 4))) for name in INDEXING[1:]}
    return wet(random) | grid | {"smudge_bucket": setting(random, "smudge_bucket", 2, "gridmap_x", "gridmap_y")}


def feeds(random: Random) -> Settings:
    """States that grow until they are infinite, and the bucket's number by what is made of them."""
    bucket = setting(random, "smudge_bucket", int(random.integers(1, 19)))
    return wet(random) | some(random, FEEDING, 4) | {"smudge_bucket": bucket}


def opposes(random: Random) -> Settings:
    """Curves that pull against each other: infinity less infinity is no number."""
    up: Curve = [[0.0, 0.0], [float(random.choice([1e-12, 1e-9, 1e-6])), 1e9]]
    down = [[x, -y] for x, y in up]
    pair = random.choice(list(input_ids()), 2, replace=False)
    name = str(random.choice([*INDEXING, *FEEDING]))
    bucket = {"base_value": 1.0, "inputs": {str(key): curve(random) for key in random.choice(list(input_ids()), 4)}}
    spoilt = {"base_value": 0.0, "inputs": {str(pair[0]): up, str(pair[1]): down}}
    return wet(random) | {"smudge_bucket": bucket} | {name: spoilt}


def counts(random: Random) -> Settings:
    """Dabs without end, of any size and shape."""
    return wet(random) | some(random, COUNTING, 3) | some(random, SHAPING, 2)


def everything(random: Random) -> Settings:
    return {name: setting(random, name, int(random.integers(0, 5))) for name in setting_ids()}


def anything(random: Random) -> Settings:
    return some(random, tuple(setting_ids()), int(random.integers(1, 5)))


def bases(random: Random) -> Settings:
    return {name: setting(random, name, 0) for name in setting_ids()}


def mutates(random: Random) -> Settings:
    """A good brush, some of whose numbers are others."""
    file = str(random.choice(sorted(str(path) for path in (ROOT / "brushes").glob("*.myb"))))
    settings: Settings = json.loads(Path(file).read_text())["settings"]
    for name in random.choice(list(settings), 6):
        for key in [*settings[str(name)]["inputs"], str(random.choice(list(input_ids())))]:
            settings[str(name)]["inputs"][key] = curve(random)
    return settings | (wet(random) if random.random() < 0.5 else {})


KINDS: dict[str, Callable[[Random], Settings]] = {
    each.__name__: each for each in (indexes, feeds, opposes, counts, everything, anything, bases, mutates)
}


# ---- strokes ----


def events(random: Random) -> Float64:
    count = int(random.integers(2, 25))
    where = random.choice([1.0, 1.0, 1.0, 1.0, 3.0, 1e5])
    made = np.empty((count, 4))
    made[:, 0] = random.uniform(0, WIDTH, count) * where
    made[:, 1] = random.uniform(0, HEIGHT, count) * where
    made[:, 2] = random.choice([0.0, 0.5, 1.0, random.random()], count)
    made[:, 3] = random.choice([0.0, 1e-9, 0.01, 0.05, 0.2, 3.0, 6.0], count)
    return made


def paint(kind: str, seed: tuple[int, int]) -> str:
    """Makes a brush and paints with it; what became of it."""
    random = np.random.default_rng(seed)
    document = json.dumps({"version": 3, "settings": KINDS[kind](random)})
    try:
        brush = Brush(parse_myb(document, "hostile"))
    except BrushError:
        return "refused"
    canvas = Canvas(WIDTH, HEIGHT, float(random.choice([1.0, 2.2])))
    canvas.work = WORK
    ground = random.integers(0, 32769, (HEIGHT, WIDTH, 4), np.uint16)
    canvas.write(np.minimum(ground, ground[..., 3:]))
    outcome = "painted nothing"
    for number_of_stroke in range(3):
        stroke = canvas.traced_stroke if number_of_stroke == 1 else canvas.stroke
        brush.set_colour(random.uniform(0, 1, 3).tolist(), canvas.eotf)
        try:
            before = canvas.read()
            stroke(brush, events(random), number_of_stroke)
            outcome = outcome if np.array_equal(before, canvas.read()) else "painted"
        except BrushError:
            outcome = "too much work"
            break
    pixels = canvas.read()
    if pixels[..., 3].max() > 32768:
        raise AssertionError("alpha above one")
    return outcome


# ---- processes ----


@dataclass
class Report:
    """What became of all cases."""

    cases: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[dict[str, Any]] = field(default_factory=list)
    slowest_seconds: float = 0.0
    most_megabytes: int = 0

    def add(self, case: dict[str, Any]) -> None:
        self.cases += 1
        self.kinds[case["kind"]] += 1
        self.outcomes[case["outcome"]] += 1
        self.slowest_seconds = max(self.slowest_seconds, case.get("seconds", 0.0))
        self.most_megabytes = max(self.most_megabytes, case.get("megabytes", 0))

    def as_json(self) -> str:
        return json.dumps({"parser": "brushes"} | vars(self))


def kind_of(case: int) -> str:
    return list(KINDS)[case % len(KINDS)]


def most_kilobytes() -> int:
    """That this process has had in memory; rusage would begin with what its parent had."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def paint_all(first: int, last: int, seed: int) -> None:
    """In a child: paints cases and tells of each; ends where a signal or the CPU limit ends it."""
    sanitized = "asan" in os.environ.get("LD_PRELOAD", "")  # takes terabytes of address space, and twice the time
    if not sanitized:
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_LIMIT, used + MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for case in range(first, last):
        signal.setitimer(signal.ITIMER_PROF, CPU_LIMIT * (3 if sanitized else 1))  # unheard, it ends the process
        began = time.process_time()
        outcome = paint(kind_of(case), (seed, case))
        told = {"case": case, "kind": kind_of(case), "outcome": outcome}
        told["seconds"] = round(time.process_time() - began, 2)
        told["megabytes"] = most_kilobytes() // 1024
        print(json.dumps(told), flush=True)


def told_by_children(cases: int, seed: int) -> Iterator[dict[str, Any]]:
    """What children tell of each case; where one ends before its time, of the case that ended it."""
    case = 0
    while case < cases:
        command = [sys.executable, "-m", "tests.fuzz.brushes", "--seed", str(seed), "--child", str(case), str(cases)]
        with tempfile.TemporaryFile("w+", errors="replace") as errors:
            child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
            assert child.stdout is not None
            for line in child.stdout:
                if line.startswith("{"):  # libmypaint makes remarks of its own
                    yield json.loads(line)
                    case += 1
            if child.wait():
                code = child.returncode
                outcome = signal.Signals(-code).name if code < 0 else f"exit {code}"
                errors.seek(0)
                yield {"case": case, "kind": kind_of(case), "outcome": outcome, "said": errors.read()[-4000:]}
                case += 1


def fuzz(cases: int, seed: int) -> Report:
    """Paints with so many hostile brushes, in children."""
    report = Report()
    for told in told_by_children(cases, seed):
        report.add(told)
        if "said" in told:
            report.failures.append(told)
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--child", type=int, nargs=2, metavar=("FIRST", "LAST"), help="paint these in this process")
    options = parser.parse_args()
    if options.child:
        first, last = options.child
        paint_all(first, last, options.seed)
        return 0
    report = fuzz(options.cases, options.seed)
    print(report.as_json())
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
