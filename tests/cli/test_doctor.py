"""``dreambrush doctor``: every trouble is found, told with a cure, and gives its exit code."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dreambrush.errors import ExitCode
from dreambrush.models.catalogue import shipped_folder

if TYPE_CHECKING:
    from tests.cli.conftest import Command

ESSENTIAL = ["Python packages", "libmypaint", "brushes", "a real stroke", "dreams", "faces", "subject", "this folder"]


def examined(stdout: str) -> dict[str, dict[str, Any]]:
    """What was found, by the name of the check."""
    found = [json.loads(line) for line in stdout.splitlines()]
    assert all(set(each) == {"check", "state", "found", "mend", "exit_code", "error"} for each in found)
    return {each["check"]: each for each in found}


def test_all_is_well_here_and_nothing_is_changed(command: Command, tmp_path: Path) -> None:
    outcome = command("doctor", "--json")
    assert outcome.code == ExitCode.OK and outcome.stderr == ""
    checks = examined(outcome.stdout)
    assert {checks[name]["state"] for name in ESSENTIAL} == {"ok"}
    assert all(check["found"].endswith(".") and check["error"] is None for check in checks.values())
    assert all(bool(check["mend"]) == (check["state"] != "ok") for check in checks.values())
    assert [path.name for path in tmp_path.rglob("*")] == ["here", "photo.png"]


def test_words_and_signs_say_what_colours_say(command: Command) -> None:
    outcome = command("doctor")
    assert outcome.code == ExitCode.OK
    assert "✓ ok    libmypaint: " in outcome.stdout and "\x1b" not in outcome.stdout
    assert outcome.stdout.endswith("Try: dreambrush paint --sample\n")


def test_terminals_without_signs_get_plain_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    from dreambrush.cli.doctor import shown

    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), "ascii"))
    assert [shown(sign) for sign in "✓!✗"] == ["+", "!", "x"]
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), "utf-8"))
    assert [shown(sign) for sign in "✓!✗"] == ["✓", "!", "✗"]


def test_a_folder_that_cannot_be_written_in(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/proc")
    outcome = command("doctor")
    assert outcome.code == ExitCode.OUTPUT
    assert "✗ FAIL  this folder: You cannot write to" in outcome.stdout and "One check failed" in outcome.stdout


@pytest.mark.parametrize(
    ("module", "check", "code", "cure"),
    [
        ("onnxruntime", "Python packages", ExitCode.MISSING_PACKAGE, "pip install"),
        ("dreambrush.mypaint.engine._engine", "libmypaint", ExitCode.NO_LIBMYPAINT, "pip"),
    ],
)
def test_what_is_not_installed(module: str, check: str, code: ExitCode, cure: str) -> None:
    script = f"import sys; sys.modules[{module!r}] = None; from dreambrush.cli import main; main()"
    words = [sys.executable, "-c", script, "doctor", "--json"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == code and done.stderr == ""
    checks = examined(done.stdout)
    assert checks[check]["state"] == "fail" and cure in checks[check]["mend"]
    assert "memory" in checks  # it goes on


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the brushes and dreams that come along, to break."""
    for kind in ("brushes", "pretrained"):
        shutil.copytree(shipped_folder(kind), tmp_path / "shipped" / kind)
    monkeypatch.setattr("dreambrush.models.catalogue.shipped_folder", lambda kind: tmp_path / "shipped" / kind)
    return tmp_path / "shipped"


@pytest.mark.parametrize(
    ("file", "check", "id"),
    [
        ("brushes/ink.myb", "brushes", "not-a-mypaint-brush"),
        ("pretrained/ink/dream.onnx", "dreams", "network-unusable"),
        ("pretrained/ink/gradient.onnx", "dreams", "network-unusable"),
        ("pretrained/ink/card.json", "dreams", "brush-has-no-dream"),
        ("pretrained/oil/controller.onnx", "dreams", "network-unusable"),
    ],
)
def test_damaged_files(command: Command, shipped: Path, file: str, check: str, id: str) -> None:
    damaged = shipped / file
    damaged.write_bytes(damaged.read_bytes()[:1000])
    outcome = command("doctor", "--json")
    assert outcome.code in (ExitCode.BRUSH, ExitCode.MODEL) and "Traceback" not in outcome.stdout + outcome.stderr
    found = examined(outcome.stdout)[check]
    assert found["state"] == "fail" and ("oil" if "oil" in file else "ink") in found["found"]
    assert found["error"] == {"id": id, "code": outcome.code, "message": found["found"], "advice": found["mend"]}


def test_a_check_that_stumbles_is_told(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble() -> None:
        raise RuntimeError("the easel\nfell over")

    monkeypatch.setattr("dreambrush.doctor.memory", stumble)
    monkeypatch.setattr("dreambrush.doctor.dreams", stumble)
    outcome = command("doctor", "--json")
    assert outcome.code == ExitCode.MODEL  # a note has none
    checks = examined(outcome.stdout)
    for name, state in (("memory", "note"), ("dreams", "fail")):
        assert (checks[name]["state"], checks[name]["found"]) == (state, "RuntimeError: the easel fell over.")
        assert checks[name]["error"]["id"] == "bug"
        assert "report this as a bug" in checks[name]["mend"]
