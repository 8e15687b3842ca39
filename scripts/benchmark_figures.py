"""Measures the figures that ``dreambrush bench`` compares with, and writes them into the docs as well.

Run ``python scripts/benchmark_figures.py`` on a quiet machine; it takes about two minutes.  The figures go to
dreambrush/samples/figures.json, and the table that is made of them to docs/benchmarks.md, between two marks.
``--docs`` only makes the table anew.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dreambrush.benchmark import CASES, FIGURES, SEED, circumstances, read_figures, run_benchmark  # noqa: E402

COMMAND = "python scripts/benchmark_figures.py"
DOCS = ROOT / "docs" / "benchmarks.md"
BEGIN, END = f"<!-- from figures.json, by {COMMAND} -->\n", "<!-- end of figures -->"


def measure_figures() -> dict[str, Any]:
    """Paints everything, however long it takes."""
    results = []
    for measured in run_benchmark(CASES, SEED, [None] * len(CASES), limit=math.inf):
        results.append(measured.figures())
        print(f"{measured.case.title}: {measured.mse:.5f}, {measured.wall_seconds:.1f} s", file=sys.stderr)
    return {"command": COMMAND, **circumstances(SEED), "results": results}


def docs_table(figures: dict[str, Any]) -> str:
    """The figures as Markdown."""
    lines = [
        "| picture | pixels | strokes | effort | error | CPU seconds | wall seconds |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in figures["results"]:
        what = f"{Path(row['picture']).stem} | {row['size']} | {row['strokes']:,} | {row['effort']}"
        lines.append(f"| {what} | {row['mse']:.5f} | {row['cpu_seconds']:.1f} | {row['wall_seconds']:.1f} |")
    machine, packages = figures["machine"], figures["packages"]
    cores = f"{machine['cores']} core{'s' if machine['cores'] != 1 else ''}"
    versions = ", ".join(f"{name} {version}" for name, version in packages.items())
    lines += [
        "",
        f"Measured with `{figures['command']}`, brush `{figures['brush']}`, seed {figures['seed']}, dreambrush "
        f"{figures['version']},",
        f"{machine['cpu']} ({cores}), {machine['system']}, Python {machine['python']}, {versions};",
        f"at most {figures['peak_memory_mb']} MB of memory.",
    ]
    return "\n".join(lines) + "\n"


def with_table(docs: str, figures: dict[str, Any]) -> str:
    """The text of the docs, with these figures between the marks."""
    before, _, rest = docs.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + docs_table(figures) + END + after


def main() -> None:
    """Measures and writes."""
    if "--docs" not in sys.argv[1:]:
        FIGURES.write_text(json.dumps(measure_figures(), indent=2) + "\n", encoding="utf-8")
    DOCS.write_text(with_table(DOCS.read_text(encoding="utf-8"), read_figures()), encoding="utf-8")


if __name__ == "__main__":
    main()
