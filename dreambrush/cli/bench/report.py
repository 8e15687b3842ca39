"""The words of ``dreambrush bench paint``: errors and seconds here, beside those in the docs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

Report = dict[str, Any]

AGREEMENT = {"exact": "exactly", "close": "close", "different": "different", None: ""}
WIDEST = 100  # characters of the table where nobody looks


def print_comparison(report: Report) -> None:
    """Print the tables and the verdict on stdout."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else WIDEST, highlight=False)
    for heading, table in (("Error (mean squared, of RGB in 0..1)", _errors(report)), ("Seconds", _seconds(report))):
        console.print(heading, style="bold")
        console.print(table)
        console.print()
    for line in verdict(report):
        console.print(line, markup=False)


def _errors(report: Report) -> Any:
    table = _table(report, "here", "docs", "ratio", "as in the docs")
    for row in report["results"]:
        docs, ratio = row["docs"] or {}, row["ratio"] or {}
        cells = (f"{row['mse']:.5f}", _number(docs.get("mse"), 5), _number(ratio.get("mse"), 3))
        table.add_row(*_what(row), *cells, AGREEMENT[row["agreement"]])
    return table


def _seconds(report: Report) -> Any:
    table = _table(report, "CPU here", "docs", "ratio", "wall here", "docs", "ratio")
    for row in report["results"]:
        cells = []
        for name in ("cpu_seconds", "wall_seconds"):
            docs, ratio = row["docs"] or {}, row["ratio"] or {}
            cells += [f"{row[name]:.1f}", _number(docs.get(name), 1), _number(ratio.get(name), 2)]
        table.add_row(*_what(row), *cells)
    return table


def _table(report: Report, *columns: str) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("picture")
    for name in ("pixels", "strokes", "effort", *columns):
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _what(row: Report) -> tuple[str, str, str, str]:
    return Path(row["picture"]).stem, str(row["size"]), f"{row['strokes']:,}", str(row["effort"])


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def verdict(report: Report) -> list[str]:
    """Sentences that say what was compared on which machine, and how it went."""
    docs = report["docs"]
    lines = [f"Here: {_circumstances(report)}.", f"Docs: {_circumstances(docs)}."]
    if report["left_out"] and not report["interrupted"]:
        lines.append(f"Left out, to finish within three minutes: {'; '.join(report['left_out'])}.")
    return [*lines, *_judgement(report), "Times depend on the machine and on what else it runs."]


def _circumstances(of: Report) -> str:
    machine = of["machine"]
    cores = f"{machine['cores']} core{'s' if machine['cores'] != 1 else ''}"
    return (
        f"dreambrush {of['version']}, brush {of['brush']}, seed {of['seed']}, on {machine['cpu']}, {cores}, "
        f"{machine['system']}, Python {machine['python']}; at most {of['peak_memory_mb']} MB of memory"
    )


def _judgement(report: Report) -> list[str]:
    if report["agreement"] == "exact":
        return ["All errors are exactly those in the docs."]
    if report["agreement"] is None:
        return []
    differ = "; ".join(report["may_explain"])
    other = f"Different from the docs' machine: {differ}." if differ else ""
    if report["agreement"] == "close":
        return ["All errors agree with the docs within 5 %.", *([other] if other else [])]
    return [
        "Some errors differ from the docs by more than 5 %.",
        other or "Nothing known explains the difference.  Please report it with the output of: dreambrush doctor",
    ]
