"""``dreambrush train`` and ``dreambrush export``."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from dreambrush.cli.shared.brushes import brushes_of_group
from dreambrush.cli.shared.named import BRUSH_SETS
from dreambrush.dream.gradient import GRADIENT_FILE
from dreambrush.errors import ExitCode
from dreambrush.models.catalogue import (
    CARD_FILE,
    CONTROLLER_FILE,
    DREAM_FILE,
    POLICY_FILE,
    POLICY_WEIGHTS_FILE,
    WEIGHTS_FILE,
    digest_of,
    find_brush,
    needs_export,
    user_dreams,
)
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.train.export.networks import export_folder
from dreambrush.train.fit.controller import ControllerOptions
from dreambrush.train.fit.fit import FitOptions
from dreambrush.train.plan import STAGES as ALL_STAGES
from dreambrush.train.plan import STROKES, THOROUGH_STROKES, TrainOptions
from dreambrush.train.preview import PREVIEW_FILE
from dreambrush.train.workspace import FOLDER

if TYPE_CHECKING:
    from dreambrush.cli.ui.progress import Update
    from tests.cli.conftest import Command

QUICK = partial(
    TrainOptions,
    fit=FitOptions(steps=60, batch=512),
    held_out=20,
    rounds=ControllerOptions(batches=1, pictures=1, strokes=16),
    threads=1,
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dreambrush.train.plan.TrainOptions", QUICK)


@pytest.mark.slow
def test_a_brush_that_was_trained_can_be_painted_with_at_once(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enough = partial(QUICK, fit=FitOptions(steps=200, batch=1024), held_out=60)
    monkeypatch.setattr("dreambrush.train.plan.TrainOptions", enough)
    mine = tmp_path / "data" / "mypaint" / "brushes" / "zoo" / "mine.myb"
    mine.parent.mkdir(parents=True)
    shutil.copy(find_brush("oil").path, mine)
    trained = command("train", "zoo/mine", "--strokes", "1000", "--seed", "7")
    assert trained.code == ExitCode.OK and "zoo/mine is learned, in " in trained.stderr
    assert re.search(r"dreambrush knows its strokes (well|fairly) \([\d.]+ % of what can be known\)\.", trained.stderr)
    assert trained.stderr.endswith("Paint with it: dreambrush paint photo.jpg --brush zoo/mine\n")
    folder = find_brush("zoo/mine").dream_folder()
    assert folder.is_relative_to(user_dreams()) and not (folder / FOLDER).exists()
    check_model(folder)
    assert find_brush(str(folder)).name == "zoo/mine"
    for path in folder.iterdir():
        for secret in (str(Path.home()), str(Path(__file__).parent), "site-packages", str(tmp_path)):
            assert secret.encode() not in path.read_bytes(), (path.name, secret)
    assert command("brushes").stdout.splitlines()[-1].startswith("  zoo/mine ")
    paint = ("paint", "photo.png", "--brush", "zoo/mine", "--strokes", "2", "--force")
    before = (folder / DREAM_FILE).read_bytes()
    assert "Preparing" not in command(*paint).stderr
    # Only the weights are there: painting exports them.
    (folder / DREAM_FILE).unlink()
    assert needs_export(folder)
    painted = command(*paint)
    assert painted.code == ExitCode.OK and painted.stderr.startswith("Preparing the brush zoo/mine for painting")
    assert (folder / DREAM_FILE).read_bytes() == before
    assert not needs_export(folder)


def check_model(folder: Path) -> None:
    """It is complete, and its card tells how good it is."""
    files = {path.name for path in folder.iterdir()}
    assert files == {WEIGHTS_FILE, DREAM_FILE, GRADIENT_FILE, CARD_FILE, PREVIEW_FILE, CONTROLLER_FILE, "mine.myb"}
    card = json.loads((folder / CARD_FILE).read_text())
    assert card["held_out"]["error"] < 0.2 * card["held_out"]["mean_picture_error"]
    assert card["held_out"]["noise_floor"] < 1e-9
    assert card["command"] == "dreambrush train zoo/mine --strokes 1000 --seed 7"
    assert {"collect", "fit", "evaluate", "controller"} == card["seconds"].keys()
    differences = card["onnx_difference"]["max_abs"]
    assert differences.keys() == {DREAM_FILE, GRADIENT_FILE}
    assert all(share <= 1e-3 for share in card["onnx_difference"]["share_above_0.001"].values())
    with Image.open(folder / PREVIEW_FILE) as sheet:
        assert sheet.width > 400 and (folder / PREVIEW_FILE).stat().st_size < 60_000


def test_newer_weights_are_noticed_and_need_torch(command: Command, tmp_path: Path) -> None:
    oil = find_brush("oil")
    folder = user_dreams() / "oil"
    folder.mkdir(parents=True)
    for name in (WEIGHTS_FILE, DREAM_FILE, CARD_FILE):
        (folder / name).write_bytes((oil.dream_folder() / name).read_bytes())
    card = json.loads((folder / CARD_FILE).read_text())
    (folder / CARD_FILE).write_text(json.dumps(card | {"weights": "of yesterday"}))
    assert find_brush("oil").dream == folder and needs_export(folder)
    code = "import sys; sys.modules['torch'] = None; from dreambrush.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "paint", "photo.png", "--brush", "oil"], capture_output=True, text=True
    )
    assert done.returncode == ExitCode.MISSING_PACKAGE and done.stderr.count("\n") == 2
    assert "Preparing the brush oil needs Python packages" in done.stderr


def test_export_without_a_dream(command: Command) -> None:
    Path("plain.myb").write_text('{"version": 3, "settings": {}}')
    outcome = command("export", "plain.myb")
    assert outcome.code == ExitCode.MODEL and "has not learned the brush 'plain' yet" in outcome.stderr


@pytest.mark.slow
def test_ctrl_c_says_how_to_go_on(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    notes: list[str] = []

    @contextmanager
    def bar(title: str, *, quiet: bool = False) -> Iterator[Update]:
        def update(stage: str, done: int, total: int, note: str) -> None:
            notes.append(note)
            if stage == "dream" and done:
                raise KeyboardInterrupt

        yield update

    words = ("train", "oil", "-o", "model", "--strokes", "100", "--only", "collect", "--only", "dream")
    with monkeypatch.context() as patch:
        patch.setattr("dreambrush.cli.train.command.progress_bar", bar)
        stopped = command(*words)
    assert stopped.code == ExitCode.INTERRUPTED
    assert stopped.stderr == "Interrupted: run the same command again to continue training oil.\n"
    assert notes and all(note.endswith(" left") for note in notes)
    assert not (Path("model") / FOLDER / WEIGHTS_FILE).exists()
    outcome = command(*words)
    assert outcome.code == ExitCode.OK and outcome.stderr.startswith("model: collect and dream done in ")
    assert (Path("model") / FOLDER / WEIGHTS_FILE).exists()


def test_several_brushes_learn_the_same_and_a_hopeless_one_stops_no_other(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dreambrush.train.plan.TrainOptions", TrainOptions)  # a process knows no other
    Path("rubber.myb").write_text(read_myb(find_brush("oil").path).with_values(opaque=0.0).to_json())
    words = ("--strokes", "600", "--only", "collect", "-o")
    assert command("train", "pencil", *words, "alone").code == ExitCode.OK
    for jobs in "1", "2":
        outcome = command("train", "pencil", "rubber.myb", "ink", "--jobs", jobs, *words, jobs)
        assert outcome.code == ExitCode.BRUSH and "The brush 'rubber' lays no paint" in outcome.stderr
        assert outcome.stderr.endswith("2 of 3 brushes are learned; failed: rubber.\n")
        assert f"{jobs}/ink: collect done in " in outcome.stderr
    assert strokes_in("1/pencil") == strokes_in("2/pencil") == strokes_in("alone") != {}
    assert strokes_in("1/ink") == strokes_in("2/ink") != {}


def strokes_in(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder, FOLDER).glob("strokes/*.npz")}


def test_a_group_or_a_set_is_all_its_brushes(command: Command, tmp_path: Path) -> None:
    zoo = tmp_path / "data" / "mypaint" / "brushes" / "zoo"
    zoo.mkdir(parents=True)
    for name in "cat", "dog":
        shutil.copy(find_brush("ink").path, zoo / f"{name}.myb")
    outcome = command("train", "--all-of", "zoo", "zoo/dog", "--strokes", "100", "--only", "collect", "-o", "models")
    assert outcome.code == ExitCode.OK and outcome.stderr.endswith("All 2 brushes are learned.\n")
    assert strokes_in("models/zoo/cat") and strokes_in("models/zoo/dog")
    assert {brush.name for brush in brushes_of_group("set:drawing")} == set(BRUSH_SETS["drawing"])


def test_brushes_that_are_learned_are_left_out(command: Command) -> None:
    for name in "oil", "ink":
        folder = Path("models", name)
        folder.mkdir(parents=True)
        digest = read_myb(find_brush(name).path).digest()
        card = {"brush_digest": digest, "command": f"dreambrush train {name} --strokes 700 --seed 3"}
        (folder / CARD_FILE).write_text(json.dumps({**json.loads(shipped_card(name)), **card}))
    words = ("train", "oil", "ink", "-o", "models", "--seed", "3", "--strokes")
    assert command(*words, "700") == (ExitCode.OK, "", "2 of 2 brushes are already learned.\n")
    outcome = command(*words, "700", "--only", "dream")  # whoever asks for a stage gets it: here there are no strokes
    assert outcome.code == ExitCode.MODEL and "already" not in outcome.stderr
    assert outcome.stderr.endswith("0 of 2 brushes are learned; failed: oil and ink.\n")


def shipped_card(name: str) -> str:
    return (find_brush(name).dream_folder() / CARD_FILE).read_text()


@pytest.mark.slow
def test_ctrl_c_in_several_brushes(command: Command) -> None:
    words = ["train", "pencil", "ink", "oil", "-o", "models", "--jobs", "2"]
    running = subprocess.Popen([sys.executable, "-m", "dreambrush", *words], stderr=subprocess.PIPE, text=True)
    begun = ("models/pencil", "models/ink")  # either may be well ahead of the other
    while running.poll() is None and not all(any(Path(folder).glob("*/strokes/*.npz")) for folder in begun):
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, stderr = running.communicate(timeout=60)
    assert running.returncode == ExitCode.INTERRUPTED and "Traceback" not in stderr
    assert stderr.endswith(
        "0 of 3 brushes are learned.\nInterrupted: run the same command again to continue training.\n"
    )
    assert sorted(path.name for path in Path("models").iterdir()) == ["ink", "pencil"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("rubber.myb",), ExitCode.BRUSH, "The brush 'rubber' lays no paint, whatever the stroke"),
        (("oil", "--only", "dream", "-o", "x"), ExitCode.MODEL, "There are no strokes to learn from yet."),
        (("oil", "--only", "paint"), ExitCode.USAGE, "'paint' is not one of"),
    ],
)
def test_what_cannot_be_done_is_explained(
    command: Command, words: tuple[str, ...], code: ExitCode, message: str
) -> None:
    Path("rubber.myb").write_text(read_myb(find_brush("oil").path).with_values(opaque=0.0).to_json())
    outcome = command("train", *words)
    assert outcome.code == code and message in outcome.stderr and outcome.stderr.count("\n") == 2


def test_the_controller_practises_on_pictures(command: Command) -> None:
    help_page = command("train", "--help").stdout
    assert "[collect|dream|controller|export]" in help_page and "--pictures DIR" in help_page
    outcome = command("train", "oil", "-o", "model", "--only", "controller", "--pictures", "nowhere")
    assert outcome.code == ExitCode.BAD_PICTURE and "There are no pictures at 'nowhere'" in outcome.stderr
    assert not Path("model").exists()


@pytest.mark.slow
def test_a_model_of_0_1_is_exported_with_its_controller(command: Command) -> None:
    shutil.copytree(find_brush("oil").dream_folder(), "old")
    shutil.copy(find_brush("oil").path, "old")
    for name in (POLICY_FILE, POLICY_WEIGHTS_FILE):
        Path("old", name).write_bytes(b"a controller")
    assert command("paint", "photo.png", "--brush", "old", "--strokes", "2").code == ExitCode.OK
    assert command("export", "old", "-o", "copy").code == ExitCode.OK
    assert Path("copy", POLICY_FILE).read_bytes() == Path("copy", POLICY_WEIGHTS_FILE).read_bytes() == b"a controller"


@pytest.mark.slow
def test_an_export_says_that_the_kernel_runs_the_controller(tmp_path: Path) -> None:
    folder = find_brush("oil").dream_folder()
    card = export_folder(folder, tmp_path, anew=False)
    model = (tmp_path / CONTROLLER_FILE).read_bytes()
    assert model == (folder / CONTROLLER_FILE).read_bytes()
    assert card["controller_kernel"][CONTROLLER_FILE] == digest_of(model)
    assert json.loads((tmp_path / CARD_FILE).read_text()) == card


@pytest.mark.skipif("__import__('torch').cuda.is_available()", reason="there is a GPU")
def test_a_gpu_that_is_not_there(command: Command) -> None:
    outcome = command("train", "oil", "-o", "model", "--device", "cuda")
    assert outcome.code == ExitCode.USAGE and "There is no GPU that torch can use" in outcome.stderr
    assert not Path("model").exists()


def test_the_help_tells_the_truth(command: Command) -> None:
    from dreambrush.cli.train.lesson import STAGES

    assert STAGES == ALL_STAGES
    outcome = command("train", "--help")
    assert f"{STROKES}, or {THOROUGH_STROKES}" in " ".join(outcome.stdout.split())
    assert TrainOptions().patient().fit.steps == 4 * TrainOptions().fit.steps
