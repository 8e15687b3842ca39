"""Commands other than paint on a cluster: the same files as on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.cli.shared.travels import Sent, do_sent
from dreambrush.cli.train.lesson import Lesson
from dreambrush.errors import DreambrushError, ExitCode, StrokesError
from dreambrush.jobs.message import pack, unpack
from dreambrush.models.catalogue import find_brush
from tests.jobs.machines import Machines

if TYPE_CHECKING:
    from tests.cli.conftest import Command


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler and a worker, for all tests here."""
    found = Machines(tmp_path_factory.mktemp("machines"), 1)
    yield found
    found.close()


def files_of(folder: str) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


def test_collect(command: Command, machines: Machines) -> None:
    words = ("collect", "oil", "--strokes", "520", "--episodes", "2", "-o")
    assert command(*words, "here", "--jobs", "1").code == ExitCode.OK
    outcome = command(*words, "there", "--cluster", machines.address)
    assert outcome.code == ExitCode.OK and "Dask's dashboard" in outcome.stderr
    assert files_of("there") == files_of("here")
    (Path("there") / "strokes-00000.npz").unlink()
    (Path("there") / "strokes-00001.npz").unlink()
    assert command(*words, "there", "--cluster", machines.address).code == ExitCode.OK
    assert files_of("there") == files_of("here")


def test_timelapse(command: Command, machines: Machines) -> None:
    for name in ("a", "b"):
        assert command("paint", "photo.png", "--strokes", "3", "--size", "32", "-o", f"{name}.ora").code == ExitCode.OK
    Path("c.ora").write_bytes(b"no painting")
    words = ("timelapse", "a.ora", "c.ora", "b.ora", "--seconds", "1", "--hold", "0", "-o")
    outcomes = []
    for folder, where in (("here", ()), ("there", ("--cluster", machines.address))):
        Path(folder).mkdir()
        outcomes.append(command(*words, folder, *where))
    here, there = outcomes
    assert here.code == there.code == ExitCode.BAD_ORA
    assert files_of("there") == files_of("here") and len(files_of("here")) == 2
    assert set(there.stderr.replace("there/", "here/").splitlines()) >= set(here.stderr.splitlines())


def test_bench(command: Command, machines: Machines) -> None:
    bars = np.zeros((2, 28, 28), np.uint8)
    bars[0, 6:22, 5:9] = bars[1, 6:22, 15:19] = 255
    np.save("digits.npy", bars)
    words = ("bench", "digits", "digits.npy", "--strokes", "2", "--count", "1", "--json", "-q", "-o")
    found = []
    for folder, where in (("here", ()), ("there", ("--cluster", machines.address))):
        outcome = command(*words, folder, *where)
        assert outcome.code == ExitCode.OK
        (result,) = json.loads(outcome.stdout)["results"]
        strokes = {name: each for name, each in files_of(folder).items() if "strokes" in name and "json" in name}
        found.append((result["mse"], result["dreamed_mse"], strokes))
    assert found[0] == found[1] and found[0][2]


def test_bench_paint_measures_this_machine(command: Command) -> None:
    outcome = command("bench", "paint", "--cluster", "tcp://127.0.0.1:1")
    assert outcome.code == ExitCode.USAGE and "takes no cluster" in outcome.stderr


@pytest.mark.parametrize("word", ["--only=dream", "--keep", "--pictures=."])
def test_what_train_does_only_here(word: str, command: Command) -> None:
    outcome = command("train", "oil", word, "--cluster", "tcp://127.0.0.1:1")
    assert outcome.code == ExitCode.USAGE and f"--cluster and {word.partition('=')[0]}" in outcome.stderr


def learnt(lesson: Lesson) -> str:
    """In place of a training, which takes long."""
    (lesson.folder / "inside").mkdir(parents=True)
    (lesson.folder / "card.json").write_text(lesson.brush.mypaint_name)
    (lesson.folder / "inside" / "dream.onnx").write_bytes(lesson.brush.path.read_bytes())
    return f"{lesson.folder}: it is learned from {lesson.brush.path}."


def test_what_is_learned_elsewhere_comes_back(command: Command) -> None:
    from dreambrush.train.plan import TrainOptions

    brush = find_brush("oil")
    lesson = Lesson(brush, Path("learned"), TrainOptions(), ("dream",), False, False)
    returned = unpack(pack(do_sent(learnt, unpack(pack(Sent.of(lesson))))))
    assert returned.save(lesson) == f"learned: it is learned from {brush.path}."
    assert files_of("learned") == {
        "card.json": b"dreambrush/oil",
        "inside/dream.onnx": brush.path.read_bytes(),
    }


def failing(lesson: Lesson) -> str:
    raise StrokesError(f"{lesson.brush.path} is bad.", f"Look into {lesson.folder}.", id="bad")


def test_errors_name_the_paths_of_home(command: Command) -> None:
    from dreambrush.train.plan import TrainOptions

    lesson = Lesson(find_brush("oil"), Path("learned"), TrainOptions(), ("dream",), False, False)
    with pytest.raises(StrokesError) as caught:
        do_sent(failing, Sent.of(lesson))
    assert caught.value.message == f"{lesson.brush.path} is bad." and caught.value.advice == "Look into learned."


def test_a_result_that_would_land_elsewhere_is_refused(command: Command) -> None:
    from dreambrush.cli.shared.travels import Returned
    from dreambrush.jobs.parcel import Parcel
    from dreambrush.train.plan import TrainOptions

    lesson = Lesson(find_brush("oil"), Path("learned"), TrainOptions(), ("dream",), False, False)
    with pytest.raises(DreambrushError) as caught:
        Returned("", Parcel({"../evil": b"", "b": b""})).save(lesson)
    assert caught.value.id == "strange-parcel" and not Path("learned").exists()
