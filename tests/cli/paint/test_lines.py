"""``dreambrush paint --flow``: lines from pictures and from layers, and strokes that follow them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dreambrush.arrays import Float32, Pixels
from dreambrush.cli.paint.lines import read_flow
from dreambrush.errors import ExitCode, PictureError
from dreambrush.mypaint.layer import Layer
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.recipe import Recipe, recipes_of
from tests.cli.paint.test_resume import half

if TYPE_CHECKING:
    from tests.cli.conftest import Command

WIDTH, HEIGHT = 48, 36  # of photo.png, whose form runs across
HOW = ("--strokes", "60", "--effort", "1", "--force")
WHITE = np.full(3, 255, np.uint8)


def drawn(degrees: float, width: int = WIDTH, height: int = HEIGHT, thick: int = 3) -> Pixels:
    """A line through the middle of a transparent picture."""
    image = Image.new("RGBA", (width, height))
    way = width * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    middle = np.array([width, height]) / 2
    ImageDraw.Draw(image).line([*(middle - way), *(middle + way)], fill=(40, 60, 200, 255), width=thick)
    return np.asarray(image, np.uint8)


def direction(path: str, width: int = WIDTH, height: int = HEIGHT) -> float:
    """Of the flow in the picture's middle, in degrees."""
    flow = read_flow(path, width, height)
    rows, columns = flow.strength.shape
    assert flow.strength[rows // 2, columns // 2] > 0.9
    return float(np.degrees(flow.direction[rows // 2, columns // 2]))


def work(path: str, layers: Sequence[Layer]) -> None:
    write_openraster(path, layers, WHITE, settings={}, overwrite=True)


def blank(name: str) -> Layer:
    return Layer(name, np.zeros((HEIGHT, WIDTH, 4), np.uint8))


def recipe_of(path: str) -> Recipe:
    with zipfile.ZipFile(path) as ora:
        return recipes_of(json.loads(ora.read("data/mypaint-settings.json")))[-1]


def apart(recipe: Recipe, degrees: float) -> Float32:
    """Angles in degrees between the strokes' chords and a direction."""
    chord = recipe.strokes.path[:, 2] - recipe.strokes.path[:, 0]
    away = np.arctan2(chord[:, 1], chord[:, 0]) - np.radians(degrees)
    return np.asarray(np.degrees(np.abs((away + np.pi / 2) % np.pi - np.pi / 2)), np.float32)


@pytest.mark.parametrize("kind", ["alpha", "on white", "light on dark", "grey", "jpeg"])
def test_lines_of_pictures(kind: str, tmp_path: Path) -> None:
    pixels = drawn(30, 200, 150, 5)
    ink = pixels[..., 3]
    picture = Image.fromarray(pixels)
    if kind in ("on white", "jpeg"):
        picture = Image.fromarray(np.where(ink[..., None] > 0, pixels[..., :3], 255).astype(np.uint8))
    elif kind == "light on dark":
        picture = Image.fromarray(np.dstack([ink // 2 + 30, ink // 2 + 20, ink // 2 + 50]))
    elif kind == "grey":
        picture = Image.fromarray(255 - ink // 4)
    path = str(tmp_path / ("lines.jpg" if kind == "jpeg" else "lines.png"))
    picture.save(path, quality=60)
    assert direction(path) == pytest.approx(30, abs=2)


def test_lines_are_stretched_to_the_painting(tmp_path: Path) -> None:
    path = str(tmp_path / "lines.png")
    Image.fromarray(drawn(45, 200, 200, 5)).save(path)
    assert direction(path, 200, 100) == pytest.approx(np.degrees(np.arctan(0.5)), abs=2)


def test_layers_of_an_ora(tmp_path: Path) -> None:
    path = str(tmp_path / "work.ora")
    others = [Layer("Sky", drawn(0)), Layer("Lines", drawn(60))]
    work(path, [Layer(" FLOW ", drawn(-30), visible=False), *others])
    assert direction(path) == pytest.approx(-30, abs=2), "that of the name, though it is hidden and lowest"
    work(path, [*others, Layer("Hidden", drawn(10), visible=False), blank("Your turn")])
    assert direction(path) == pytest.approx(60, abs=2), "else the topmost that is shown and has paint"
    work(path, [*others, Layer("Your turn", drawn(10))])
    assert direction(path) == pytest.approx(10, abs=2), "also on the layer that dreambrush made for the artist"
    work(path, [*others, Layer("Accents", drawn(10)), Layer("Relief", drawn(10))])
    assert direction(path) == pytest.approx(60, abs=2), "but none that dreambrush has painted"
    work(path, [*others, blank("Flow")])  # whoever makes such a layer means no other
    with pytest.raises(PictureError, match="no lines"):
        read_flow(path, WIDTH, HEIGHT)


def test_layers_lie_where_they_are_and_may_be_in_groups(tmp_path: Path) -> None:
    path = tmp_path / "work.ora"
    work(str(path), [Layer("Paint", drawn(80)), Layer("Flow", drawn(0))])
    with zipfile.ZipFile(path) as ora:
        members = {name: ora.read(name) for name in ora.namelist()}
    xml = members["stack.xml"].decode()
    start = xml.index("<layer", xml.index("<stack"))
    end = xml.index("/>", start) + 2
    layer = xml[start:end].replace('y="0"', 'y="-10"')
    assert 'name="Flow"' in layer and 'y="-10"' in layer
    members["stack.xml"] = f"{xml[:start]}<stack name='Guides'>{layer}</stack>{xml[end:]}".encode()
    with zipfile.ZipFile(path, "w") as ora:
        for name, content in members.items():
            ora.writestr(name, content)
    flow = read_flow(str(path), WIDTH, HEIGHT)
    strongest = flow.strength.mean(1).argmax() / len(flow.strength) * HEIGHT
    assert strongest == pytest.approx(HEIGHT / 2 - 10, abs=2)
    assert np.degrees(np.abs(flow.direction)).max() < 2


@pytest.mark.parametrize("hand", ["0", "0.5", "1"])
def test_strokes_follow_the_lines(command: Command, hand: str) -> None:
    Image.fromarray(drawn(45)).save("lines.png")
    means = []
    for words in ((), ("--flow", "lines.png")):
        outcome = command("paint", "photo.png", *HOW, "--hand", hand, *words)
        assert outcome.code == ExitCode.OK, outcome.stderr
        recipe = recipe_of("photo.ora")
        middle = recipe.strokes.path[:, 1] - (WIDTH / 2, HEIGHT / 2)
        beside = np.abs(middle @ (0.5**0.5, -(0.5**0.5))) < 0.1 * WIDTH
        assert beside.sum() > 5
        means.append(float(apart(recipe, 45)[beside].mean()))
    assert means[1] < 12 and means[0] > 25, "41 to 46 degrees without, 1 to 5 with"
    assert recipe.options["flow"] == "lines.png"


def test_none_is_no_flow_and_leaves_no_trace(command: Command) -> None:
    assert command("paint", "photo.png", *HOW, "-o", "plain.ora").code == ExitCode.OK
    outcome = command("paint", "photo.png", *HOW, "--flow", "none", "--json")
    assert outcome.code == ExitCode.OK and json.loads(outcome.stdout)["flow"] is None
    assert Path("photo.ora").read_bytes() == Path("plain.ora").read_bytes()
    assert "flow" not in recipe_of("photo.ora").options


def test_a_file_of_settings_may_name_the_lines(command: Command) -> None:
    Image.fromarray(drawn(45)).save("lines.png")
    Path("dreambrush.toml").write_text('flow = "lines.png"\n')
    outcome = command("paint", "photo.png", *HOW, "--json")
    assert outcome.code == ExitCode.OK and json.loads(outcome.stdout)["flow"] == "lines.png"
    outcome = command("paint", "photo.png", *HOW, "--json", "--flow", "none")
    assert json.loads(outcome.stdout)["flow"] is None
    Path("lines.png").unlink()
    outcome = command("paint", "photo.png", *HOW)
    assert outcome.code == ExitCode.USAGE and "'flow' in 'dreambrush.toml'" in outcome.stderr


def test_lines_of_ones_own_work_guide_strokes_into_it(command: Command) -> None:
    flow = drawn(45, 2 * WIDTH, 2 * HEIGHT, 4)
    work("work.ora", [Layer("Paper", np.full((2 * HEIGHT, 2 * WIDTH, 4), 255, np.uint8)), Layer("Flow", flow)])
    outcome = command("paint", "photo.png", *HOW, "--onto", "work.ora", "--flow", "work.ora")
    assert outcome.code == ExitCode.OK, outcome.stderr
    recipe = recipe_of("work-painted.ora")
    middle = recipe.strokes.path[:, 1] - (WIDTH, HEIGHT)
    beside = np.abs(middle @ (0.5**0.5, -(0.5**0.5))) < 0.1 * 2 * WIDTH
    assert recipe.strokes.size == (2 * WIDTH, 2 * HEIGHT) and apart(recipe, 45)[beside].mean() < 12


def test_a_painting_goes_on_with_the_lines_it_was_begun_with(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(drawn(45)).save("lines.png")
    half(command, monkeypatch, "--flow", "lines.png", rounds=2)
    begun = Path("photo.ora").read_bytes()
    Path("lines.png").rename("away.png")
    outcome = command("paint", "--resume", "photo.ora")
    assert outcome.code == ExitCode.USAGE and "'lines.png' has changed since" in outcome.stderr
    Image.fromarray(drawn(0)).save("lines.png")
    outcome = command("paint", "--resume", "photo.ora")
    assert outcome.code == ExitCode.USAGE and "'lines.png' has changed since" in outcome.stderr
    assert Path("photo.ora").read_bytes() == begun
    Path("away.png").rename("lines.png")
    assert command("paint", "--resume", "photo.ora", "-q").code == ExitCode.OK
    recipe = recipe_of("photo.ora")
    assert recipe.options["flow"] == "lines.png" and apart(recipe, 45).mean() < 30
