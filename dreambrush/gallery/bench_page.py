"""The page of ``dreambrush bench``: paintings beside pictures and dreams, figures, and brushes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dreambrush.arrays import Float32, Pixels
from dreambrush.benchmark import Measured
from dreambrush.gallery.brush_rows import shipped_brushes, stock_brushes
from dreambrush.gallery.chart import Level, PaintingCourse, draw_chart
from dreambrush.gallery.markup import facts, listed, paragraph, said, section, table
from dreambrush.gallery.page import make_page
from dreambrush.gallery.work import Work, WorkView
from dreambrush.models.catalogue import BrushFile
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.measure.few_strokes import Trial
from dreambrush.painter.measure.transfer import measure_transfer
from dreambrush.strokes import Strokes

MOST_WORKS = 60  # paintings on a page
AGREEMENT = {"exact": "exactly", "close": "close", "different": "different", None: ""}
CHART_WORDS = (
    "Each line is one painting while it is planned: the error that the dream expects of the best plan so far. The dot "
    "at its end is the real canvas. Both scales are logarithmic."
)


@dataclass(frozen=True, eq=False)
class _Shown:
    """A painting on the page.

    Attributes:
        title: what it is called.
        series: number of the line or group of lines that it has in the chart, from 0.
        target: the picture, (h, w, 3) float32, 0..1.
        dream: what the dream expects, (h, w, 3) float32, 0..1.
        dreamed_mse: error that the dream expects.
        real: what the real canvas shows, (h, w, 3) uint8.
        mse: its error.
        strokes: the strokes.
        ground: (3,) uint8.
        course: how the error fell.
        seconds: wall seconds of painting.
    """

    title: str
    series: int
    target: Float32
    dream: Float32
    dreamed_mse: float
    real: Pixels
    mse: float
    strokes: Strokes
    ground: Pixels
    course: Sequence[tuple[float, float]]
    seconds: float

    def work(self, brush: BrushFile) -> Work:
        """The same for a page."""
        views = [
            WorkView("Target", self.target),
            WorkView("Dream", self.dream, f"error {self.dreamed_mse:.5f}"),
            WorkView("Real", self.real, f"error {self.mse:.5f}"),
        ]
        note = f"{len(self.strokes):,} strokes in {self.seconds:.1f} s"
        return Work(self.title, note, self.strokes, (read_myb(brush.path),), self.ground, views)


def page_of_paintings(report: Mapping[str, Any], done: Sequence[Measured], brush: BrushFile, command: str) -> str:
    """The page of ``bench paint``.

    Args:
        report: what ``--json`` reports.
        done: its paintings, at least one.
        brush: brush that they were painted with.
        command: command that makes the page.
    """
    shown = []
    for number, each in enumerate(done):
        dreamt = measure_transfer(each.target, each.strokes, each.ground, [brush], report["seed"])
        outcome = dreamt.dream, dreamt.dreamed_mse, each.real, each.mse
        cost = each.course, each.wall_seconds
        shown.append(_Shown(each.case.title, number, each.target, *outcome, each.strokes, each.ground, *cost))
    rows = []
    for row in report["results"]:
        docs, ratio = row["docs"] or {}, row["ratio"] or {}
        rows.append([
            said(Path(row["picture"]).stem), str(row["size"]), f"{row['strokes']:,}", str(row["effort"]),
            f"{row['mse']:.5f}", _number(docs.get("mse"), 5), AGREEMENT[row["agreement"]],
            f"{row['cpu_seconds']:.1f}", _number(docs.get("cpu_seconds"), 1), _number(ratio.get("cpu_seconds"), 2),
        ])  # fmt: skip
    heads = (
        "picture",
        "pixels",
        "strokes",
        "effort",
        "error",
        "in the docs",
        "agrees",
        "CPU s",
        "in the docs",
        "ratio",
    )
    lead = [f"{len(done)} paintings with the brush {brush.name}, beside the figures of dreambrush's documents."]
    if report["left_out"]:
        lead.append(f"Left out, as there was no time: {', '.join(report['left_out'])}.")
    return _page(
        "Paintings, measured",
        lead,
        report,
        shown,
        [_short(each) for each in done],
        (),
        table("Mean squared error of RGB in 0..1, and CPU seconds", heads, rows, numbers=9),
        brush,
        command,
    )


def page_of_task(
    report: Mapping[str, Any], done: Mapping[int, Sequence[tuple[str, Trial]]], brush: BrushFile, command: str
) -> str:
    """The page of a task with few strokes.

    Args:
        report: what ``--json`` reports.
        done: name of the picture and the trial of each painting, by the number of strokes.
        brush: brush that they were painted with.
        command: command that makes the page.
    """
    shown = []
    for series, (count, trials) in enumerate(done.items()):
        for name, trial in trials:
            outcome = trial.transfer.dream, trial.transfer.dreamed_mse, trial.transfer.real, trial.transfer.mse
            title = f"{name}, {count} strokes"
            cost = trial.course, trial.seconds
            shown.append(_Shown(title, series, trial.target, *outcome, trial.strokes, trial.ground, *cost))
    rows, levels = [], []
    for row in report["results"]:
        published = "; ".join(f"{mse} {source}" for source, mse in row["published"].items())
        levels += [Level(f"{source}, {row['strokes']}", mse) for source, mse in row["published"].items()]
        rows.append([
            str(row["strokes"]), said(published), f"{row['mse']:.4f}", f"{row['dreamed_mse']:.4f}",
            f"{row['transfer_gap']:+.1%}", f"{row['mean_absolute_gap']:.1%}", f"{row['cpu_seconds']:.1f}",
        ])  # fmt: skip
    heads = ("strokes", "published by others", "error", "dreamt", "gap", "mean |gap|", "CPU s")
    pictures = len(next(iter(done.values()), ()))
    counts = listed(list(map(str, done)))
    lead = [f"{pictures} picture{'s' if pictures != 1 else ''} of {report['size']} pixels, {counts} strokes each."]
    return _page(
        f"{report['task'].capitalize()} in few strokes",
        lead,
        report,
        shown,
        [f"{count} strokes" for count in done],
        levels,
        table("Means over all pictures", heads, rows, numbers=5),
        brush,
        command,
    )


def _page(
    title: str,
    lead: list[str],
    report: Mapping[str, Any],
    shown: Sequence[_Shown],
    series: Sequence[str],
    levels: Sequence[Level],
    figures: str,
    brush: BrushFile,
    command: str,
) -> str:
    spread = np.linspace(0, len(shown) - 1, min(len(shown), MOST_WORKS)).round().astype(int)  # some of each number
    works = [shown[index].work(brush) for index in spread]
    if len(works) < len(shown):
        lead = [*lead, f"The page shows {len(works)} of the {len(shown)} paintings; the figures are of all."]
    if report["interrupted"]:
        lead = [*lead, "It was interrupted: these are those that were finished."]
    courses = [PaintingCourse(each.title, each.series, each.course, each.seconds, each.mse) for each in shown]
    body = [
        section("Error against time", draw_chart(courses, series, levels), paragraph(CHART_WORDS)),
        section("Figures", figures),
        section("Brushes", shipped_brushes((brush.name,)), stock_brushes()),
        section("How this was made", facts(_circumstances(report, brush, command))),
    ]
    sentences = "".join(map(paragraph, lead))
    return make_page(title, kind="dreambrush bench", lead=sentences, body="\n".join(body), works=works)


def _circumstances(report: Mapping[str, Any], brush: BrushFile, command: str) -> list[tuple[str, str]]:
    machine = report["machine"]
    cores = f"{machine['cores']} core{'s' if machine['cores'] != 1 else ''}"
    rows = [
        ("command", f"<code>{said(command)}</code>"),
        ("brush", said(brush.name)),
        ("seed", said(report["seed"])),
        ("version", said(f"dreambrush {report['version']}")),
        ("machine", said(f"{machine['cpu']}, {cores}, {machine['system']}, Python {machine['python']}")),
    ]
    if "packages" in report:
        rows.append(("packages", said(", ".join(f"{key} {value}" for key, value in report["packages"].items()))))
    if report.get("may_explain"):
        rows.append(("may explain a difference", said("; ".join(report["may_explain"]))))
    return rows


def _short(each: Measured) -> str:
    return f"{Path(each.case.picture).stem}, {each.case.strokes:,}, effort {each.case.effort}"


def _number(value: float | None, decimals: int) -> str:
    return "" if value is None else f"{value:.{decimals}f}"
