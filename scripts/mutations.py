"""Whether tests notice when pictures get worse: spoils the painter in named ways, one at a time, and runs tests.

    python scripts/mutations.py [--only WORDS] [PYTEST'S ARGUMENTS]

Each mutation changes a few words of a copy of the package.  For each, it prints which tests fail; it ends with JSON and
leaves with 1 if one survives that no test notices.  Without arguments it runs tests/quality.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
NEEDED = ("dreambrush", "brushes", "pretrained", "tests", "scripts", "benchmarks", "research", "pyproject.toml")
TAIL = 3  # lines of a run that told no result


@dataclass(frozen=True)
class Mutation:
    """A way of spoiling the painter.

    Attributes:
        name: what it does.
        file: in which, below the package.
        old: text that is there once.
        new: text that takes its place.
    """

    name: str
    file: str
    old: str
    new: str

    def apply(self, root: Path) -> None:
        """Spoils a copy of the project; fails where the text is not there once."""
        path = root / "dreambrush" / self.file
        text = path.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise SystemExit(f"The mutation '{self.name}' no longer fits {self.file}: mend it here.")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


MUTATIONS = (
    Mutation(
        "refinement's steps cut to a third",
        "painter/refine/descent.py",
        "    room = room or len(sketch)\n",
        "    room = room or len(sketch)\n    steps = -(-steps // 3)\n",
    ),
    Mutation(
        "refinement before laying off",
        "painter/plan/planner.py",
        "            yield from self._refine(self.effort.last_steps)\n",
        "",
    ),
    Mutation(
        "proposals replaced by noise",
        "painter/propose/ridge_proposer.py",
        "        return Spines(follow(residual, soft, peaks, window)).strokes().reshape(len(windows), count, NUMBERS)",
        "        low, high = np.array([0] * 6 + [0.1] * 2 + [0.8]), np.array([32] * 6 + [1] * 2 + [8])\n"
        "        return rng.uniform(low, high, (len(windows), count, 9)).astype(np.float32)",
    ),
    Mutation(
        "colours 2 % off",
        "painter/lay/easel.py",
        "stroke[PRESSURES], radius, colour)",
        "stroke[PRESSURES], radius, 0.98 * colour)",
    ),
    Mutation(
        "one stage laid in the wrong order",
        "painter/plan/order.py",
        "    return Arrangement(order, stage[order])",
        "    middle = stage[order] == MIDDLE\n"
        "    order[middle] = order[middle][::-1]\n"
        "    return Arrangement(order, stage[order])",
    ),
    Mutation(
        "the hand ignored",
        "painter/plan/hand.py",
        "    height, width = picture.shape[:2]\n",
        "    height, width = picture.shape[:2]\n    freedom = 0.0\n",
    ),
    Mutation(
        "faces ignored",
        "painter/see/saliency.py",
        "    faces = find_faces(picture) if strength else []\n",
        "    faces: list[Face] = []\n",
    ),
    Mutation(
        "edges never lost",
        "painter/see/squint.py",
        "    kept = ramp(importance, strength * LOSES, strength * KEEPS)\n",
        "    kept, looked = np.ones_like(importance), np.ones_like(looked)\n",
    ),
    Mutation(
        "edges lost everywhere",
        "painter/see/squint.py",
        "    kept = ramp(importance, strength * LOSES, strength * KEEPS)\n",
        "    kept, looked = np.zeros_like(importance), np.zeros_like(looked)\n",
    ),
    Mutation(
        "accents left out",
        "painter/plan/planner.py",
        "            if len(self.sketch) < count and self.deadline.mending() and not",
        "            if len(self.sketch) < 0 and self.deadline.mending() and not",
    ),
    Mutation(
        "a brush's reach 10 % too small",
        "dream/dream.py",
        'self.reach = float(self.card["reach"])',
        'self.reach = 0.9 * float(self.card["reach"])',
    ),
    Mutation(
        "the swap at higher effort off",
        "painter/plan/planner.py",
        "        while self.step.swapped < self.effort.swaps:\n",
        "        while self.step.swapped < 0:\n",
    ),
)


def copied(folder: Path) -> Path:
    """A copy of the project in an empty folder."""
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def survived(mutation: Mutation | None, arguments: list[str]) -> dict[str, Any]:
    """What a run of the tests comes to, on a project spoilt so, or on a sound one."""
    with tempfile.TemporaryDirectory() as scratch:
        root = copied(Path(scratch))
        if mutation is not None:
            mutation.apply(root)
        began = time.monotonic()
        words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no", "-rf", *arguments]
        done = subprocess.run(words, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    failed = re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", done.stdout, re.MULTILINE)
    ended = done.stdout.rstrip().splitlines()[-1 if failed or not done.returncode else -TAIL :]
    return {"failed": failed, "ends": " ".join(ended), "seconds": round(time.monotonic() - began)}


def main() -> None:
    """As the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="mutations whose name has these words")
    chosen, arguments = parser.parse_known_args()
    arguments = arguments or ["tests/quality"]
    table: dict[str, dict[str, Any]] = {}
    for mutation in (None, *MUTATIONS):
        name = mutation.name if mutation else "none"
        if mutation and chosen.only not in name:
            continue
        table[name] = survived(mutation, arguments)
        print(f"{name}: {table[name]['ends']}", file=sys.stderr, flush=True)
        for test in table[name]["failed"]:
            print(f"    {test}", file=sys.stderr, flush=True)
    print(json.dumps(table, indent=1))
    unnoticed = [name for name, run in table.items() if name != "none" and not run["failed"]]
    if unnoticed or table["none"]["failed"]:
        raise SystemExit(f"Unnoticed: {', '.join(unnoticed) or 'none'}.")


if __name__ == "__main__":
    main()
