"""Some of the cases of scripts/fuzz.sh, and whether their judge would notice what is wrong."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dreambrush.errors import ExitCode, UsageError
from tests.fuzz import one
from tests.fuzz.base import make
from tests.fuzz.run import campaign, read_results, table

CASES, SEED = 500, 11


@pytest.mark.slow
def test_no_case_shows_a_bug(tmp_path: Path) -> None:
    outcomes = campaign(CASES, SEED, 2, tmp_path / "results.jsonl")
    assert [each.case for each in sorted(outcomes, key=lambda each: each.case)] == list(range(CASES))
    assert [each.line() for each in outcomes if each.wrong] == []
    found = table(outcomes)
    assert set(found["parsers"]) == set(one.PARSERS)
    # A fuzz whose files are all refused at the door, or all taken, finds out nothing.
    refused = sum(each.code != 0 for each in outcomes)
    assert 0.25 * CASES < refused < 0.75 * CASES
    assert sum(each.error.startswith("not made") for each in outcomes) < 0.02 * CASES


@pytest.mark.slow
def test_it_goes_on_where_it_was(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    campaign(2, SEED, 1, results)
    results.write_text(results.read_text() + '{"case": 1, "par')
    before = results.read_text()
    assert len(campaign(2, SEED, 1, results)) == 2 and results.read_text() == before
    assert len(read_results(results)) == 2


def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: object) -> one.Outcome:
    monkeypatch.chdir(tmp_path)
    return one._judged(0, "recipe", does, set())  # type: ignore[arg-type]


def raises(error: BaseException) -> object:
    def call() -> None:
        raise error

    return call


def test_the_judge_sees_bugs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "exit code 1" in judged(tmp_path, monkeypatch, raises(KeyError("x"))).wrong
    assert "exit code 1" in judged(tmp_path, monkeypatch, raises(MemoryError())).wrong
    assert "SystemError" in judged(tmp_path, monkeypatch, raises(SystemError("x"))).wrong
    good = judged(tmp_path, monkeypatch, raises(UsageError("No.", "Do it.", id="no")))
    assert (good.code, good.error, good.wrong) == (ExitCode.USAGE, "no", "")


def test_the_judge_sees_what_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def writes() -> None:
        Path("out.png").touch()
        raise UsageError("No.", "Do it.")

    assert "but wrote" in judged(tmp_path, monkeypatch, writes).wrong
    (tmp_path / "out.png").unlink()
    assert "temporary" in judged(tmp_path, monkeypatch, lambda: Path(".dreambrush-1.tmp").touch()).wrong


def test_the_judge_ends_what_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import signal

    monkeypatch.setattr(one, "SECONDS", 0.2)
    before = signal.signal(signal.SIGPROF, one._too_slow)

    def computes() -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            pass

    try:
        assert "more than 0.2 s" in judged(tmp_path, monkeypatch, computes).wrong
    finally:
        signal.signal(signal.SIGPROF, before)


@pytest.mark.slow
def test_the_same_seed_makes_the_same_cases(tmp_path: Path) -> None:
    base = make(tmp_path / "base")
    ends = [one.run_case(case, SEED, base, tmp_path / "scratch") for case in (3, 4, 3, 4)]
    assert [(each.parser, each.code, each.error) for each in ends[:2]] == [
        (each.parser, each.code, each.error) for each in ends[2:]
    ]
