"""What is set without being typed: shown by ``dreambrush config``, heeded by ``dreambrush paint``."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from dreambrush.cli.paint.command import paint
from dreambrush.config import user_file
from dreambrush.errors import ExitCode

if TYPE_CHECKING:
    from tests.cli.conftest import Command

MATT = ("gouache", "sable")
POSTER = 'strokes = 7\nhand = 0.9\nmin_size = 3\nbrush = ["ink"]\n'  # a style

pytestmark = pytest.mark.usefixtures("as_usual")


def write(path: Path | str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def shown(command: Command, *targets: str) -> dict[str, tuple[Any, str, str | None]]:
    """Value, level and place of each key."""
    outcome = command("config", "--json", *targets)
    assert outcome.code == ExitCode.OK and outcome.stderr == "", outcome.stderr
    rows = [json.loads(line) for line in outcome.stdout.splitlines()]
    return {row["key"]: (row["value"], row["level"], row["place"]) for row in rows}


def test_without_settings_all_are_defaults(command: Command) -> None:
    found = shown(command)
    assert {level for _, level, _ in found.values()} == {"default"}
    assert (found["strokes"][0], found["brush"][0], found["size"][0]) == (1500, ["set:painter"], None)
    assert found["your_turn"][0] is True and found["quiet"][0] is False
    assert not {"output", "force", "json", "onto", "in_place", "sample", "help"} & found.keys()


def test_what_counts_more(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    own = str(user_file())
    write(own, 'strokes = 1\nsize = 101\nhand = 0.1\nground = "paper"\n')
    write("dreambrush.toml", "strokes = 2\nhand = 0.2\npigment = true\n")
    write("album/dreambrush.toml", 'strokes = 3\nfocus = "mask.png"\n')
    write("album/mask.png", "")
    monkeypatch.setenv("DREAMBRUSH_HAND", "0.3")
    monkeypatch.setenv("DREAMBRUSH_BRUSH", "oil,ink")
    monkeypatch.setenv("DREAMBRUSH_TIME", "2m")
    monkeypatch.setenv("DREAMBRUSH_YOUR_TURN", "no")
    found = shown(command)
    assert found["strokes"] == (2, "target", "dreambrush.toml")
    assert found["size"] == (101, "user", own) and found["ground"] == ("paper", "user", own)
    assert found["hand"] == (0.3, "environment", "DREAMBRUSH_HAND")
    assert (found["brush"][0], found["time"][0], found["your_turn"][0]) == (["oil", "ink"], 120, False)
    assert found["pigment"] == (True, "target", "dreambrush.toml")
    assert found == shown(command, "photo.png") == shown(command, "-")
    found = shown(command, "album/photo.png")
    assert found["strokes"] == (3, "target", "album/dreambrush.toml") and found["pigment"][1] == "default"
    assert found["focus"] == ("album/mask.png", "target", "album/dreambrush.toml")


def test_a_table_for_people(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DREAMBRUSH_STROKES", "500")
    lines = command("config").stdout.splitlines()
    (strokes,) = (line for line in lines if line.startswith("strokes "))
    assert strokes.split() == ["strokes", "500", "environment", "DREAMBRUSH_STROKES"]
    column = strokes.index("environment")
    rows = lines[: lines.index("")]
    assert all(re.match(r"(default|environment)\b", line[column:]) for line in rows) and len(rows) > 12
    assert f"Your own file: {user_file()} (not there yet)" in lines
    write(user_file(), "strokes = 5")
    assert f"Your own file: {user_file()}" in command("config").stdout.splitlines()
    assert command("config", "--path").stdout == f"{user_file()}\n"


def counted(monkeypatch: pytest.MonkeyPatch, command: Command, *flags: str) -> tuple[Any, ...]:
    """Strokes, hand and narrowest stroke that ``paint`` would paint with, without painting."""
    kept: dict[str, Any] = {}
    with monkeypatch.context() as patch:
        patch.setattr(paint, "callback", lambda **values: kept.update(values))
        outcome = command("paint", "photo.png", *flags)
    assert outcome.code == ExitCode.OK, outcome.stderr
    return kept["strokes"], kept["hand"], str(kept["min_size"]), kept["brushes"], kept["style"]


@pytest.mark.parametrize(
    ("flags", "environment", "target", "user", "expected"),
    [
        # A style on the command line counts more than all that is set elsewhere, but less than other flags.
        ("--style s.toml", {"STROKES": "4"}, "hand = 0.5", "min_size = 9", (7, 0.9, "3 px", ("ink",), "s.toml")),
        ("--style s.toml --strokes 8", {"STROKES": "4"}, "", "", (8, 0.9, "3 px", ("ink",), "s.toml")),
        # One in the environment counts more than files.
        ("--hand 1", {"STYLE": "s.toml"}, "strokes = 5", "strokes = 6", (7, 1.0, "3 px", ("ink",), "s.toml")),
        ("", {"STYLE": "s.toml", "STROKES": "4"}, "strokes = 5", "", (4, 0.9, "3 px", ("ink",), "s.toml")),
        # One in the file beside the target counts more than the user's file.
        ("", {"HAND": "0"}, 'style = "s.toml"\nstrokes = 5', "min_size = 9", (5, 0.0, "3 px", ("ink",), "s.toml")),
        # One in the user's file counts less than all but the defaults.
        ("", {"BRUSH": "oil"}, "strokes = 5", 'style = "S"\nhand = 0.6', (5, 0.6, "3 px", ("oil",), "S")),
        # Only the style that counts most is looked at.
        ("--style s.toml", {"STYLE": "none"}, 'style = "none"', 'style = "S"', (7, 0.9, "3 px", ("ink",), "s.toml")),
        ("--style m.toml", {"STROKES": "4"}, "", 'style = "S"\nhand = 0.6', (4, 0.6, "None", MATT, "m.toml")),
    ],
)  # fmt: skip
def test_styles_count_just_less_than_what_names_them(
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    flags: str,
    environment: dict[str, str],
    target: str,
    user: str,
    expected: tuple[Any, ...],
) -> None:
    write("s.toml", POSTER)
    write("m.toml", 'description = "Matt."\nbrush = ["gouache", "sable"]\n')
    style = str(Path("s.toml").resolve())
    for name, value in environment.items():
        monkeypatch.setenv(f"DREAMBRUSH_{name}", value)
    write("dreambrush.toml", target)
    write(user_file(), user.replace('"S"', json.dumps(style)))
    *values, named = counted(monkeypatch, command, *flags.split())
    assert (*values, named.replace(style, "S")) == expected


def test_a_painting_is_the_same_as_with_flags(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also the recipe in it, and names of files beside the settings."""
    Path("album").mkdir()
    Path("photo.png").rename("album/photo.png")
    write("album/sea.gpl", "GIMP Palette\n16 32 48\n224 160 32\n250 250 250\n")
    words = "--strokes 9 --effort 1 --hand 0.8 --brush ink --brush oil --palette album/sea.gpl --no-your-turn --seed 4"
    assert command("paint", "album/photo.png", "-o", "typed.ora", *words.split()).code == ExitCode.OK
    write("album/dreambrush.toml", 'effort = 1\nhand = 0.8\nbrush = ["ink", "oil"]\npalette = "sea.gpl"\nseed = 4\n')
    write(user_file(), 'strokes = 9\nseed = 5\nquiet = true\npalette = "none.gpl"\n')
    monkeypatch.setenv("DREAMBRUSH_YOUR_TURN", "0")
    outcome = command("paint", "album/photo.png", "-o", "set.ora")
    assert outcome == (ExitCode.OK, "", "")
    assert Path("typed.ora").read_bytes() == Path("set.ora").read_bytes()


@pytest.mark.parametrize(
    ("text", "message", "advice"),
    [
        ("strokes = 0", "'strokes' in 'dreambrush.toml' cannot be used: '0' is not a whole number from 1", "Correct"),
        ("strokes = 2.5", "'2.5' is not a whole number", "Correct it there; see 'dreambrush paint --help-all'."),
        ("strokes = true", "it needs a value, not just true or false", "Correct"),
        ("strokes = [5]", "it takes one value, not a list", "Correct"),
        ("hand = nan", "'nan' is not a number from 0 to 1", "Correct"),
        ('pigment = "perhaps"', "'pigment' in 'dreambrush.toml' cannot be used: 'perhaps' is not a valid", "Correct"),
        ('min_size = "0%"', "'0%' is not a width", "Correct"),
        ('ground = "sky"', "'sky' is neither a colour", "Correct"),
        ('style = "postr"', "'style' in 'dreambrush.toml' cannot be used: There is no style", "Did you mean poster"),
        ('brush = ["oil", "oyl"]', "'brush' in 'dreambrush.toml' cannot be used: There is no", "Did you mean oil?"),
        ('brush = "set:garage"', "cannot be used: There is no set of brushes named 'garage'.", "The sets are:"),
        ('palette = "red"', "'palette' in 'dreambrush.toml' cannot be used: The palette 'red' is not a list", "auto:8"),
        ('palette = "sea.gpl"', "'palette' in 'dreambrush.toml' cannot be used:", ""),
        ('focus = "mask.png"', "cannot be used: There is no picture at 'mask.png'.", "Check the path"),
        ("stroks = 5", "sets 'stroks', but there is no such setting.", "Did you mean strokes?"),
        ("force = true", "sets 'force', but only the command line can set that.", "Give --force there."),
        ("in_place = true", "sets 'in_place', but only the command line can set that.", "Give --in-place there."),
        ("json = true", "sets 'json', but only the command line can set that.", "Give --json there."),
        ("strokes", "it is not TOML", "Correct the file, or remove it."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("words", [("paint", "photo.png"), ("config",)], ids=["paint", "config"])
def test_settings_that_are_no_good(
    command: Command, words: tuple[str, ...], text: str, message: str, advice: str
) -> None:
    write("dreambrush.toml", text)
    outcome = command(*words)
    assert outcome.code == ExitCode.USAGE and outcome.stdout == ""
    said, told = outcome.stderr.rstrip("\n").split("\n")
    assert said.startswith("Error: ") and message in said and "'dreambrush.toml'" in said and advice in told
    assert sorted(os.listdir()) == ["dreambrush.toml", "photo.png"]


def test_values_of_styles_and_variables_that_are_no_good(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    write("mine.toml", "strokes = 0")
    outcome = command("paint", "photo.png", "--style", "mine.toml")
    assert outcome.code == ExitCode.USAGE
    assert "'strokes' in 'mine.toml' cannot be used: '0' is not a whole number" in outcome.stderr
    monkeypatch.setenv("DREAMBRUSH_EFFORT", "9")
    outcome = command("paint", "photo.png")
    assert outcome.code == ExitCode.USAGE
    assert outcome.stderr == (
        "Error: DREAMBRUSH_EFFORT cannot be used: '9' is not a whole number from 1 to 5.\n"
        "Correct or unset it; see 'dreambrush paint --help-all'.\n"
    )


def test_help_reads_no_settings(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    told = command("paint", "--help")
    write("dreambrush.toml", "no TOML")
    monkeypatch.setenv("DREAMBRUSH_STROKES", "none")
    assert command("paint", "photo.png", "--strokes", "5", "--help") == command("paint", "-h") == told
    assert command("paint", "photo.png", "--help-all").code == ExitCode.OK
    assert told.code == ExitCode.OK and "[default: 1500]" in told.stdout


def test_what_is_typed_undoes_its_opposite_that_is_set(command: Command) -> None:
    write("dreambrush.toml", "quiet = true\nstrokes = 3\neffort = 1\npigment = true\n")
    outcome = command("paint", "photo.png", "-v", "--no-pigment", "--json")
    assert outcome.code == ExitCode.OK and "photo.ora" in outcome.stderr
    assert json.loads(outcome.stdout)["pigment"] is False
    assert "-q and -v cannot be used together" in command("paint", "photo.png", "-v", "-q").stderr


def test_a_size_that_is_set_does_not_hinder_painting_onto_a_work(command: Command) -> None:
    write("dreambrush.toml", "size = 64\nstrokes = 3\neffort = 1\n")
    assert command("paint", "photo.png", "-o", "work.ora").code == ExitCode.OK
    assert command("paint", "photo.png", "--onto", "work.ora").code == ExitCode.OK
    outcome = command("paint", "photo.png", "--onto", "work.ora", "--size", "64", "--force")
    assert outcome.code == ExitCode.USAGE and "--size and --onto cannot be used together" in outcome.stderr


def test_the_sheet_of_styles_heeds_no_settings(command: Command) -> None:
    write("dreambrush.toml", "strokes = 5\nno = 1")
    write("s.toml", POSTER)
    context = paint.in_style("s.toml")
    assert (context.params["strokes"], context.params["brushes"]) == (7, ("ink",))


def test_every_option_that_can_be_set_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
    for key in paint.options():
        assert f"`{key}`" in text, f"docs/configuration.md lacks {key}"
    names = {option.name for option in paint.params if isinstance(option, click.Option)}
    assert paint.only_flags <= names
