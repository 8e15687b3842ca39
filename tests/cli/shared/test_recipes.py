"""Paintings that another program has saved without their recipe, and how the recipe is found again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from dreambrush.errors import ExitCode
from dreambrush.replay.repaint import repaint
from tests.cli.conftest import Command
from tests.mypaint.krita_saves import save_as_krita
from tests.mypaint.ora_files import OraFile, noise
from tests.replay.test_edits import some_recipe

COMMANDS = (("replay", "k.ora"), ("timelapse", "k.ora", "-o", "k.gif"), ("inspect", "k.ora", "--svg", "k.svg"))


@pytest.fixture
def saved(command: Command) -> None:
    """k.ora, as Krita saved it, and original.ora."""
    repaint(some_recipe()).save_openraster(Path("original.ora"))
    save_as_krita(Path("original.ora"), Path("k.ora"))


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_the_loss_is_said_and_where_krita_keeps_the_painting(
    command: Command, saved: None, words: tuple[str, ...]
) -> None:
    before = sorted(os.listdir())
    outcome = command(*words)
    assert outcome.code == ExitCode.BAD_STROKES
    assert outcome.stderr.startswith("Error: 'k.ora' has lost its recipe, because another program has saved it.\n")
    assert "add --recipe ORIGINAL.ora.  Krita keeps it as 'k.ora~'" in outcome.stderr
    shutil.copy("k.ora", "k.ora~")  # saved twice: Krita's copy is no help any more
    assert "add --recipe ORIGINAL.ora" in command(*words).stderr
    shutil.copy("original.ora", "k.ora~")
    assert "add --recipe 'k.ora~'" in command(*words).stderr
    Path("k.ora~").unlink()
    assert sorted(os.listdir()) == before


def test_the_recipe_of_the_original_serves(command: Command, saved: None) -> None:
    assert command("replay", "k.ora", "--recipe", "original.ora", "-q").code == 0
    assert Path("k-replay.ora").read_bytes() == Path("original.ora").read_bytes()
    shutil.move("original.ora", "k.ora~")
    short = ("--seconds", "0.5", "--hold", "0")
    assert command("timelapse", "k.ora", "--recipe", "k.ora~", "-o", "k.gif", *short).code == 0
    assert command("inspect", "k.ora", "--recipe", "k.ora~", "--strokes", "k.json", "--svg", "k.svg").code == 0
    assert len(json.loads(Path("k.json").read_text())) and Path("k.svg").exists() and Path("k.gif").exists()


def test_inspect_tells_the_loss_and_with_the_recipe_what_was_changed(command: Command, saved: None) -> None:
    told = command("inspect", "k.ora").stdout
    assert told.splitlines()[-2] == "Another program has saved this painting without its recipe."
    report = json.loads(command("inspect", "k.ora", "--json").stdout)
    assert report["recipe_lost"] and not report["paintings"] and report["changes"] is None
    report = json.loads(command("inspect", "k.ora", "--json", "--recipe", "original.ora").stdout)
    assert not report["recipe_lost"] and len(report["paintings"]) == 1
    ours = [layer for layer in report["changes"]["layers"] if layer["pixels"] is not None]
    assert ours and all(layer["pixels"] == 0 and not layer["removed"] for layer in ours)
    report = json.loads(command("inspect", "original.ora", "--json").stdout)
    assert not report["recipe_lost"] and report["changed"] is False


def test_a_work_that_we_never_painted_has_lost_nothing(command: Command) -> None:
    ora = OraFile(150, 100)
    ora.layer(noise(1, 40, 50), name="Ground")
    ora.save(Path("hers.ora"))
    assert not json.loads(command("inspect", "hers.ora", "--json").stdout)["recipe_lost"]
    assert "holds no strokes by dreambrush" in command("replay", "hers.ora").stderr
    outcome = command("replay", "hers.ora", "--recipe", "hers.ora")
    assert outcome.code == ExitCode.BAD_STROKES and "'hers.ora' holds no strokes" in outcome.stderr
    assert command("replay", "hers.ora", "--recipe", "none.ora").code == ExitCode.BAD_ORA


@pytest.mark.slow
@pytest.mark.skipif(not (shutil.which("krita") and shutil.which("xvfb-run")), reason="needs Krita and a display")
def test_after_krita_itself(command: Command, saved: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(Path.cwd().parent))
    words = ["xvfb-run", "-a", "krita", "--export", "--export-filename", "real.ora", "original.ora"]
    subprocess.run(words, check=True, capture_output=True, timeout=300)
    assert "'real.ora' has lost its recipe" in command("replay", "real.ora").stderr
    assert command("replay", "real.ora", "--recipe", "original.ora").code == 0
    like, real = (json.loads(command("inspect", name, "--json").stdout) for name in ("k.ora", "real.ora"))
    for mine, theirs in zip(like["layers"], real["layers"], strict=True):
        assert {**mine, "selected": None} == {**theirs, "selected": None}
    assert real["recipe_lost"] and real["resolution"] == like["resolution"]
