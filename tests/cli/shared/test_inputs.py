"""Files, folders, patterns and standard input: which pictures are meant."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from dreambrush.cli.shared import inputs
from dreambrush.cli.shared.inputs import opened_inputs
from dreambrush.errors import PictureError, UsageError


@pytest.fixture(autouse=True)
def album(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with pictures and other things."""
    monkeypatch.chdir(tmp_path)
    Path("album/deeper").mkdir(parents=True)
    for name in ("b.JPG", "a.png", "c[1].png", "._a.png", "deeper/d.png"):
        Image.new("RGB", (2, 2)).save(Path("album") / name)
    Path("album/notes.txt").write_text("Buy more ultramarine.")
    Path("empty").mkdir()


def meant(*words: str) -> tuple[list[str], list[str]]:
    """Names of the pictures, and notes."""
    notes: list[str] = []
    with opened_inputs([Path(word) for word in words], notes.append) as pictures:
        return [picture.name for picture in pictures], notes


def test_files_are_taken_as_they_are_whatever_their_names() -> None:
    assert meant("album/b.JPG", "album/c[1].png", "absent.png", "album/notes.txt") == (
        ["album/b.JPG", "album/c[1].png", "absent.png", "album/notes.txt"],
        [],
    )


def test_a_folder_stands_for_its_pictures_but_hidden_ones() -> None:
    names, notes = meant("album")
    assert names == ["album/a.png", "album/b.JPG", "album/c[1].png"]
    assert notes == ["album: skipped deeper/, notes.txt."]


def test_a_pattern_that_the_shell_has_left_alone() -> None:
    assert meant("album/*.png") == (["album/a.png", "album/c[1].png"], [])
    names, notes = meant("album/*")
    assert names == ["album/a.png", "album/b.JPG", "album/c[1].png"]
    assert notes == ["album/*: skipped deeper/, notes.txt."]
    assert meant("*/*/?.png") == (["album/deeper/d.png"], [])


def test_a_folder_adds_only_what_is_not_named_before() -> None:
    os.symlink("album", "link")
    names, _ = meant("album/b.JPG", "album", "link", "album/*.png")
    assert names == ["album/b.JPG", "album/a.png", "album/c[1].png"]
    assert meant("album/a.png", "album/a.png")[0] == ["album/a.png", "album/a.png"]


def test_many_others_are_not_all_named() -> None:
    for number in range(9):
        Path(f"album/{number}.txt").touch()
    assert meant("album")[1] == ["album: skipped 0.txt, 1.txt, 2.txt, 3.txt, 4.txt and 6 more."]


@pytest.mark.parametrize("word", ["empty", "*.jpg", "album/*.txt", "album/deepe[r]", "[", "album/*/*/x.png"])
def test_no_picture_at_all(word: str) -> None:
    with pytest.raises(PictureError):
        meant(word)


def test_only_hidden_pictures() -> None:
    os.rename("album/._a.png", "empty/._a.png")
    with pytest.raises(PictureError, match="only hidden"):
        meant("empty")


def piped(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_standard_input_is_kept_in_a_file_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    data = Path("album/a.png").read_bytes()
    piped(monkeypatch, data)
    with opened_inputs([Path("-"), Path("album/b.JPG")], print) as pictures:
        assert [picture.name for picture in pictures] == ["-", "album/b.JPG"]
        kept = pictures[0].file
        assert kept.stem == "stdin" and kept.read_bytes() == data
        error = pictures[0].in_its_name(PictureError(f"'{kept}' is no picture.", "Try another."))
        assert error.message == "'-' is no picture."
    assert not kept.exists() and not kept.parent.exists()


def test_standard_input_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "LARGEST_STDIN", 1000)
    piped(monkeypatch, bytes(1000))
    assert meant("-")[0] == ["-"]
    piped(monkeypatch, bytes(1001))
    with pytest.raises(PictureError, match="on standard input is larger"):
        meant("-")


class Keyboard(io.TextIOWrapper):
    """What standard input is where nothing is piped in; a real one cannot be opened on every machine."""

    def isatty(self) -> bool:
        return True


def test_no_picture_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard(io.BytesIO(b"a")))
    with pytest.raises(UsageError, match="There is no picture on standard input"):
        meant("-")
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UsageError):
        meant("-")
