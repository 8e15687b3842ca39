"""Tab completes commands, brushes and paintings, by click's own way through the environment."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from dreambrush.cli import COMMANDS, run
from dreambrush.cli.paint.command import paint
from tests.cli.conftest import Command

Offered = Callable[..., list[tuple[str, str]]]
SHELLS = ("bash", "zsh", "fish")
EXECUTABLE = Path(sys.executable).parent / "dreambrush"


@pytest.fixture
def offered(command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Offered:
    """What bash is told (kind, word) when Tab is pressed after these words, in a folder with photo.png."""

    def ask(*words: str) -> list[tuple[str, str]]:
        monkeypatch.setenv("_DREAMBRUSH_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", "\n".join(("dreambrush", *words)))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        with pytest.raises(SystemExit) as left:
            run([])
        assert left.value.code == 0
        answers = capsys.readouterr().out.splitlines()
        return [(kind, word) for kind, _, word in (answer.partition(",") for answer in answers)]

    return ask


def test_brushes_are_offered_by_name(offered: Offered) -> None:
    assert offered("paint", "--brush", "o") == [("plain", "oil")]
    assert ("plain", "bristle") in offered("paint", "--brush", "oil", "--brush", "b")
    assert offered("paint", "--brush", "watercolour-of-nobody") == [("file", "watercolour-of-nobody")]
    assert offered("paint", "photo.png", "--brush", "se") == [
        ("plain", f"set:{name}") for name in ("painter", "studio", "drawing")
    ]
    assert offered("paint", "--brush", "set", ":", "s") == [("plain", "studio")]  # as bash has it
    assert offered("paint", "--brush", "set", ":") == [("plain", name) for name in ("painter", "studio", "drawing")]
    assert offered("paint", "--brush", "=", "o") == [("plain", "oil")]
    assert offered("paint", "photo.png", "--brush", "=", "set", ":", "d") == [("plain", "drawing")]
    assert offered("bench", "--brush", "set:") == [("file", "set:")]
    assert ("plain", "watercolour") in offered("replay", "--brush", "w")  # which has a dream or has none
    assert offered("train", "penc") == [("plain", "pencil")]


def test_zsh_and_fish_get_whole_words(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["dreambrush", "paint", "--brush=o"]
    monkeypatch.setenv("COMP_WORDS", " ".join(words))
    for shell, at, expected in (
        ("zsh", "2", "plain\n--brush=oil\ncomes with dreambrush\n"),
        ("fish", words[-1], "plain,--brush=oil\tcomes with dreambrush\n"),
    ):
        monkeypatch.setenv("_DREAMBRUSH_COMPLETE", f"{shell}_complete")
        monkeypatch.setenv("COMP_CWORD", at)
        with pytest.raises(SystemExit):
            run([])
        assert capsys.readouterr().out == expected


def test_only_brushes_with_a_dream_can_paint(offered: Offered) -> None:
    from dreambrush.models.catalogue import list_brushes

    names = {word for kind, word in offered("bench", "--brush", "") if kind == "plain"}
    assert names == {brush.name for brush in list_brushes(stock=True) if brush.dream is not None}


@pytest.mark.parametrize("words", [("inspect",), ("render",), ("replay",), ("paint", "--onto")])
def test_paintings_are_offered_where_they_are_wanted(offered: Offered, words: tuple[str, ...]) -> None:
    for name in ("one.ora", "other.ORA", ".hidden.ora", "old/two.ora", "old/three.txt"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).touch()
    assert offered(*words, "o") == [("plain", "old/"), ("plain", "one.ora"), ("plain", "other.ORA")]
    assert offered(*words, "old/") == [("plain", "old/two.ora")]
    assert offered(*words, ".h") == [("plain", ".hidden.ora")]
    assert offered(*words, "ph") == [("file", "ph")]  # and the shell goes on by itself
    assert offered(*words, "ol") == [("file", "ol")]
    assert offered(*words, "nowhere/") == [("file", "nowhere/")]
    Path("old/my work.ora").touch()
    assert offered(*words, "old/") == [("file", "old/")]  # for the shell knows how to quote


def test_commands_and_options_are_offered(offered: Offered) -> None:
    assert offered("comp") == [("plain", "completion")]
    assert {word for _, word in offered("")} >= set(COMMANDS)
    assert ("plain", "--brush") in offered("paint", "--b")
    # also those that only --help-all shows
    every = {name for option in paint.params if isinstance(option, click.Option) for name in option.opts}
    assert {word for _, word in offered("paint", "-")} >= every
    assert offered("completion", "z") == [("plain", "zsh")]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_says_what_to_do_with_it(command: Command, shell: str) -> None:
    done = command("completion", shell)
    assert done.code == 0
    lines = done.stdout.splitlines()
    comment = lines[1 if shell == "zsh" else 0]
    assert comment.startswith("# ") and f"dreambrush completion {shell}" in comment
    assert (lines[0] == "#compdef dreambrush") == (shell == "zsh")  # only there does zsh look for it
    assert f"_DREAMBRUSH_COMPLETE={shell}_complete" in done.stdout


def test_another_shell_is_an_error(command: Command) -> None:
    done = command("completion", "tcsh")
    assert done.code == 2 and "tcsh" in done.stderr and done.stdout == ""


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_itself_takes_the_script(command: Command, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = command("completion", shell).stdout
    subprocess.run([shell, "-n"], input=script, text=True, check=True, capture_output=True)


@pytest.mark.skipif(not EXECUTABLE.is_file(), reason="dreambrush is not on the path")
def test_bash_completes_with_the_script(command: Command) -> None:
    script = command("completion", "bash").stdout
    words = "COMP_WORDS=(dreambrush paint --brush o); COMP_CWORD=3; _dreambrush_completion dreambrush; echo $COMPREPLY"
    path = {"PATH": f"{EXECUTABLE.parent}:/usr/bin:/bin"}
    done = subprocess.run(["bash", "-c", script + words], text=True, check=True, capture_output=True, env=path)
    assert done.stdout == "oil\n" and done.stderr == ""
