"""What an error does: it is told on stderr and with --json, stops no other picture, and leaves nothing behind."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dreambrush.cli.shared.packages import TRAIN_PACKAGES
from dreambrush.errors import ExitCode

if TYPE_CHECKING:
    from tests.cli.conftest import Command


def test_a_bad_picture_does_not_stop_the_others(command: Command) -> None:
    Path("a.png").write_text("not a picture")
    Path("b.png").touch()
    outcome = command("paint", "a.png", "b.png", "photo.png", "--strokes", "3", "-q")
    assert outcome.code == ExitCode.BAD_PICTURE
    assert "'a.png' is not a picture" in outcome.stderr and "'b.png' is empty" in outcome.stderr
    assert sorted(path.name for path in Path().glob("*.ora")) == ["photo.ora"]


def test_full_disk_leaves_nothing(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    outcome = command("paint", "photo.png", "--strokes", "3")
    assert outcome.code == ExitCode.OUTPUT and "No space left" in outcome.stderr
    assert [path.name for path in Path().iterdir()] == ["photo.png"]


def test_a_bug_is_called_a_bug(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*, stock: bool) -> None:
        raise RuntimeError("the easel\nfell over")

    monkeypatch.setattr("dreambrush.models.catalogue.list_brushes", stumble)
    outcome = command("brushes")
    assert outcome.code == ExitCode.UNEXPECTED
    assert "dreambrush has hit a bug (RuntimeError: the easel fell over)." in outcome.stderr
    assert json.loads(command("brushes", "--json").stdout)["error"]["id"] == "bug"
    assert "Traceback" not in outcome.stderr and outcome.stderr.count("\n") == 2
    monkeypatch.setenv("DREAMBRUSH_TRACEBACK", "1")
    assert "Traceback" in command("brushes").stderr


def test_too_little_memory(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("dreambrush.painter.run.paint", greedy)
    outcome = command("paint", "photo.png", "--json")
    assert outcome.code == ExitCode.UNEXPECTED and "Try a smaller --size." in outcome.stderr
    assert json.loads(outcome.stdout)["error"]["id"] == "no-memory"


@pytest.mark.parametrize("package", TRAIN_PACKAGES)
def test_training_without_its_packages(tmp_path: Path, package: str) -> None:
    code = f"import sys; sys.modules[{package!r}] = None; from dreambrush.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "train", "oil", "-o", tmp_path / "dream"], capture_output=True, text=True
    )
    assert done.returncode == ExitCode.MISSING_PACKAGE
    assert f"not installed: {package}." in done.stderr
    assert f"pip install {package}\n" in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_leaves_is_no_error() -> None:
    command = f"{sys.executable} -m dreambrush brushes | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert done.stderr == "" and done.returncode == ExitCode.OK


@pytest.mark.slow
def test_json_has_a_line_for_each_picture_that_fails(command: Command) -> None:
    Path("a.png").write_text("not a picture")
    Path("b.png").touch()
    for jobs in ("1", "2"):
        words = ("--strokes", "3", "--size", "16", "-q", "--json", "--force", "--jobs", jobs)
        outcome = command("paint", "a.png", "b.png", "photo.png", *words)
        lines = {line["target"]: line for line in map(json.loads, outcome.stdout.splitlines())}
        assert outcome.code == ExitCode.BAD_PICTURE and lines.keys() == {"a.png", "b.png", "photo.png"}
        assert lines["photo.png"]["error"] is None and lines["photo.png"]["strokes"] == 3
        for name, id in (("a.png", "not-a-picture"), ("b.png", "picture-empty")):
            assert lines[name].keys() == {"target", "error"}
            error = lines[name]["error"]
            assert (error["id"], error["code"]) == (id, ExitCode.BAD_PICTURE)
            told = f"Error: {error['message']}\n{error['advice']}\n"
            assert jobs == "2" or told in outcome.stderr  # that of other processes is not caught here


@pytest.mark.parametrize(
    ("words", "id"),
    [
        ("inspect photo.png --json", "not-openraster"),
        ("inspect --json", "missing-argument"),
        ("inspect --nix --json photo.png", "no-such-option"),
        ("brushes --json --install", "options-conflict"),
        ("inspect photo.png", None),
        ("inspect -- --json", None),  # a file of that name
    ],
)
def test_json_has_a_line_for_what_fails_as_a_whole(command: Command, words: str, id: str | None) -> None:
    outcome = command(*words.split())
    if id is None:
        assert outcome.stdout == "" and outcome.stderr.startswith("Error: ")
        return
    (line,) = outcome.stdout.splitlines()
    error = json.loads(line)["error"]
    assert error.keys() == {"id", "code", "message", "advice"}
    assert (error["id"], error["code"]) == (id, outcome.code)
    assert outcome.stderr == f"Error: {error['message']}\n{error['advice']}\n"


@pytest.mark.parametrize("words", ["inspect photo.png --json", "brushes --json"])
def test_where_json_cannot_be_printed(words: str) -> None:
    command = [sys.executable, "-m", "dreambrush", *words.split()]
    environment = os.environ | {"PYTHONUNBUFFERED": ""}  # as most have it: some is written when Python ends
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment)
    assert done.returncode in (ExitCode.BAD_ORA, ExitCode.OUTPUT) and done.stderr.count(b"\n") == 2
