"""``dreambrush paint --focus auto``: more strokes where the picture's subject is."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import dreambrush
from dreambrush.errors import ExitCode
from dreambrush.painter import subject
from dreambrush.painter.subject import find_subject
from dreambrush.pictures import load_picture
from dreambrush.recipe import recipes_of

if TYPE_CHECKING:
    from tests.cli.conftest import Command

SAMPLE = Path(dreambrush.__file__).parent / "samples" / "still-life.jpg"


def recipe_painted(command: Command, *words: str) -> tuple[Mapping[str, Any], NDArray[np.float32]]:
    """What was wished for, and the middles of the strokes (n, 2) in a painting of 64 x 48 px."""
    words = ("paint", "sample.jpg", "--force", "--size", "64", "--strokes", "100", "--effort", "1", *words)
    outcome = command(*words)
    assert outcome.code == ExitCode.OK, outcome.stderr
    with zipfile.ZipFile("sample.ora") as ora:
        (recipe,) = recipes_of(json.loads(ora.read("data/mypaint-settings.json")))
    return recipe.options, recipe.strokes.path[:, 1]


def test_auto_lays_more_strokes_in_the_subject(command: Command) -> None:
    shutil.copy(SAMPLE, "sample.jpg")
    found = find_subject(load_picture("sample.jpg", 64))
    assert found is not None
    shares = []
    for words in ((), ("--focus", "auto")):
        options, middles = recipe_painted(command, *words)
        x, y = np.clip(middles, 0, (63, 47)).astype(int).T
        shares.append(float((found[y, x] > 0.5).mean()))
    assert options["focus"] == "auto"
    assert shares[1] > 1.1 * shares[0]


def test_a_file_may_be_named_auto(command: Command) -> None:
    shutil.copy(SAMPLE, "sample.jpg")
    outcome = command("paint", "sample.jpg", "--focus", "./auto")
    assert outcome.code == ExitCode.BAD_PICTURE and "There is no picture at 'auto'." in outcome.stderr
    left = np.zeros((48, 64), np.uint8)
    left[:, :16] = 255
    Image.fromarray(left).save("auto", "PNG")
    options, middles = recipe_painted(command, "--focus", "./auto")
    _, by_itself = recipe_painted(command, "--focus", "auto")
    assert options["focus"] == "./auto"
    assert (middles[:, 0] < 16).mean() > 1.2 * (by_itself[:, 0] < 16).mean()


def test_nothing_is_painted_without_the_network(
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dreambrush.painter.shipped.shipped_folder", lambda kind: tmp_path)
    subject.open_subject_network.cache_clear()
    try:
        outcome = command("paint", "photo.png", "--focus", "auto")
    finally:
        subject.open_subject_network.cache_clear()
    assert outcome.code == ExitCode.MODEL and "cannot be loaded: No such file" in outcome.stderr
    assert outcome.stderr.count("\n") == 2 and not Path("photo.ora").exists()
