"""``dreambrush paint --edges``: the painting keeps the dial, and is replayed and resumed to the byte."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import dreambrush
from dreambrush.cli.paint.settings import SOFTEST
from dreambrush.errors import ExitCode
from dreambrush.models.shipped_network import open_shipped
from dreambrush.painter.see import subject
from dreambrush.recipe import Recipe, recipes_of
from tests.cli.paint.test_resume import stop_after

if TYPE_CHECKING:
    from tests.cli.conftest import Command

SAMPLE = Path(dreambrush.__file__).parent / "samples" / "still-life.jpg"
HOW = ("--size", "64", "--strokes", "60", "--effort", "1")
NO_NETWORK = "subject/absent.onnx", ("picture",), ("mask",)


def painted(command: Command, output: str, *words: str) -> Recipe:
    outcome = command("paint", "sample.jpg", "-o", output, *HOW, *words)
    assert outcome.code == ExitCode.OK, outcome.stderr
    with zipfile.ZipFile(output) as ora:
        (recipe,) = recipes_of(json.loads(ora.read("data/mypaint-settings.json")))
    return recipe


@pytest.fixture
def sample(command: Command) -> Command:
    shutil.copy(SAMPLE, "sample.jpg")
    return command


def test_the_dial_is_kept_and_changes_the_strokes(sample: Command) -> None:
    plain, none, lost = (
        painted(sample, f"{i}.ora", *words) for i, words in enumerate(([], ["--edges", "0"], ["--edges", "1"]))
    )
    assert plain.strokes == none.strokes and plain.options == none.options and "edges" not in plain.options
    assert Path("0.ora").read_bytes() == Path("1.ora").read_bytes()
    assert lost.options["edges"] == 1 and lost.strokes != plain.strokes
    assert sample("replay", "2.ora", "-o", "again.ora").code == 0
    assert Path("again.ora").read_bytes() == Path("2.ora").read_bytes()


def test_it_is_resumed_to_the_same_bytes(sample: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    painted(sample, "whole.ora", "--edges", "0.7")
    with monkeypatch.context() as patch:
        stop_after(2, patch)
        assert sample("paint", "sample.jpg", *HOW, "--edges", "0.7").code == ExitCode.INTERRUPTED
    outcome = sample("paint", "--resume", "sample.ora", "--json")
    assert outcome.code == ExitCode.OK and json.loads(outcome.stdout)["edges"] == 0.7
    assert Path("sample.ora").read_bytes() == Path("whole.ora").read_bytes()


def test_a_style_may_set_it_and_the_command_line_overrides_it(sample: Command) -> None:
    Path("soft.toml").write_text("edges = 0.6\n", encoding="utf-8")
    assert painted(sample, "a.ora", "--style", "./soft.toml").options["edges"] == 0.6
    assert "edges" not in painted(sample, "b.ora", "--style", "./soft.toml", "--edges", "0").options


def test_without_its_network_it_says_so(sample: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "open_subject_network", lambda: open_shipped(*NO_NETWORK))
    outcome = sample("paint", "sample.jpg", *HOW, "--edges", "1")
    assert outcome.code == ExitCode.MODEL and "absent.onnx" in outcome.stderr
    assert sample("paint", "sample.jpg", *HOW, "--hand", "0").code == ExitCode.OK


def test_without_a_dial_of_its_own_it_is_that_of_the_hand(as_usual: Command) -> None:
    shutil.copy(SAMPLE, "sample.jpg")
    assert painted(as_usual, "half.ora", "--hand", "0.5").options["edges"] == 0.5
    assert painted(as_usual, "free.ora", "--hand", "0.8").options["edges"] == SOFTEST
    assert "edges" not in painted(as_usual, "exact.ora", "--hand", "0").options
