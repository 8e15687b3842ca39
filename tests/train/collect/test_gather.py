from __future__ import annotations

import contextlib
import fcntl
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dreambrush.errors import OutputError
from dreambrush.jobs.crew import Crew, open_crew
from dreambrush.jobs.here import Here
from dreambrush.jobs.pieces import ProcessDiedError
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import BrushSettings, read_myb
from dreambrush.train.collect.gather import gather, sampled_strokes
from dreambrush.train.collect.shards import MANIFEST, Manifest, load_episodes, load_strokes
from dreambrush.train.collect.strokes import SIDE, STROKES_PER_BRUSH, paint_alpha

BRISTLE = read_myb(find_brush("bristle").path)
HERE = Here()
OIL = read_myb(find_brush("oil").path)


def wanted(settings: BrushSettings, strokes: int, episodes: int = 0, seed: int = 0, colour: bool = False) -> Manifest:
    return Manifest("a brush", settings.digest(), seed, colour, strokes, episodes)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.slow
def test_the_same_bytes_whatever_the_workers(tmp_path: Path) -> None:
    for workers in (1, 3):
        with open_crew(workers) as crew:
            gather(tmp_path / str(workers), BRISTLE, wanted(BRISTLE, 1700, 40), crew)
    one, three = files(tmp_path / "1"), files(tmp_path / "3")
    assert one == three
    assert len(one) == 1 + 4 + 2


def test_a_process_that_dies_is_told_and_what_is_finished_stays(tmp_path: Path) -> None:
    def kill_the_painters(done: int, total: int) -> None:
        for child in multiprocessing.active_children() if done else ():
            child.kill()

    with open_crew(2) as crew, pytest.raises(ProcessDiedError) as caught:
        gather(tmp_path, BRISTLE, wanted(BRISTLE, 4000), crew, kill_the_painters)
    assert caught.value.message == "A process that painted strokes has died (exit code -9)."
    assert (tmp_path / MANIFEST).exists() and len(files(tmp_path)) >= 2


@pytest.mark.parametrize("jobs", [1, 2])
def test_one_shard_is_written_while_the_next_is_painted(tmp_path: Path, jobs: int) -> None:
    # The first shard is told of, in the thread of the disk, only when the crew has more.
    more = threading.Event()

    class Watched:
        size = jobs

        def __init__(self, crew: Crew) -> None:
            self.crew = crew

        def run(self, *words: Any, **more_words: Any) -> Iterator[Any]:
            for number, done in enumerate(self.crew.run(*words, **more_words)):
                if number == 1:
                    more.set()
                yield done

    def told(done: int, total: int) -> None:
        assert not done or more.wait(30), "the first shard is not written while the second is painted"

    with open_crew(jobs) as crew:
        gather(tmp_path, OIL, wanted(OIL, 1001), Watched(crew), told)  # type: ignore[arg-type]


def test_a_stroke_is_what_the_engine_paints(tmp_path: Path) -> None:
    gather(tmp_path, BRISTLE, wanted(BRISTLE, 700, seed=5), HERE)
    collection = load_strokes(tmp_path)
    strokes = np.concatenate([sampled_strokes(5, number)[0] for number in (0, 1)])[:700]
    assert np.array_equal(collection.strokes, strokes)
    assert np.array_equal(collection.alpha[:500], paint_alpha(BRISTLE, strokes[:500]))
    assert np.array_equal(collection.alpha[500:], paint_alpha(BRISTLE, strokes[500:]))
    assert collection.colour is None and collection.rgb is None


def test_colour_is_told_where_asked_for(tmp_path: Path) -> None:
    gather(tmp_path, OIL, wanted(OIL, 120, colour=True), HERE)
    collection = load_strokes(tmp_path)
    assert collection.colour is not None and collection.rgb is not None
    opaque = collection.alpha == 255
    given = np.broadcast_to(collection.colour[:, None, None], (*opaque.shape, 3))
    assert opaque.any() and np.abs(collection.rgb[opaque] / 255 - given[opaque]).max() < 0.01
    assert not collection.rgb[collection.alpha == 0].any()


def test_sampled_strokes_are_uniform_and_brownian_in_turn() -> None:
    strokes, colour = sampled_strokes(0, 3)
    assert strokes.shape == (STROKES_PER_BRUSH, 9) and colour.shape == (STROKES_PER_BRUSH, 3)
    step = [np.abs(np.diff(strokes[first::2, 6])).mean() for first in (0, 1)]
    assert step[0] > 0.25 and step[1] < 0.12
    assert not np.array_equal(strokes, sampled_strokes(0, 4)[0])
    assert not np.array_equal(strokes, sampled_strokes(1, 3)[0])


@pytest.mark.slow
def test_a_folder_grows_and_never_shrinks(tmp_path: Path) -> None:
    grown, whole = tmp_path / "grown", tmp_path / "whole"
    gather(whole, OIL, wanted(OIL, 1300, 40), HERE)
    gather(grown, OIL, wanted(OIL, 700, 10), HERE)
    small = load_strokes(grown)
    first = (grown / "strokes-00000.npz").stat().st_mtime_ns
    gather(grown, OIL, wanted(OIL, 1300, 40), HERE)
    assert files(grown) == files(whole)
    assert (grown / "strokes-00000.npz").stat().st_mtime_ns == first
    assert np.array_equal(load_strokes(grown).alpha[:700], small.alpha)
    manifest = gather(grown, OIL, wanted(OIL, 5), HERE)
    assert (manifest.strokes, manifest.episodes) == (1300, 40) and files(grown) == files(whole)


def test_damaged_and_missing_shards_are_painted_again(tmp_path: Path) -> None:
    gather(tmp_path, OIL, wanted(OIL, 1500, 5), HERE)
    before = files(tmp_path)
    (tmp_path / "strokes-00001.npz").write_bytes(before["strokes-00001.npz"][:70_000])
    (tmp_path / "strokes-00002.npz").write_bytes(b"")
    (tmp_path / "episodes-00000.npz").unlink()
    told: list[tuple[int, int]] = []
    gather(tmp_path, OIL, wanted(OIL, 1500, 5), HERE, lambda done, total: told.append((done, total)))
    assert files(tmp_path) == before
    assert told == [(500, 1580), (1000, 1580), (1500, 1580), (1580, 1580)]


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (wanted(BRISTLE, 10), "holds strokes of an older version of this brush"),
        (Manifest("bristle", BRISTLE.digest(), 0, False, 10, 0), "holds strokes of another brush, a brush"),
        (wanted(OIL, 10, seed=1), "holds strokes of another seed, 0"),
        (wanted(OIL, 10, colour=True), "another version of libmypaint"),
    ],
)
def test_a_folder_of_another_brush_or_seed_is_refused(tmp_path: Path, other: Manifest, message: str) -> None:
    gather(tmp_path, OIL, wanted(OIL, 20), HERE)
    before = files(tmp_path)
    with pytest.raises(OutputError, match=message) as caught:
        gather(tmp_path, OIL, other, HERE)
    assert caught.value.message.count(".") == 1 + str(tmp_path).count(".")
    assert files(tmp_path) == before


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match="is not empty"):
        gather(tmp_path, OIL, wanted(OIL, 20), HERE)
    assert os.listdir(tmp_path) == ["letter.txt"]
    with pytest.raises(OutputError, match="cannot be created"):
        gather(tmp_path / "letter.txt", OIL, wanted(OIL, 20), HERE)


def test_two_at_once_do_not_fill_one_folder(tmp_path: Path) -> None:
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(OutputError, match="Another dreambrush is filling"):
        gather(tmp_path, OIL, wanted(OIL, 20), HERE)
    os.close(handle)
    gather(tmp_path, OIL, wanted(OIL, 20), HERE)


def test_killed_at_its_first_file(tmp_path: Path) -> None:
    (tmp_path / ".dreambrush-0123456789abcdef.tmp").write_bytes(b"{")
    gather(tmp_path, OIL, wanted(OIL, 20), HERE)
    assert sorted(files(tmp_path)) == [MANIFEST, "strokes-00000.npz"]


STROKES, EPISODES = 7300, 70


def start(folder: Path) -> subprocess.Popen[bytes]:
    words = ["collect", "bristle", "-q", "--workers", "2", "--strokes", str(STROKES), "--episodes", str(EPISODES)]
    return subprocess.Popen(
        [sys.executable, "-m", "dreambrush", *words, "-o", str(folder)],
        stderr=subprocess.PIPE,
        start_new_session=True,
        # Jobs in the background of a shell are born deaf to Ctrl-C, and so would be the one that is tested.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def shards(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*-*.npz")}


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("uninterrupted")
    gather(folder, BRISTLE, Manifest("bristle", BRISTLE.digest(), 0, False, STROKES, EPISODES), HERE)
    return files(folder)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_at_random_moments_nothing_is_lost_or_repeated(
    tmp_path: Path, uninterrupted: dict[str, bytes], how: signal.Signals
) -> None:
    chance, stops = random.Random(how), 0
    for _ in range(3):
        before, running = shards(tmp_path), start(tmp_path)
        while len(shards(tmp_path)) == len(before) and running.poll() is None:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.1))
        if how == signal.SIGINT:
            with contextlib.suppress(ProcessLookupError):  # it may be ready by now
                os.killpg(running.pid, how)  # as a terminal does: to the workers too
        else:
            running.kill()
        stderr = running.communicate()[1].decode()
        stops += running.returncode == (130 if how == signal.SIGINT else -9)
        if how == signal.SIGINT and running.returncode:
            assert running.returncode == 130 and stderr.startswith("Interrupted: ") and stderr.count("\n") == 1
            assert not list(tmp_path.glob(".dreambrush*"))
        there = shards(tmp_path)
        assert before.items() <= there.items(), "a finished shard was painted again"
    assert stops, "it was never stopped in the middle"
    time.sleep(0.3)
    assert shards(tmp_path) == there, "a worker outlives the process that started it"
    last = start(tmp_path)
    assert last.communicate()[1] == b"" and last.returncode == 0
    assert there.items() <= shards(tmp_path).items()
    assert files(tmp_path) == uninterrupted
    alpha, canvas = load_strokes(tmp_path).alpha, load_episodes(tmp_path).canvas
    assert alpha.shape == (STROKES, SIDE, SIDE) and len(canvas) == EPISODES
