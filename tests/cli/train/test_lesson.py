"""Brushes that are learned on a cluster: the same model as one that is learned here."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dreambrush.cli.shared.travels import Returned, Sent, do_sent
from dreambrush.cli.train.lesson import STAGES, Lesson, learn
from dreambrush.errors import DreambrushError, ExitCode, OutputError, StrokesError
from dreambrush.interrupts import stops_if
from dreambrush.jobs.message import pack, unpack
from dreambrush.jobs.parcel import Parcel
from dreambrush.models.catalogue import (
    CARD_FILE,
    COLOUR_FILE,
    CONTROLLER_FILE,
    POLICY_FILE,
    WET_FILE,
    find_brush,
    shipped_folder,
)
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.train.fit.controller import ControllerOptions
from dreambrush.train.fit.fit import FitOptions
from dreambrush.train.plan import TrainOptions
from dreambrush.train.workspace import FOLDER, Workspace
from tests.jobs.machines import Machines

if TYPE_CHECKING:
    from tests.cli.conftest import Command

OIL = find_brush("oil")
OF_AN_OLDER_MODEL = COLOUR_FILE, WET_FILE, CONTROLLER_FILE, POLICY_FILE


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def lesson(name: str = "oil", folder: str = "learned", *, restart: bool = False) -> Lesson:
    return Lesson(find_brush(name), Path(folder), TrainOptions(), STAGES, False, restart)


def quick(options: TrainOptions) -> TrainOptions:
    """In place of ``--thorough``: the options travel, so that a worker is quick as well."""
    rounds = ControllerOptions(batches=1, pictures=1, strokes=16)
    return replace(options, fit=FitOptions(steps=60, batch=512), held_out=20, rounds=rounds)


@pytest.mark.slow
def test_on_a_real_cluster(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TrainOptions, "patient", quick)
    Path("mine.myb").write_text(read_myb(find_brush("ink").path).with_values(hardness=0.4).to_json())
    words = ("train", "oil", "mine.myb", "--strokes", "300", "--thorough", "-o")
    for folder in "here", "there":
        older = Path(folder, "oil")
        older.mkdir(parents=True)
        for name in (*OF_AN_OLDER_MODEL, CARD_FILE, "notes.txt"):
            (older / name).write_bytes(b"older")
        unfinished = command("train", "oil", "--strokes", "300", "--thorough", "--only", "collect", "-o", str(older))
        assert unfinished.code == ExitCode.OK and (older / FOLDER).is_dir()
    machines = Machines(tmp_path, 1)
    try:
        there = command(*words, "there", "--cluster", machines.address)
    finally:
        machines.close()
    here = command(*words, "here", "--jobs", "1")
    assert here.code == there.code == ExitCode.OK and "All 2 brushes are learned." in there.stderr
    ours, theirs = (files_of(Path(folder)) for folder in ("here", "there"))
    for name in "oil", "mine":
        cards = [json.loads(files.pop(f"{name}/{CARD_FILE}")) for files in (ours, theirs)]
        assert all(card.pop("seconds").keys() >= {"fit", "controller"} for card in cards)
        assert cards[0] == cards[1]
    assert ours == theirs
    assert ours["oil/notes.txt"] == b"older" and ours[f"oil/{CONTROLLER_FILE}"] != b"older"
    assert "mine/mine.myb" in ours and not {"oil/oil.myb", f"oil/{POLICY_FILE}", f"oil/{WET_FILE}"} & ours.keys()
    assert command(*words, "there", "--cluster", "tcp://127.0.0.1:1").stderr == "2 of 2 brushes are already learned.\n"


def learnt(lesson: Lesson) -> str:
    """In place of a training, which takes long."""
    lesson.folder.mkdir()
    (lesson.folder / CARD_FILE).write_text(lesson.brush.mypaint_name)
    (lesson.folder / "dream.onnx").write_bytes(lesson.brush.path.read_bytes())
    (lesson.folder / f"{lesson.brush.name}.myb").write_bytes(lesson.brush.path.read_bytes())
    return f"{lesson.folder}: it is learned from {lesson.brush.path}."


def test_what_is_learned_elsewhere_comes_back(command: Command) -> None:
    shutil.copy(OIL.path, "mine.myb")
    content = OIL.path.read_bytes()
    asked = lesson("mine.myb")
    sent = pack(Sent.of(asked))
    Path("mine.myb").rename("away.myb")  # a worker cannot read it at its place
    returned = unpack(pack(do_sent(learnt, unpack(sent))))
    Path("away.myb").rename("mine.myb")
    assert returned.save(asked) == "learned: it is learned from mine.myb."
    assert files_of(Path("learned")) == {
        CARD_FILE: read_myb(OIL.path).parent_name.encode(),
        "dream.onnx": content,
        "mine.myb": content,
    }


def test_what_comes_back_replaces_all_of_an_older_model(command: Command) -> None:
    folder = Path("learned")
    (folder / FOLDER).mkdir(parents=True)
    for name in (*OF_AN_OLDER_MODEL, CARD_FILE, f"{FOLDER}/begun", "notes.txt"):
        (folder / name).write_bytes(b"older")
    asked = lesson()
    do_sent(learnt, unpack(pack(Sent.of(asked)))).save(asked)
    assert files_of(folder) == {
        CARD_FILE: b"dreambrush/oil",
        "dream.onnx": OIL.path.read_bytes(),
        "notes.txt": b"older",
    }
    assert not (folder / FOLDER).exists()


def test_nothing_is_sent_for_a_folder_with_another_training(command: Command) -> None:
    options = TrainOptions(seed=1)
    with Workspace(Path("learned"), options.plan(read_myb(OIL.path))).opened():
        assert error_of(lesson()).id == error_of(lesson(restart=True)).id == "folder-in-use"
    assert error_of(lesson()).id == "training-has-other-options"
    before = files_of(Path("learned"))
    assert Sent.of(lesson(restart=True)).error is None and Sent.of(lesson(folder="other")).error is None
    assert files_of(Path("learned")) == before and not Path("other").exists()


def error_of(asked: Lesson) -> DreambrushError:
    sent = unpack(pack(Sent.of(asked)))
    with pytest.raises(OutputError) as caught:
        do_sent(learnt, sent)
    return caught.value


def test_a_worker_is_told_which_shipped_model_is_replaced(command: Command) -> None:
    folder = shipped_folder("pretrained") / "oil"
    told = Sent.of(lesson(folder=str(folder))).thing
    assert told.instead_of == told.moved_to(Path("elsewhere")).instead_of == "oil"
    assert Sent.of(lesson()).thing.instead_of is None


def test_a_worker_stops_when_it_is_asked(command: Command) -> None:
    with stops_if(lambda: True), pytest.raises(KeyboardInterrupt):
        learn(lesson(), workers=1)
    assert not list(Path("learned").glob("*.*")), "it went on to the end"


def failing(lesson: Lesson) -> str:
    raise StrokesError(f"{lesson.brush.path} is bad.", f"Look into {lesson.folder}.", id="bad")


def test_errors_name_the_paths_of_home(command: Command) -> None:
    with pytest.raises(StrokesError) as caught:
        do_sent(failing, Sent.of(lesson()))
    assert caught.value.message == f"{OIL.path} is bad." and caught.value.advice == "Look into learned."


def test_a_result_that_would_land_elsewhere_is_refused(command: Command) -> None:
    with pytest.raises(DreambrushError) as caught:
        Returned("", Parcel({"../evil": b"", "b": b""})).save(lesson())
    assert caught.value.id == "strange-parcel" and not Path("learned").exists()


@pytest.mark.parametrize("word", ["--only=dream", "--keep", "--pictures=."])
def test_what_train_does_only_here(word: str, command: Command) -> None:
    outcome = command("train", "oil", word, "--cluster", "tcp://127.0.0.1:1")
    assert outcome.code == ExitCode.USAGE and f"--cluster and {word.partition('=')[0]}" in outcome.stderr
