"""``paint --watch``: an artist saves the target, and the output, while we wait; time passes only when we look away."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from dreambrush.cli.paint import watch
from dreambrush.errors import ExitCode

if TYPE_CHECKING:
    from dreambrush.painter.painting import Progress
    from tests.cli.conftest import Command

Act = Callable[[], object]
FEW = ("--strokes", "2", "--size", "32", "--effort", "1", "--watch")


@pytest.fixture
def while_waiting(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What is done at each look at the target, one after the other; then Ctrl-C is pressed."""

    def acts(*them: Act) -> None:
        left = iter(them)

        def sleep(seconds: float) -> None:
            assert seconds == watch.POLL
            act = next(left, None)
            if act is None:
                raise KeyboardInterrupt
            act()

        monkeypatch.setattr("dreambrush.cli.paint.watch.time.sleep", sleep)

    return acts


def nothing() -> None:
    """Time passes."""


def save(colour: str) -> Act:
    """Saves the target as editors do: another file takes its place."""

    def act() -> None:
        Image.new("RGB", (48, 36), colour).save("new.png")
        os.replace("new.png", "photo.png")

    return act


def colour_of(path: str) -> tuple[int, ...]:
    with zipfile.ZipFile(path) as ora, Image.open(ora.open("mergedimage.png")) as merged:
        middle = merged.convert("RGB").getpixel((16, 12))
        assert isinstance(middle, tuple)
        return middle


def names() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def test_paints_again_in_place_of_its_own(command: Command, while_waiting: Callable[..., None]) -> None:
    while_waiting(nothing, save("red"), nothing, nothing, save("blue"), nothing, nothing)
    outcome = command("paint", "photo.png", "--json", *FEW)
    assert outcome.code == ExitCode.OK, outcome.stderr
    assert [json.loads(line)["output"] for line in outcome.stdout.splitlines()] == ["photo.ora"] * 3
    assert outcome.stderr.count("Waiting for 'photo.png' to be saved again") == 3
    red, _, blue = colour_of("photo.ora")
    assert blue > 200 > red
    assert names() == ["photo.ora", "photo.png"]


def test_what_an_artist_has_saved_is_not_replaced(command: Command, while_waiting: Callable[..., None]) -> None:
    def artist() -> None:
        shutil.copy("photo.ora", "mine.ora")
        with zipfile.ZipFile("photo.ora", "a") as ora:
            ora.comment = b"the artist's"

    while_waiting(artist, save("red"), nothing, save("blue"), nothing)
    outcome = command("paint", "photo.png", *FEW)
    assert "Another program has changed 'photo.ora'.  That file stays as it is." in outcome.stderr
    assert zipfile.ZipFile("photo.ora").comment == b"the artist's"
    assert names() == ["mine.ora", "photo-2.ora", "photo.ora", "photo.png"]
    assert colour_of("photo-2.ora")[2] > 200  # which has been replaced in its turn


def test_what_an_artist_saves_while_we_paint_is_not_replaced(
    command: Command, while_waiting: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dreambrush.pictures.reading import load_picture

    def load(*words: object, **more: object) -> object:
        if Path("photo.ora").exists():
            Path("photo.ora").write_text("the artist's")
        return load_picture(*words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("dreambrush.pictures.reading.load_picture", load)
    while_waiting(save("red"), nothing)
    command("paint", "photo.png", *FEW)
    assert Path("photo.ora").read_text() == "the artist's"
    assert colour_of("photo-2.ora")[0] > 200


def test_a_half_written_picture_is_waited_for(command: Command, while_waiting: Callable[..., None]) -> None:
    def half() -> None:
        Image.new("RGB", (480, 360), "red").save("photo.png")
        os.truncate("photo.png", 300)

    while_waiting(Path("photo.png").unlink, nothing, half, nothing, save("red"), nothing)
    outcome = command("paint", "photo.png", *FEW)
    assert outcome.code == ExitCode.OK
    assert outcome.stderr.count("Error: ") == 1 and "photo.png" in outcome.stderr
    assert colour_of("photo.ora")[0] > 200


@pytest.mark.slow
def test_an_interrupted_painting_replaces_no_finished_one(
    command: Command, while_waiting: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(_: object, progress: Progress) -> None:
        if Path("photo.ora").exists() and progress.stage == "Ground":
            raise KeyboardInterrupt

    monkeypatch.setattr("dreambrush.cli.ui.progress._Lines.show", told)
    while_waiting(save("red"), nothing)
    outcome = command("paint", "photo.png", "-v", *FEW[2:], "--strokes", "40")
    assert outcome.code == ExitCode.INTERRUPTED
    assert "Interrupted: 'photo-2.ora' has the first" in outcome.stderr
    assert colour_of("photo.ora")[0] < 200
    assert names() == ["photo-2.ora", "photo.ora", "photo.png"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-"], "Standard input (-) cannot be watched."),
        (["photo.png", "other.png"], "--watch is for one picture, but there are 2."),
        (["photo.png", "--timelapse", "film.gif"], "--watch and --timelapse cannot be used together."),
        (["photo.png", "--onto", "work.ora", "--in-place"], "--watch and --in-place cannot be used together."),
    ],
)
def test_what_cannot_be_watched(command: Command, words: list[str], message: str) -> None:
    shutil.copy("photo.png", "other.png")
    outcome = command("paint", *words, "--watch")
    assert outcome.code == ExitCode.USAGE and outcome.stderr.startswith(f"Error: {message}\n")
    assert names() == ["other.png", "photo.png"]
