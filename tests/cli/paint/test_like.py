"""Paintings in the manner of a reference: nearer to it, whole again after a stop, and independent of it afterwards."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import skimage.data
from PIL import Image

from dreambrush.arrays import Int64
from dreambrush.bezier import path_length
from dreambrush.cli import run
from dreambrush.errors import ExitCode
from dreambrush.manner.manner import Manner
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.render import render_document
from dreambrush.painter.measure.figures import StrokeFigures, figures_of
from dreambrush.painter.see.places import place_map, places_at
from dreambrush.recipe import Recipe, chosen_recipe
from dreambrush.reference.learn import learn
from dreambrush.reference.measured import distances as by_place
from tests.cli.conftest import Command
from tests.cli.paint.test_resume import half

HOW = ("--size", "192", "--strokes", "250", "--effort", "1", "--seed", "3", "-q")
SMALL = ("--strokes", "45", "--size", "32", "--effort", "1", "-q")
FIGURES = ("width", "length", "bend", "angle")


def recipe_of(file: Path | str) -> Recipe:
    with read_document(file) as document:
        return chosen_recipe(document.settings, Path(file))


def figures(file: Path) -> Measured:
    """What is measured of a painting."""
    with read_document(file) as document:
        strokes = chosen_recipe(document.settings, file).strokes
        picture = render_document(document)[..., :3] / np.float32(255)
    found = figures_of(strokes, np.asarray(picture, np.float32))
    return Measured(found, places_at(place_map(np.asarray(picture, np.float32)), found.middle))


def distances(manner: Manner, measured: Measured) -> dict[str, float]:
    return by_place(manner, measured.figures, measured.at)


class Measured(NamedTuple):
    """What is measured of a painting, and the place of each stroke."""

    figures: StrokeFigures
    at: Int64


class Works(NamedTuple):
    """Two references of different hands, what was learned of them, and one photo by nobody's hand and by each."""

    folder: Path
    manners: dict[str, Manner]
    plain: Measured
    like: dict[str, Measured]


HANDS = {
    "broad": ("coffee", ("--brush", "oil", "--min-size", "7%", "--max-length", "1.5")),
    "thin": ("chelsea", ("--brush", "oil", "--max-size", "2.5%", "--hand", "0.9")),
}


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Works:
    folder = tmp_path_factory.mktemp("works")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            patch.setenv(name, str(folder / name))
        for name in ("coffee", "chelsea", "astronaut"):
            picture = Image.fromarray(getattr(skimage.data, name)())
            picture.resize((192, 192)).save(f"{name}.png")
        for name, (photo, hand) in HANDS.items():
            assert run(["paint", f"{photo}.png", "-o", f"{name}.ora", *HOW, *hand]) == 0
            assert run(["paint", "astronaut.png", "-o", f"like-{name}.ora", *HOW, "--like", f"{name}.ora"]) == 0
        assert run(["paint", "astronaut.png", "-o", "plain.ora", *HOW]) == 0
    manners = {name: learn([folder / f"{name}.ora"]).manner for name in HANDS}
    like = {name: figures(folder / f"like-{name}.ora") for name in HANDS}
    return Works(folder, manners, figures(folder / "plain.ora"), like)


def test_the_references_are_told_apart_by_their_own_strokes(works: Works) -> None:
    """Else the next tests would say nothing."""
    broad, thin = (works.manners[name] for name in HANDS)
    for manner, other in ((broad, thin), (thin, broad)):
        own = figures(works.folder / manner.source)
        near, far = (distances(each, own) for each in (manner, other))
        assert all(near[name] < 0.2 * far[name] for name in ("width", "length"))


@pytest.mark.parametrize("name", HANDS)
def test_a_painting_like_a_reference_is_nearer_to_it_than_a_plain_one(works: Works, name: str) -> None:
    like, plain = (distances(works.manners[name], each) for each in (works.like[name], works.plain))
    total = {figure: like[figure] / plain[figure] for figure in FIGURES if plain[figure] > 0.02}
    assert total.keys() >= {"width", "length"}
    assert total["width"] < 0.5 and total["length"] < 0.5, total
    assert np.exp(np.mean(np.log(list(total.values())))) < 0.5, total
    assert like["palette"] < (0.6 if name == "broad" else 1) * plain["palette"], "a cat has few colours of a spacesuit"


@pytest.mark.parametrize("name", HANDS)
def test_it_is_nearer_to_its_own_reference_than_to_the_other(works: Works, name: str) -> None:
    own, other = (distances(works.manners[each], works.like[name]) for each in (name, *(HANDS.keys() - {name})))
    for figure in ("width", "length"):
        assert own[figure] < 0.6 * other[figure], figure


def test_the_photo_is_still_what_it_is(works: Works) -> None:
    photo = np.asarray(Image.open(works.folder / "astronaut.png").convert("L").resize((24, 24)), float)
    for name, least in (("broad", 0.85), ("thin", 0.5)):  # thin strokes leave the ground open beside the subject
        with read_document(works.folder / f"like-{name}.ora") as document:
            seen = Image.fromarray(render_document(document)[..., :3].astype(np.uint8))
        small = np.asarray(seen.convert("L").resize((24, 24)), float)
        assert np.corrcoef(photo.ravel(), small.ravel())[0, 1] > least


def reference(works: Works) -> str:
    """A copy of a reference in the present folder."""
    shutil.copy(works.folder / "thin.ora", "reference.ora")
    return "reference.ora"


def test_the_same_bytes_twice_and_a_style_that_was_learned_gives_the_same_strokes(
    command: Command, works: Works
) -> None:
    name = reference(works)
    for output in ("a.ora", "b.ora"):
        assert command("paint", "photo.png", "--like", name, "-o", output, *SMALL).code == 0
    assert Path("a.ora").read_bytes() == Path("b.ora").read_bytes()
    assert command("styles", "--learn", name, "-o", "learned.toml", "-q").code == 0
    assert command("paint", "photo.png", "--style", "./learned.toml", "-o", "c.ora", *SMALL).code == 0
    one, other = recipe_of("a.ora"), recipe_of("c.ora")
    assert one.strokes == other.strokes and one.digests == other.digests
    assert np.array_equal(one.ground, other.ground)  # type: ignore[arg-type]
    assert command("paint", "photo.png", "-o", "plain.ora", *SMALL).code == 0
    assert recipe_of("plain.ora").strokes != one.strokes


def test_likeness_0_paints_as_the_options_would_without_the_manner(command: Command, works: Works) -> None:
    name = reference(works)
    assert command("styles", "--learn", name, "-o", "learned.toml", "-q").code == 0
    text = Path("learned.toml").read_text()
    Path("options.toml").write_text(text[: text.index("[manner]")])
    assert command("paint", "photo.png", "--style", "./options.toml", "-o", "plain.ora", *SMALL).code == 0
    plain = recipe_of("plain.ora")
    for how in (("--like", name), ("--style", "./learned.toml")):
        call = command("paint", "photo.png", *how, "--likeness", "0", "-o", "none.ora", "--force", "--json", *SMALL)
        assert call.code == 0 and json.loads(call.stdout)["manner"] is None
        none = recipe_of("none.ora")
        assert none.strokes == plain.strokes and none.digests == plain.digests
        assert "manner" not in none.options
    assert command("paint", "photo.png", "--like", name, "-o", "whole.ora", *SMALL).code == 0
    assert recipe_of("whole.ora").strokes != plain.strokes


def test_an_unfinished_painting_goes_on_to_the_same_bytes_without_its_reference(
    command: Command, works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = reference(works)
    how = ("--like", name, "--likeness", "0.9")
    assert command("paint", "photo.png", "-o", "whole.ora", *how, *SMALL).code == 0
    half(command, monkeypatch, *how, rounds=2)
    Path(name).unlink()
    assert command("paint", "--resume", "photo.ora", "-q").code == 0
    assert Path("photo.ora").read_bytes() == Path("whole.ora").read_bytes()


def test_an_unfinished_painting_in_a_learned_style_does(
    command: Command, works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("styles", "--learn", reference(works), "-o", "learned.toml", "-q").code == 0
    assert command("paint", "photo.png", "-o", "whole.ora", "--style", "./learned.toml", *SMALL).code == 0
    half(command, monkeypatch, "--style", "./learned.toml", rounds=2)
    assert command("paint", "--resume", "photo.ora", "-q").code == 0
    assert Path("photo.ora").read_bytes() == Path("whole.ora").read_bytes()


def test_the_recipe_carries_the_manner_and_replay_needs_no_reference(command: Command, works: Works) -> None:
    name = reference(works)
    told = command("paint", "photo.png", "--like", name, "-o", "a.ora", *SMALL[:-1], "--json")
    report: dict[str, Any] = json.loads(told.stdout)
    assert report["manner"] == {"of": name, "found_by": "recipe", "likeness": report["manner"]["likeness"]}
    assert 0 < report["manner"]["likeness"] <= 1
    assert f"by a machine in the manner of {name}" in told.stderr
    kept = recipe_of("a.ora").options["manner"]
    assert tomllib.loads(kept)["manner"]["of"] == name
    Path(name).unlink()
    assert command("replay", "a.ora", "-o", "again.ora", "-q").code == 0
    assert recipe_of("again.ora").strokes == recipe_of("a.ora").strokes
    assert recipe_of("again.ora").digests == recipe_of("a.ora").digests


def test_of_several_references_the_middle(command: Command, works: Works) -> None:
    manner = learn([works.folder / f"{name}.ora" for name in HANDS]).manner
    assert manner.source == "broad.ora, thin.ora" and manner.means == "recipe"
    wide, middle, thin = (
        np.mean([group.figures["width"][5] for group in each.of_place("everywhere")])
        for each in (works.manners["broad"], manner, works.manners["thin"])
    )
    assert thin < 0.9 * middle < 0.9 * wide * 0.9
    files = [str(works.folder / f"{name}.ora") for name in HANDS]
    words = [word for file in files for word in ("--like", file)]
    assert command("paint", "photo.png", *words, "-o", "a.ora", *SMALL).code == 0


@pytest.mark.slow
def test_a_picture_like_itself_and_other_references_that_are_odd(
    command: Command, works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Noise, a slope, and the picture that is painted."""
    monkeypatch.setattr("dreambrush.reference.brushes.FITTED", 20)  # so few strokes try the brushes
    shutil.copy(works.folder / "coffee.png", "coffee.png")
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    Image.fromarray(noise).save("noise.png")
    slope = np.linspace(0, 250, 80).astype(np.uint8)
    Image.fromarray(np.tile(slope, (64, 1))).save("slope.png")
    for target, name in (("coffee.png", "coffee.png"), ("photo.png", "noise.png"), ("photo.png", "slope.png")):
        outcome = command("paint", target, "--like", name, "-o", "a.ora", "--force", *SMALL)
        assert outcome.code == 0, outcome
        assert len(recipe_of("a.ora").strokes) == 45
        assert tomllib.loads(recipe_of("a.ora").options["manner"])["manner"]["found_by"] == "patches"


def test_a_reference_is_never_replaced(command: Command, works: Works) -> None:
    name = reference(works)
    before = Path(name).read_bytes()
    painted = command("paint", "photo.png", "--like", name, "-o", f"./{name}", "--force", *SMALL)
    drawn = command("styles", "--learn", name, "-o", "a.toml", "--sheet", f"./{name}", "--force")
    for outcome in (painted, drawn):
        assert outcome.code == ExitCode.OUTPUT and f"would replace the picture '{name}'" in outcome.stderr
    assert Path(name).read_bytes() == before and not Path("a.toml").exists()


def test_settings_do_not_name_a_style_against_it(command: Command, works: Works) -> None:
    """A style in dreambrush.toml gives way to --like; one on the command line is refused."""
    name = reference(works)
    assert command("paint", "photo.png", "--like", name, "-o", "a.ora", *SMALL).code == 0
    Path("dreambrush.toml").write_text('style = "charcoal"\n')
    assert command("paint", "photo.png", "--like", name, "-o", "b.ora", *SMALL).code == 0
    assert recipe_of("a.ora").strokes == recipe_of("b.ora").strokes
    both = command("paint", "photo.png", "--like", name, "--style", "charcoal", "-o", "c.ora", *SMALL)
    assert both.code == ExitCode.USAGE and "--like and --style cannot be used together" in both.stderr


def test_what_is_typed_goes_before_what_was_learned(command: Command, works: Works) -> None:
    words = ("--brush", "ink", "--strokes", "7", "--ground", "#112233")
    outcome = command("paint", "photo.png", "--like", reference(works), "-o", "a.ora", *SMALL, *words)
    assert outcome.code == 0
    made = recipe_of("a.ora")
    assert len(made.strokes) == 7 and made.names == ("dreambrush/ink",)
    assert made.ground is not None and bytes(made.ground).hex() == "112233"


def test_limits_and_colours_that_are_typed_are_kept(command: Command, works: Works) -> None:
    words = ("--min-size", "3", "--max-size", "5", "--max-length", "3", "--palette", "#224466,#ddccaa,#aa3311")
    assert command("paint", "photo.png", "--like", reference(works), "-o", "a.ora", *SMALL, *words).code == 0
    strokes = recipe_of("a.ora").strokes
    assert strokes.radius.min() > 1.49 and strokes.radius.max() < 2.51
    assert (path_length(strokes.rows()) / (2 * strokes.radius)).max() < 3.01
    assert len(np.unique(np.rint(255 * strokes.colour), axis=0)) <= 3


def test_what_is_mistyped_is_said_before_anything_is_learned(command: Command, works: Works) -> None:
    outcome = command("paint", "photo.png", "--like", reference(works), "--strokes", "many")
    assert outcome.code == ExitCode.USAGE and "--strokes" in outcome.stderr and "Looking" not in outcome.stderr
