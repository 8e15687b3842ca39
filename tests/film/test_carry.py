"""Strokes move with what they show, grow with what comes nearer, and are gone beyond the edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.arrays import Float32
from dreambrush.bezier import PATH, PRESSURES, RADIUS
from dreambrush.film.carry import carried, moved, on_canvas, relit
from dreambrush.film.drawing import Drawing, enlarged
from dreambrush.film.flow import backward, places_of
from dreambrush.film.motion import motion_between
from dreambrush.painter.sketch import Sketch

HEIGHT, WIDTH = 48, 64
BLACK = np.zeros((HEIGHT, WIDTH, 3), np.uint8)


def sketch(seed: int = 0, count: int = 20, margin: float = 12.0) -> Sketch:
    rng = np.random.default_rng(seed)
    strokes = np.zeros((count, 9), np.float32)
    strokes[:, PATH] = rng.uniform(margin, np.array([WIDTH, HEIGHT] * 3) - margin, (count, 6))
    strokes[:, PRESSURES], strokes[:, RADIUS] = 0.5, rng.uniform(1, 4, count)
    return Sketch(strokes, rng.uniform(0.2, 0.8, (count, 3)).astype(np.float32), np.zeros(count, np.int64))


def drawing(strokes: Sketch) -> Drawing:
    numbers = np.arange(len(strokes), dtype=np.int64)
    usual = np.zeros((HEIGHT, WIDTH), np.float32)
    ground = np.full(3, 128, np.uint8)
    return Drawing(
        strokes, np.zeros(len(strokes), np.int64), numbers, ("Ground",), ground, usual, None, len(strokes), len(strokes)
    )


def even(x: float, y: float) -> Float32:
    return np.broadcast_to(np.array([x, y], np.float32), (HEIGHT, WIDTH, 2))


@given(st.integers(0, 99), st.floats(-9, 9, width=32), st.floats(-9, 9, width=32))
def test_an_even_motion_moves_strokes_exactly(seed: int, x: float, y: float) -> None:
    before = sketch(seed)
    after = moved(before, even(x, y), even(-x, -y), BLACK)
    assert np.allclose(after.strokes[:, PATH] - before.strokes[:, PATH], [x, y] * 3, atol=1e-4)
    assert np.array_equal(after.strokes[:, 6:], before.strokes[:, 6:])  # pressures and radius


@given(st.integers(0, 99), st.floats(-0.02, 0.02))
def test_a_zoom_scales_strokes(seed: int, zoom: float) -> None:
    before, middle = sketch(seed), np.array([WIDTH / 2, HEIGHT / 2], np.float32)
    flow = np.asarray(zoom * (places_of(HEIGHT, WIDTH) - middle), np.float32)
    after = moved(before, flow, backward(flow), BLACK)
    points = before.strokes[:, PATH].reshape(-1, 3, 2)
    assert np.allclose(after.strokes[:, PATH].reshape(-1, 3, 2), points + zoom * (points - middle), atol=1e-3)
    assert np.allclose(after.strokes[:, RADIUS], before.strokes[:, RADIUS] * np.exp(zoom), rtol=1e-3)


@given(st.integers(0, 99))
def test_what_stands_still_stays(seed: int) -> None:
    frame = np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    before = drawing(sketch(seed))
    after = carried(before, motion_between(frame, frame, even(0, 0)), frame)
    assert np.array_equal(after.sketch.strokes, before.sketch.strokes)
    assert np.array_equal(after.sketch.colours, before.sketch.colours)
    assert np.array_equal(after.number, before.number)


def test_strokes_that_leave_the_canvas_are_gone_and_the_others_keep_their_numbers() -> None:
    before, frame = drawing(sketch(margin=0)), np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    after = carried(before, motion_between(frame, frame, even(30, 0)), frame)
    assert 0 < len(after) < len(before)
    kept = before.sketch.strokes[after.number]
    assert np.allclose(after.sketch.strokes[:, PATH] - kept[:, PATH], [30, 0] * 3, atol=1e-3)
    assert on_canvas(after.sketch, WIDTH, HEIGHT).all()
    gone = np.setdiff1d(before.number, after.number)
    assert (before.sketch.strokes[gone][:, [0, 2, 4]] + before.sketch.strokes[gone, RADIUS, None] + 30 > WIDTH).all()


def test_colours_follow_the_light_but_not_with_a_palette() -> None:
    dark, light = (np.full((HEIGHT, WIDTH, 3), level, np.uint8) for level in (100, 120))
    before = drawing(sketch())
    brighter = carried(before, motion_between(dark, light, even(0, 0)), light)
    assert (brighter.sketch.colours > before.sketch.colours).all()
    same = carried(before, motion_between(dark, light, even(0, 0)), light, coloured=False)
    assert np.array_equal(same.sketch.colours, before.sketch.colours)
    assert np.array_equal(relit(before.sketch, dark.astype(np.float32), dark).colours, before.sketch.colours)


def test_nothing_is_carried_too() -> None:
    frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    assert len(carried(drawing(Sketch.empty()), motion_between(frame, frame, even(1, 1)), frame)) == 0


@given(st.integers(0, 99), st.floats(0.5, 4))
def test_a_larger_canvas(seed: int, scale: float) -> None:
    small = sketch(seed)
    large = enlarged(small, scale)
    assert np.allclose(large.strokes[:, PATH], scale * small.strokes[:, PATH], rtol=1e-5)
    assert np.allclose(large.strokes[:, RADIUS], scale * small.strokes[:, RADIUS], rtol=1e-5)
    assert np.array_equal(large.strokes[:, PRESSURES], small.strokes[:, PRESSURES])


def test_new_strokes_get_new_numbers_and_lie_on_top_of_their_layer() -> None:
    before = replace(drawing(sketch()), layer=np.repeat([0, 1], 10), layers=("Ground", "Details")).only(
        np.arange(20) % 2 == 0
    )
    top, below = before.with_more(sketch(1, 3), 1), before.with_more(sketch(1, 3), 0)
    assert top.number.tolist() == [*range(0, 20, 2), 20, 21, 22] and top.layer.tolist() == [0] * 5 + [1] * 8
    assert below.number.tolist() == [*range(0, 10, 2), 20, 21, 22, *range(10, 20, 2)]
    assert below.layer.tolist() == [0] * 8 + [1] * 5
    for more, new in (top, slice(10, 13)), (below, slice(5, 8)):
        assert np.array_equal(more.sketch[new].strokes, sketch(1, 3).strokes) and more.next_number == 23


def test_old_and_new_strokes_make_the_drawing_again() -> None:
    first = replace(drawing(sketch()), layer=np.repeat([0, 1], 10), layers=("Ground", "Details"))
    more = first.with_more(sketch(1, 3), 0).with_more(sketch(2, 2), 1)
    assert np.array_equal(more.old.number, first.number) and more.fresh.number.tolist() == [20, 21, 22, 23, 24]
    again = more.fresh.over(more.old)
    assert np.array_equal(again.number, more.number) and np.array_equal(again.layer, more.layer)
    assert np.array_equal(again.sketch.strokes, more.sketch.strokes)
    assert again.next_number == 25 and len(first.fresh) == 0 and len(first.fresh.over(first)) == len(first)


def test_what_a_thing_uncovers_beside_a_stroke_is_no_light() -> None:
    """Half the picture becomes a little lighter, as where the blurred rim of something dark moves on."""
    before = np.full((HEIGHT, WIDTH, 3), 100, np.uint8)
    after = before.copy()
    after[:, WIDTH // 2 :] = 124
    rows = [[x, y, x, y + 3, x, y + 6, 0.5, 0.5, 2] for x in (4, 31, 60) for y in (12, 30)]
    strokes = Sketch(np.array(rows, np.float32), np.full((6, 3), 0.4, np.float32), np.zeros(6, np.int64))
    lit = relit(strokes, before.astype(np.float32), after).colours[:, 0] - 0.4
    assert lit[:4].tolist() == [0, 0, 0, 0] and lit[4:] == pytest.approx(24 / 255, abs=0.01)
