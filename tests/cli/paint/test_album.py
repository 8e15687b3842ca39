"""Many pictures: a failed one stops no other, and several at the same time are painted as one by one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from dreambrush.cli.paint.album import paint_pictures
from dreambrush.cli.shared.inputs import Input
from dreambrush.cli.shared.outputs import Outputs
from dreambrush.errors import ExitCode
from dreambrush.jobs.crew import open_crew

if TYPE_CHECKING:
    from tests.cli.conftest import Command


def begin(*words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "dreambrush", "paint", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def painters(of: subprocess.Popen[str]) -> list[int]:
    """The processes that paint for it, as soon as there are some."""
    listed = Path(f"/proc/{of.pid}/task/{of.pid}/children")
    while of.poll() is None:
        children = [int(each) for each in listed.read_text().split()]
        found = [each for each in children if "spawn_main" in Path(f"/proc/{each}/cmdline").read_text()]
        if found:
            return found
        time.sleep(0.02)
    return []


@pytest.fixture
def album(command: Command) -> Path:
    """A folder with two pictures."""
    Path("album").mkdir()
    shutil.copy("photo.png", "album/a.png")
    Image.open("photo.png").rotate(90).save("album/b.png")
    return Path("album")


def test_a_folder_with_something_bad_in_it(command: Command, album: Path) -> None:
    (album / "broken.png").write_bytes((album / "a.png").read_bytes()[:60])
    (album / "notes.txt").write_text("Buy more ultramarine.")
    outcome = command("paint", "album", "--strokes", "2")
    assert outcome.code == ExitCode.BAD_PICTURE
    first, *_, last = outcome.stderr.splitlines()
    assert first == "album: skipped notes.txt."
    assert last == "2 of 3 pictures are painted; failed: album/broken.png."
    assert sorted(path.name for path in Path().glob("*.ora")) == ["a.ora", "b.ora"]


def test_a_bug_with_one_picture_does_not_stop_the_others(
    command: Command, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dreambrush.pictures.reading import load_picture

    def load(path: Path, *words: object, **more: object) -> object:
        if path.name == "a.png":
            raise MemoryError
        return load_picture(path, *words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("dreambrush.pictures.reading.load_picture", load)
    outcome = command("paint", "album", "--strokes", "2", "-q")
    assert outcome.code == ExitCode.UNEXPECTED and "not enough memory" in outcome.stderr
    assert outcome.stderr.endswith("1 of 2 pictures are painted; failed: album/a.png.\n")
    assert zipfile.is_zipfile("b.ora")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="finds processes as Linux shows them")
def test_jobs_paint_the_same_bytes_and_a_killed_one_stops_no_other(command: Command, album: Path) -> None:
    assert command("paint", "album", "--strokes", "3").stderr.endswith("All 2 pictures are painted.\n")
    Path("out").mkdir()
    running = begin("album", "-o", "out", "--strokes", "3", "--jobs", "2", "--json")
    os.kill(painters(running)[0], signal.SIGKILL)
    stdout, stderr = running.communicate(timeout=60)
    assert running.returncode == ExitCode.UNEXPECTED
    assert "The process that painted 'album/a.png' has died (exit code -9)." in stderr
    assert stderr.endswith("1 of 2 pictures are painted; failed: album/a.png.\n")
    errors = {line["target"]: line["error"] for line in map(json.loads, stdout.splitlines())}
    assert errors.keys() == {"album/a.png", "album/b.png"} and errors["album/b.png"] is None
    assert errors["album/a.png"]["id"] == "process-died"
    assert [path.name for path in Path("out").iterdir()] == ["b.ora"]
    assert Path("out/b.ora").read_bytes() == Path("b.ora").read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="finds processes as Linux shows them")
@pytest.mark.parametrize("seconds", [0.0, 2.0])
def test_ctrl_c_stops_all_jobs(album: Path, seconds: float) -> None:
    shutil.copy("photo.png", "album/c.png")
    running = begin("album", "--strokes", "20000", "--size", "256", "--effort", "5", "--jobs", "2")
    assert painters(running)
    time.sleep(seconds)
    running.send_signal(signal.SIGINT)
    _, stderr = running.communicate(timeout=60)  # which lasts until the last of the processes is gone
    assert running.returncode == ExitCode.INTERRUPTED
    assert "Interrupted" in stderr and "Traceback" not in stderr
    saved = [path for path in Path().iterdir() if path.is_file() and path.name != "photo.png"]
    assert all(path.suffix == ".ora" and zipfile.is_zipfile(path) for path in saved)
    assert not Path("c.ora").exists()
    assert sum(f"'{path}' has the first" in stderr for path in saved) == len(saved)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="finds processes as Linux shows them")
def test_after_ctrl_c_continue_gives_the_same_bytes(command: Command, album: Path) -> None:
    words = ["album", "--strokes", "400", "--size", "96", "--effort", "1", "--jobs", "2", "-o"]
    Path("whole").mkdir()
    Path("parts").mkdir()
    assert command("paint", *words, "whole").stderr.endswith("All 2 pictures are painted.\n")
    running = begin(*words, "parts", "--save-every", "0.3")
    while running.poll() is None and len(list(Path("parts").glob("*.ora"))) < 2:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == ExitCode.INTERRUPTED
    assert command("paint", *words, "parts", "--continue").code == ExitCode.OK
    for name in "a.ora", "b.ora":
        assert Path("parts", name).read_bytes() == Path("whole", name).read_bytes()


def test_ctrl_c_before_a_process_begins_is_no_success(
    command: Command, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is done before the first process begins, and before Ctrl-C is held back.
    monkeypatch.setattr(
        "dreambrush.jobs.processes.resource_tracker.ensure_running", lambda: os.kill(os.getpid(), signal.SIGINT)
    )
    outcome = command("paint", "album", "--strokes", "2", "--jobs", "2")
    assert outcome.code == ExitCode.INTERRUPTED and outcome.stderr.endswith("Interrupted.\n")
    assert "0 of 2 pictures are painted" in outcome.stderr and not list(Path().glob("*.ora"))


def test_ctrl_c_between_two_pictures_is_no_success(album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = [(Input(path, path.name), Outputs(Path(f"{path.stem}.ora"))) for path in sorted(album.iterdir())] * 2
    begun: list[int] = []

    def pressed_before_the_third() -> None:
        begun.append(1)
        if len(begun) == 3:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("dreambrush.jobs.processes.resource_tracker.ensure_running", pressed_before_the_third)
    codes = []
    with open_crew(2) as crew, pytest.raises(KeyboardInterrupt):
        for done in paint_pictures(done_at_once, pictures, crew):
            codes.append(done.exit_code)
    assert codes[0] == ExitCode.OK and len(codes) < 4


def done_at_once(picture: Input, outputs: Outputs) -> dict[str, Any]:
    return {"interrupted": False}


def test_standard_input(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with open("photo.png") as source:
        monkeypatch.setattr("sys.stdin", source)
        outcome = command("paint", "-", "--strokes", "2", "--json")
    assert outcome.code == ExitCode.OK
    report = json.loads(outcome.stdout)
    assert (report["target"], report["output"]) == ("-", "stdin.ora") and zipfile.is_zipfile("stdin.ora")
