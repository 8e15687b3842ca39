"""Bad calls: one sentence on what is wrong, one on what to do, the documented code, and nothing left behind."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dreambrush.cli.packages import TRAIN_PACKAGES
from dreambrush.errors import ExitCode

if TYPE_CHECKING:
    from tests.cli.conftest import Command

BAD_CALLS = [
    ("paint", ExitCode.USAGE, "There is no picture to paint."),
    ("paintt photo.png", ExitCode.USAGE, "No such command"),
    ("paint photo.png --strokez 5", ExitCode.USAGE, "No such option"),
    ("paint photo.png --strokes", ExitCode.USAGE, "requires an argument"),
    *((f"paint photo.png --strokes={n}", ExitCode.USAGE, f"'{n}' is not a whole number from 1 to 100000.")
      for n in ("0", "-3", "100001", "1e3", "many", "2.5", "")),
    *((f"paint photo.png --size={n}", ExitCode.USAGE, f"'{n}' is not a whole number from 16 to 8192.")
      for n in ("0", "15", "8193", "big", "99999999999999999999")),
    ("paint photo.png --seed=-1", ExitCode.USAGE, "'-1' is not a whole number from 0 to 4294967295."),
    ("paint photo.png -o painting.png", ExitCode.USAGE, "does not end in .ora"),
    ("paint photo.png other.png -o painting.ora", ExitCode.USAGE, "must be an existing folder"),
    ("paint absent.png", ExitCode.BAD_PICTURE, "There is no picture at 'absent.png'."),
    ("paint photo.png absent.png", ExitCode.BAD_PICTURE, "There is no picture at 'absent.png'."),
    ("paint nothing", ExitCode.BAD_PICTURE, "There are no pictures in the folder 'nothing'."),
    ("paint *.jpeg", ExitCode.BAD_PICTURE, "For '*.jpeg' nothing matches."),
    ("paint n*t*", ExitCode.BAD_PICTURE, "For 'n*t*' files but no picture match."),
    ("paint - -", ExitCode.USAGE, "named twice"),
    ("paint album --jobs=0", ExitCode.USAGE, "'0' is not a whole number from 1 to 64."),
    ("paint album photo.png", ExitCode.OUTPUT, "both be saved as 'photo.ora'"),
    ("paint empty.png", ExitCode.BAD_PICTURE, "The file 'empty.png' is empty."),
    ("paint notes.txt", ExitCode.BAD_PICTURE, "is not a picture"),
    ("paint broken.png", ExitCode.BAD_PICTURE, "damaged or incomplete"),
    ("paint taken.png", ExitCode.OUTPUT, "'taken.ora' exists already."),
    ("paint photo.png -o taken.ora", ExitCode.OUTPUT, "'taken.ora' exists already."),
    ("paint photo.png -o nowhere/a.ora", ExitCode.OUTPUT, "There is no folder 'nowhere'."),
    ("paint photo.png -o photo.png/a.ora", ExitCode.OUTPUT, "photo.png"),
    ("paint photo.png -o /proc/a.ora", ExitCode.OUTPUT, "/proc"),
    ("paint folder.png", ExitCode.OUTPUT, "'folder.ora' is a folder."),
    (f"paint photo.png -o {'long' * 80}.ora", ExitCode.OUTPUT, "cannot be written"),
    ("paint photo.png album/photo.png", ExitCode.OUTPUT, "both be saved as 'photo.ora'"),
    ("paint photo.png --brush oyl", ExitCode.BRUSH, "Did you mean oil"),
    ("paint photo.png --brush absent.myb", ExitCode.BRUSH, "There is no brush file absent.myb."),
    ("paint photo.png --brush untrained.myb", ExitCode.MODEL, "has no dream yet"),
    ("paint photo.png --brush broken.myb", ExitCode.BRUSH, "broken.myb"),
    ("train", ExitCode.USAGE, "Missing argument"),
    ("train oyl", ExitCode.BRUSH, "Did you mean oil"),
    ("train oil --strokes=1", ExitCode.USAGE, "'1' is not a whole number from 100 to 1000000."),
    ("train broken.myb", ExitCode.BRUSH, "broken.myb"),
    ("train oil -o photo.png", ExitCode.OUTPUT, "photo.png"),
    ("brushes now", ExitCode.USAGE, "unexpected extra argument"),
]  # fmt: skip


@pytest.fixture
def things(command: Command) -> None:
    """Files that a careless person could name."""
    for folder in ("album", "nothing", "folder.ora"):
        Path(folder).mkdir()
    photo = Path("photo.png").read_bytes()
    for name in ("taken.png", "folder.png", "other.png", "album/photo.png"):
        Path(name).write_bytes(photo)
    Path("broken.png").write_bytes(photo[: len(photo) // 2])
    Path("empty.png").touch()
    Path("notes.txt").write_text("Buy more ultramarine.")
    Path("taken.ora").write_text("an earlier painting")
    Path("untrained.myb").write_text('{"version": 3, "settings": {}}')
    Path("broken.myb").write_text('{"version": 3, "sett')


def state() -> dict[Path, bytes]:
    return {path: path.read_bytes() if path.is_file() else b"" for path in Path("..").rglob("*")}


@pytest.mark.usefixtures("things")
@pytest.mark.parametrize(("words", "code", "message"), BAD_CALLS, ids=lambda value: str(value)[:60])
def test_bad_calls(command: Command, words: str, code: ExitCode, message: str) -> None:
    before = state()
    outcome = command(*words.split())
    assert outcome.code == code
    assert outcome.stdout == ""
    said, advice = outcome.stderr.rstrip("\n").split("\n")
    assert said.startswith("Error: ") and message in outcome.stderr
    assert said.endswith((".", "?")) and len(advice) > 10
    assert state() == before


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

    monkeypatch.setattr("dreambrush.models.list_brushes", stumble)
    outcome = command("brushes")
    assert outcome.code == ExitCode.UNEXPECTED
    assert "dreambrush has a bug that shows here (RuntimeError: the easel fell over)." in outcome.stderr
    assert "Traceback" not in outcome.stderr and outcome.stderr.count("\n") == 2
    monkeypatch.setenv("DREAMBRUSH_TRACEBACK", "1")
    assert "Traceback" in command("brushes").stderr


def test_too_little_memory(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("dreambrush.painter.paint.paint", greedy)
    outcome = command("paint", "photo.png")
    assert outcome.code == ExitCode.UNEXPECTED and "Try a smaller --size." in outcome.stderr


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


def test_every_exit_code_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "errors.md").read_text()
    for code in ExitCode:
        assert f"| {int(code)} |" in page, f"docs/errors.md does not mention {code!r}"
