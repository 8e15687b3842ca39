"""``dreambrush paint --focus auto``: more strokes where the picture's subject is."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

import dreambrush
from dreambrush.errors import ExitCode
from dreambrush.painter.see import subject
from dreambrush.painter.see.subject import find_subject
from dreambrush.pictures.reading import load_picture
from dreambrush.recipe import Recipe, recipes_of

if TYPE_CHECKING:
    from tests.cli.conftest import Command

SAMPLE = Path(dreambrush.__file__).parent / "samples" / "still-life.jpg"


def painted(command: Command, size: int, strokes: int, *words: str) -> tuple[Recipe, float]:
    """The recipe of a painting, and the error in the subject as a share of that elsewhere."""
    words = ("paint", "sample.jpg", "--force", "--size", str(size), "--strokes", str(strokes), "--effort", "1", *words)
    outcome = command(*words)
    assert outcome.code == ExitCode.OK, outcome.stderr
    with zipfile.ZipFile("sample.ora") as ora:
        (recipe,) = recipes_of(json.loads(ora.read("data/mypaint-settings.json")))
        with Image.open(io.BytesIO(ora.read("mergedimage.png"))) as image:
            picture = np.asarray(image.convert("RGB"), np.float32) / np.float32(255)
    target = load_picture("sample.jpg", size)
    subject = find_subject(target)
    assert subject is not None
    error = np.square(picture - target).mean(-1)
    return recipe, float(error[subject > 0.5].mean() / error[subject <= 0.5].mean())


@pytest.mark.parametrize("size", [128, pytest.param(384, marks=pytest.mark.slow)])
def test_auto_paints_the_subject_more_finely(command: Command, size: int) -> None:
    shutil.copy(SAMPLE, "sample.jpg")
    shares = []
    for seed in ("0", "1"):
        recipe, focused = painted(command, size, 100, "--seed", seed, "--focus", "auto")
        _, even = painted(command, size, 100, "--seed", seed, "--focus", "none")
        assert recipe.options["focus"] == "auto"
        shares.append(focused / even)
    assert np.mean(shares) < 0.85  # over seeds 0.53 on the mean, with a spread of 0.07


def test_a_free_hand_looks_for_the_subject_and_an_exact_one_does_not(as_usual: Command) -> None:
    shutil.copy(SAMPLE, "sample.jpg")
    for hand, focus in (("0.5", "auto"), ("0", None)):
        recipe, _ = painted(as_usual, 64, 20, "--hand", hand)
        assert recipe.options["focus"] == focus


def test_auto_says_so_where_it_has_no_effect(command: Command) -> None:
    Image.new("RGB", (128, 96), (120, 140, 90)).save("even.png")
    outcome = command("paint", "even.png", "--focus", "auto", "--strokes", "3", "--effort", "1")
    assert outcome.code == ExitCode.OK
    assert "--focus auto has no effect" in outcome.stderr


def test_a_file_may_be_named_auto(command: Command) -> None:
    shutil.copy(SAMPLE, "sample.jpg")
    outcome = command("paint", "sample.jpg", "--focus", "./auto")
    assert outcome.code == ExitCode.BAD_PICTURE and "There is no picture at 'auto'." in outcome.stderr
    left = np.zeros((48, 64), np.uint8)
    left[:, :16] = 255
    for name in ("auto", "left.png"):
        Image.fromarray(left).save(name, "PNG")
    by_file, by_another, by_itself = (
        painted(command, 64, 20, "--focus", word)[0] for word in ("./auto", "left.png", "auto")
    )
    assert by_file.options["focus"] == "./auto"
    np.testing.assert_array_equal(by_file.strokes.path, by_another.strokes.path)
    assert not np.array_equal(by_file.strokes.path, by_itself.strokes.path)


def test_nothing_is_painted_without_the_network(
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dreambrush.models.shipped_network.shipped_folder", lambda kind: tmp_path)
    subject.open_subject_network.cache_clear()
    try:
        outcome = command("paint", "photo.png", "--focus", "auto")
    finally:
        subject.open_subject_network.cache_clear()
    assert outcome.code == ExitCode.MODEL and "cannot be loaded: No such file" in outcome.stderr
    assert outcome.stderr.count("\n") == 2 and not Path("photo.ora").exists()
