from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.errors import StrokesError
from dreambrush.models.catalogue import BrushFile, find_brush
from dreambrush.painter.lay.lay_strokes import lay_strokes
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Painting
from dreambrush.painter.plan.stages import OVERRIDES, Stage, strokes_of_each
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.run import paint
from dreambrush.painter.save.autosave import Autosave
from dreambrush.painter.save.checkpoint import read_state
from dreambrush.painter.save.saving import recipe_of
from dreambrush.painter.see.backdrop import Backdrop
from dreambrush.painter.study import Commission, study
from dreambrush.pictures.palette import parse_palette
from dreambrush.replay.repaint import repaint

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures

SIDE, STROKES = 48, 90
WHITE = (1.0, 1.0, 1.0)
INK = parse_palette("#111")
DRAWING = (
    Stage("Smudges", (0,), share=2, narrowest=8, tones="darker", bare=0.3, depth=0.5, grey=True),
    Stage("Hatching", (0,), share=4, spread="even", narrowest=1.5, widest=2, longest=6, same_layer=True, grey=True),
    Stage("Lights", (1,), share=1, tones="lighter", same_layer=True, bare=0.3, grey=True),
    Stage("Lines", (2,), share=3, where="dark", jitter=0.2),
)


@pytest.fixture(scope="module")
def tools() -> tuple[BrushFile, ...]:
    return tuple(map(find_brush, ("charcoal", "kneaded-eraser", "ink")))


@pytest.fixture(scope="module")
def drawing(astronaut: Pictures, tools: tuple[BrushFile, ...]) -> tuple[Painting, list[Painting]]:
    """A painting of four stages, and all its moments that could be kept."""
    kept: list[Painting] = []
    options = PaintOptions(effort=1, ground=WHITE, palette=INK, stages=DRAWING)
    autosave = Autosave(0.0, kept.append)
    return paint(astronaut(SIDE), tools, STROKES, 3, options=options, autosave=autosave), kept


def same(one: Painting, other: Painting) -> bool:
    columns = ("path", "pressure", "radius", "colour", "brush", "layer")
    return (
        np.array_equal(one.merged, other.merged)
        and one.strokes.layers == other.strokes.layers
        and all(np.array_equal(getattr(one.strokes, name), getattr(other.strokes, name)) for name in columns)
        and one.laid_layers == other.laid_layers
    )


def test_strokes_are_shared_out() -> None:
    assert strokes_of_each(90, [2, 4, 1, 3]) == [18, 36, 9, 27]
    assert sum(strokes_of_each(7, [1, 1, 1])) == 7


def test_what_a_stage_says_counts_and_what_it_does_not_is_as_in_the_whole() -> None:
    whole = PaintOptions(hand=0.3, widest=9, jitter=0.2, stages=DRAWING)
    own = whole.of_stage(Stage("x", hand=0.9, narrowest=2))
    assert (own.hand, own.narrowest, own.widest, own.jitter, own.stages) == (0.9, 2, 9, 0.2, ())
    assert all(hasattr(whole, name) and hasattr(DRAWING[0], name) for name in OVERRIDES)
    mask = np.zeros((2, 2), np.float32)
    assert PaintOptions(focus=mask).of_stage(Stage("x", focused=False)).focus is None
    assert PaintOptions(focus=mask).of_stage(Stage("x")).focus is mask


def test_each_stage_has_its_layer_brushes_and_strokes(drawing: tuple[Painting, list[Painting]]) -> None:
    painting, _ = drawing
    strokes = painting.strokes
    assert strokes.layers == ("Smudges", "Lines"), "three stages share the first layer"
    assert [layer.name for layer in painting.layers] == list(strokes.layers)
    told = [(each.name, each.strokes) for each in painting.laid_layers]
    assert [name for name, _ in told] == ["Smudges", "Hatching", "Lights", "Lines"]
    assert [count for _, count in told] <= [18, 36, 9, 27] and len(strokes) == sum(count for _, count in told)
    ends = np.cumsum([count for _, count in told])[:-1]
    smudges, hatching, lights, lines = np.split(strokes.brush, ends)
    assert set(smudges) == set(hatching) == {0} and set(lights) == {1} and set(lines) == {2}
    assert np.split(strokes.radius, ends)[0].min() >= 3.99
    assert set(np.concatenate(np.split(strokes.layer, ends)[:3])) == {0} and set(strokes.layer[ends[-1] :]) == {1}


def test_the_eraser_lifts_what_stages_before_have_laid(
    drawing: tuple[Painting, list[Painting]], tools: tuple[BrushFile, ...]
) -> None:
    painting, _ = drawing
    count = sum(each.strokes for each in painting.laid_layers[:2])
    lifted = sum(each.strokes for each in painting.laid_layers[:3])
    before, after = (
        lay_strokes(painting.strokes[:end], recipe_of(painting, tools, 3, {}).brushes, 3)[0].pixels[..., 3].astype(int)
        for end in (count, lifted)
    )
    assert (after <= before).all() and (before - after).max() > 40


def test_it_is_replayed_to_the_same_pixels(
    drawing: tuple[Painting, list[Painting]], tools: tuple[BrushFile, ...]
) -> None:
    painting, _ = drawing
    recipe = recipe_of(painting, tools, 3, {})
    again = repaint(recipe)
    assert again.recipe.digests == recipe.digests and np.array_equal(again.merged(), painting.merged)


def test_it_goes_on_to_the_same_end_from_any_stage(
    drawing: tuple[Painting, list[Painting]], astronaut: Pictures, tools: tuple[BrushFile, ...]
) -> None:
    painting, kept = drawing
    options = PaintOptions(effort=1, ground=WHITE, palette=INK, stages=DRAWING)
    assert same(painting, paint(astronaut(SIDE), tools, STROKES, 3, options=options)), "keeping it changed it"
    stages: dict[int, list[bytes]] = {}
    for each in kept:
        assert each.unfinished is not None
        state = read_state(each.unfinished)
        stages.setdefault(state.earlier.stages, []).append(each.unfinished)
        assert len(each.strokes) >= len(state.earlier.sketch)
    assert sorted(stages) == [0, 1, 2, 3]
    for moments in stages.values():
        for data in (moments[0], moments[len(moments) // 2], moments[-1]):
            assert same(painting, paint(astronaut(SIDE), tools, STROKES, 3, options=options, unfinished=data))


def test_a_state_of_other_stages_is_refused(
    drawing: tuple[Painting, list[Painting]], astronaut: Pictures, tools: tuple[BrushFile, ...]
) -> None:
    options = PaintOptions(effort=1, ground=WHITE, palette=INK, stages=DRAWING[:2])
    for fewer in (options, PaintOptions(effort=1)):
        with pytest.raises(StrokesError, match="other stages"):
            paint(astronaut(SIDE), tools, STROKES, 3, options=fewer, unfinished=drawing[1][-1].unfinished)


def only(stage: Stage, target: Float32, **more: object) -> Painting:
    options = PaintOptions(effort=1, ground=WHITE, hand=0.3, stages=(stage,), **more)  # type: ignore[arg-type]
    return paint(target, find_brush("oil"), 40, 1, options=options)


def test_a_stage_without_a_place_lays_nothing() -> None:
    flat = np.full((32, 32, 3), 0.5, np.float32)
    painting = only(Stage("Faces", where="face"), flat)
    assert not len(painting.strokes) and (painting.merged == 255).all()
    two = PaintOptions(effort=1, stages=(Stage("Faces", where="face"), Stage("All")))
    assert paint(flat, find_brush("oil"), 40, 1, options=two).strokes.layers == ("All",)


def test_outside_its_zone_the_canvas_stays(astronaut: Pictures) -> None:
    target = np.concatenate([np.full((32, 64, 3), 0.9), np.full((32, 64, 3), 0.1)]).astype(np.float32)
    dark = only(Stage("Dark", where="dark"), target).merged / 255
    assert dark[:26].mean() > 0.97 and dark[38:].mean() < 0.25
    light = only(Stage("Light", where="light"), target).merged / 255
    assert light[38:].mean() > 0.9


@pytest.mark.parametrize(("tones", "change"), [("darker", 1), ("lighter", -1)])
def test_it_only_darkens_or_lightens(tones: str, change: int) -> None:
    target = np.concatenate([np.full((32, 64, 3), 0.8), np.full((32, 64, 3), 0.2)]).astype(np.float32)
    work = Backdrop(np.full((64, 64, 3), 128, np.uint8), None, None, pigment=False)
    stage = Stage("All", tones=tones)  # type: ignore[arg-type]
    painting = paint(
        target, find_brush("oil"), 40, 1, options=PaintOptions(effort=1, stages=(stage,)), backdrop=work
    ).merged.astype(int)
    changed = (128 - painting[38:] if change > 0 else painting[:26] - 128).mean()
    kept = np.abs(painting[:26] - 128 if change > 0 else painting[38:] - 128).mean()
    assert changed > 30 and kept < 8


def test_even_strokes_cover_what_errors_would_not(astronaut: Pictures) -> None:
    """Dots lie where the ground has the right colour already, too."""
    target = np.full((64, 64, 3), 0.5, np.float32)
    target[24:40, 24:40] = 0
    grey = (0.5, 0.5, 0.5)

    def covered(**how: object) -> float:
        stage = Stage("Dots", narrowest=6, widest=6, longest=0.2, lightest=1.0, **how)  # type: ignore[arg-type]
        options = PaintOptions(effort=1, ground=grey, hand=0, stages=(stage,))
        painting = paint(target, find_brush("oil"), 200, 1, options=options)
        assert 150 <= len(painting.strokes) <= 200
        return float((painting.layers[0].pixels[..., 3] > 200).mean())

    assert covered(spread="even") > 0.7 > covered() + 0.1


def test_the_palest_part_stays_paper(astronaut: Pictures) -> None:
    stage = Stage("Washes", bare=0.4, tones="darker", narrowest=4)
    painting = only(stage, astronaut(64))
    share: Callable[[Painting], float] = lambda each: float((each.merged.min(2) > 235).mean())  # noqa: E731
    assert share(painting) > 0.2 > share(only(Stage("Washes", narrowest=4), astronaut(64))) + 0.1


def test_flat_shapes_of_one_tone_merge_and_their_outline_is_the_picture_s() -> None:
    target = np.full((64, 64, 3), 0.9, np.float32)
    target[16:48, 16:48] = 0.3
    target[30:33, 30:33] = 0.9  # a speck
    palette = parse_palette("#ffffff,#808080")
    wash = only(Stage("Wash", narrowest=3, palette=palette, shapes=10.0), target).merged.astype(int)
    assert (np.abs(wash[22:42, 22:42] - 128) < 5).mean() > 0.9, "one tone, and no speck"
    assert wash[:10].min() > 235 and wash[:, 54:].min() > 235


def seen(target: Float32, **how: object) -> Float32:
    """What a stage sees of a picture on a white ground."""
    options = PaintOptions(ground=(1.0, 1.0, 1.0), **how)  # type: ignore[arg-type]
    asked = Commission(target, (find_brush("oil"),), 20, options=options)
    scene = study(asked, Dreams([find_brush("oil").dream_folder()])).scene
    return scene.target.reshape(target.shape)


def test_small_whites_are_reserved_from_washes() -> None:
    target = np.full((64, 64, 3), (0.7, 0.4, 0.3), np.float32)
    target[20:22, 20:22] = 1
    nowhere = np.zeros((64, 64), np.float32)  # where one looks
    assert seen(target, shapes=16.0, focus=nowhere)[21, 21].min() < 0.6
    assert seen(target, shapes=16.0, focus=nowhere, bare=0.01)[21, 21].min() > 0.95


def test_one_dark_stick_has_tones_between_but_one_pale_ink_has_none() -> None:
    ramp = np.repeat(np.linspace(1, 0, 64, dtype=np.float32)[None, :, None], 64, 0).repeat(3, 2)
    found = [
        len(np.unique(np.round(seen(ramp, shapes=4.0, grey=True, palette=parse_palette(colour)), 2)))
        for colour in ("#111111", "#c0c0c0")
    ]
    assert found == [4, 2]


def test_deeper_stages_are_darker(astronaut: Pictures) -> None:
    pale, deep = (only(Stage("x", depth=depth), astronaut(48)).merged.mean() for depth in (0.3, 1.0))
    assert pale > deep + 50


def test_on_transparency_and_on_somebodys_work(astronaut: Pictures, tools: tuple[BrushFile, ...]) -> None:
    options = PaintOptions(effort=1, palette=INK, stages=DRAWING)
    shaped = np.concatenate([astronaut(SIDE), np.ones((SIDE, SIDE, 1), np.float32)], 2)
    shaped[: SIDE // 2, :, 3] = 0
    cut = paint(shaped, tools, STROKES, 3, options=options)
    assert cut.transparent and all((layer.pixels[: SIDE // 2, :, 3] == 0).all() for layer in cut.layers)
    region = np.zeros((SIDE, SIDE), np.uint8)
    region[:, SIDE // 2 :] = 255
    work = Backdrop(np.full((SIDE, SIDE, 3), 200, np.uint8), region, None, pigment=False)
    kept: list[Painting] = []
    onto = paint(astronaut(SIDE), tools, STROKES, 3, None, options, None, work, Autosave(0.0, kept.append))
    assert onto.onto_work and (onto.merged[:, : SIDE // 2] == 200).all() and onto.merged[:, SIDE // 2 :].min() < 90
    later = kept[3 * len(kept) // 4].unfinished
    assert same(onto, paint(astronaut(SIDE), tools, STROKES, 3, None, options, None, work, None, later))


def test_time_is_shared_out(astronaut: Pictures, tools: tuple[BrushFile, ...]) -> None:
    options = PaintOptions(effort=3, ground=WHITE, palette=INK, stages=DRAWING, seconds=3.0)
    painting = paint(astronaut(96), tools, 2000, 3, options=options)
    assert [each.name for each in painting.laid_layers][-1] == "Lines" and 4 <= len(painting.strokes) < 2000
