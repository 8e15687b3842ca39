from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from dreambrush.errors import ExitCode
from dreambrush.pictures.contact_sheet import GAP, HEADING
from dreambrush.styles import list_styles, user_styles

if TYPE_CHECKING:
    from tests.cli.conftest import Command


@pytest.fixture(autouse=True)
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The user's folder of styles, which is empty."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = user_styles()
    folder.mkdir(parents=True)
    return folder


def test_the_list(command: Command, own: Path) -> None:
    (own / "mine.toml").write_text('description = "My own."\nstrokes = 9\n')
    outcome = command("styles")
    assert outcome.code == ExitCode.OK and outcome.stderr == ""
    lines = outcome.stdout.splitlines()
    assert [line.split()[0] for line in lines] == [style.name for style in list_styles()]
    assert next(line for line in lines if line.startswith("mine ")).endswith("  My own.")
    about = [json.loads(line) for line in command("styles", "--json").stdout.splitlines()]
    mine = {"name": "mine", "path": str(own / "mine.toml"), "description": "My own.", "strokes": 9}
    assert len(about) == len(lines) and mine in about


def test_a_painting_in_a_style_and_what_is_given_besides(command: Command, own: Path) -> None:
    (own / "few.toml").write_text('brush = "ink"\nstrokes = 3\nmin_size = 4\nmax_size = "6px"\neffort = 1\n')
    assert command("paint", "photo.png", "--style", "few", "-o", "a.ora", "-q").code == ExitCode.OK
    assert strokes_of(command, "a.ora") == {"ink": 3}
    words = ["--strokes", "2", "--brush", "oil", "--style", "few"]
    assert command("paint", "photo.png", *words, "-o", "b.ora", "-q").code == ExitCode.OK
    assert strokes_of(command, "b.ora") == {"oil": 2}


def strokes_of(command: Command, file: str) -> dict[str, int]:
    """How many strokes a painting has of each brush."""
    (painting,) = json.loads(command("inspect", file, "--json").stdout)["paintings"]
    return {brush["name"]: brush["strokes"] for brush in painting["brushes"]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "There is no style named 'mine'."),
        ("strokes = 0", "strokes"),
        ("hand = 2", "hand"),
        ('min_size = "wide"', "min_size"),
        ("max_length = 0", "max_length"),
        ("jitter = 1.5", "jitter"),
        ("colour = 1", "no key 'colour'"),
    ],
)
def test_a_style_that_is_no_good(command: Command, own: Path, content: str | None, said: str) -> None:
    if content is not None:
        (own / "mine.toml").write_text(content)
    outcome = command("paint", "photo.png", "--style", "mine", "-o", "a.ora")
    assert outcome.code == ExitCode.USAGE and outcome.stdout == "" and outcome.stderr.count("\n") == 2
    assert said in outcome.stderr and not Path("a.ora").exists()


def test_the_sheet(command: Command, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("b", "a"):
        (own / f"{name}.toml").write_text('brush = "oil"\nstrokes = 3\n')
    monkeypatch.setattr("dreambrush.styles.OURS", own)  # for all of ours take a minute
    words = ("styles", "--sheet", "sheet.png", "photo.png", "--size", "64", "--effort", "1")
    outcome = command(*words)
    assert outcome.code == ExitCode.OK and outcome.stderr == "a: 3 strokes.\nb: 3 strokes.\n"
    with Image.open("sheet.png") as sheet:
        assert sheet.size == (2 * (64 + GAP) + GAP, 48 + 2 * HEADING + 2 * GAP)
    first = Path("sheet.png").read_bytes()
    again = command(*words)
    assert again.code == ExitCode.OUTPUT and "exists already" in again.stderr
    assert command(*words, "--force", "-q").stderr == ""
    assert Path("sheet.png").read_bytes() == first
    useless = command("styles", "photo.png")
    assert useless.code == ExitCode.USAGE and "only for --sheet" in useless.stderr
