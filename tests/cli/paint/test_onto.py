"""``dreambrush paint --onto``: the artist's work stays as it was; what is added lies where it was asked for."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from dreambrush.errors import ExitCode
from dreambrush.mypaint.ora.document import PaintLayer, read_document
from dreambrush.mypaint.ora.render import render_document
from dreambrush.recipe import recipes_of
from tests.mypaint.ora_files import OraFile

if TYPE_CHECKING:
    from tests.cli.conftest import Command

QUICK = ("--strokes", "30", "--effort", "1")


@pytest.fixture
def work(command: Command) -> Path:
    """An artist's own, 64 x 48: a red patch above grey."""
    ora = OraFile(64, 48)
    patch = np.zeros((16, 20, 4), np.uint8)
    patch[:] = 200, 30, 30, 255
    ora.layer(patch, name="Patch", x=30, y=20)
    ora.layer(np.full((48, 64, 4), (120, 120, 120, 255), np.uint8), name="Grey")
    path = Path("work.ora")
    ora.save(path)
    return path


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as ora:
        return {name: ora.read(name) for name in ora.namelist()}


def layers_of(path: Path) -> list[PaintLayer]:
    with read_document(path) as document:
        return document.layers()


def test_new_layers_in_a_group_above_all(command: Command, work: Path) -> None:
    before = members(work)
    outcome = command("paint", "photo.png", "--onto", "work.ora", *QUICK, "--json")
    assert outcome.code == ExitCode.OK
    report: dict[str, Any] = json.loads(outcome.stdout)
    assert report["output"] == "work-painted.ora" and (report["width"], report["height"]) == (64, 48)
    assert members(work) == before
    after = members(Path("work-painted.ora"))
    assert all(after[name] == data for name, data in before.items() if name != "stack.xml")
    with read_document("work-painted.ora") as document:
        group, *old = document.root.children
        assert group.name == "Dreambrush" and [node.name for node in old] == ["Patch", "Grey"]
        assert document.layers()[0].name == "Your turn" and document.layers()[0].selected
        (recipe,) = recipes_of(document.settings)
        assert recipe.ground is None and len(recipe.strokes) == 30
        picture = Image.open("photo.png").resize((64, 48))
        error = np.square(render_document(document)[..., :3] / 255 - np.asarray(picture, float) / 255).mean()
    assert error == pytest.approx(report["mse"], rel=0.2) and error < 0.02


def test_a_relief_lies_in_the_group_too(command: Command, work: Path) -> None:
    outcome = command("paint", "photo.png", "--onto", "work.ora", *QUICK, "--region", "4,6,40,30", "--relief", "0.7")
    assert outcome.code == ExitCode.OK, outcome.stderr
    with read_document("work-painted.ora") as document:
        turn, relief, *_ = document.layers()
        assert (turn.name, turn.selected, relief.name, relief.locked) == ("Your turn", True, "Relief", True)
        assert relief.pixels()[..., 3].any()
    told = json.loads(command("inspect", "work-painted.ora", "--json").stdout)
    assert told["changed"] is False and told["paintings"][0]["relief"] == 0.7


@pytest.mark.slow
def test_a_region_by_layer_and_one_by_box_and_a_mask(command: Command, work: Path) -> None:
    Image.fromarray(np.pad(np.full((24, 64), 255, np.uint8), ((0, 24), (0, 0)))).save("mask.png")
    for words, inside in (
        (("--region", "Patch"), (slice(20, 36), slice(30, 50))),
        (("--region", "4, 6,20,10"), (slice(6, 16), slice(4, 24))),
        (("--mask", "mask.png", "--region", "0,20,64,28"), (slice(20, 25), slice(0, 64))),
    ):
        outcome = command("paint", "photo.png", "--onto", "work.ora", *words, *QUICK, "-o", "out.ora", "--force")
        assert outcome.code == ExitCode.OK, outcome.stderr
        with read_document("out.ora") as document, read_document(work) as old:
            changed = (render_document(document)[..., :3] != render_document(old)[..., :3]).any(2)
        assert changed[inside].mean() > 0.3
        changed[inside] = False
        assert not changed.any()


def test_above_a_layer(command: Command, work: Path) -> None:
    assert command("paint", "photo.png", "--onto", "work.ora", "--above", "Grey", *QUICK).code == ExitCode.OK
    names = [layer.name for layer in layers_of(Path("work-painted.ora"))]
    assert names[0] == "Patch" and names[-1] == "Grey" and "Your turn" in names
    with read_document("work-painted.ora") as document:
        assert (render_document(document)[22:34, 32:48, :3] == (200, 30, 30)).all()


@pytest.mark.slow
def test_in_place_after_a_backup_and_once_more(command: Command, work: Path) -> None:
    original = work.read_bytes()
    for times in (1, 2):
        outcome = command("paint", "photo.png", "--onto", "work.ora", "--in-place", *QUICK)
        assert outcome.code == ExitCode.OK and "backup" in outcome.stderr
        with read_document(work) as document:
            assert len(recipes_of(document.settings)) == times
    assert Path("work (backup).ora").read_bytes() == original
    assert sorted(path.name for path in Path().glob("*.ora")) == [
        "work (backup 2).ora",
        "work (backup).ora",
        "work.ora",
    ]


def test_a_picture_of_another_shape_leaves_the_rest_alone(command: Command, work: Path) -> None:
    Image.open("photo.png").resize((20, 60)).save("tall.png")
    assert command("paint", "tall.png", "--onto", "work.ora", *QUICK).code == ExitCode.OK
    with read_document("work-painted.ora") as document, read_document(work) as old:
        changed = (render_document(document)[..., :3] != render_document(old)[..., :3]).any(2)
    assert changed[:, 24:40].mean() > 0.9 and not changed[:, :23].any() and not changed[:, 41:].any()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--in-place",), ExitCode.USAGE, "--in-place needs --onto."),
        (("--above", "Grey"), ExitCode.USAGE, "--above needs --onto."),
        (("--onto", "nothing.ora"), ExitCode.BAD_ORA, "nothing.ora"),
        (("--onto", "photo.png"), ExitCode.BAD_ORA, "photo.png"),
        (("--onto", "work.ora", "--size", "64"), ExitCode.USAGE, "--size and --onto"),
        (("--onto", "work.ora", "photo.png"), ExitCode.USAGE, "--onto takes one picture at a time"),
        (("--onto", "work.ora", "--in-place", "-o", "x.ora"), ExitCode.USAGE, "-o and --in-place"),
        (("--onto", "work.ora", "-o", "x.bmp"), ExitCode.USAGE, "does not end in .ora"),
        (("--onto", "work.ora", "-o", "work.ora"), ExitCode.OUTPUT, "exists already"),
        (("--onto", "work.ora", "--above", "Sky"), ExitCode.USAGE, "no layer named “Sky”"),
        (("--onto", "work.ora", "--region", "900,0,5,5"), ExitCode.USAGE, "leave no place to paint"),
        (("--onto", "work.ora", "--region", "1,2,3"), ExitCode.USAGE, "no layer named “1,2,3”"),
        (("--onto", "work.ora", "--mask", "work.ora"), ExitCode.BAD_PICTURE, "work.ora"),
    ],
)
def test_what_cannot_be_done(
    command: Command, work: Path, words: tuple[str, ...], code: ExitCode, message: str
) -> None:
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    outcome = command("paint", "photo.png", *words, *QUICK)
    assert outcome.code == code and message in outcome.stderr and outcome.stdout == ""
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


@pytest.mark.parametrize("eotf", [1.8, 2.6, 0.8])
def test_a_work_with_light_of_its_own(command: Command, eotf: float) -> None:
    """MyPaint lets the artist choose the eotf; paint then mixes in that light."""
    ora = OraFile(64, 48, eotf)
    soft = np.full((48, 64, 4), (200, 30, 30, 0), np.uint8)
    soft[..., 3] = np.linspace(0, 255, 64).astype(np.uint8)
    ora.layer(soft, name="Soft", composite_op="mypaint:spectral-wgm")
    ora.layer(np.full((48, 64, 4), (120, 120, 120, 255), np.uint8), name="Grey")
    ora.save(Path("work.ora"))
    outcome = command("paint", "photo.png", "--onto", "work.ora", "--strokes", "60", "--effort", "1", "--json")
    assert outcome.code == ExitCode.OK
    report: dict[str, Any] = json.loads(outcome.stdout)
    with read_document("work-painted.ora") as document:
        assert (document.eotf, document.root.children[0].name) == (eotf, "Dreambrush")
        assert document.layers()[1].composite_op == "mypaint:spectral-wgm"
        shown = render_document(document)[..., :3] / 255
        (recipe,) = recipes_of(document.settings)
        assert (recipe.pigment, recipe.eotf) == (True, eotf)
    with Image.open("photo.png") as photo:
        target = np.asarray(photo.convert("RGB").resize((64, 48))) / 255
    # What MyPaint shows is what the painter worked with.
    assert np.square(shown - target).mean() == pytest.approx(report["mse"], rel=0.15)
    assert command("inspect", "work-painted.ora").stdout.splitlines()[-1] == "Unchanged since then."
    assert command("replay", "work-painted.ora", "-o", "again.ora").code == 0
    with read_document("again.ora") as again:
        assert again.eotf == eotf
        assert recipes_of(again.settings)[0].digests == recipe.digests
