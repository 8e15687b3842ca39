"""Bad input of all kinds, to all commands: a message with advice, the documented code, no harm done; and odd input."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from dreambrush.cli import run
from dreambrush.errors import ExitCode
from tests import bad_files
from tests.bad_calls import BAD_CALLS, BOMBS, NO_DATA_HOME, ODD_CALLS, Row

ROOT = Path(__file__).parent.parent
LARGE = 1 << 16  # bytes: of larger files not the content is compared, but when it was changed last
MOST_GROWTH = 250  # MiB that all files together may take that claim to be huge; each claims gigabytes


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of bad_files.py, which is the current one; the user's own folders lie beside it."""
    home = tmp_path_factory.mktemp("home")
    folder = home / "here"
    for each in (folder, home / "out"):
        each.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("XDG_DATA_HOME", str(home / "data"))
        patch.setenv("XDG_CONFIG_HOME", str(home / "config"))
        patch.delenv("DREAMBRUSH_TRACEBACK", raising=False)
        bad_files.make(folder)
        yield folder


class State(NamedTuple):
    """What is known of a path."""

    mode: int
    content: bytes | str | int


def state(home: Path) -> dict[Path, State]:
    """Everything in a folder; pipes are not read."""
    found: dict[Path, State] = {}
    for path in home.rglob("*"):
        about = path.lstat()
        content: bytes | str | int = b""
        if path.is_symlink():
            content = os.readlink(path)
        elif path.is_file():
            content = path.read_bytes() if about.st_size < LARGE else about.st_ctime_ns
        found[path] = State(about.st_mode, content)
    return found


def name_of(value: object) -> str:
    return ascii(str(value).replace(bad_files.LONG, "LONG"))[1:71]


@pytest.mark.parametrize(
    ("words", "code", "message", "data_home"),
    [*((*row, "../data") for row in BAD_CALLS), *((*row, "photo.png") for row in NO_DATA_HOME)],
    ids=name_of,
)
def test_bad_input(
    here: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    code: ExitCode,
    message: str,
    data_home: str,
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(here / data_home))
    capsys.readouterr()
    before = state(here.parent)
    found = run(shlex.split(words))
    outcome = capsys.readouterr()
    assert_told(outcome.err)
    assert found == code, outcome.err
    assert message in outcome.err
    assert outcome.out == ""
    assert state(here.parent) == before


def assert_told(stderr: str) -> None:
    """One line says what is wrong, one what to do."""
    assert "Traceback" not in stderr and "has a bug" not in stderr
    lines = stderr.removesuffix("\n").split("\n")
    assert len(lines) == 2, stderr
    assert re.fullmatch(r"Error: \S.*[.?]", lines[0]) and len(lines[1]) > 10
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("words", ODD_CALLS, ids=name_of)
def test_odd_input_that_is_no_error(here: Path, capsys: pytest.CaptureFixture[str], words: str) -> None:
    before = state(here)
    code = run(shlex.split(words))
    assert (code, "Error" in capsys.readouterr().err) == (ExitCode.OK, False)
    assert state(here) == before


MEASURE = """
import json, resource, shlex, sys
from dreambrush.cli import run

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

words = json.load(sys.stdin)
run(["paint", "text.jpg", "--size", "16", "-o", "new.ora"])
run(["render", "work.ora", "../out/measured.png", "-q"])
before = peak()
print(json.dumps([[run(shlex.split(each)), peak() - before] for each in words]))
"""


def test_files_that_claim_to_be_huge_take_no_memory(here: Path) -> None:
    given = json.dumps([words for words, _, _ in BOMBS])
    done = subprocess.run(
        [sys.executable, "-c", MEASURE],
        input=given,
        capture_output=True,
        text=True,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )
    answers = json.loads(done.stdout)
    assert [code for code, _ in answers] == [code for _, code, _ in BOMBS]
    grown = {words: growth for (words, _, _), (_, growth) in zip(BOMBS, answers, strict=True)}
    assert max(grown.values()) <= MOST_GROWTH, grown


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_names_that_no_encoding_has_are_told(here: Path, locale: str) -> None:
    name = os.fsencode(bad_files.NOT_UTF8)
    before = state(here)
    for words in ([b"paint", name + b".png"], [b"render", name + b".ora", b"new.png"], [b"train", name + b".myb"]):
        done = subprocess.run(
            [sys.executable, "-m", "dreambrush", *words],
            capture_output=True,
            env=os.environ | {"LC_ALL": locale, "PYTHONUTF8": "0"},
        )
        assert done.stdout == b"" and done.returncode not in (ExitCode.OK, ExitCode.UNEXPECTED)
        assert_told(done.stderr.decode("ascii" if locale == "C" else "utf-8"))
        assert b"caf\\udce9" in done.stderr
    assert state(here) == before


@pytest.mark.parametrize("words", ["styles", "brushes --json", "completion bash", "inspect painted.ora", "--help"])
def test_nothing_can_be_printed(here: Path, words: str) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "dreambrush", *words.split()], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == ExitCode.OUTPUT
    assert_told(done.stderr)
    assert "No space left on device" in done.stderr


def test_every_documented_exit_code_occurs() -> None:
    page = (ROOT / "docs" / "errors.md").read_text()
    documented = {int(code): name for code, name in re.findall(r"^\| (\d+) \| ([A-Z_]+) \|", page, re.MULTILINE)}
    assert documented == {int(code): code.name for code in ExitCode}
    rows: list[Row] = [*BAD_CALLS, *NO_DATA_HOME]
    # Tests of what only a broken machine or a key brings about: test_errors.py, test_library.py, test_interrupts.py.
    elsewhere = {ExitCode.UNEXPECTED, ExitCode.NO_LIBMYPAINT, ExitCode.MISSING_PACKAGE, ExitCode.INTERRUPTED}
    assert {code for _, code, _ in rows} | {ExitCode.OK} | elsewhere == set(ExitCode)
