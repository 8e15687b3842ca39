from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from dreambrush.arrays import Float32
from dreambrush.painter.plan.order import (
    ACCENTS,
    BLOCK_IN,
    EDGES,
    FAINT,
    GROUND,
    LAYERS,
    MIDDLE,
    arranged,
    raised,
    touching,
    wanted_stages,
)
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.refine.scene import Scene, View
from dreambrush.painter.see.cells import reduced
from dreambrush.painter.see.orientation import OrientationField
from dreambrush.painter.sketch import Sketch

if TYPE_CHECKING:
    from tests.painter.conftest import Painted, Pictures, Sketches

SIDE = 96
PAPER = np.full((SIDE, SIDE, 3), 0.8, np.float32)


@pytest.fixture
def form(astronaut: Pictures) -> OrientationField:
    return OrientationField(astronaut(SIDE))


def view_of(sketch: Sketch, dreams: Dreams, cell: int = 1) -> View:
    paper = reduced(PAPER, cell)
    return Scene(PAPER, dreams, lambda constrain: constrain, cell).view(sketch, paper.reshape(-1, 3))


def small_strokes(random_sketch: Sketches, count: int, radius: float = 4.0) -> Sketch:
    """Short strokes, of which many do not touch each other."""
    sketch = random_sketch(count, SIDE, seed=1)
    strokes = sketch.strokes.copy()
    strokes[:, 2:6] = strokes[:, [0, 1, 0, 1]] + 0.2 * (strokes[:, 2:6] - strokes[:, [0, 1, 0, 1]])
    strokes[:, 8] = np.minimum(strokes[:, 8], radius)
    return Sketch(strokes, sketch.colours, sketch.brush)


@pytest.mark.parametrize(("cell", "levels"), [(1, 0.01), (2, 0.2)])
def test_another_order_paints_the_same_picture(
    oil: Dreams,
    form: OrientationField,
    random_sketch: Sketches,
    painted: Painted,
    tmp_path: Path,
    cell: int,
    levels: float,
) -> None:
    sketch = small_strokes(random_sketch, 150)
    sketch.strokes[:, 8] = np.maximum(sketch.strokes[:, 8], 1.2 * cell)
    order = arranged(sketch, view_of(sketch, oil, cell), form, SIDE, SIDE).order
    assert (order != np.arange(150)).mean() > 0.8
    before, after = (painted(each, PAPER) for each in (sketch, sketch[order]))
    Image.fromarray(np.rint(np.hstack([before, after]) * 255).astype(np.uint8)).save(tmp_path / "arranged.png")
    changed = np.abs(before - after).max(-1) * 255
    assert changed.mean() < levels and (changed > 2).mean() < 0.004, f"see {tmp_path / 'arranged.png'}"


def test_stages_never_fall_and_each_stroke_comes_once(
    oil: Dreams, form: OrientationField, random_sketch: Sketches
) -> None:
    sketch = small_strokes(random_sketch, 120, 9.0)
    found = arranged(sketch, view_of(sketch, oil), form, SIDE, SIDE)
    assert sorted(found.order) == list(range(120))
    assert (np.diff(found.stage) >= 0).all() and set(found.stage) == {GROUND, BLOCK_IN, MIDDLE, EDGES}


def test_strokes_that_touch_keep_their_order(oil: Dreams, form: OrientationField, random_sketch: Sketches) -> None:
    sketch = small_strokes(random_sketch, 80)
    view = view_of(sketch, oil)
    order = arranged(sketch, view, form, SIDE, SIDE).order
    position = np.argsort(order)
    masks = np.zeros((80, SIDE * SIDE), bool)
    masks[view.fragments.stroke_id, view.fragments.cell_id] = view.mean > FAINT
    overlap = masks.astype(np.float32) @ masks.T.astype(np.float32) > 0
    below, above = np.nonzero(np.triu(overlap, 1))
    assert len(below) and (position[below] < position[above]).all()
    assert not np.array_equal(order, np.arange(80))


def test_who_touches_whom(oil: Dreams) -> None:
    bars = [[8, y, 48, y, 88, y, 1, 1, 4] for y in (20, 40)] + [[x, 8, x, 48, x, 88, 1, 1, 4] for x in (30, 60)]
    crossing = np.array([*bars, [20, 20, 30, 20, 40, 20, 1, 1, 3]], np.float32)
    sketch = Sketch(crossing, np.full((5, 3), 0.5, np.float32), np.zeros(5, np.int64))
    pairs = set(zip(*(index.tolist() for index in touching(view_of(sketch, oil))), strict=True))
    assert {(0, 2), (0, 3), (1, 2), (1, 3), (2, 4)} <= pairs
    assert not pairs & {(0, 1), (2, 3), (1, 4), (3, 4)}
    assert all(lower < upper for lower, upper in pairs)
    alone = touching(view_of(sketch[:1], oil))
    assert len(alone[0]) == len(alone[1]) == 0


def test_no_stroke_comes_before_one_that_it_lies_on() -> None:
    wanted = np.array([0, 3, 1, 2, 0, 1])
    lower, upper = np.array([0, 1, 2, 2]), np.array([1, 2, 3, 4])
    assert raised(wanted, lower, upper).tolist() == [0, 3, 3, 3, 3, 1]
    assert wanted.tolist() == [0, 3, 1, 2, 0, 1]


def test_broad_strokes_come_first(form: OrientationField, random_sketch: Sketches) -> None:
    sketch = random_sketch(400, SIDE, seed=2)
    stage = wanted_stages(sketch, form)
    for earlier, later in ((GROUND, BLOCK_IN), (BLOCK_IN, MIDDLE)):
        assert sketch.strokes[stage == earlier, 8].mean() / sketch.strokes[stage == later, 8].mean() > 1
    assert set(stage) <= {GROUND, BLOCK_IN, MIDDLE, EDGES}


def test_fine_strokes_along_edges_are_for_edges() -> None:
    target = np.zeros((SIDE, SIDE, 3), np.float32)
    target[:, SIDE // 2 :] = 1
    fine = [[x, 30, x, 40, x, 50, 1, 1, 1.5] for x in (48, 10, 80)]
    broad = [[20, y, 48, y, 76, y, 1, 1, 14] for y in (20, 50, 80)]
    sketch = Sketch(np.array(broad + fine, np.float32), np.full((6, 3), 0.5, np.float32), np.zeros(6, np.int64))
    assert wanted_stages(sketch, OrientationField(target))[3:].tolist() == [EDGES, MIDDLE, MIDDLE]


def jumps(strokes: Float32) -> float:
    """Mean way from one stroke's middle to the next one's."""
    middle = 0.5 * (strokes[:, 0:2] + strokes[:, 4:6])
    return float(np.hypot(*np.diff(middle, axis=0).T).mean())


def test_one_works_on_a_region_and_then_the_next(oil: Dreams, form: OrientationField, random_sketch: Sketches) -> None:
    sketch = small_strokes(random_sketch, 200, 2.0)
    found = arranged(sketch, view_of(sketch, oil), form, SIDE, SIDE)
    details = sketch.strokes[found.order][found.stage >= MIDDLE]
    assert jumps(details) < 0.7 * jumps(sketch.strokes)


def test_dark_before_light(oil: Dreams, form: OrientationField) -> None:
    rng = np.random.default_rng(0)
    y, x = np.divmod(np.arange(36), 6)
    middles = np.stack([x, y], 1) * 16 + 8
    strokes = [[mx - 3, my, mx, my, mx + 3, my, 1, 1, 3] for mx, my in middles]
    tone = rng.random(36).astype(np.float32)
    sketch = Sketch(np.array(strokes, np.float32), np.repeat(tone[:, None], 3, 1), np.zeros(36, np.int64))
    found = arranged(sketch, view_of(sketch, oil), form, SIDE, SIDE)
    masses = tone[found.order][found.stage == BLOCK_IN]
    assert len(masses) > 8 and np.corrcoef(masses, np.arange(len(masses)))[0, 1] > 0.7


def test_no_strokes_and_one(oil: Dreams, form: OrientationField, random_sketch: Sketches) -> None:
    for count in (0, 1):
        sketch = random_sketch(count, SIDE)
        found = arranged(sketch, view_of(sketch, oil), form, SIDE, SIDE)
        assert found.order.tolist() == list(range(count)) and len(found.stage) == count


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_every_stage_has_a_layer(count: int) -> None:
    names, of_stage = LAYERS[count]
    assert len(set(names)) == len(names) == count
    assert len(of_stage) == ACCENTS + 1 and list(of_stage) == sorted(of_stage) and set(of_stage) == set(range(count))
