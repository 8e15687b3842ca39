"""``dreambrush styles --learn``: a reference becomes a style that people can read, change and paint in."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest
from PIL import Image

from dreambrush.cli import run
from dreambrush.errors import ExitCode
from dreambrush.manner.table import read_manner
from dreambrush.styles import KEYS, list_styles, load_style, user_styles
from tests.cli.conftest import Command, draw


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A painting of ours."""
    folder = tmp_path_factory.mktemp("work")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        draw("photo.png")
        how = ("--size", "64", "--strokes", "120", "--effort", "1", "--brush", "oil", "--hand", "0", "-q")
        assert run(["paint", "photo.png", "-o", "work.ora", *how]) == 0
    return folder / "work.ora"


def test_it_says_what_it_learned_and_the_file_has_it(command: Command, work: Path) -> None:
    told = command("styles", "--learn", str(work), "-o", "mine.toml", "--sheet", "sheet.png", "--json")
    assert told.code == ExitCode.OK
    assert told.stderr.splitlines()[-1] == "Paint in it: dreambrush paint PHOTO.jpg --style mine.toml"
    about = json.loads(told.stdout)
    assert (about["output"], about["of"], about["found_by"]) == ("mine.toml", "work.ora", "recipe")
    content = tomllib.loads(Path("mine.toml").read_text())
    manner = read_manner(content.pop("manner"))
    assert manner.source == "work.ora" and manner.means == "recipe" and manner.swatches and manner.flow
    assert content.pop("description") == "In the manner of work.ora, measured from the strokes in its recipe."
    assert content.keys() <= KEYS.keys() and {"brush", "strokes", "ground"} <= content.keys()
    assert {key: about[key] for key in content} == content
    with Image.open("sheet.png") as sheet:
        assert (
            sheet.format == "PNG" and min(sheet.size) > 200 and len(sheet.convert("RGB").getcolors(1 << 20) or []) > 3
        )


def test_the_brush_is_the_one_that_laid_it(command: Command, work: Path) -> None:
    assert command("styles", "--learn", str(work), "-o", "mine.toml", "-q").stderr == ""
    assert load_style("./mine.toml").options["brush"] == ["oil"]


def test_the_same_reference_gives_the_same_file(command: Command, work: Path) -> None:
    for name in ("a", "b"):
        assert command("styles", "--learn", str(work), "-o", f"{name}.toml", "--sheet", f"{name}.png", "-q").code == 0
    assert Path("a.toml").read_bytes() == Path("b.toml").read_bytes()
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()


def test_nothing_is_replaced_without_force(command: Command, work: Path) -> None:
    Path("mine.toml").write_text("strokes = 9\n")
    again = command("styles", "--learn", str(work), "-o", "mine.toml")
    assert again.code == ExitCode.OUTPUT and "'mine.toml' exists already" in again.stderr
    assert Path("mine.toml").read_text() == "strokes = 9\n"
    assert command("styles", "--learn", str(work), "-o", "mine.toml", "--force").code == ExitCode.OK
    assert "[manner]" in Path("mine.toml").read_text()


def test_it_is_listed_among_the_user_s_own(command: Command, work: Path) -> None:
    folder = user_styles()
    folder.mkdir(parents=True)
    assert command("styles", "--learn", str(work), "-o", str(folder / "mine.toml"), "-q").code == ExitCode.OK
    style = next(each for each in list_styles() if each.name == "mine")
    assert style.manner is not None and style.manner.source == "work.ora"
    about = [json.loads(line) for line in command("styles", "--json").stdout.splitlines()]
    mine = next(each for each in about if each["name"] == "mine")
    assert mine["brush"] == ["oil"] and mine["strokes"] == style.options["strokes"]
    how = ("--size", "32", "--strokes", "20", "--effort", "1", "--json")
    told = command("paint", "photo.png", "--style", "mine", "-o", "a.ora", *how)
    assert told.code == ExitCode.OK and json.loads(told.stdout)["manner"]["of"] == "work.ora"


def test_names_that_no_toml_has(command: Command, work: Path) -> None:
    name = 'a "b" \\ c\n\ud83c\udfa8.ora'.encode("utf-16", "surrogatepass").decode("utf-16")
    shutil.copy(work, name)
    told = command("styles", "--learn", name, "-o", "mine.toml")
    assert told.code == ExitCode.OK and len(told.stderr.splitlines()) == 2
    style = load_style("./mine.toml")
    assert style.manner is not None and style.manner.source == name.replace("\n", "?")
    assert '"b" \\ c?' in style.description


def test_what_a_person_changes_counts(command: Command, work: Path) -> None:
    from tests.cli.paint.test_like import recipe_of

    assert command("styles", "--learn", str(work), "-o", "mine.toml", "-q").code == ExitCode.OK
    text = Path("mine.toml").read_text()
    wide = re.sub("^width = .*$", 'width = "9 9 9 9 9 9 9 9 9 9 9"', text, flags=re.MULTILINE)
    Path("wide.toml").write_text(wide)
    how = ("--size", "64", "--strokes", "40", "--effort", "1", "--likeness", "1", "-q")
    found = {}
    for name in ("mine", "wide"):
        assert command("paint", "photo.png", "--style", f"./{name}.toml", "-o", f"{name}.ora", *how).code == ExitCode.OK
        found[name] = recipe_of(f"{name}.ora").strokes.radius * 200 / 64
    assert abs(found["wide"] - 9).max() < 1.5 < abs(found["mine"] - 9).max()
