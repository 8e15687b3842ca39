"""The benchmark of whole paintings: what it paints, what it measures, and that the docs say the same."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.paint import target_picture
from dreambrush.benchmark import (
    CASES,
    CLOSE,
    FIGURES,
    HAND,
    SAMPLES,
    SEED,
    Case,
    Measured,
    circumstances,
    compare,
    differences,
    docs_row,
    measure,
    read_figures,
    run_benchmark,
)
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Progress
from dreambrush.painter.run import paint
from dreambrush.pictures.reading import load_picture
from scripts.benchmark_figures import DOCS, docs_table, with_table

TINY = (Case("coffee.png", 48, 3, 1), Case("astronaut.png", 40, 2, 1))


@pytest.fixture(scope="module")
def measured() -> list[Measured]:
    return list(run_benchmark(TINY, SEED, [None, None]))


@pytest.mark.parametrize("name", ["astronaut", "coffee"])
def test_pictures_are_those_of_the_developers_benchmark(name: str) -> None:
    np.testing.assert_array_equal(load_picture(SAMPLES / f"{name}.png", 256), target_picture(name, 256))


def test_what_comes_along_is_small_and_says_where_it_is_from() -> None:
    files = {path.name: path.stat().st_size for path in SAMPLES.iterdir()}
    assert {case.picture for case in CASES} < set(files)
    assert files["astronaut.png"] + files["coffee.png"] + files["figures.json"] < 300_000
    text = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in files if name != "README.md")


def test_docs_show_the_figures_and_nothing_else() -> None:
    figures, docs = read_figures(), DOCS.read_text(encoding="utf-8")
    advice = "run: python scripts/benchmark_figures.py --docs"
    assert docs_table(figures) in docs, advice
    assert with_table(docs, figures) == docs, advice
    assert with_table(docs, {**figures, "seed": 1}) != docs
    assert f"seed {figures['seed']}" in docs_table(figures)
    for row in figures["results"]:
        assert f"| {row['mse']:.5f} | {row['cpu_seconds']:.1f} |" in docs


def test_the_other_docs_say_the_same_in_fewer_digits() -> None:
    lines = (DOCS.parent / "painter.md").read_text(encoding="utf-8").splitlines()
    rows = [row for row in read_figures()["results"] if row["size"] == 256]
    for row in rows:
        begin = f"| {row['picture'].partition('.')[0]} | {row['strokes']:,} |"
        (line,) = (line for line in lines if line.startswith(begin))
        cell = line.split("|")[2 + row["effort"]].strip(" *")
        assert cell == f"{row['mse']:.4f}".removeprefix("0"), line
    assert len(rows) == 5


def test_there_are_figures_of_everything_that_is_painted() -> None:
    figures = read_figures()
    assert [docs_row(case, figures) for case in CASES] == figures["results"]
    assert all(row["mse"] > 0 and row["cpu_seconds"] > 0.1 for row in figures["results"])
    assert sum(row["wall_seconds"] for row in figures["results"]) < 300
    assert figures["seed"] == SEED and figures["machine"]["cores"] >= 1 and figures["command"]
    assert set(circumstances(SEED)) < set(figures)
    assert FIGURES.parent == SAMPLES  # so that it is installed


def test_an_error_is_that_of_the_painting(measured: list[Measured]) -> None:
    for result, case in zip(measured, TINY, strict=True):
        target = load_picture(SAMPLES / case.picture, case.size)
        painting = paint(
            target, find_brush("oil"), case.strokes, SEED, options=PaintOptions(effort=case.effort, hand=HAND)
        )
        assert result.case == case and len(painting.strokes) == case.strokes
        np.testing.assert_array_equal(result.real, painting.merged)
        assert result.mse == pytest.approx(painting.mse, rel=1e-5)
        assert result.wall_seconds > 0 and result.cpu_seconds > 0


def test_the_same_seed_is_exactly_the_same_and_another_is_not(measured: list[Measured]) -> None:
    assert measure(TINY[0], SEED).mse == measured[0].mse != measure(TINY[0], SEED + 1).mse


def figures_of(results: list[Measured]) -> dict[str, object]:
    return {**circumstances(SEED), "command": "this test", "results": [result.figures() for result in results]}


def test_compared_with_itself_it_is_exact(measured: list[Measured]) -> None:
    report = compare(measured, SEED, figures_of(measured))
    assert report["agreement"] == "exact" and report["may_explain"] == []
    for row in report["results"]:
        assert row["agreement"] == "exact" and row["ratio"]["mse"] == 1.0 and row["docs"]["mse"] == row["mse"]
    assert report["docs"]["command"] == "this test" and report["peak_memory_mb"] > 20


@pytest.mark.parametrize(
    ("times", "agreement"),
    [
        (1 + 1e-12, "close"),
        (1 + 0.99 * CLOSE, "close"),
        (1 - 0.99 * CLOSE, "close"),
        (1 + 1.01 * CLOSE, "different"),
        (1 - 1.01 * CLOSE, "different"),
    ],
)
def test_what_counts_as_close(measured: list[Measured], times: float, agreement: str) -> None:
    here = [replace(measured[0], mse=measured[0].mse * times), measured[1]]
    report = compare(here, SEED, figures_of(measured))
    assert [row["agreement"] for row in report["results"]] == [agreement, "exact"]
    assert report["agreement"] == agreement
    assert report["results"][0]["ratio"]["mse"] == pytest.approx(times, abs=1e-4)


def test_what_the_docs_do_not_have_is_not_judged(measured: list[Measured]) -> None:
    report = compare(measured[:1], SEED, figures_of(measured[1:]))
    assert report["agreement"] is None
    assert (report["results"][0]["docs"], report["results"][0]["ratio"]) == (None, None)


def test_differences_are_named() -> None:
    here = circumstances(SEED)
    assert differences(here, here) == []
    docs = {**here, "seed": 7, "packages": {**here["packages"], "numpy": "1.26.0"}}
    (seed, package) = differences(here, docs)
    assert seed == "the seed (0, not 7)"
    assert package == f"numpy's version ({here['packages']['numpy']}, not 1.26.0)"


def test_what_there_is_no_time_for_is_left_out() -> None:
    tiny = Case("coffee.png", 32, 1, 1)
    seen: list[Case] = []

    def painted(expected: list[float | None], limit: float) -> list[int]:
        cases = [replace(tiny, size=32 + index) for index in range(len(expected))]
        return [result.case.size - 32 for result in run_benchmark(cases, SEED, expected, limit=limit)]

    assert painted([None, 1.0, 100.0, 1e-9], math.inf) == [0, 1, 2, 3]
    # The first took far longer than there: what is said to take as long again may not begin.
    assert painted([1e-6, 1.0, None], 60.0) == [0, 2]
    assert painted([200.0], 180.0) == []

    def watch(case: Case, progress: Progress) -> None:
        seen.append(case)
        assert progress.total >= 0

    list(run_benchmark([tiny], SEED, [None], progress=watch))
    assert set(seen) == {tiny}


def test_a_painting_that_was_interrupted_has_no_figures() -> None:
    def press(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure(TINY[0], SEED, press)
