"""The page of ``bench --html``; what the command makes of it is tested in tests/cli/bench."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dreambrush import benchmark
from dreambrush.benchmark import Case, Measured, measure
from dreambrush.gallery import bench_page, brush_rows
from dreambrush.gallery.bench_page import page_of_paintings, page_of_task
from dreambrush.models.catalogue import find_brush
from dreambrush.models.stock_table import all_known
from dreambrush.painter.measure.few_strokes import Trial, run_trial
from dreambrush.pictures.picture_sets import square
from tests.gallery.browser import Browser
from tests.gallery.test_painting_page import canvas, decoded, shown, slide, stage

OIL = find_brush("oil")


@pytest.fixture(scope="module")
def painted() -> list[Measured]:
    return [measure(Case("astronaut.png", 48, 6, 1), 0), measure(Case("still-life.jpg", 40, 4, 1), 0)]


@pytest.fixture
def few_brushes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a few of the brushes: all take a second."""
    wanted = [find_brush(name) for name in ("oil", "blender", "kneaded-eraser", "wet-oil")]
    monkeypatch.setattr(brush_rows, "list_brushes", lambda: wanted)


def report_of(painted: list[Measured]) -> dict[str, Any]:
    compared = benchmark.compare(painted, 0, benchmark.read_figures())
    return {"task": "paint", "interrupted": False, "left_out": ["coffee <b>"], **compared}


@pytest.mark.usefixtures("few_brushes")
def test_each_painting_is_drawn_and_leads_to_what_is_real(
    browser: Browser, painted: list[Measured], tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    page.write_text(page_of_paintings(report_of(painted), painted, OIL, "dreambrush bench --html 'a b.html'"))
    browser.open(page)
    assert stage(browser)["work"] == "0" and shown(browser)
    for index, each in enumerate(painted):
        target, _, real = (decoded(browser.value(f"by('view-{index}-{view}').src")) for view in range(3))
        assert (real == each.real).all() and np.abs(target / 255 - each.target).max() <= 0.5 / 255 + 1e-6
    browser.value("document.querySelector('[data-work=\"1\"].watch').click()")
    browser.until("document.getElementById('stage').dataset.playing === 'true'")
    assert stage(browser)["work"] == "1"
    assert (slide(browser, 0)[..., :3] == painted[1].ground).all()
    assert (slide(browser, 3)[..., :3] != painted[1].ground).any() and canvas(browser).shape == (30, 40, 4)
    slide(browser, 4)
    assert (decoded(browser.value("by('shown').src")) == painted[1].real).all()
    text = browser.value("document.body.textContent")
    for words in ("dreambrush bench --html 'a b.html'", "coffee <b>", "seed", "AMD" if "AMD" in text else "machine"):
        assert words in text
    rows = browser.value("[...document.querySelectorAll('details tbody tr')].map((row) => row.cells[0].textContent)")
    assert rows == sorted(all_known()) and len(rows) == 196
    kinds = browser.value(
        "[...document.querySelectorAll('td img')].map((each) => each.closest('tr').cells[1].textContent)"
    )
    assert kinds == [kind for kind in ("dry", "blender", "eraser", "wet") for _ in range(2)]


def test_real_strokes_are_beside_dreamt_ones() -> None:
    for name, kind in (("oil", "dry"), ("blender", "blender"), ("kneaded-eraser", "eraser"), ("wet-oil", "wet")):
        real, dreamt = brush_rows._samples(find_brush(name), kind)
        assert real.shape == dreamt.shape == (*brush_rows.SAMPLE[::-1], 3)
        assert (real != brush_rows.PAPER).any(-1).mean() > 0.05
        off = np.mean((real / 255 - dreamt / 255) ** 2)
        assert 0 < off < 0.1 * np.mean((real / 255 - brush_rows.PAPER / 255) ** 2)


@pytest.fixture(scope="module")
def trials() -> list[tuple[str, Trial]]:
    y, x = np.mgrid[0:64, 0:64] / np.float32(64)
    target = np.stack([x, y, 1 - x], -1).astype(np.float32)
    return [(f"face-{n}.png", run_trial(square(target, 64), OIL, n, 0)) for n in (2, 3)]


def few_strokes_report() -> dict[str, Any]:
    row = {"mse": 0.01, "dreamed_mse": 0.011, "transfer_gap": -0.1, "mean_absolute_gap": 0.1, "cpu_seconds": 1.0}
    results = [{**row, "strokes": n, "published": {"A & B": 0.02}} for n in (2, 3)]
    machine = {"cpu": "slow", "cores": 1, "system": "Linux", "python": "3"}
    return {
        "task": "portraits", "size": 64, "seed": 0, "version": "1", "machine": machine, "interrupted": True,
        "results": results,
    }  # fmt: skip


@pytest.mark.usefixtures("few_brushes")
def test_the_page_of_a_task(trials: list[tuple[str, Trial]], monkeypatch: pytest.MonkeyPatch) -> None:
    done = {2: trials[:1], 3: trials[1:]}
    first, again = (page_of_task(few_strokes_report(), done, OIL, "dreambrush bench") for _ in range(2))
    assert first == again
    assert "1 picture of 64 pixels, 2 and 3 strokes each." in first and "It was interrupted" in first
    assert "A &amp; B, 3" in first and first.count('class="work"') == 2
    monkeypatch.setattr(bench_page, "MOST_WORKS", 1)
    fewer = page_of_task(few_strokes_report(), done, OIL, "dreambrush bench")
    assert "The page shows 1 of the 2 paintings" in fewer and fewer.count('class="work"') == 1


def test_errors_fall_with_time(painted: list[Measured], trials: list[tuple[str, Trial]]) -> None:
    for course, whole in (
        *((each.course, each.wall_seconds) for each in painted),
        *((trial.course, trial.seconds) for _, trial in trials),
    ):
        seconds, errors = zip(*course, strict=True)
        assert len(course) > 1 and list(seconds) == sorted(seconds) and seconds[-1] <= whole + 0.001
        assert list(errors) == sorted(errors, reverse=True) and errors[-1] < errors[0]
