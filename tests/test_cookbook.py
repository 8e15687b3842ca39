"""Every recipe of docs/cookbook.md does what it promises, when its commands are run as they stand there.

Only what makes them slow is less: numbers of strokes, sizes and lengths are cut to those of MOST, what a command does
not say is set by the environment, and ``train`` does its first stage only (``paint`` then takes a dream that is there).
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from dreambrush.cli import run
from dreambrush.errors import ExitCode
from dreambrush.mypaint.ora.document import read_document
from dreambrush.recipe import Recipe, recipes_of
from dreambrush.strokes import Strokes
from dreambrush.styles import load_style
from tests.cli import fewer_strokes
from tests.cli.conftest import draw
from tests.cli.paint.test_resume import is_unfinished, stop_after
from tests.mypaint.ora_files import OraFile

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "cookbook.md"
RECIPES = dict(re.findall(r"^## ([^\n]+)\n\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.M | re.S))
STEP = re.compile(r"^```sh\n(.*?)^```\n\n(You get .*?)(?:\n\n|\n*\Z)", re.M | re.S)
FILE = re.compile(r"Save as `([^`]+)`[^`]*:\n\n```\w+\n(.*?)^```", re.M | re.S)
PROMISED = re.compile(r"`([\w/-]+\.\w+)`")
MOST = {"strokes": 30, "size": 48, "scale": 2, "seconds": 3}
ALWAYS = {"DREAMBRUSH_STROKES": "30", "DREAMBRUSH_SIZE": "48", "DREAMBRUSH_EFFORT": "1"}
SHELL = re.compile(r"[>|$;&]|^(?!dreambrush )", re.M)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An artist's folder: photos, masks, an own work and an own brush with a dream, and nothing else anywhere."""
    home, here, tools = (tmp_path / name for name in ("home", "here", "tools"))
    (here / "album").mkdir(parents=True)
    for name in [name for name in os.environ if name.startswith("DREAMBRUSH_")]:
        monkeypatch.delenv(name)
    for name, value in ALWAYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(home / "none"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]))
    tools.mkdir()
    (tools / "dreambrush").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m dreambrush "$@"\n')
    (tools / "dreambrush").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("dreambrush.cli.try_._try_of", fewer_strokes.try_of)
    monkeypatch.chdir(here)
    for name in ("photo", "portrait", "album/a", "album/b", "album/c"):
        draw(f"{name}.jpg")
    mask = np.zeros((36, 48), np.uint8)
    mask[8:28, 10:40] = 255
    for name in ("face", "fruit"):
        Image.fromarray(mask).save(f"{name}.png")
    work = OraFile(48, 36)
    work.layer(np.full((20, 30, 4), (200, 30, 30, 255), np.uint8), name="Colour here", x=10, y=8)
    work.layer(np.full((36, 48, 4), (120, 120, 120, 255), np.uint8), name="Drawing")
    work.save(here / "my-work.ora")
    dream = home / "data" / "dreambrush" / "dreams" / "my-brush"
    shutil.copytree(ROOT / "pretrained" / "oil", dream)
    for place in (here, dream):
        shutil.copy(ROOT / "brushes" / "oil.myb", place / "my-brush.myb")
    return here


def shortened(commands: str) -> str:
    """The commands with nothing in them that takes long."""
    commands = re.sub(
        rf"(--({'|'.join(MOST)})) (\d+)", lambda found: f"{found[1]} {min(int(found[3]), MOST[found[2]])}", commands
    )
    commands = re.sub(r"(--style \S+)", rf"\1 --strokes {MOST['strokes']} --effort 1", commands)
    commands = re.sub(r"^(dreambrush try .*)$", r"\1 --size 64 --jobs 1", commands, flags=re.M)
    return re.sub(r"^(dreambrush train .*)$", r"\1 --only collect --strokes 100", commands, flags=re.M)


def follow(commands: str) -> None:
    """Runs the commands of a block: here if they are of dreambrush alone, else by bash."""
    commands = shortened(commands).strip()
    if SHELL.search(commands):
        done = subprocess.run(["bash", "-e", "-c", commands], capture_output=True, text=True)
        assert done.returncode == 0, (commands, done.stderr)
        return
    for line in commands.splitlines():
        told = io.StringIO()
        with redirect_stdout(told), redirect_stderr(told):
            code = run(shlex.split(line)[1:])
        assert code == 0, (line, told.getvalue())


def contents() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in Path().rglob("*") if path.is_file()}


def recipe_of(file: str) -> Recipe:
    with read_document(file) as document:
        return recipes_of(document.settings)[-1]


def check_file(name: str) -> None:
    """It is what its ending says, and has something in it."""
    ending = name.rpartition(".")[2]
    if ending == "ora":
        with read_document(name) as document:
            assert document.layers() and all(layer.pixels().shape[2] == 4 for layer in document.layers())
        recipe = recipe_of(name)
        style = recipe.options["style"]
        # A stage that finds no place for its strokes leaves them out.
        least = 0.5 if style is not None and load_style(style).stages else 1
        assert least * MOST["strokes"] <= len(recipe.strokes) <= MOST["strokes"] and not is_unfinished(name)
    elif ending in ("png", "tif", "psd", "webp"):
        with Image.open(name) as image:
            image.load()
            assert np.asarray(image.convert("RGB")).std() > 5
            assert ending != "webp" or getattr(image, "n_frames", 1) > 5
    elif ending == "mp4":
        with av.open(name) as film:
            assert sum(1 for _ in film.decode(video=0)) == 20 * 30
    elif ending == "svg":
        assert sum(element.tag.endswith("}path") for element in ET.parse(name).iter()) >= MOST["strokes"]
    elif ending == "json":
        assert len(Strokes.load(name)) == MOST["strokes"]
    else:
        assert ending == "jsonl"
        reports = [json.loads(line) for line in Path(name).read_text("utf-8").splitlines()]
        assert sorted(report["output"] for report in reports)[-1] == "paintings/c.ora"


def colours_of(file: str) -> set[tuple[int, ...]]:
    return {tuple(colour) for colour in np.rint(recipe_of(file).strokes.colour * 255).astype(int).tolist()}


def check_installed() -> None:
    assert Path(os.environ["XDG_DATA_HOME"], "mypaint", "brushes", "dreambrush", "oil.myb").is_file()


def check_focus() -> None:
    assert [recipe_of(name).options["focus"] for name in ("portrait.ora", "subject.ora")] == ["face.png", "auto"]


def check_palette() -> None:
    lines = Path("dusk.gpl").read_text("utf-8").partition("#\n")[2].splitlines()
    assert colours_of("dusk.ora") <= {tuple(int(word) for word in line.split()[:3]) for line in lines}


def check_poster() -> None:
    assert 1 < len(colours_of("poster.ora")) <= 8


def check_style() -> None:
    assert set(recipe_of("night.ora").names) <= {"dreambrush/pastel", "dreambrush/pencil"}
    assert all(
        red == green == blue or max(red, green, blue) - min(red, green, blue) < 20
        for red, green, blue in colours_of("charcoal.ora")
    )


def check_print() -> None:
    with Image.open("print.tif") as large, read_document("small.ora") as small:
        assert large.size == (MOST["scale"] * small.width, MOST["scale"] * small.height)


def check_onto() -> None:
    with read_document("my-work.ora") as before, read_document("by-layer.ora") as after:
        assert [layer.name for layer in after.layers()][-2:] == [layer.name for layer in before.layers()]
        assert after.root.children[0].name == "Dreambrush"


CHECKS: dict[str, Callable[[], None]] = {
    "Paint a photo and go on in MyPaint": check_installed,
    "A portrait with more care for the face": check_focus,
    "In a style, and in one of your own": check_style,
    "In your own palette": check_palette,
    "A poster in eight colours": check_poster,
    "Large, for print": check_print,
    "Into your own work, only where you want it": check_onto,
}
CUT_OFF = "A whole folder over night"


@pytest.mark.parametrize("title", RECIPES)
def test_recipe(title: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = RECIPES[title]
    for name, content in FILE.findall(text):
        Path(name).write_text(content, "utf-8")
    steps = STEP.findall(text)
    for number, (commands, promise) in enumerate(steps):
        before = contents()
        whole = {}
        if title == CUT_OFF and number == 1:
            whole = cut_the_power(monkeypatch)
            before = contents()
        follow(commands)
        changed = {name for name, data in contents().items() if before.get(name) != data}
        assert changed == set(PROMISED.findall(promise)) - (set(before) - changed)
        for name in changed:
            check_file(name)
        for name, data in whole.items():
            assert Path(name).read_bytes() == data
    CHECKS.get(title, lambda: None)()


def cut_the_power(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Leaves one painting unfinished and one not begun; what they should become."""
    whole = {name: Path(name).read_bytes() for name in ("paintings/b.ora", "paintings/c.ora")}
    Path("paintings/c.ora").unlink()
    report = Path("report.jsonl").read_text("utf-8").splitlines(keepends=True)
    Path("report.jsonl").write_text("".join(line for line in report if "a.ora" in line), "utf-8")
    with monkeypatch.context() as patch:
        stop_after(2, patch)
        assert run(["paint", "album/b.jpg", "-o", "paintings/b.ora", "--force", "-q"]) == ExitCode.INTERRUPTED
    assert is_unfinished("paintings/b.ora")
    return whole


def test_no_recipe_and_no_block_is_passed_over() -> None:
    text = PAGE.read_text("utf-8")
    assert len(RECIPES) == 14 and set(CHECKS) | {CUT_OFF} <= set(RECIPES)
    assert text.count("```sh\n") == sum(len(STEP.findall(recipe)) for recipe in RECIPES.values()) >= 13
    assert set(re.findall(r"^```(\w+)$", text, re.M)) == {"sh", "toml", "text"}
    assert len(re.findall(r"^```(?:toml|text)$", text, re.M)) == len(FILE.findall(text))


def test_pictures_and_links_are_there() -> None:
    named = set(re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text("utf-8")))
    assert all((PAGE.parent / name).is_file() for name in named)
    pictures = {f"cookbook/{path.name}" for path in (PAGE.parent / "cookbook").iterdir()}
    assert pictures == {name for name in named if name.startswith("cookbook/")}


@pytest.mark.parametrize(
    "line", ["dreambrush paint photo.jpg --hend 1 -o x.ora", "dreambrush paint photo.jpg --hend 1 > x.txt"]
)
def test_a_wrong_option_would_be_noticed(folder: Path, line: str) -> None:
    with pytest.raises(AssertionError, match="No such option"):
        follow(line)
