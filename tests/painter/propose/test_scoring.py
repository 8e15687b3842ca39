from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.models.catalogue import shipped_folder
from dreambrush.painter.gain import only
from dreambrush.painter.propose.error_pyramid import ErrorPyramid
from dreambrush.painter.propose.scoring import Scorer
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.see.cells import reduced
from dreambrush.painter.sketch import Sketch

if TYPE_CHECKING:
    from tests.painter.conftest import Painted, Pictures, Sketches

SIDE = 64
PAPER = np.full((SIDE, SIDE, 3), 0.5, np.float32)


@pytest.fixture
def judge(dreams: Dreams, astronaut: Pictures) -> Scorer:
    return Scorer(dreams, ErrorPyramid(astronaut(SIDE), PAPER))


def best_gains(dreams: Dreams, target: Float32, strokes: Float32, brush: int) -> Float32:
    """What strokes gain if each has its best colour, found by trying colours at all pixels."""
    scene = Scene(target, dreams, lambda constrain: constrain)
    before = np.square(PAPER - target).sum()
    gains = []
    for stroke in strokes:
        alone = partial(Sketch, stroke[None], brush=np.full(1, brush))
        # The error is a parabola in each channel: three colours tell where its bottom is.
        errors = []
        for level in (0.0, 0.5, 1.0):
            view = scene.view(alone(colours=np.full((1, 3), level, np.float32)), PAPER.reshape(-1, 3))
            spread = np.bincount(view.fragments.cell_id, view.variance * (level - 0.5) ** 2, SIDE * SIDE)
            errors.append((np.square(view.composite.canvas - view.target) + spread[:, None]).sum(0))
        low, middle, high = np.array(errors)
        bent = 2 * (low - 2 * middle + high)
        colour = np.clip((3 * low - 4 * middle + high) / np.maximum(2 * bent, 1e-9), 0, 1)
        view = scene.view(alone(colours=colour[None].astype(np.float32)), PAPER.reshape(-1, 3))
        gains.append(before - view.error)
    return np.array(gains, np.float32)


@pytest.mark.parametrize(
    ("brush", "off", "likeness"), [(0, 0.2, 0.95), (1, 0.13, 0.95), (2, 0.3, 0.88)], ids=["oil", "bristle", "ink"]
)
def test_a_glance_is_about_right(
    judge: Scorer,
    dreams: Dreams,
    random_sketch: Sketches,
    astronaut: Pictures,
    brush: int,
    off: float,
    likeness: float,
) -> None:
    """Less so for strokes that are thin and hard: little of them lies between the points that are looked at."""
    strokes = random_sketch(100, SIDE, seed=1).strokes
    quick, exact = judge.gains(strokes, brush), best_gains(dreams, astronaut(SIDE), strokes, brush)
    assert quick.dtype == np.float32
    assert np.abs(quick - exact).sum() / np.abs(exact).sum() < off
    assert np.corrcoef(quick, exact)[0, 1] > likeness


def test_what_is_gained_becomes_real(
    judge: Scorer, random_sketch: Sketches, painted: Painted, astronaut: Pictures
) -> None:
    sketch, target = random_sketch(40, SIDE, seed=2), astronaut(SIDE)
    orange = np.array([0.9, 0.4, 0.2], np.float32)
    fixed = Scorer(judge.dreams, judge.moments, only(orange))
    quick = fixed.gains(sketch.strokes)
    same = Sketch(sketch.strokes, np.tile(orange, (40, 1)), sketch.brush)
    before = np.square(PAPER - target).sum()
    real = [before - np.square(painted(same[index : index + 1], PAPER) - target).sum() for index in range(40)]
    assert (np.array(real) < 0).any() and np.corrcoef(quick, real)[0, 1] > 0.97
    assert (judge.gains(sketch.strokes) >= quick - 0.05 * np.abs(quick)).all()  # the best colour is no worse


def test_strokes_do_not_depend_on_those_judged_with_them(judge: Scorer, random_sketch: Sketches) -> None:
    strokes = random_sketch(70, SIDE, seed=3).strokes
    whole = judge.gains(strokes)
    np.testing.assert_allclose(judge.gains(strokes[50:]), whole[50:], rtol=1e-3, atol=1e-3)
    assert judge.gains(strokes[:0]).shape == (0,)


def test_nothing_is_gained_off_the_canvas_or_where_errors_do_not_count(
    dreams: Dreams, judge: Scorer, random_sketch: Sketches, astronaut: Pictures
) -> None:
    strokes = random_sketch(20, SIDE, seed=4).strokes
    away = strokes + np.array([300] * 6 + [0] * 3, np.float32)
    assert not judge.gains(away).any()
    nothing = np.zeros((SIDE, SIDE), np.float32)
    assert not Scorer(dreams, ErrorPyramid(astronaut(SIDE), PAPER, nothing)).gains(strokes).any()


def test_a_perfect_canvas_leaves_nothing_to_gain(dreams: Dreams, random_sketch: Sketches, astronaut: Pictures) -> None:
    perfect = Scorer(dreams, ErrorPyramid(astronaut(SIDE), astronaut(SIDE)))
    assert (perfect.gains(random_sketch(30, SIDE).strokes, 1) < 1e-2).all()


def test_gains_are_in_pixels_whatever_the_cells(
    dreams: Dreams, judge: Scorer, random_sketch: Sketches, astronaut: Pictures
) -> None:
    strokes = random_sketch(30, SIDE, seed=5).strokes
    strokes[:, 8] += 4
    small = ErrorPyramid(reduced(astronaut(SIDE), 2), reduced(PAPER, 2), cell=2.0)
    coarse, fine = Scorer(dreams, small).gains(strokes), judge.gains(strokes)
    assert np.abs(coarse - fine).sum() / np.abs(fine).sum() < 0.15


def test_off_the_canvas_a_blender_finds_no_paint(astronaut: Pictures) -> None:
    target = np.full((SIDE, SIDE, 3), 0.8, np.float32)
    canvas, ground = target.copy(), np.zeros_like(target)
    strokes = np.array([[x, 32, x + 10, 32, x + 20, 32, 1, 1, 6] for x in (-14, 20)], np.float32)
    with Dreams([shipped_folder("pretrained") / "blender"], cores=1) as blender:
        scene = Scene(target, blender, lambda strokes: strokes, base=ground.reshape(-1, 3))
        gains = Scorer(blender, ErrorPyramid(target, canvas), None, ground).gains(strokes)
        for stroke, gain in zip(strokes, gains, strict=True):
            alone = Sketch(stroke[None], np.zeros((1, 3), np.float32), np.zeros(1, np.int64))
            real = -scene.view(alone, canvas.reshape(-1, 3)).error
            assert abs(gain - real) < 0.35 * abs(real) + 0.5
    assert gains[0] < -5  # it drags the bare ground in: -11 here, and -14 if every pixel is looked at
    assert abs(gains[1]) < 0.5
