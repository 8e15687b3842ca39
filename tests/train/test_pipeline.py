"""The way from a brush to a model, stopped wherever it can be; tests/cli/train/test_command.py goes it to the end."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from dreambrush.dream.dream import Dream
from dreambrush.dream.gradient import GRADIENT_FILE
from dreambrush.dream.wet import WetDream
from dreambrush.errors import BrushError, ModelError, OutputError
from dreambrush.models.catalogue import (
    CONTROLLER_FILE,
    POLICY_FILE,
    POLICY_WEIGHTS_FILE,
    WEIGHTS_FILE,
    WET_FILE,
    WET_GRADIENT_FILE,
    WET_WEIGHTS_FILE,
    BrushFile,
    digest_of,
    find_brush,
    read_card,
)
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.propose.round_controller import RoundController
from dreambrush.train import pipeline
from dreambrush.train.fit.checkpoint import Checkpoint
from dreambrush.train.fit.controller import ControllerOptions
from dreambrush.train.fit.fit import FitOptions
from dreambrush.train.fit.wet_fit import WetOptions
from dreambrush.train.pipeline import train
from dreambrush.train.plan import STAGES, Stage, TrainOptions
from dreambrush.train.preview import PREVIEW_FILE
from dreambrush.train.workspace import FOLDER, PLAN_FILE, Workspace

QUICK = TrainOptions(
    strokes=1000,
    seed=7,
    fit=FitOptions(steps=200, batch=1024),
    held_out=60,
    wet=WetOptions(strokes=150, steps=120, canvases=6, held_out=15),
    rounds=ControllerOptions(batches=3, pictures=1, strokes=24),
    threads=1,
)
WET_FILES = WET_FILE, WET_GRADIENT_FILE, WET_WEIGHTS_FILE
LEARNING: tuple[Stage, ...] = STAGES[:-1]  # without the preview and what else only the last stage makes
OIL = find_brush("oil")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    told: list[str] = []
    folder = tmp_path_factory.mktemp("trained") / "mine"
    brush = folder.parent / "mine.myb"
    shutil.copy(OIL.path, brush)
    mine = BrushFile("zoo/mine", brush, None)  # as MyPaint would call it in a group
    train(mine, folder, QUICK, LEARNING, lambda stage, done, total: told.append(stage), workers=1)
    assert list(dict.fromkeys(told)) == ["collect", "dream", "evaluate", "controller"]
    return folder


def weights(folder: Path) -> bytes:
    return b"".join((folder / FOLDER / name).read_bytes() for name in (WEIGHTS_FILE, CONTROLLER_FILE))


@pytest.mark.slow
def test_stopped_anywhere_it_ends_with_the_same_bytes(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "Checkpoint", partial(Checkpoint, seconds=0.0))
    choose = random.Random(4)
    stops = 0

    def stop_after(count: int) -> Callable[[str, int, int], None]:
        left = [count]

        def progress(stage: str, done: int, total: int) -> None:
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt

        return progress

    while True:
        try:
            train(OIL, tmp_path, QUICK, LEARNING, stop_after(choose.randint(2, 8)), workers=1)
            break
        except KeyboardInterrupt:
            stops += 1
            assert stops < 50
    assert stops > 3
    assert weights(tmp_path) == weights(trained)


@pytest.mark.slow
def test_killed_at_random_it_ends_with_the_same_bytes(trained: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from functools import partial;"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r}); from test_pipeline import *;"
        "pipeline.Checkpoint = partial(Checkpoint, seconds=0.1);"
        "print('ready', flush=True); train(OIL, Path(sys.argv[1]), QUICK, LEARNING, workers=1)"
    )
    choose, kills = random.Random(1), 0
    while kills < 4:
        process = subprocess.Popen(
            [sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, start_new_session=True
        )
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        time.sleep(choose.uniform(0.2, 2.0))
        os.killpg(process.pid, signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
        process.stdout.close()
        if process.returncode == 0:
            break
    train(OIL, tmp_path, QUICK, LEARNING, workers=1)
    assert weights(tmp_path) == weights(trained)


@pytest.mark.slow
def test_a_wet_brush_gets_a_second_network(tmp_path: Path) -> None:
    path, told = tmp_path / "wet.myb", list[str]()
    path.write_text(read_myb(OIL.path).with_values(smudge=0.6, smudge_length=0.5).to_json())
    model = tmp_path / "model"
    stages: list[Stage] = ["collect", "dream", "export"]
    train(
        BrushFile("wet", path, None),
        model,
        QUICK,
        stages,
        lambda stage, done, total: told.append(stage),
        workers=1,
    )
    assert list(dict.fromkeys(told)) == ["collect", "dream", "evaluate", "wet", "export"]
    assert {*WET_FILES, GRADIENT_FILE, PREVIEW_FILE} <= {each.name for each in model.iterdir()}
    card = read_card(model)
    assert card["wet"]["held_out"]["explained"] > 0.6 and card["brush_digest"] == read_myb(path).digest()
    assert set(card["onnx_difference"]["max_abs"]) >= {WET_FILE, WET_GRADIENT_FILE}
    stroke, point = np.array([[10, 30, 30, 30, 50, 30, 0.7, 0.7, 6]], np.float32), np.array([[30, 30]], np.float32)
    found = WetDream(model, threads=1).at(stroke, np.array([0, 1]), point)
    assert 0.5 < found.own[0] < 0.99  # it picks up its own paint, too
    assert found.own[0] + found.kept[0] + found.carried[0] == pytest.approx(1, abs=1e-4)
    assert Dream(model, threads=1)(stroke, point[None])[0][0, 0] > 0.8  # coverage, of which own colour is a part


def test_other_options_than_those_of_the_unfinished_training(tmp_path: Path) -> None:
    def collect(options: TrainOptions, restart: bool = False) -> None:
        train(OIL, tmp_path, options, ["collect"], restart=restart, workers=1)

    few = replace(QUICK, strokes=100)
    collect(few)
    with pytest.raises(OutputError, match=r"other options \(strokes: 100, not 200\).*--restart"):
        collect(replace(QUICK, strokes=200))
    with pytest.raises(OutputError, match=r"fit.steps: 200, not 201"):
        collect(replace(few, fit=FitOptions(steps=201, batch=1024)))
    collect(few)
    collect(replace(QUICK, strokes=200), restart=True)


def test_a_stage_needs_the_one_before(tmp_path: Path) -> None:
    needs: list[tuple[Stage, str]] = [("dream", "collect"), ("controller", "dream"), ("export", "dream")]
    for stage, needed in needs:
        with pytest.raises(ModelError, match=f"--only {needed} first"):
            train(OIL, tmp_path, QUICK, [stage], workers=1)


def test_a_folder_is_for_one_training_at_a_time(tmp_path: Path) -> None:
    def second(stage: str, done: int, total: int) -> None:
        train(OIL, tmp_path, QUICK, ["collect"], workers=1)

    with pytest.raises(OutputError, match="Another dreambrush is training"):
        train(OIL, tmp_path, QUICK, ["collect"], second, workers=1)


def test_brushes_that_cannot_be_learned_leave_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "rubber.myb"
    path.write_text(read_myb(OIL.path).with_values(opaque=0.0).to_json())
    with pytest.raises(BrushError, match="'rubber' lays no paint"):
        train(BrushFile("rubber", path, None), tmp_path / "model", QUICK)
    path.write_text("{}")
    with pytest.raises(BrushError, match="is not a MyPaint brush"):
        train(BrushFile("rubber", path, None), tmp_path / "model", QUICK)
    assert not (tmp_path / "model").exists()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be created"):
        train(OIL, tmp_path / "file" / "model", QUICK)


# What dreambrush 0.1 wrote of its controller into plan.json, beside what is there still.
FORMER_PLAN = {"controller": {"steps": 600, "width": 24}, "pictures": "/home/ada/photos", "drawn": 120}


@pytest.mark.slow
def test_an_unfinished_training_of_0_1_goes_on_where_it_was(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = {"brush": read_myb(OIL.path).digest(), **QUICK.as_dict(), **FORMER_PLAN}
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / PLAN_FILE).write_text(json.dumps(plan))

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "dream" and done >= 100:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "Checkpoint", partial(Checkpoint, seconds=0.0))
        with pytest.raises(KeyboardInterrupt):
            train(OIL, tmp_path, QUICK, LEARNING, stop, workers=1)
    # 0.1 knew its checkpoints by the whole plan, the controller's options too.
    checkpoint = Checkpoint(tmp_path / FOLDER / pipeline.DREAM_CHECKPOINT, Workspace(tmp_path, plan).fingerprint)
    begun = checkpoint.load()[0]
    assert begun >= 100
    told: list[int] = []
    train(
        *(OIL, tmp_path, QUICK, LEARNING),
        lambda stage, done, total: told.append(done) if stage == "dream" else None,
        workers=1,
    )
    assert min(told) == begun
    assert weights(tmp_path) == weights(trained)
    with pytest.raises(OutputError, match=r"other options \(seed: 7, not 8\)"):
        train(OIL, tmp_path, replace(QUICK, seed=8), LEARNING, workers=1)


@pytest.mark.slow
def test_a_new_training_leaves_no_former_controller(trained: Path, tmp_path: Path) -> None:
    shutil.copytree(trained / FOLDER, tmp_path / FOLDER)
    mine = BrushFile("zoo/mine", trained.parent / "mine.myb", None)
    for folder in (tmp_path, tmp_path / FOLDER):
        for name in (POLICY_FILE, POLICY_WEIGHTS_FILE):
            (folder / name).write_bytes(b"of 0.1")
    for name in WET_FILES:
        (tmp_path / name).write_bytes(b"of a brush that was wet before")
    train(mine, tmp_path, QUICK, ["export"], workers=1)
    assert not {POLICY_FILE, POLICY_WEIGHTS_FILE, FOLDER, *WET_FILES} & {path.name for path in tmp_path.iterdir()}
    card, model = read_card(tmp_path), (tmp_path / CONTROLLER_FILE).read_bytes()
    assert card["controller_kernel"][CONTROLLER_FILE] == digest_of(model) and RoundController(tmp_path).is_compiled


@pytest.mark.slow
def test_a_controller_does_not_begin_from_the_one_that_it_replaces(trained: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(trained, model)
    workspace = Workspace(model, QUICK.plan(read_myb(OIL.path)))
    with workspace.opened():
        assert workspace.journal["controller"]["begun_from"] == "oil"
        workspace.note(controller_of=None)
    train(OIL, model, QUICK, ["controller"], workers=1, instead_of="oil")
    with workspace.opened():
        assert workspace.journal["controller"]["begun_from"] not in ("oil", None)
