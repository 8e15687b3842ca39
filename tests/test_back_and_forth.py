"""A film: dreambrush paints, an artist goes on in MyPaint, dreambrush paints into that, all is repainted larger.

At each step nothing of what the artist or dreambrush has done before may be lost.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
from PIL import Image

from dreambrush.arrays import Pixels
from dreambrush.cli import run
from dreambrush.mypaint.ora.document import Group, PaintLayer, read_document
from dreambrush.mypaint.ora.layer_tree import Node
from dreambrush.mypaint.strokemap import RecordedStroke, decode, pick
from dreambrush.painter.save.saving import YOUR_TURN
from dreambrush.recipe import Recipe, recipes_of
from tests.mypaint.artist import sit_down
from tests.mypaint.recorded_strokes import needs_mypaint

pytestmark = pytest.mark.slow

WIDTH, HEIGHT = 160, 120
STROKE = [[20, 100], [40, 60], [70, 90]]  # the artist's, on the left
RIGHT = (80, 0, 80, 120)  # where dreambrush paints the second time
MADE_ANEW = {"stack.xml", "mergedimage.png", "Thumbnails/thumbnail.png", "data/mypaint-settings.json"}


def dreambrush(*words: object) -> None:
    assert run([str(word) for word in words]) == 0


def photograph(path: Path, *, mirrored: bool) -> None:
    picture = Image.fromarray(skimage.data.astronaut()).crop((0, 0, 512, 384))  # type: ignore[no-untyped-call]
    small = picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    (small.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else small).save(path)


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as ora:
        return {name: ora.read(name) for name in ora.namelist()}


def merged(path: Path) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(members(path)["mergedimage.png"])).convert("RGB"))


def recipes(path: Path) -> list[Recipe]:
    with read_document(path) as document:
        return recipes_of(document.settings)


def strokes_of(layer: PaintLayer) -> list[RecordedStroke]:
    data = layer.strokemap_bytes()
    assert data is not None
    return decode(data, (layer.x, layer.y))


def attributes(node: Node) -> dict[str, str]:
    """All but which layer is selected, which is now the new empty one."""
    return {name: value for name, value in node.attributes.items() if name != "selected"}


def some_stroke_on_top(path: Path) -> tuple[str, tuple[int, int]]:
    """The layer of a stroke of ours that MyPaint should pick, and where."""
    with read_document(path) as document:
        _, accents, *_ = document.layers()
        pixels, strokes = accents.pixels(), strokes_of(accents)
    for y in range(8, HEIGHT - 8):
        for x in range(8, WIDTH - 8):
            around = pixels[y - accents.y - 5 : y - accents.y + 5, x - accents.x - 5 : x - accents.x + 5, 3]
            if pick(strokes, x, y) is not None and around.mean() > 64:
                return accents.name, (x, y)
    raise AssertionError("no stroke lies on top")


def told(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    dreambrush("inspect", path, "--json")
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


@needs_mypaint
def test_a_film(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    work, edited, more, last = (tmp_path / f"{name}.ora" for name in ("work", "edited", "more", "last"))
    photograph(tmp_path / "photo.png", mirrored=False)
    photograph(tmp_path / "mirrored.png", mirrored=True)

    # 1. dreambrush paints.
    dreambrush("paint", "photo.png", "-o", work, "--strokes", 120, "--effort", 1, "--brush", "oil", "--brush", "ink")
    (recipe,) = recipes(work)
    assert told(work, capsys)["changed"] is False
    first = members(work)

    # 2. The artist paints on the empty layer, with the brush that is in the hand; picks one of our strokes; paints.
    layer, place = some_stroke_on_top(work)
    report = sit_down(
        work,
        edited,
        {"paint": STROKE},
        {"pick": list(place)},
        {"select": YOUR_TURN},
        {"paint": [[10, 20], [70, 24]]},
    )
    assert report["selected"] == YOUR_TURN
    picked = report["done"][1]
    assert picked["layer"] == layer and picked["stroke"] is not None
    assert members(work) == first

    # 3. What the artist did is seen, and nothing of ours is lost.
    answer = told(edited, capsys)
    assert answer["changed"] is True
    by_name = {change["name"]: change for change in answer["changes"]["layers"]}
    assert {name for name, change in by_name.items() if change["pixels"]} == {YOUR_TURN}
    assert by_name[YOUR_TURN]["strokes"] == 2
    with zipfile.ZipFile(edited) as ora:
        assert (
            json.loads(ora.read("data/mypaint-settings.json"))["dreambrush"]
            == json.loads(first["data/mypaint-settings.json"])["dreambrush"]
        )

    # 4. dreambrush paints into it, on the right only.
    region = ",".join(map(str, RIGHT))
    options = ("--strokes", 40, "--effort", 1, "--region", region)
    before = members(edited)
    dreambrush("paint", "mirrored.png", "--onto", edited, "-o", more, *options)
    assert members(edited) == before
    after = members(more)
    assert {name: after.get(name) for name in before if name not in MADE_ANEW} == {
        name: data for name, data in before.items() if name not in MADE_ANEW
    }
    with read_document(more) as new, read_document(edited) as old:
        group, *others = new.root.children
        assert isinstance(group, Group) and len(group.children) > 1
        assert [attributes(node) for node in others] == [attributes(node) for node in old.root.children]
    dreambrush("render", edited, "edited.png")
    apart = np.abs(merged(more).astype(int) - np.asarray(Image.open(tmp_path / "edited.png"))).max(-1)
    assert apart[:, : RIGHT[0]].max() == 0 and apart[:, RIGHT[0] :].max() > 50
    assert [len(each.strokes) for each in recipes(more)] == [120, 40]

    # 5. In MyPaint again, the artist's strokes and ours can be picked, and it saves all of it.
    picks = sit_down(more, last, {"pick": STROKE[1]}, {"pick": [40, 22]})["done"]
    assert [(each["layer"], each["stroke"]) for each in picks] == [(YOUR_TURN, 1), (YOUR_TURN, 2)]
    assert picks[0]["colour"] == pytest.approx(report["opened"]["colour"], abs=1e-6)
    assert picks[1]["colour"] == pytest.approx(picked["colour"], abs=1e-6)
    with read_document(last) as document:
        ours = [node for node in document.root.walk() if isinstance(node, PaintLayer)]
        assert sum(len(strokes_of(node)) for node in ours) == 120 + 1 + 2 + 40 + 1
    assert recipes(last)[0].strokes == recipe.strokes and len(recipes(last)) == 2

    # 6. The first painting again: to the byte, and larger.
    dreambrush("replay", last, "--painting", 1, "-o", "same.ora")
    assert (tmp_path / "same.ora").read_bytes() == work.read_bytes()
    dreambrush("replay", last, "--painting", 1, "--scale", 3, "-o", "large.png")
    with Image.open(tmp_path / "large.png") as large:
        assert large.size == (3 * WIDTH, 3 * HEIGHT)
        reduced = np.asarray(large.resize((WIDTH, HEIGHT), Image.Resampling.BOX))
    assert np.mean((reduced - merged(work).astype(float)) ** 2) < 255**2 / 10**2.4  # 24 dB, for thin strokes

    # 7. Rendered, it is what MyPaint saved, with the artist's strokes and ours.
    dreambrush("render", last, "last.png")
    shown = np.asarray(Image.open(tmp_path / "last.png"))
    assert np.abs(shown.astype(int) - merged(last)).max() <= 2  # MyPaint merges what it has in 15 bits, saves 8
    assert np.abs(shown[22, 40] / 255 - picked["colour"]).max() < 0.02
    assert np.abs(shown[60, 40] / 255 - report["opened"]["colour"]).max() < 0.02
