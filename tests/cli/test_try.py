from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from dreambrush.cli.try_ import LOOKS, LookOptions, _try_of
from dreambrush.errors import ExitCode
from dreambrush.mypaint.ora.document import read_document
from dreambrush.recipe import recipes_of

if TYPE_CHECKING:
    from tests.cli.conftest import Command

FEW = (
    LookOptions("ink", "A pen", "--brush ink --strokes 3 --palette '#102030,#ffffff'"),
    LookOptions("few", "Three strokes", "--strokes 3 --hand 1"),
)
ROOT = Path(__file__).parents[2]
SMALL = ("--size", "64", "--jobs", "1")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two looks instead of twelve, which would take half a minute."""
    monkeypatch.setattr("dreambrush.cli.try_.LOOKS", FEW)


@pytest.mark.usefixtures("few")
def test_a_sheet_and_the_commands(command: Command) -> None:
    outcome = command("try", "photo.png", *SMALL)
    assert outcome.code == ExitCode.OK and outcome.stderr.startswith("photo-looks.png: 2 looks, in ")
    assert outcome.stdout.splitlines() == [
        "dreambrush paint photo.png --brush ink --strokes 3 --palette '#102030,#ffffff' -o photo-ink.ora",
        "dreambrush paint photo.png --strokes 3 --hand 1 -o photo-few.ora",
    ]
    first = Path("photo-looks.png").read_bytes()
    with Image.open("photo-looks.png") as sheet:
        assert sheet.format == "PNG" and np.asarray(sheet).std() > 5
    again = command("try", "photo.png", *SMALL)
    assert again.code == ExitCode.OUTPUT and "exists already" in again.stderr and again.stdout == ""
    quiet = command("try", "photo.png", *SMALL, "--force", "-q")
    assert (quiet.code, quiet.stderr, quiet.stdout) == (ExitCode.OK, "", outcome.stdout)
    assert Path("photo-looks.png").read_bytes() == first
    for line in outcome.stdout.splitlines():
        assert command(*shlex.split(line)[1:], "-q").code == ExitCode.OK
    with read_document("photo-ink.ora") as document:
        recipe = recipes_of(document.settings)[-1]
        assert list(recipe.names) == ["dreambrush/ink"] and len(recipe.strokes) == 3


@pytest.mark.usefixtures("few")
def test_processes_paint_the_same_bytes(command: Command) -> None:
    assert command("try", "photo.png", *SMALL).code == ExitCode.OK
    assert command("try", "photo.png", "--size", "64", "--jobs", "2", "-o", "b.png", "-q").stderr == ""
    assert Path("b.png").read_bytes() == Path("photo-looks.png").read_bytes()


@pytest.mark.usefixtures("few")
def test_a_seed_is_in_the_commands_and_in_the_paintings(command: Command) -> None:
    Path("out").mkdir()
    command("try", "photo.png", *SMALL)
    outcome = command("try", "photo.png", *SMALL, "--seed", "7", "-o", "out")
    assert outcome.code == ExitCode.OK
    assert all(" --seed 7 -o photo-" in line for line in outcome.stdout.splitlines())
    assert Path("out/photo-looks.png").read_bytes() != Path("photo-looks.png").read_bytes()


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("name", ["-o it's $HOME.png", "two\nlines.png", "schön 絵.png", "a" * 200 + ".png"])
def test_commands_can_be_run_whatever_the_name(command: Command, name: str) -> None:
    os.rename("photo.png", name)
    outcome = command("try", *SMALL, "-q", "-o", "sheet.png", "--", name)
    assert outcome.code == ExitCode.OK and Path("sheet.png").is_file()
    words = shlex.split(outcome.stdout)
    _, *later = [index for index, word in enumerate(words) if word == "dreambrush"]
    assert command(*words[1 : later[0]], "-q").code == ExitCode.OK
    assert len(list(Path().glob("*-ink.ora"))) == 1


def test_settings_count_as_they_would_for_the_commands(command: Command) -> None:
    Path("dreambrush.toml").write_text('min_size = 8\nmax_size = "20%"\nsize = 400\ntime = "30s"\nhand = 0.9\n')
    plain, loose, *_ = (_try_of(look, Path("photo.png"), 0, quiet=True) for look in LOOKS)
    assert str(plain.settings.min_size) == "2%" and str(plain.settings.max_size) == "20%"
    assert (plain.settings.hand, loose.settings.hand) == (0.9, 1.0)
    assert plain.settings.time is None and plain.settings.effort == 1


def test_all_looks_can_be_painted_and_have_names_of_their_own(command: Command) -> None:
    assert len(LOOKS) == 12 == len({look.name for look in LOOKS}) == len({look.title for look in LOOKS})
    tries = [_try_of(look, Path("photo.png"), 0, quiet=True) for look in LOOKS]
    assert all(each.brushes and len(each.title) <= 36 for each in tries)
    assert len({shlex.split(each.command)[-1] for each in tries}) == 12
    assert sum(each.settings.strokes for each in tries) <= 30_000, "twelve looks would take more than a minute"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("-o sheet.jpg", ExitCode.USAGE, "does not end in .png"),
        ("-o photo.png --force", ExitCode.OUTPUT, "would replace the picture"),
        ("-o absent/sheet.png", ExitCode.OUTPUT, "There is no folder 'absent'"),
    ],
)
def test_a_sheet_that_cannot_be_saved_is_known_before_anything_is_painted(
    command: Command, words: str, code: ExitCode, said: str
) -> None:
    before = Path("photo.png").read_bytes()
    outcome = command("try", "photo.png", *words.split())
    assert outcome.code == code and said in outcome.stderr and outcome.stderr.count("\n") == 2
    assert outcome.stdout == "" and Path("photo.png").read_bytes() == before and len(list(Path().iterdir())) == 1


def begin(folder: Path, *words: str) -> subprocess.Popen[str]:
    """All looks, with the unfinished ones in that folder."""
    folder.mkdir()
    line = [sys.executable, "-m", "dreambrush", "try", "photo.png", "--size", "96", *words]
    environment = {**os.environ, "TMPDIR": str(folder)}
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


@pytest.mark.slow
@pytest.mark.usefixtures("command")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_leaves_a_sheet_of_the_looks_that_are_ready(tmp_path: Path, jobs: str) -> None:
    running = begin(tmp_path / "temporary", "--jobs", jobs)
    while running.poll() is None and len(list((tmp_path / "temporary").rglob("*.npy"))) < 2:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    stdout, stderr = running.communicate(timeout=60)
    count = len(stdout.splitlines())
    assert running.returncode == ExitCode.INTERRUPTED and 1 <= count < 12
    assert stderr == f"Interrupted: 'photo-looks.png' has {count} of 12 looks.\n"
    with Image.open("photo-looks.png") as sheet:
        sheet.load()
    assert list((tmp_path / "temporary").glob("dreambrush-*")) == []


@pytest.mark.slow
@pytest.mark.usefixtures("command")
def test_ctrl_c_before_the_first_look_leaves_nothing(tmp_path: Path) -> None:
    running = begin(tmp_path / "temporary", "--jobs", "2")
    while running.poll() is None and not list((tmp_path / "temporary").glob("dreambrush-*")):
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    stdout, stderr = running.communicate(timeout=60)
    assert (running.returncode, stdout, stderr) == (ExitCode.INTERRUPTED, "", "\nInterrupted.\n")
    assert [path.name for path in Path().iterdir()] == ["photo.png"]
    assert list((tmp_path / "temporary").glob("dreambrush-*")) == []


@pytest.mark.slow
@pytest.mark.usefixtures("command")
def test_twelve_looks_without_torch() -> None:
    code = (
        "import sys\n"
        "import dreambrush.cli.try_ as try_\n"
        "from dreambrush.cli import run\n"
        f"sys.path.append({str(ROOT)!r})\n"
        "from tests.cli import fewer_strokes\n"
        "try_._try_of = fewer_strokes.try_of\n"
        "code = run(['try', 'photo.png', '--size', '64', '--jobs', '1'])\n"
        "assert 'torch' not in sys.modules\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 12 and "photo-looks.png: 12 looks" in done.stderr
