"""Runs cases in child processes: ``python -m tests.fuzz.run --cases 20000 --seed 1 --jobs 2``.

Prints a table as JSON: cases by parser, and how they ended.  Results are kept in a file as they come, and a run that
was interrupted goes on with the same command.  One case alone, its files kept: ``--case 17 --keep FOLDER``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.fuzz.base import Base, make
from tests.fuzz.one import Outcome, limit_this_process, parser_of, run_case

ROOT = Path(__file__).resolve().parents[2]
STUCK = 120.0  # seconds without an answer after which a child is killed
RECYCLED = 400  # cases, after which a child gives way to a new one


def campaign(cases: int, seed: int, jobs: int, results: Path, first: int = 0) -> list[Outcome]:
    """Runs all cases that are not among the results yet, and returns all."""
    done = {each.case: each for each in read_results(results)}
    left = [case for case in range(first, first + cases) if case not in done]
    with tempfile.TemporaryDirectory(prefix="dreambrush-fuzz-") as folder:
        base = Path(folder) / "base"
        if left:
            make(base)
        workers = [_Worker(Path(folder) / str(job), base, seed, left[job::jobs], results) for job in range(jobs)]
        try:
            while any([worker.look() for worker in workers]):
                time.sleep(0.2)
        finally:
            for worker in workers:
                worker.stop()
    return [each for each in read_results(results) if first <= each.case < first + cases]


class _Worker:
    """A child that runs some cases one after the other, and another one in its place where it dies."""

    def __init__(self, folder: Path, base: Path, seed: int, cases: list[int], results: Path) -> None:
        self.folder, self.base, self.seed, self.cases, self.results = folder, base, seed, cases, results
        self.folder.mkdir(parents=True, exist_ok=True)
        self.now = self.folder / "now"
        self.child: subprocess.Popen[bytes] | None = None
        self.batch: list[int] = []

    def look(self) -> bool:
        """Sees to the child; False when all is done."""
        if self.child is None:
            if not self.cases:
                return False
            self.batch, self.cases = self.cases[:RECYCLED], self.cases[RECYCLED:]
            self._start()
        assert self.child is not None
        code = self.child.poll()
        if code is None:
            if time.time() - self.now.stat().st_mtime > STUCK:
                self.child.kill()
            return True
        self.child = None
        if code == 0:
            return bool(self.cases)
        # It died of a case: that one is judged here, and the rest begins anew.
        case = int(self.now.read_text() or self.batch[0])
        wrong = "stuck" if code == -9 else f"ends by signal {-code}" if code < 0 else f"the child ends with {code}"
        outcome = Outcome(case, parser_of(case, self.seed), code, "", wrong)
        with open(self.results, "a") as file:
            file.write(outcome.line() + "\n")
        self.cases = self.batch[self.batch.index(case) + 1 :] + self.cases
        return bool(self.cases)

    def _start(self) -> None:
        (self.folder / "cases").write_text(" ".join(map(str, self.batch)))
        self.now.write_text("")
        words = [str(self.folder), str(self.base), str(self.seed), str(self.results)]
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DREAMBRUSH_")},
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MALLOC_ARENA_MAX": "2",
            "PYTHONPATH": str(ROOT),
        }
        with open(self.folder / "log", "ab") as log:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "tests.fuzz.run", "--child", *words],
                env=environment,
                cwd=ROOT,
                stderr=log,
                stdout=log,
            )

    def stop(self) -> None:
        if self.child is not None:
            self.child.kill()
            self.child.wait()


def _child(folder: Path, base: Path, seed: int, results: Path) -> None:
    limit_this_process()
    now = folder / "now"
    for case in (int(word) for word in (folder / "cases").read_text().split()):
        now.write_text(str(case))
        outcome = run_case(case, seed, Base(base), folder / "scratch")
        with open(results, "a") as file:
            file.write(outcome.line() + "\n")


def read_results(results: Path) -> list[Outcome]:
    """The results in a file; a line that was cut off is left out."""
    found = []
    for line in results.read_text().splitlines() if results.exists() else ():
        try:
            found.append(Outcome(**json.loads(line)))
        except ValueError:
            continue
    return found


def table(outcomes: list[Outcome]) -> dict[str, Any]:
    """Cases by parser: how many, how they ended, what was wrong, and the most that one took."""
    parsers: dict[str, dict[str, Any]] = {}
    for name in sorted({each.parser for each in outcomes}):
        some = [each for each in outcomes if each.parser == name]
        parsers[name] = {
            "cases": len(some),
            "codes": dict(sorted(Counter(str(each.code) for each in some).items())),
            "errors": dict(Counter(each.error for each in some if each.code).most_common(12)),
            "not_made": sum(each.error.startswith("not made") for each in some),
            "wrong": sum(bool(each.wrong) for each in some),
            "cpu_seconds": round(sum(each.seconds for each in some), 1),
            "most_seconds": max(each.seconds for each in some),
            "most_megabytes": max(each.megabytes for each in some),
        }
    wrong = [f"{each.case} {each.parser}: {each.wrong}" for each in outcomes if each.wrong]
    return {"cases": len(outcomes), "wrong": len(wrong), "parsers": parsers, "what_was_wrong": wrong[:200]}


def main() -> int:
    """The command line."""
    words = argparse.ArgumentParser(description="Fuzzes dreambrush with mutated structures.")
    words.add_argument("--cases", type=int, default=20_000)
    words.add_argument("--first", type=int, default=0)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--jobs", type=int, default=2)
    words.add_argument("--results", type=Path)
    words.add_argument("--case", type=int)
    words.add_argument("--keep", type=Path)
    words.add_argument("--child", nargs=4)
    given = words.parse_args()
    if given.child:
        folder, base, seed, results = given.child
        _child(Path(folder), Path(base), int(seed), Path(results))
        return 0
    if given.case is not None:
        os.environ["DREAMBRUSH_TRACEBACK"] = "1"
        keep = (given.keep or Path(tempfile.mkdtemp(prefix="dreambrush-fuzz-"))).resolve()
        limit_this_process()
        print(run_case(given.case, given.seed, make(keep / "base"), keep / "files", keep=True).line())
        return 0
    results = given.results or Path(tempfile.gettempdir()) / f"dreambrush-fuzz-{given.seed}.jsonl"
    outcomes = campaign(given.cases, given.seed, given.jobs, results, given.first)
    print(json.dumps(table(outcomes), indent=1))
    return 1 if any(each.wrong for each in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
