"""``dreambrush timelapse``."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from PIL import Image

from dreambrush.errors import ExitCode
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.recipe import Recipe, recipes_to_settings
from dreambrush.replay.repaint import repaint
from tests.cli.without_recipe import WITHOUT_RECIPE, check_refused, write_files_without_recipe
from tests.mypaint.hostile_files import BYTES, make
from tests.replay.test_edits import some_recipe

if TYPE_CHECKING:
    from tests.cli.conftest import Command

SHORT = ("--seconds", "1", "--hold", "0.2")


def save(path: str = "work.ora") -> Recipe:
    done = repaint(some_recipe())
    done.save_openraster(Path(path))
    return done.recipe


def last_frame(path: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(path) as film:
        film.seek(getattr(film, "n_frames", 1) - 1)
        return np.asarray(film.convert("RGB"))


def test_an_mp4_beside_it(command: Command) -> None:
    save()
    outcome = command("timelapse", "work.ora", *SHORT)
    assert outcome == (0, "", "work.mp4: 30 frames, 1 s, 150 x 100 px.\n")
    with av.open("work.mp4") as film:
        assert (film.streams.video[0].width, film.streams.video[0].frames) == (150, 30)


def test_several_files_become_films_with_the_same_bytes_and_a_broken_one_stops_no_other(command: Command) -> None:
    save("one.ora")
    shutil.copy("one.ora", "two.ora")
    Path("broken.ora").write_bytes(b"PK no longer")
    Path("films").mkdir()
    assert command("timelapse", "one.ora", *SHORT).code == 0
    outcome = command("timelapse", "one.ora", "broken.ora", "two.ora", "-o", "films", "--jobs", "2", *SHORT)
    assert outcome.code == ExitCode.BAD_ORA and outcome.stdout == ""
    assert outcome.stderr.endswith("2 of 3 films are made; failed: broken.ora.\n")
    assert "films/one.mp4: 30 frames, 1 s, 150 x 100 px." in outcome.stderr.splitlines()
    assert sorted(path.name for path in Path("films").iterdir()) == ["one.mp4", "two.mp4"]
    for film in Path("films").iterdir():
        assert film.read_bytes() == Path("one.mp4").read_bytes()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_leaves_whole_films_only(command: Command, jobs: str) -> None:
    save("one.ora")
    shutil.copy("one.ora", "two.ora")
    Path("films").mkdir()
    words = ["timelapse", "one.ora", "two.ora", "-o", "films", "--jobs", jobs, "--seconds", "300"]
    running = subprocess.Popen([sys.executable, "-m", "dreambrush", *words], stderr=subprocess.PIPE, text=True)
    while running.poll() is None and len(list(Path("films").iterdir())) < int(jobs):
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _, stderr = running.communicate(timeout=60)
    assert running.returncode == ExitCode.INTERRUPTED
    lines = stderr.splitlines()
    assert "0 of 2 films are made." in lines and lines[-1] == "Interrupted." and "Traceback" not in stderr
    assert not list(Path("films").iterdir())


@pytest.mark.parametrize("by", ["strokes", "error"])
def test_the_last_frame_is_the_painting(command: Command, by: str) -> None:
    save()
    assert command("timelapse", "work.ora", "-o", "film.webp", "--by", by, "-q", *SHORT) == (0, "", "")
    assert command("render", "work.ora", "work.png").code == 0
    with Image.open("work.png") as rendered:
        assert np.array_equal(last_frame("film.webp"), np.asarray(rendered))


def test_frames_and_size_are_chosen(command: Command) -> None:
    save()
    words = ("--seconds", "2", "--hold", "0", "--fps", "5", "--size", "75", "--by", "strokes")
    assert command("timelapse", "work.ora", "-o", "film.gif", *words).stderr == (
        "film.gif: 10 frames, 2 s, 75 x 50 px.\n"
    )
    with Image.open("film.gif") as film:
        assert (film.size, getattr(film, "n_frames", 1)) == ((75, 50), 10)


def test_loose_strokes_are_laid_on_white(command: Command) -> None:
    save().strokes.save("strokes.json")
    assert command("timelapse", "strokes.json", "-o", "film.webp", *SHORT).code == 0
    with Image.open("film.webp") as film:
        assert film.convert("RGB").getextrema() == ((255, 255),) * 3
    assert command("replay", "strokes.json", "-o", "replay.png").code == 0
    with Image.open("replay.png") as replayed:
        assert np.array_equal(last_frame("film.webp"), np.asarray(replayed))


def test_of_a_file_painted_on_twice_one_is_chosen(command: Command) -> None:
    first, second = (repaint(some_recipe(seed, n=n)) for seed, n in ((1, 9), (2, 12)))
    settings = recipes_to_settings([first.recipe, second.recipe])
    write_openraster("two.ora", [*first.layers, *second.layers], first.background, settings=settings)
    for words, done in ((("--painting", "1"), first), ((), second)):
        assert command("timelapse", "two.ora", "-o", "film.webp", "--force", *words, *SHORT).code == 0
        assert np.array_equal(last_frame("film.webp"), done.merged())


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("work.ora", "-o", "film.avi"), 2, "must end in .mp4, .gif or .webp"),
        (("work.ora", "-o", "film.gif", "--force", "--fps", "60"), 2, "cannot show 60 frames a second"),
        (("work.ora", "--seconds", "3600"), 2, "108,000 frames"),
        (("work.ora", "--seconds", "1", "--hold", "1"), 2, "no time is left to paint"),
        (("work.ora", "--seconds", "nan"), 2, "--seconds"),
        (("work.ora", "--size", "15"), 2, "--size"),
        (("work.ora", "--size", "151"), 2, "the painting is 150 x 100"),
        (("work.ora", "--by", "chance"), 2, "--by"),
        (("work.ora", "--painting", "2"), 2, "painted once"),
        (("work.ora", "-o", "hers.gif"), 4, "exists already"),
        (("work.ora", "-o", "none/film.gif"), 4, "none"),
        *WITHOUT_RECIPE,
    ],
)
def test_what_cannot_be_done_is_said(command: Command, words: tuple[str, ...], code: int, message: str) -> None:
    save()
    write_files_without_recipe()
    Path("hers.gif").write_text("hers")
    check_refused(command, ("timelapse", *words), code, message)


def test_without_pyav_it_is_said_how_to_install_it(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    save()
    monkeypatch.setitem(sys.modules, "av", None)
    outcome = command("timelapse", "work.ora")
    assert outcome.code == 8 and "pip install av" in outcome.stderr and not Path("work.mp4").exists()


@pytest.mark.parametrize("name", BYTES)
def test_of_hostile_files_nothing_is_filmed(command: Command, name: str) -> None:
    path = make(name, Path())
    before = sorted(os.listdir())
    outcome = command("timelapse", str(path), "-o", "film.gif")
    assert outcome.code in (9, 10) and outcome.stdout == "" and len(outcome.stderr.splitlines()) == 2
    assert sorted(os.listdir()) == before


def test_brushes_that_are_unknown_are_named(command: Command) -> None:
    strokes = replace(some_recipe().strokes, brushes=("oil", "watercolour", "broom"))
    strokes.save("strokes.json")
    outcome = command("timelapse", "strokes.json", *SHORT)
    assert outcome.code == 5 and "broom" in outcome.stderr


@pytest.mark.slow
def test_paint_saves_a_film_too(command: Command) -> None:
    quick = ("--strokes", "20", "--effort", "1")
    outcome = command("paint", "photo.png", "--timelapse", "film.webp", *quick)
    assert outcome.code == ExitCode.OK, outcome.stderr
    with Image.open("film.webp") as film, zipfile.ZipFile("photo.ora") as ora:
        film.seek(getattr(film, "n_frames", 1) - 1)
        last = np.asarray(film.convert("RGB"))
        assert np.array_equal(last, np.asarray(Image.open(ora.open("mergedimage.png"))))
    assert command("paint", "photo.png", "--timelapse", "film.webp", "--force", *quick).code == ExitCode.OK
    Path("photo.ora").unlink()
    shutil.copy("photo.png", "other.png")
    for words, code in (
        (("--timelapse", "film.webp"), ExitCode.OUTPUT),
        (("--timelapse", "film.avi"), ExitCode.USAGE),
        (("other.png", "--timelapse", "two.webp"), ExitCode.USAGE),
    ):
        assert command("paint", "photo.png", *words, *quick).code == code
        assert not Path("photo.ora").exists()
