"""``dreambrush bench``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dreambrush.cli.bench.command import TASKS
from dreambrush.errors import ExitCode
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.lay.lay_strokes import lay_strokes
from dreambrush.painter.plan import effort as efforts
from dreambrush.pictures.picture_sets import square
from dreambrush.pictures.reading import load_picture
from dreambrush.strokes import Strokes

if TYPE_CHECKING:
    from dreambrush.arrays import Pixels
    from dreambrush.cli.ui.progress import Update
    from tests.cli.conftest import Command


@pytest.fixture(autouse=True)
def little_thought(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paints as always, with less effort: what is tested here does not depend on how good the paintings are."""
    monkeypatch.setitem(efforts.EFFORTS, efforts.MOST, efforts.EFFORTS[efforts.LEAST])


def writing(count: int) -> Pixels:
    """Light bars on dark, (count, 28, 28), as MNIST's digits are stored."""
    pictures = np.zeros((count, 28, 28), np.uint8)
    for index, picture in enumerate(pictures):
        picture[6:22, 5 + 3 * index : 9 + 3 * index] = 255
    return pictures


def draw_faces(folder: Path, count: int) -> None:
    folder.mkdir()
    for index in range(count):
        picture = Image.new("RGB", (120, 90), (200, 210, 40 * index))
        ImageDraw.Draw(picture).ellipse((40, 20, 85, 75), (220, 160 - 20 * index, 120))
        picture.save(folder / f"face{index}.png")


def seen(record: Path, ground: list[int], brush: str, seed: int) -> Pixels:
    """What the strokes of a file make on fresh real canvases."""
    strokes = Strokes.load(record)
    layers = lay_strokes(strokes, [read_myb(find_brush(brush).path)], seed)
    return merge_layers(layers, np.array(ground, np.uint8))


def test_digits_from_an_array_into_a_folder_of_the_task_s_name(command: Command) -> None:
    np.savez("digits.npz", x=writing(3), y=np.arange(3))
    outcome = command("bench", "digits", "digits.npz", "--strokes", "2", "--count", "2", "--seed", "5")
    assert outcome.code == ExitCode.OK and outcome.stdout == ""
    assert "bench-digits: contact sheets, figures and strokes of 2 pictures." in outcome.stderr
    assert "strokes" in outcome.stderr and "dreamt" in outcome.stderr  # the table
    report = json.loads(Path("bench-digits/digits.json").read_text())
    (row,) = report["results"]
    assert (report["seed"], report["brush"], report["size"], row["strokes"]) == (5, "pencil", 64, 2)
    assert 0 < row["mse"] < 0.05 and len(row["paintings"]) == 2
    for painting in row["paintings"]:
        strokes = Strokes.load(painting["record"])
        assert len(strokes) == painting["strokes"] == 2 and strokes.size == (64, 64)
        assert (strokes.colour == 0).all() and painting["ground"] == [255, 255, 255]
    assert Image.open(row["sheet"]).size[0] > 6 * 128  # two triples beside each other, enlarged twice


def test_every_figure_is_that_of_the_strokes_painted_again(command: Command) -> None:
    draw_faces(Path("faces"), 2)
    words = ("--strokes", "2", "--strokes", "1", "--brush", "bristle", "--seed", "2", "--json", "-o", "a/b")
    outcome = command("bench", "portraits", "faces", *words)
    assert outcome.code == ExitCode.OK
    report = json.loads(outcome.stdout)
    assert report == json.loads(Path("a/b/portraits.json").read_text())
    assert [row["strokes"] for row in report["results"]] == [2, 1]
    assert report["machine"]["cores"] >= 1 and report["machine"]["python"] and report["interrupted"] is False
    for row in report["results"]:
        errors, dreamed = [], []
        assert {painting["picture"] for painting in row["paintings"]} == {"face0.png", "face1.png"}
        for painting in row["paintings"]:
            assert len(Strokes.load(painting["record"])) == row["strokes"]
            target = square(load_picture(Path("faces") / painting["picture"]), 64)
            real = seen(Path(painting["record"]), painting["ground"], "bristle", 2)
            assert painting["mse"] == np.mean((real / 255.0 - target) ** 2)
            errors.append(painting["mse"])
            dreamed.append(painting["dreamed_mse"])
        assert row["mse"] == pytest.approx(np.mean(errors))
        assert row["transfer_gap"] == pytest.approx(1 - np.mean(dreamed) / np.mean(errors))
        gaps = [abs(1 - d / e) for d, e in zip(dreamed, errors, strict=True)]
        assert row["mean_absolute_gap"] == pytest.approx(np.mean(gaps))
        assert row["cpu_seconds"] > 0 and row["seconds"] > 0


def test_the_sheet_shows_target_dream_and_what_is_real(command: Command) -> None:
    np.save("kana.npy", 255 - writing(1))
    outcome = command("bench", "kana", "kana.npy", "--strokes", "1", "--json", "-q")
    assert outcome.stderr == ""
    (row,) = json.loads(outcome.stdout)["results"]
    (painting,) = row["paintings"]
    pixels = np.asarray(Image.open(row["sheet"]))[18:146:2]
    target, dream, real = (pixels[:, left : left + 128 : 2] for left in (4, 136, 268))
    assert (real == seen(Path(painting["record"]), painting["ground"], "pencil", 0)).all()
    assert ((target / 255 - real / 255) ** 2).mean() == pytest.approx(painting["mse"], abs=1e-4)
    assert np.abs(dream.astype(int) - real).mean() < 5 and target[0, 0].tolist() == [255, 255, 255]


def test_the_same_seed_gives_the_same_figures_and_another_draws_other_pictures(command: Command) -> None:
    np.save("digits.npy", np.repeat(writing(4), 10, axis=0))

    def paint(folder: str, seed: str) -> list[dict[str, Any]]:
        words = ("--strokes", "1", "--count", "1", "--seed", seed, "-o", folder, "--json", "-q")
        paintings: list[dict[str, Any]] = json.loads(command("bench", "digits", "digits.npy", *words).stdout)[
            "results"
        ][0]["paintings"]
        return [{k: v for k, v in each.items() if k not in ("cpu_seconds", "record")} for each in paintings]

    first, again, other = paint("one", "1"), paint("two", "1"), paint("three", "2")
    assert first == again
    assert [each["picture"] for each in first] != [each["picture"] for each in other]
    assert Path("one/digits-1.png").read_bytes() == Path("two/digits-1.png").read_bytes()


def test_counts_and_published_figures_of_each_task() -> None:
    assert {name: task.strokes for name, task in TASKS.items()} == {
        "digits": (8,),
        "kana": (15,),
        "portraits": (15, 30, 50),
    }
    for task in TASKS.values():
        assert set(task.published) == set(task.strokes) and all(task.published.values())


def test_results_are_replaced_only_by_force(command: Command) -> None:
    np.save("digits.npy", writing(1))
    words = ("bench", "digits", "digits.npy", "--strokes", "1")
    assert command(*words).code == ExitCode.OK
    Path("bench-digits/digits.json").write_text("mine")
    outcome = command(*words)
    assert outcome.code == ExitCode.OUTPUT and "'bench-digits/digits.json' exists already." in outcome.stderr
    assert Path("bench-digits/digits.json").read_text() == "mine"
    assert command(*words, "--force").code == ExitCode.OK
    assert json.loads(Path("bench-digits/digits.json").read_text())["task"] == "digits"


@pytest.fixture
def things(command: Command) -> None:
    """Files that a careless person could name."""
    np.save("good.npy", writing(2))
    np.save("float.npy", writing(2) / 255)
    np.savez("two.npz", a=writing(1), b=writing(1))
    np.save("pickle.npy", np.array([{"a": 1}], object), allow_pickle=True)
    Path("bare").mkdir()
    Path("album").mkdir()
    Path("album/broken.png").write_bytes(Path("photo.png").read_bytes()[:60])
    Path("untrained.myb").write_text('{"version": 3, "settings": {}}')


def state() -> dict[Path, bytes]:
    return {path: path.read_bytes() if path.is_file() else b"" for path in Path("..").rglob("*")}


@pytest.mark.usefixtures("things")
@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ("digits", ExitCode.USAGE, "There is nothing to measure."),
        ("letters good.npy", ExitCode.USAGE, "'letters' is not one of 'paint', 'digits', 'kana', 'portraits'."),
        ("digits good.npy --strokes 0", ExitCode.USAGE, "'0' is not a whole number from 1 to 1000."),
        ("digits good.npy --count many", ExitCode.USAGE, "'many' is not a whole number from 1 to 10000."),
        ("digits good.npy --count 3", ExitCode.USAGE, "'good.npy' has only 2 pictures, but 3 are asked for."),
        ("digits good.npy --seed=-1", ExitCode.USAGE, "'-1' is not a whole number from 0 to 4294967295."),
        ("digits absent", ExitCode.BAD_PICTURE, "There are no pictures at 'absent'."),
        ("digits bare", ExitCode.BAD_PICTURE, "There are no pictures in the folder 'bare'."),
        ("digits photo.png", ExitCode.BAD_PICTURE, "neither a folder of pictures nor an .npy or .npz file"),
        ("digits pickle.npy", ExitCode.BAD_PICTURE, "cannot be read as an array of numbers"),
        ("digits float.npy", ExitCode.BAD_PICTURE, "which is not a set of pictures"),
        ("digits two.npz", ExitCode.BAD_PICTURE, "none of them is called x"),
        ("portraits album", ExitCode.BAD_PICTURE, "'album/broken.png' is damaged or incomplete"),
        ("digits good.npy -o photo.png", ExitCode.OUTPUT, "The folder photo.png cannot be created"),
        ("digits good.npy --brush oyl", ExitCode.BRUSH, "Did you mean oil"),
        ("digits good.npy --brush untrained.myb", ExitCode.MODEL, "has not learned the brush 'untrained' yet"),
    ],
)
def test_what_cannot_be_done_is_explained(command: Command, words: str, code: ExitCode, message: str) -> None:
    before = state()
    outcome = command("bench", *words.split())
    assert outcome.code == code and outcome.stdout == ""
    said, advice = outcome.stderr.rstrip("\n").split("\n")
    assert said.startswith("Error: ") and message in outcome.stderr and len(advice) > 10
    assert state() == before


def stop_at(monkeypatch: pytest.MonkeyPatch, painted: int) -> None:
    """Presses Ctrl-C when so many paintings are done."""

    @contextmanager
    def bar(title: str, *, quiet: bool = False) -> Iterator[Update]:
        def update(stage: str, done: int, total: int, note: str) -> None:
            assert (stage, total) == ("paint", 3) and ", error 0." in note
            if done == painted:
                raise KeyboardInterrupt

        yield update

    monkeypatch.setattr("dreambrush.cli.bench.command.progress_bar", bar)


def test_ctrl_c_keeps_the_pictures_that_are_done(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save("digits.npy", writing(3))
    stop_at(monkeypatch, 2)
    outcome = command("bench", "digits", "digits.npy", "--strokes", "1", "--json")
    assert outcome.code == ExitCode.INTERRUPTED
    assert "Interrupted: 'bench-digits' has 2 of 3 pictures." in outcome.stderr
    report = json.loads(outcome.stdout)
    assert report["interrupted"] is True and len(report["results"][0]["paintings"]) == 2
    assert len(list(Path("bench-digits/strokes").iterdir())) == 2


@pytest.mark.slow
def test_jobs_paint_the_same_strokes(command: Command) -> None:
    np.save("digits.npy", writing(2))
    for jobs in "1", "2":
        words = ["bench", "digits", "digits.npy", "--strokes", "1", "--jobs", jobs, "-o", jobs, "-q"]
        subprocess.run([sys.executable, "-m", "dreambrush", *words], check=True)  # processes know no patch of here
    names = sorted(path.name for path in Path("1/strokes").iterdir())
    assert len(names) == 2
    for name in *(f"strokes/{name}" for name in names), "digits-1.png":
        assert Path("1", name).read_bytes() == Path("2", name).read_bytes()
    first, second = (json.loads(Path(jobs, "digits.json").read_text())["results"][0] for jobs in "12")
    order = [painting["picture"] for painting in first["paintings"]]
    assert order == [painting["picture"] for painting in second["paintings"]]
    assert first["mse"] == second["mse"]


def test_ctrl_c_before_anything_is_done(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save("digits.npy", writing(3))
    stop_at(monkeypatch, 0)
    outcome = command("bench", "digits", "digits.npy", "--strokes", "1", "--json")
    assert (outcome.code, outcome.stdout, outcome.stderr.strip()) == (ExitCode.INTERRUPTED, "", "Interrupted.")
    assert not Path("bench-digits").exists()


def test_a_page_shows_every_painting(command: Command) -> None:
    np.save("digits.npy", writing(2))
    page_in_folder = "bench-digits/page.html"  # a folder that is not there yet
    once = command("bench", "digits", "digits.npy", "--strokes", "1", "--count", "1", "--html", page_in_folder, "-q")
    assert once.code == ExitCode.OK and Path(page_in_folder).exists()
    words = ("bench", "digits", "digits.npy", "--strokes", "1", "--strokes", "2", "--force", "--html", "digits.html")
    outcome = command(*words)
    assert outcome.code == ExitCode.OK and "digits.html: a page of " in outcome.stderr
    page = Path("digits.html").read_text()
    report = json.loads(Path("bench-digits/digits.json").read_text())
    for row in report["results"]:
        for painting in row["paintings"]:
            assert f"{painting['picture']}, {row['strokes']} strokes" in page
            assert f"error {painting['mse']:.5f}" in page and f"error {painting['dreamed_mse']:.5f}" in page
    assert "dreambrush bench digits digits.npy --html digits.html --strokes 1 --strokes 2 --force" in page
    outcome = command(*words[:-1], "photo.png")
    assert outcome.code == ExitCode.USAGE and "'photo.png' is not the name of a page" in outcome.stderr
