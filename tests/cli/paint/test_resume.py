"""Work is never lost: an unfinished painting lies on the disk, and goes on to the same bytes."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from dreambrush.cli.shared import outputs
from dreambrush.errors import ExitCode
from dreambrush.mypaint.ora.document import read_document
from tests.cli.conftest import Command
from tests.cli.paint.killed import begin

if TYPE_CHECKING:
    from dreambrush.painter.painting import Painting
    from dreambrush.painter.plan.state import State

KILLS = int(os.environ.get("KILLS", "20"))  # scripts/kill_test.sh asks for more
STROKES = 45  # of 40 and more, some are accents
HOW = ("--strokes", str(STROKES), "--size", "32", "--effort", "1")
OFTEN = ("--save-every", "0.1s")


def stop_after(rounds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Presses Ctrl-C once strokes were grown so often."""
    from dreambrush.painter import paint, run

    states = paint.states

    def stopped(*arguments: Any) -> Iterator[State]:
        count = 0
        for state in states(*arguments):
            yield state
            count += state.progress is not None and state.progress.stage == "Plan"
            if count == rounds:
                raise KeyboardInterrupt

    monkeypatch.setattr(run, "states", stopped)


def is_unfinished(file: str | Path) -> bool:
    with zipfile.ZipFile(file) as ora:
        assert ora.testzip() is None
    return outputs.is_unfinished(Path(file))


def half(command: Command, monkeypatch: pytest.MonkeyPatch, *words: str, rounds: int = 3) -> str:
    """Paints until Ctrl-C is pressed; what was told."""
    with monkeypatch.context() as patch:
        stop_after(rounds, patch)
        outcome = command("paint", "photo.png", *HOW, *words)
    assert outcome.code == ExitCode.INTERRUPTED, outcome.stderr
    return outcome.stderr


@pytest.mark.slow
def test_killed_at_random_moments_it_goes_on_to_the_same_bytes(tmp_path: Path, command: Command) -> None:
    folder, chance = Path.cwd(), random.Random(0)
    ora, whole = folder / "photo.ora", folder / "whole.ora"
    for _ in range(2):  # the first time it takes longer, for the server is begun, too
        begun = time.monotonic()
        first = begin(folder, "paint", "photo.png", "-o", "whole.ora", "-q", "--force", *HOW, *OFTEN)
        first.join()
        duration = time.monotonic() - begun
        assert first.exitcode == 0 and not is_unfinished(whole)
    killed = resumed = 0
    while killed < KILLS:
        words = ("--resume", "photo.ora", *OFTEN) if ora.exists() else ("photo.png", *HOW, *OFTEN)
        resumed += ora.exists()
        process = begin(folder, "paint", *words, "-q")
        process.join(chance.uniform(0.1, 0.9) * duration)
        process.kill()
        process.join()
        killed += process.exitcode != 0
        assert process.exitcode in (0, -signal.SIGKILL)
        if ora.exists():
            with read_document(ora) as document:
                assert [layer.pixels().shape[2] for layer in document.layers()]
            if not is_unfinished(ora):
                assert ora.read_bytes() == whole.read_bytes()
                ora.unlink()
        for path in folder.glob(".dreambrush-*.tmp"):  # all that a kill can leave behind
            path.unlink()
    if ora.exists():
        assert command("paint", "--resume", "photo.ora").code == 0
        assert ora.read_bytes() == whole.read_bytes()
    assert resumed


@pytest.mark.slow
def test_a_kill_by_sigterm_saves_and_resume_goes_on(command: Command) -> None:
    folder = Path.cwd()
    assert command("paint", "photo.png", "-o", "whole.ora", *HOW, "--strokes", "100").code == 0
    process = begin(folder, "paint", "photo.png", "-q", *HOW, *OFTEN, "--strokes", "100")
    while not (folder / "photo.ora").exists():
        time.sleep(0.02)
    os.kill(process.pid or 0, signal.SIGTERM)
    process.join()
    assert process.exitcode == ExitCode.INTERRUPTED
    assert is_unfinished("photo.ora")
    assert command("paint", "--resume", "photo.ora", "--json").code == 0
    assert Path("photo.ora").read_bytes() == Path("whole.ora").read_bytes()


def test_ctrl_c_tells_how_to_go_on(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command("paint", "photo.png", "-o", "whole.ora", *HOW).code == 0
    told = half(command, monkeypatch)
    assert told.splitlines()[-1] == "Finish it with: dreambrush paint --resume 'photo.ora'"
    before = Path("photo.ora").read_bytes()
    again = command("paint", "photo.png", *HOW)
    assert again.code == ExitCode.OUTPUT and "Finish it with: dreambrush paint --resume 'photo.ora'" in again.stderr
    outcome = command("paint", "--resume", "photo.ora", "-o", "other.ora", "--json")
    assert outcome.code == 0 and json.loads(outcome.stdout)["strokes"] == STROKES
    assert Path("other.ora").read_bytes() == Path("whole.ora").read_bytes()
    assert Path("photo.ora").read_bytes() == before, "-o takes another file"


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        (
            "--brush",
            "oil",
            "--brush",
            "pencil",
            "--min-size",
            "2%",
            "--ground",
            "#cc8855",
            "--palette",
            "#000,#fff,#c33",
        ),
        (
            "--focus",
            "mask.png",
            "--flow",
            "line.png",
            "--max-size",
            "12",
            "--until",
            "40",
            "--no-your-turn",
            "--seed",
            "7",
        ),
        ("--style", "pointillist", "--pigment"),
        ("--style", "charcoal"),
    ],
)
def test_all_wishes_are_kept(command: Command, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    Image.fromarray(np.tile(np.arange(0, 240, 5, dtype=np.uint8), (48, 1))).save("mask.png")
    Image.fromarray(255 * np.eye(40, dtype=np.uint8)).save("line.png")
    half(command, monkeypatch, *words, rounds=2)
    assert command("paint", "--resume", "photo.ora", "-q").code == 0
    assert command("paint", "photo.png", "-o", "whole.ora", *HOW, *words).code == 0
    assert Path("photo.ora").read_bytes() == Path("whole.ora").read_bytes()


@pytest.mark.slow
def test_on_somebodys_work(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command("paint", "photo.png", "-o", "work.ora", "--strokes", "5", "--size", "32").code == 0
    shutil.copy("work.ora", "own.ora")
    onto = ("--strokes", str(STROKES), "--effort", "1", "--onto")
    monkeypatch.setattr("tests.cli.paint.test_resume.HOW", ())
    half(command, monkeypatch, *onto, "work.ora")
    assert command("paint", "--resume", "work-painted.ora").code == 0
    assert command("paint", "photo.png", *onto, "work.ora", "-o", "whole.ora").code == 0
    whole = Path("whole.ora").read_bytes()
    assert Path("work-painted.ora").read_bytes() == whole
    half(command, monkeypatch, *onto, "own.ora", "--in-place")
    assert Path("own.ora").read_bytes() == Path("work.ora").read_bytes(), "it waits beside it"
    assert command("paint", "--resume", "own-unfinished.ora").code == 0
    assert Path("own.ora").read_bytes() == whole
    assert not Path("own-unfinished.ora").exists()


def test_what_is_unfinished_is_left_out_of_other_work(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    half(command, monkeypatch)
    assert command("paint", "photo.png", "--onto", "photo.ora", "--strokes", "5", "--effort", "1").code == 0
    assert is_unfinished("photo.ora") and not is_unfinished("photo-painted.ora")


def test_nothing_that_others_save_is_replaced(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from dreambrush.painter import paint, run

    states = paint.states

    def saved_by_others(*arguments: Any) -> Iterator[State]:
        for state in states(*arguments):
            yield state
            if Path("photo.ora").exists() and not Path("photo-2.ora").exists():
                Path("photo.ora").write_bytes(b"of somebody else")

    monkeypatch.setattr(run, "states", saved_by_others)
    outcome = command("paint", "photo.png", *HOW, *OFTEN)
    assert outcome.code == 0 and "Another program has changed 'photo.ora'.  That file stays as it is." in outcome.stderr
    assert Path("photo.ora").read_bytes() == b"of somebody else"
    assert f"photo-2.ora: {STROKES} strokes" in outcome.stderr and not is_unfinished("photo-2.ora")


def test_a_full_disk_ends_no_painting_before_its_time(command: Command) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
        outcome = command("paint", "photo.png", *HOW, *OFTEN)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert outcome.code == ExitCode.OUTPUT
    assert outcome.stderr.count("The unfinished painting cannot be saved") == 1
    assert "Error: photo.ora cannot be written" in outcome.stderr
    assert [path.name for path in Path().iterdir()] == ["photo.png"]


def test_what_was_saved_before_the_disk_was_full_is_there(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from dreambrush.painter import run
    from dreambrush.painter.finish import finish

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def full(*arguments: Any) -> Painting:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
        return finish(*arguments)

    monkeypatch.setattr(run, "finish", full)
    try:
        outcome = command("paint", "photo.png", *HOW, *OFTEN)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert outcome.code == ExitCode.OUTPUT
    assert "Then finish it with: dreambrush paint --resume 'photo.ora'" in outcome.stderr
    monkeypatch.setattr(run, "finish", finish)
    assert is_unfinished("photo.ora") and command("paint", "--resume", "photo.ora").code == 0


def test_what_has_changed_since_is_told(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    half(command, monkeypatch)
    before = Path("photo.ora").read_bytes()
    shutil.move("photo.png", "moved.png")
    assert command("paint", "--resume", "photo.ora").code == ExitCode.BAD_PICTURE
    Image.fromarray(np.zeros((30, 40, 3), np.uint8)).save("photo.png")
    outcome = command("paint", "--resume", "photo.ora")
    assert outcome.code == ExitCode.USAGE and "'photo.png' has changed since" in outcome.stderr
    assert Path("photo.ora").read_bytes() == before
    assert command("paint", "moved.png", "--resume", "photo.ora", "-q").code == 0


def test_a_style_with_stages_that_has_changed_since_is_told(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    stages = "".join(f"[[stage]]\nname = '{name}'\nbrush = '{name}'\n" for name in ("oil", "ink"))
    Path("two.toml").write_text(stages)
    half(command, monkeypatch, "--style", "./two.toml")
    Path("two.toml").write_text(stages + "share = 2\n")
    outcome = command("paint", "--resume", "photo.ora")
    assert outcome.code == ExitCode.USAGE and "two.toml' has changed since" in outcome.stderr
    Path("two.toml").write_text(stages)
    assert command("paint", "--resume", "photo.ora", "-q").code == 0
    layers = [each.name for each in read_document(Path("photo.ora")).root.walk()]
    assert layers == ["Your turn", "ink", "oil"]


def test_wrong_calls(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    half(command, monkeypatch)
    shutil.copy("photo.png", "other.png")
    for words, code, told in (
        (("--resume", "photo.ora", "--strokes", "9"), ExitCode.USAGE, "--strokes and --resume cannot be used together"),
        (("--resume", "photo.ora", "--watch"), ExitCode.USAGE, "--watch and --resume cannot be used together"),
        (("photo.png", "other.png", "--resume", "photo.ora"), ExitCode.USAGE, "--resume is for one painting"),
        (("--resume", "photo.png"), ExitCode.BAD_ORA, "photo.png"),
        (("--resume", "nix.ora"), ExitCode.BAD_ORA, "nix.ora"),
        (("photo.png", "-o", "x.ora", "--save-every", "0"), ExitCode.USAGE, "not a time from 0.1s"),
    ):
        outcome = command("paint", *words)
        assert (outcome.code, told in outcome.stderr) == (code, True), outcome
    with zipfile.ZipFile("photo.ora", "a") as ora, pytest.warns(UserWarning, match="Duplicate"):
        ora.writestr(outputs.UNFINISHED, b"")
    assert command("paint", "--resume", "photo.ora").code == ExitCode.BAD_ORA
    with zipfile.ZipFile("cut.ora", "w") as cut:
        cut.writestr("mimetype", "image/openraster")
        cut.writestr(outputs.UNFINISHED, b"{}")
    outcome = command("paint", "--resume", "cut.ora")
    assert (
        outcome.code == ExitCode.BAD_STROKES and "The unfinished painting in 'cut.ora' cannot be read" in outcome.stderr
    )


@pytest.mark.slow
def test_a_folder_is_gone_on_with(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("album").mkdir()
    for name in ("a", "b", "c"):
        shutil.copy("photo.png", f"album/{name}.png")
    shutil.copy("photo.png", "b.png")
    assert command("paint", "b.png", "-o", "whole.ora", *HOW, "--seed", "5").code == 0
    assert command("paint", "album/a.png", *HOW).code == 0
    with monkeypatch.context() as patch:
        stop_after(3, patch)
        assert command("paint", "album/b.png", *HOW, "--seed", "5").code == ExitCode.INTERRUPTED
    first = Path("a.ora").read_bytes()
    assert command("paint", "album", *HOW).code == ExitCode.OUTPUT
    outcome = command("paint", "album", "--continue", "--json", *HOW)
    assert outcome.code == 0 and "1 of 3 pictures are already painted." in outcome.stderr
    reports = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert [(report["output"], report["seed"]) for report in reports] == [("b.ora", 5), ("c.ora", 0)]
    assert Path("a.ora").read_bytes() == first
    assert Path("b.ora").read_bytes() == Path("whole.ora").read_bytes(), "as it was begun"
    again = command("paint", "album", "--continue", *HOW)
    assert again.code == 0 and "3 of 3 pictures are already painted." in again.stderr
    for other in ("--force", "--watch"):
        assert command("paint", "photo.png", "--continue", other).code == ExitCode.USAGE


def test_inspect_tells_of_it(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    half(command, monkeypatch)
    assert (
        "Not finished.  Finish it with: dreambrush paint --resume 'photo.ora'" in command("inspect", "photo.ora").stdout
    )
    assert json.loads(command("inspect", "photo.ora", "--json").stdout)["unfinished"] is True
