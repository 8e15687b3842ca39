"""Strokes live on from drawing to drawing, do not flicker, and begin anew at a cut.  With the real engine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from dreambrush.arrays import Float32, Mask, Pixels
from dreambrush.film.camera import SCALE, as_frame, filmed
from dreambrush.film.commission import MORE, FilmCommission
from dreambrush.film.flow import places_of, taken
from dreambrush.film.hers import Key
from dreambrush.film.moment import Moment
from dreambrush.film.story import moments
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.plan.stages import Stage
from dreambrush.pictures.palette import Palette
from tests.film.clips import STEP, moving, passing

STROKES = 60
EDGE = 8  # pixels within which the camera has shown something new
GREEN = (10, 250, 10)


def film(
    frames: Sequence[Pixels],
    *,
    begun: Moment | None = None,
    palette: Palette | None = None,
    brush: str = "oil",
    pigment: bool = False,
    **asked: Any,
) -> list[Moment]:
    def options(picture: Float32) -> PaintOptions:
        return PaintOptions(effort=1, hand=0.0, layers=2, palette=palette, pigment=pigment)

    return list(moments(frames, FilmCommission((find_brush(brush),), STROKES, 0, options, **asked), begun))


@cache
def usual() -> list[Moment]:
    """Five drawings of a camera that moves."""
    return film(moving(5))


def pixels(moment: Moment) -> Pixels:
    """What the camera saw of a drawing."""
    assert moment.picture is not None
    return moment.picture


def pictures(drawn: Sequence[Moment]) -> list[Float32]:
    return [np.asarray(pixels(moment) / 255, np.float32) for moment in drawn]


def warping_error(frames: Sequence[Float32]) -> float:
    """Mean squared difference of each frame from the one before, moved as the camera moved."""
    back = places_of(*frames[0].shape[:2]) + np.array(STEP, np.float32)
    inner = slice(EDGE, -EDGE)
    return float(
        np.mean([np.square(after - taken(before, back))[inner, inner].mean() for before, after in pairwise(frames)])
    )


def test_it_does_not_flicker() -> None:
    alone = [film([frame])[0] for frame in moving(3)]
    assert warping_error(pictures(usual()[:3])) < warping_error(pictures(alone)) / 3


def test_every_drawing_is_like_its_frame() -> None:
    wrong = [
        np.square(picture - frame / 255).mean() for picture, frame in zip(pictures(usual()), moving(5), strict=True)
    ]
    assert max(wrong) < 2 * wrong[0]
    assert np.allclose([moment.mse for moment in usual()], wrong, rtol=0.02)


def test_strokes_live_on() -> None:
    first, last = usual()[0].drawing, usual()[-1].drawing
    stayed = np.intersect1d(first.number, last.number)
    assert len(stayed) > len(first) / 2
    before = first.sketch.strokes[np.isin(first.number, stayed)]
    after = last.sketch.strokes[np.isin(last.number, stayed)]
    shift = np.median(after[:, :6] - before[:, :6], axis=0)
    assert np.allclose(shift, [-4 * STEP[0], -4 * STEP[1]] * 3, atol=1.5)
    assert all(len(moment.drawing) <= round(MORE * STROKES) for moment in usual())


def test_numbers_are_of_one_stroke_each_and_layers_never_fall() -> None:
    for moment in usual():
        drawing = moment.drawing
        assert len(set(drawing.number.tolist())) == len(drawing) and drawing.number.max() < drawing.next_number
        assert (np.diff(drawing.layer) >= 0).all()


def test_it_goes_on_from_any_moment_to_the_same() -> None:
    for begun in usual()[:-1]:
        rest = film(moving(5), begun=begun)
        assert [moment.frame for moment in rest] == [moment.frame for moment in usual()[begun.frame + 1 :]]
        for one, other in zip(rest, usual()[begun.frame + 1 :], strict=True):
            assert np.array_equal(pixels(one), pixels(other))


def test_a_cut_begins_another_shot() -> None:
    drawn = film([*moving(2), *moving(2, name="astronaut.png")])
    assert [moment.shot for moment in drawn] == [0, 0, 1, 1]
    assert [moment.since for moment in drawn] == [0, 1, 0, 1]
    assert np.array_equal(drawn[2].drawing.number, np.arange(len(drawn[2].drawing)))
    (alone,) = film(moving(1, name="astronaut.png"))
    assert np.array_equal(pixels(drawn[2]), pixels(alone))


def test_held_drawings() -> None:
    held = film([*moving(3), *moving(2, name="astronaut.png")], on=2)
    assert [(moment.frame, moment.shot) for moment in held] == [(0, 0), (2, 0), (3, 1)]
    assert np.array_equal(pixels(held[0]), pixels(usual()[0]))


def test_boil_makes_each_drawing_another() -> None:
    still = [moving(1)[0]] * 3
    calm, lively = film(still), film(still, boil=0.5)
    assert np.array_equal(calm[1].drawing.sketch.strokes, calm[2].drawing.sketch.strokes)
    moves = [warping_still(pictures(each)) for each in (calm, lively)]
    assert moves[1] > 10 * moves[0] and moves[1] > 1e-5


def warping_still(frames: Sequence[Float32]) -> float:
    return float(np.square(frames[2] - frames[1]).mean())


def test_with_a_palette_strokes_keep_its_colours() -> None:
    palette = Palette(np.array([[30, 25, 20], [230, 220, 200], [130, 80, 50]], np.uint8))
    known = {tuple(colour) for colour in palette.colours.tolist()}
    for moment in film(moving(3), palette=palette):
        assert {tuple(colour) for colour in moment.drawing.sketch.colours.tolist()} <= known


def test_her_paint_goes_along_and_what_was_before_stays() -> None:
    frame = 1
    merged = usual()[frame].as_key().sheet.merged().copy()
    x, y = 60, 30  # of the frame
    merged[SCALE * (y - 5) : SCALE * (y + 5), SCALE * (x - 5) : SCALE * (x + 5)] = GREEN
    drawn = film(moving(4), key=Key(frame, merged))
    assert np.array_equal(pixels(drawn[0]), pixels(usual()[0]))
    for moment in drawn[frame:]:
        steps = moment.frame - frame
        at = round(y - steps * STEP[1]), round(x - steps * STEP[0])
        assert np.abs(pixels(moment)[at].astype(int) - GREEN).max() < 12
    old, new = pixels(usual()[3]), pixels(drawn[3])
    far = np.s_[45:, :30]
    assert np.abs(old[far].astype(int) - new[far]).mean() < 8


def test_a_key_that_nobody_has_changed_changes_nothing() -> None:
    merged = usual()[1].as_key().sheet.merged()
    again = film(moving(3), key=Key(1, merged))
    assert all(np.array_equal(pixels(one), pixels(other)) for one, other in zip(again, usual(), strict=False))


def test_the_camera_sees_half_the_size() -> None:
    painting = np.random.default_rng(0).integers(0, 256, (32, 48, 3), np.uint8)
    assert filmed(painting).shape == (16, 24, 3)
    even = np.full((32, 48, 3), 77, np.uint8)
    assert (as_frame(filmed(even)) == 77).all()
    assert np.std(filmed(painting)) < np.std(painting / 255) / 2


def test_what_stands_still_behind_a_thing_that_passes_stays_as_it_is() -> None:
    frames, shadows = passing(6)
    drawn = film(frames)
    alone = [film([frame])[0] for frame in frames[:3]]
    still = change_where(pictures(drawn), shadows)
    assert still < change_where(pictures(alone), shadows[:3]) / 6
    # What it has uncovered is painted, and what it was painted with has gone on with it.
    wrong = [np.square(picture - frame / 255).mean() for picture, frame in zip(pictures(drawn), frames, strict=True)]
    assert max(wrong) < 1.5 * wrong[0]


def change_where(pictures: Sequence[Float32], shadows: Sequence[Mask]) -> float:
    """Mean squared difference of each picture from the one before, where both show the same ground."""
    pairs = zip(pairwise(pictures), pairwise(shadows), strict=True)
    return float(np.mean([np.square(b - a).mean(2)[~(here | there)].mean() for (a, b), (here, there) in pairs]))


def test_a_style_of_stages_is_mended_in_stages() -> None:
    """What comes in at the edge is washed first, and then drawn, each on its own layer."""
    broad, fine = Stage("Washes", (0,), 0.5, narrowest=6.0), Stage("Lines", (1,), 0.5, widest=3.0)

    def options(picture: Float32) -> PaintOptions:
        return PaintOptions(effort=1, hand=0.0, stages=(broad, fine))

    brushes = find_brush("oil"), find_brush("pencil")
    last = list(moments(moving(4, (6.0, 2.0)), FilmCommission(brushes, STROKES, 0, options)))[-1].drawing
    new = last.number >= STROKES
    assert last.layers == ("Washes", "Lines")
    for layer in 0, 1:
        of_stage = last.sketch[new & (last.layer == layer)]
        assert len(of_stage) and (of_stage.brush == layer).all()
    assert (np.diff(last.layer) >= 0).all()
