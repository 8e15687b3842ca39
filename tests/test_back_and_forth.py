"""The film: dreambrush paints, the artist paints on, dreambrush paints onto that, and all is replayed larger."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray
from PIL import Image

from dreambrush.cli import run
from dreambrush.mypaint.document import Document, PaintLayer, read_document
from dreambrush.mypaint.strokemap import decode, pick
from dreambrush.painter.saving import YOUR_TURN
from dreambrush.recipe import recipes_of
from tests.mypaint.artist import sit_down
from tests.mypaint.recorded_strokes import needs_mypaint

QUICK = ("--strokes", "80", "--effort", "1", "-q")
PATH = [[30, 40], [60, 70], [110, 60]]  # of the artist's stroke


def layer_named(document: Document, name: str, group: str | None = None) -> PaintLayer:
    """The topmost one of that name, outside of groups or in the one of that name."""
    inside = [node.path for node in document.root.children if node.name == group]
    return next(
        layer
        for layer in document.layers()
        if layer.name == name and (layer.path[:1] in inside if group else len(layer.path) == 1)
    )


def all_of(layer: PaintLayer) -> tuple[int, int, bytes, bytes | None]:
    return layer.x, layer.y, layer.pixels().tobytes(), layer.strokemap_bytes()


def shown(path: Path) -> NDArray[np.uint8]:
    png = path.with_suffix(".png")
    assert run(["render", str(path), str(png), "--force", "-q"]) == 0
    return np.asarray(Image.open(png).convert("RGB"))


@needs_mypaint
def test_back_and_forth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    photograph = Image.fromarray(skimage.data.astronaut()).resize((160, 160))  # type: ignore[no-untyped-call]
    photograph.save("photo.png")

    # dreambrush paints.
    assert run(["paint", "photo.png", *QUICK]) == 0
    painted = shown(Path("photo.ora"))

    # The artist opens the file with a brush in the hand, paints on the layer that is meant for it, and saves.
    report = sit_down(Path("photo.ora"), Path("mine.ora"), {"paint": PATH})
    assert report["selected"] == YOUR_TURN and report["opened"]["parent"] == "dreambrush/oil"
    mine = shown(Path("mine.ora"))
    changed: NDArray[np.bool_] = np.abs(mine.astype(int) - painted).max(2) > 8
    assert changed[60:80, 50:80].any() and not changed[120:].any()
    assert run(["inspect", "mine.ora", "--json"]) == 0
    changes = json.loads(capsys.readouterr().out)["changes"]
    assert YOUR_TURN in json.dumps(changes)

    # dreambrush paints onto it, in a corner; nothing of the artist's is lost.
    assert run(["paint", "photo.png", "--onto", "mine.ora", "--region", "0,100,160,60", "-o", "ours.ora", *QUICK]) == 0
    with read_document("mine.ora") as before, read_document("ours.ora") as after:
        old = {layer.name: all_of(layer) for layer in before.layers()}
        kept = {layer.name: all_of(layer) for layer in after.layers() if len(layer.path) == 1}
        assert kept == old
        assert len(recipes_of(after.settings)) == 2
    onto = shown(Path("ours.ora"))
    assert np.array_equal(onto[:100], mine[:100]) and (onto[100:] != mine[100:]).any()

    # The artist paints once more, and picks what was painted first and last.
    again = sit_down(
        Path("ours.ora"), Path("final.ora"), {"select": "Edges"}, {"paint": [[20, 20], [40, 30]]}, {"pick": [30, 25]}
    )
    assert again["done"][-1]["layer"] is not None
    with read_document("final.ora") as document:
        yours = layer_named(document, YOUR_TURN)
        strokes = decode(yours.strokemap_bytes() or b"}", (yours.x, yours.y))
        assert pick(strokes, 60, 70) is not None  # the artist's first stroke
        recipes = recipes_of(document.settings)
        assert [len(recipe.strokes) for recipe in recipes] == [80, 80]

    # The first painting is replayed twice as large from the file that went through so many hands.
    assert run(["replay", "final.ora", "--painting", "1", "--scale", "2", "-o", "large.png", "-q"]) == 0
    reduced = np.asarray(Image.open("large.png").resize((160, 160), Image.Resampling.BOX))
    assert np.square(reduced / 255 - painted / 255).mean() < 10**-2.6
    assert run(["replay", "final.ora", "--painting", "1", "-o", "first.ora", "-q"]) == 0
    assert np.array_equal(shown(Path("first.ora")), painted)
