"""Bad input of all kinds, to all commands: a message with advice, the documented code, no harm done; and odd input."""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from dreambrush.cli import ending, run
from dreambrush.cli.errors import Told
from dreambrush.errors import ExitCode
from scripts.make_errors import kinds, read_catalogue
from tests import bad_files
from tests.bad_calls import BAD_CALLS, BOMBS, NO_DATA_HOME, ODD_CALLS

KINDS = {kind.id: kind for kind in kinds(read_catalogue())}
MOST_GROWTH = 250  # MiB that all files together may take that claim to be huge; each claims gigabytes


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
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
        yield Folder(home, marks(home))


@dataclass
class Folder:
    """Where the bad files lie, with the user's own folders beside it; what it is is known from the test before."""

    home: Path
    seen: dict[Path, Mark]

    def changed(self) -> set[Path]:
        """What is there, is no longer there, or is another than when this was asked before; ../out does not count."""
        before, self.seen = self.seen, marks(self.home)
        return {path for path in before.keys() | self.seen.keys() if before.get(path) != self.seen.get(path)}


class Mark(NamedTuple):
    """What tells a file from one that was written since: the kernel sets ``changed`` at every write."""

    mode: int
    size: int
    inode: int
    changed: int


def marks(home: Path) -> dict[Path, Mark]:
    """Everything in a folder but in ../out.  Of folders only the mode: a file that came and went is no change."""
    found: dict[Path, Mark] = {}
    for folder, folders, files in os.walk(home):
        if folder == str(home):
            folders.remove("out")
        for name in folders + files:
            about = os.lstat(os.path.join(folder, name))
            rest = (0, 0, 0) if stat.S_ISDIR(about.st_mode) else (about.st_size, about.st_ino, about.st_ctime_ns)
            found[Path(folder, name)] = Mark(about.st_mode, *rest)
    return found


def name_of(value: object) -> str:
    return ascii(str(value).replace(bad_files.LONG, "LONG"))[1:71]


@pytest.mark.parametrize(
    ("words", "id", "data_home"),
    [*((*row, "../data") for row in BAD_CALLS), *((*row, "photo.png") for row in NO_DATA_HOME)],
    ids=name_of,
)
def test_bad_input(
    here: Folder,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    id: str,
    data_home: str,
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", data_home)
    capsys.readouterr()
    called = shlex.split(words)
    paints = called[:1] == ["paint"]
    end = ending([*called, "--json"] if paints else called)  # which tells of single pictures, too
    outcome = capsys.readouterr()
    assert_told(outcome.err)
    if paints or "--json" in called:
        error = Told(**json.loads(outcome.out)["error"])
        assert end.error in (error, None)
    else:
        assert outcome.out == "" and end.error is not None
        error = end.error
    assert (error.id, error.code) == (id, KINDS[id].code)
    assert end.code == error.code and outcome.err == f"Error: {error.message}\n{error.advice}\n"
    assert here.changed() == set()


def assert_told(stderr: str) -> None:
    """One line says what is wrong, one what to do."""
    assert "Traceback" not in stderr and "has a bug" not in stderr
    lines = stderr.removesuffix("\n").split("\n")
    assert len(lines) == 2, stderr
    assert re.fullmatch(r"Error: \S.*[.?]", lines[0]) and len(lines[1]) > 10
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("words", ODD_CALLS, ids=name_of)
def test_odd_input_that_is_no_error(here: Folder, capsys: pytest.CaptureFixture[str], words: str) -> None:
    code = run(shlex.split(words))
    assert (code, "Error" in capsys.readouterr().err) == (ExitCode.OK, False)
    assert here.changed() == set()


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


@pytest.mark.usefixtures("here")
def test_files_that_claim_to_be_huge_take_no_memory() -> None:
    given = json.dumps([words for words, _ in BOMBS])
    done = subprocess.run(
        [sys.executable, "-c", MEASURE],
        input=given,
        capture_output=True,
        text=True,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )
    answers = json.loads(done.stdout)
    assert [code for code, _ in answers] == [KINDS[id].code for _, id in BOMBS]
    grown = {words: growth for (words, _), (_, growth) in zip(BOMBS, answers, strict=True)}
    assert max(grown.values()) <= MOST_GROWTH, grown


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_names_that_no_encoding_has_are_told(here: Folder, locale: str) -> None:
    name = os.fsencode(bad_files.NOT_UTF8)
    for words in ([b"paint", name + b".png"], [b"render", name + b".ora", b"new.png"], [b"train", name + b".myb"]):
        done = subprocess.run(
            [sys.executable, "-m", "dreambrush", *words],
            capture_output=True,
            env=os.environ | {"LC_ALL": locale, "PYTHONUTF8": "0"},
        )
        assert done.stdout == b"" and done.returncode not in (ExitCode.OK, ExitCode.UNEXPECTED)
        assert_told(done.stderr.decode("ascii" if locale == "C" else "utf-8"))
        assert b"caf\\udce9" in done.stderr
    assert here.changed() == set()


@pytest.mark.parametrize("words", ["styles", "brushes --json", "completion bash", "inspect painted.ora", "--help"])
@pytest.mark.usefixtures("here")
def test_nothing_can_be_printed(words: str) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "dreambrush", *words.split()], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == ExitCode.OUTPUT
    assert_told(done.stderr)
    assert "No space left on device" in done.stderr
