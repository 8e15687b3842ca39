"""``dreambrush bench`` without a task: whole paintings, beside the figures of the docs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from dreambrush import __version__, benchmark
from dreambrush.benchmark import Case, Measured, measure
from dreambrush.cli.bench.report import verdict
from dreambrush.errors import ExitCode

if TYPE_CHECKING:
    from dreambrush.cli.ui.progress import Update
    from tests.cli.conftest import Command

TINY = (Case("astronaut.png", 32, 1, 1), Case("still-life.jpg", 48, 2, 1))


@pytest.fixture(scope="module")
def painted() -> list[Measured]:
    return [measure(case, 0) for case in TINY]


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, painted: list[Measured]) -> dict[str, Any]:
    """The benchmark as it is, of smaller paintings; gives figures that were measured in the same way."""
    results = [measured.figures() for measured in painted]
    figures = {"command": "this test", **benchmark.circumstances(0), "results": results}
    (tmp_path / "figures.json").write_text(json.dumps(figures))
    monkeypatch.setattr(benchmark, "CASES", TINY)
    monkeypatch.setattr(benchmark, "FIGURES", tmp_path / "figures.json")
    return figures


def test_it_shows_errors_and_seconds_beside_the_docs(command: Command, tiny: dict[str, Any]) -> None:
    outcome = command("bench")
    assert (outcome.code, outcome.stderr) == (ExitCode.OK, "")
    lines = outcome.stdout.splitlines()
    assert max(map(len, lines[: lines.index("Seconds")])) <= 79
    for row in tiny["results"]:
        name = row["picture"].partition(".")[0]
        error, seconds = (line.split() for line in lines if line.startswith(name))
        assert error[1:4] == seconds[1:4] == [str(row["size"]), str(row["strokes"]), "1"]
        assert error[4:] == [f"{row['mse']:.5f}"] * 2 + ["1.000", "exactly"]
        assert len(seconds) == 10 and seconds[5] == f"{row['cpu_seconds']:.1f}"
    assert "All errors are exactly those in the docs." in lines
    assert f"Here: dreambrush {__version__}, brush oil, seed 0" in outcome.stdout
    assert sorted(path.name for path in Path().iterdir()) == ["photo.png"]


def test_another_seed_differs_and_that_is_said(command: Command) -> None:
    outcome = command("bench", "paint", "--seed", "4", "--json")
    assert (outcome.code, outcome.stderr) == (ExitCode.OK, "")
    report = json.loads(outcome.stdout)
    assert report["agreement"] in ("close", "different") and report["may_explain"] == ["the seed (4, not 0)"]
    assert (report["task"], report["seed"], report["docs"]["seed"], report["left_out"]) == ("paint", 4, 0, [])
    for row in report["results"]:
        assert row["ratio"]["mse"] == pytest.approx(row["mse"] / row["docs"]["mse"], abs=1e-4)
        assert {"cpu_seconds", "wall_seconds"} <= set(row["docs"]) and row["agreement"] != "exact"
    assert report["peak_memory_mb"] > 20 and report["machine"]["cpu"] and report["packages"]["onnxruntime"]


def test_the_folder_gets_a_sheet_and_the_figures(
    command: Command, monkeypatch: pytest.MonkeyPatch, painted: list[Measured]
) -> None:
    monkeypatch.setattr("dreambrush.cli.bench.paint.SEEN_AT", 32)
    outcome = command("bench", "paint", "-o", "a/b", "--json")
    assert outcome.code == ExitCode.OK and outcome.stderr == "a/b: a contact sheet and the figures.\n"
    assert json.loads(Path("a/b/paint.json").read_text()) == json.loads(outcome.stdout)
    pixels = np.asarray(Image.open("a/b/paint.png"))
    assert 32 < pixels.shape[0] < 64  # one picture; the other has another size
    np.testing.assert_array_equal(pixels[18:50, 40:72], painted[0].real)

    outcome = command("bench", "-o", "a/b")
    assert outcome.code == ExitCode.OUTPUT and "'a/b/paint.png' exists already." in outcome.stderr
    monkeypatch.setattr(benchmark, "CASES", TINY[:1])
    assert command("bench", "-o", "a/b", "--force", "-q").code == ExitCode.OK
    assert len(json.loads(Path("a/b/paint.json").read_text())["results"]) == 1


def stop_at(monkeypatch: pytest.MonkeyPatch, painted: int) -> None:
    """Presses Ctrl-C when so many paintings are done."""

    @contextmanager
    def bar(title: str, *, quiet: bool = False) -> Iterator[Update]:
        def update(stage: str, done: int, total: int, note: str) -> None:
            assert (title, stage, total) == ("benchmark", "paint", 2) and ", error 0." in note
            if done == painted:
                raise KeyboardInterrupt

        yield update

    monkeypatch.setattr("dreambrush.cli.bench.paint.progress_bar", bar)


def test_ctrl_c_shows_what_is_done(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_at(monkeypatch, 1)
    outcome = command("bench", "--json", "-o", "some")
    assert outcome.code == ExitCode.INTERRUPTED
    assert outcome.stderr == "Interrupted: these are the first 1 of 2 paintings.\n"
    report = json.loads(outcome.stdout)
    assert report["interrupted"] is True and len(report["results"]) == 1
    assert report["left_out"] == ["still-life, 48 px, 2 strokes, effort 1"]
    assert sorted(path.name for path in Path("some").iterdir()) == ["paint.json"]  # none is of the sheet's size


def test_ctrl_c_before_anything_is_done(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_at(monkeypatch, 0)
    outcome = command("bench", "-o", "new")
    assert (outcome.code, outcome.stdout, outcome.stderr.strip()) == (ExitCode.INTERRUPTED, "", "Interrupted.")
    assert not Path("new").exists()


def judged(**changes: object) -> str:
    here: dict[str, Any] = benchmark.circumstances(0)
    usual = {"docs": here, "left_out": [], "interrupted": False, "agreement": "different", "may_explain": []}
    return "\n".join(verdict({**here, **usual, **changes}))


def test_the_verdict_in_words() -> None:
    assert "All errors agree with the docs within 5 %." in judged(agreement="close")
    assert "Please report it" in judged()
    told = judged(may_explain=["the processor (A, not B)", "numpy's version (3, not 2)"])
    assert "Different from the docs' machine: the processor (A, not B); numpy's version (3, not 2)." in told
    assert "please report it" not in told
    assert "three minutes: coffee" in judged(left_out=["coffee"])
    assert "three minutes" not in judged(left_out=["coffee"], interrupted=True)
    assert "errors" not in judged(agreement=None)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("paint photo.png", "pictures"),
        ("paint --brush ink", "brush"),
        ("--strokes 3", "strokes"),
        ("paint --count 2", "count"),
        ("--controller search", "controller"),
    ],
)
def test_other_settings_cannot_be_compared(command: Command, words: str, name: str) -> None:
    outcome = command("bench", *words.split())
    assert outcome.code == ExitCode.USAGE and outcome.stdout == ""
    assert f"dreambrush bench paint takes no {name}" in outcome.stderr
    assert f"Leave out the {name}" in outcome.stderr


def test_a_page_explains_the_paintings(command: Command) -> None:
    outcome = command("bench", "paint", "--html", "my report.html", "--json")
    assert outcome.code == ExitCode.OK and json.loads(outcome.stdout)["agreement"] == "exact"
    assert outcome.stderr.startswith("my report.html: a page of ")
    page = Path("my report.html").read_text()
    for case in TINY:
        assert case.title in page
    assert "dreambrush bench paint --html &#x27;my report.html&#x27; --json" in page
    Path("my report.html").write_text("mine")
    outcome = command("bench", "--html", "my report.html")
    assert outcome.code == ExitCode.OUTPUT and Path("my report.html").read_text() == "mine"
    assert command("bench", "--html", "my report.html", "--force", "-q").stderr == ""
