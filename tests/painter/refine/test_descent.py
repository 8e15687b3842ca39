from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from dreambrush.painter.gain import only
from dreambrush.painter.refine.compositing import gradients
from dreambrush.painter.refine.descent import descend, refine
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.see.cells import reduced
from dreambrush.painter.sketch import Sketch
from dreambrush.pictures.palette import parse_palette

if TYPE_CHECKING:
    from tests.painter.conftest import Painted, Pictures, Sketches, Tames

SIDE = 48
WHITE = np.ones((SIDE, SIDE, 3), np.float32)
PAPER = WHITE.reshape(-1, 3)


def drawn_arc() -> np.ndarray:
    """A black arc of 6 px on white paper with a grey spot, drawn without any brush of ours."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] + 0.5
    across = np.abs(np.hypot(x - 24, y - 34) - 18) - 3
    arc = np.clip(0.5 - across, 0, 1) * (y < 34)
    spot = np.clip(0.5 - (np.hypot(x - 24, y - 36) - 5), 0, 1)
    return np.asarray(np.repeat((1 - np.maximum(arc, 0.5 * spot))[..., None], 3, 2), np.float32)


def rough_sketch() -> Sketch:
    strokes = np.array(
        [
            [10, 32, 12, 18, 24, 18, 0.8, 0.8, 4],
            [24, 16, 36, 20, 40, 32, 0.8, 0.8, 4],
            [20, 38, 24, 38, 28, 38, 0.5, 0.5, 5],
        ],
        np.float32,
    )
    return Sketch(strokes, np.array([[0.2] * 3, [0.2] * 3, [0.7] * 3], np.float32), np.zeros(3, np.int64))


@pytest.fixture
def scene(oil: Dreams, tame_for: Tames) -> Scene:
    return Scene(drawn_arc(), oil, tame_for(SIDE))


def refined(scene: Scene, sketch: Sketch, steps: int, seed: int = 0) -> Sketch:
    return refine(scene, sketch, PAPER, steps, np.random.default_rng(seed))


def squared(real: np.ndarray, target: np.ndarray) -> float:
    return float(np.square(real - target, dtype=np.float64).sum())


def test_the_real_error_falls(scene: Scene, painted: Painted, tmp_path: Path) -> None:
    rough, better = (painted(sketch, WHITE) for sketch in (rough_sketch(), refined(scene, rough_sketch(), 60)))
    Image.fromarray(np.rint(np.hstack([drawn_arc(), rough, better]) * 255).astype(np.uint8)).save(tmp_path / "arc.png")
    assert squared(better, drawn_arc()) < 0.3 * squared(rough, drawn_arc()), f"see {tmp_path / 'arc.png'}"


@pytest.mark.parametrize("cell", [1, 2])
@pytest.mark.slow
def test_many_strokes_of_several_brushes_paint_a_better_photograph(
    dreams: Dreams, random_sketch: Sketches, painted: Painted, tame_for: Tames, astronaut: Pictures, cell: int
) -> None:
    target = astronaut(SIDE)
    scene = Scene(target, dreams, tame_for(SIDE), cell)
    rough = random_sketch(40, SIDE, seed=1, brushes=3)
    better = refine(scene, rough, reduced(WHITE, cell).reshape(-1, 3), 40, np.random.default_rng(0))
    assert squared(painted(better, WHITE), target) < 0.5 * squared(painted(rough, WHITE), target)
    assert np.array_equal(better.brush, rough.brush)


def test_what_is_expected_then_is_real(scene: Scene, painted: Painted) -> None:
    sketch = refined(scene, rough_sketch(), 40)
    real = squared(painted(sketch, WHITE), drawn_arc())
    assert scene.view(sketch, PAPER).error == pytest.approx(real, rel=0.25)


def test_the_same_seed_refines_the_same(scene: Scene) -> None:
    one, again, other = (refined(scene, rough_sketch(), 8, seed) for seed in (1, 1, 2))
    assert one.strokes.tobytes() == again.strokes.tobytes() and one.colours.tobytes() == again.colours.tobytes()
    assert not np.array_equal(one.strokes, other.strokes)


def test_strokes_remain_tame_and_colours_colours(scene: Scene, random_sketch: Sketches, tame_for: Tames) -> None:
    sketch = refine(scene, random_sketch(30, SIDE), PAPER, 20, np.random.default_rng(0), boldness=4.0)
    assert sketch.strokes.dtype == sketch.colours.dtype == np.float32
    np.testing.assert_allclose(tame_for(SIDE)(sketch.strokes), sketch.strokes, atol=1e-3)
    assert ((sketch.colours >= 0) & (sketch.colours <= 1)).all()


def test_a_fixed_colour_stays(oil: Dreams, tame_for: Tames) -> None:
    scene = Scene(drawn_arc(), oil, tame_for(SIDE), snap=only(np.full(3, 0.2, np.float32)))
    sketch = refined(scene, rough_sketch(), 8)
    assert (sketch.colours == np.float32(0.2)).all()
    assert not np.array_equal(sketch.strokes, rough_sketch().strokes)


def test_slopes_through_dreams_and_layers(scene: Scene) -> None:
    sketch, rng = rough_sketch(), np.random.default_rng(0)
    view = scene.view(sketch, PAPER)
    by = gradients(view.composite, view.target, view.weight, view.fragments, view.mean, view.variance)
    vjp = partial(scene.dreams.vjp, sketch, view.fragments, view.mean, by.grad_mean, by.grad_variance)
    slope = np.mean([vjp(rng) for _ in range(60)], 0)
    steps = np.array([0.05] * 6 + [0.01] * 2 + [0.02], np.float32)
    expected = np.zeros_like(slope)
    for index in np.ndindex(slope.shape):
        for sign in (-1, 1):
            moved = sketch.strokes.copy()
            moved[index] += sign * steps[index[1]]
            expected[index] += sign * scene.view(replace(sketch, strokes=moved), PAPER).error / 2
    slope *= steps
    # A network of ramps has kinks, so that small differences are like slopes only by and large.
    likeness = (slope * expected).sum() / np.sqrt((slope**2).sum() * (expected**2).sum())
    assert likeness > 0.98
    assert np.abs(slope).sum() == pytest.approx(np.abs(expected).sum(), rel=0.1)


def test_whoever_asks_for_the_steps_may_stop_and_go_on(scene: Scene) -> None:
    whole = list(descend(scene, rough_sketch(), PAPER, 6, np.random.default_rng(0)))
    assert [each.steps for each in whole] == [1, 2, 3, 4, 5, 6]
    rng = np.random.default_rng(0)
    begun = list(islice(descend(scene, rough_sketch(), PAPER, 6, rng), 2))[-1]
    rest = list(descend(scene, begun.sketch, PAPER, 6, rng, begun=begun))
    assert [each.steps for each in rest] == [3, 4, 5, 6]
    assert np.array_equal(rest[-1].sketch.strokes, whole[-1].sketch.strokes)
    assert np.array_equal(rest[-1].sketch.colours, whole[-1].sketch.colours)
    assert not np.array_equal(begun.sketch.strokes, whole[-1].sketch.strokes)


def test_nothing_to_refine(scene: Scene) -> None:
    assert len(refined(scene, Sketch.empty(), 5)) == 0
    assert np.array_equal(refined(scene, rough_sketch(), 0).strokes, rough_sketch().strokes)


def test_colours_of_a_palette_may_change_for_others_of_it(oil: Dreams, tame_for: Tames) -> None:
    palette = parse_palette("#000,#333,#777,#fff,#c22")
    scene = Scene(drawn_arc(), oil, tame_for(SIDE), snap=palette.snapped)
    start = replace(rough_sketch(), colours=palette.snapped(np.full_like(rough_sketch().colours, 1)))
    sketch = refined(scene, start, 12)
    there = {tuple(colour) for colour in palette.colours.tolist()}
    assert {tuple(colour) for colour in sketch.colours.tolist()} <= there
    assert not np.array_equal(sketch.colours, start.colours)
