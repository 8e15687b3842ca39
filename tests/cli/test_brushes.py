"""``dreambrush brushes`` and ``dreambrush train``."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dreambrush.cli.paint import DEFAULT_BRUSH
from dreambrush.cli.train import DEFAULT_STROKES
from dreambrush.errors import ExitCode
from dreambrush.models import find_brush

if TYPE_CHECKING:
    from tests.cli.conftest import Command

OURS = ("bristle", "charcoal", "ink", "knife", "oil", "pastel", "pencil", "watercolour")


def test_list(command: Command) -> None:
    lines = command("brushes").stdout.splitlines()
    assert [line.split()[0] for line in lines] == sorted(OURS)
    assert all(" dream " in line and "no dream" not in line for line in lines)
    assert DEFAULT_BRUSH in OURS


def test_list_as_json(command: Command) -> None:
    found = [json.loads(line) for line in command("brushes", "--json").stdout.splitlines()]
    for brush in found:
        assert set(brush) == {"name", "path", "dream"}
        assert Path(brush["path"]).is_file() and Path(brush["dream"]).is_dir()


def test_a_brush_that_was_trained_can_be_painted_with(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from dreambrush.dream import train
    from dreambrush.dream.fit import FitOptions

    short = partial(train.train_dream, options=FitOptions(steps=100, batch=1024), held_out=20)
    monkeypatch.setattr(train, "train_dream", short)
    Path("mine.myb").write_bytes(find_brush("ink").path.read_bytes())
    trained = command("train", "mine.myb", "--strokes", "100")
    assert trained.code == ExitCode.OK and "the dream of mine, trained in" in trained.stderr
    assert command("brushes").stdout.splitlines()[-1].startswith("mine ")
    assert command("paint", "photo.png", "--brush", "mine", "--strokes", "2", "-q").code == ExitCode.OK


def test_default_of_strokes_is_the_trainer_s() -> None:
    from dreambrush.dream import train

    assert train.DEFAULT_STROKES == DEFAULT_STROKES
