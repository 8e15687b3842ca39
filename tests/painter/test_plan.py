from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dreambrush.errors import ModelError
from dreambrush.models import find_brush
from dreambrush.mypaint.blending import merge_layers
from dreambrush.painter.paint import Painting, PaintOptions, Progress, paint
from dreambrush.painter.plan import PlanOptions, plan_painting
from dreambrush.painter.replay import replay

QUICK = PlanOptions(first_steps=30, swaps=2, swap_steps=10, last_steps=15, parts=2, part_steps=5)
BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


def drawn_face(side: int = 48) -> np.ndarray:
    """A face of a few flat shapes in colour."""
    y, x = np.mgrid[0:side, 0:side] * (64 / side)
    face = np.empty((side, side, 3), np.float32)
    face[:] = 0.3, 0.4, 0.45
    for cx, cy, rx, ry, colour in (
        (32, 30, 20, 26, (0.35, 0.2, 0.1)),
        (32, 34, 15, 21, (0.85, 0.65, 0.5)),
        (25, 30, 3, 2, (0.1, 0.1, 0.15)),
        (39, 30, 3, 2, (0.1, 0.1, 0.15)),
        (32, 45, 6, 2, (0.6, 0.2, 0.2)),
    ):
        face[((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1] = colour
    return face


def drawn_seven(side: int = 40) -> np.ndarray:
    """Black on white: a bar and a slanted leg."""
    y, x = np.mgrid[0:side, 0:side] + 0.5
    bar = (np.abs(y - 10) < 2.5) & (x > 8) & (x < 32)
    leg = (np.abs(x - (31 - 0.5 * (y - 10))) < 2.5) & (y > 10) & (y < 34)
    return np.asarray(np.repeat(1.0 - (bar | leg)[..., None], 3, 2), np.float32)


@pytest.fixture(scope="module")
def painting() -> Painting:
    return plan_painting(drawn_face(), find_brush("oil"), 10, seed=3, options=QUICK)


def test_it_is_what_it_says(painting: Painting) -> None:
    assert len(painting.strokes) == 10
    assert painting.mse == pytest.approx(np.mean((painting.merged / 255 - drawn_face()) ** 2))
    assert np.array_equal(painting.merged, merge_layers(painting.layers, painting.background))
    (canvas,) = replay(painting.strokes, {"oil": find_brush("oil").path}, 3)
    assert np.array_equal(canvas.read8(), painting.layers[0].pixels)
    assert not painting.interrupted


def test_planning_pays(painting: Painting) -> None:
    greedy = paint(drawn_face(), find_brush("oil"), 10, seed=3, options=PaintOptions(strokes_per_round=1))
    assert painting.mse < 0.85 * greedy.mse


def test_the_dream_foretells_the_error(painting: Painting) -> None:
    assert painting.dreamed_mse == pytest.approx(painting.mse, rel=0.15)


def test_same_seed_same_bytes(painting: Painting) -> None:
    again = plan_painting(drawn_face(), find_brush("oil"), 10, seed=3, options=QUICK)
    assert again.strokes == painting.strokes
    assert np.array_equal(again.merged, painting.merged)


def test_black_on_white() -> None:
    target = drawn_seven()
    drawing = plan_painting(target, find_brush("oil"), 3, colour=BLACK, ground=WHITE, options=QUICK)
    assert len(drawing.strokes) == 3
    assert not drawing.strokes.colour.any()
    assert (drawing.background == 255).all()
    assert drawing.mse < 0.2 * np.mean((1 - target) ** 2)


@pytest.mark.parametrize("shape", [(1, 1), (2, 40), (16, 90)])
def test_odd_pictures(shape: tuple[int, int]) -> None:
    target = np.random.default_rng(0).random((*shape, 3)).astype(np.float32)
    drawing = plan_painting(target, find_brush("oil"), 3, options=QUICK)
    assert drawing.merged.shape == (*shape, 3)
    assert len(drawing.strokes) == 3


@pytest.mark.parametrize("count", [0, 1])
def test_hardly_any_strokes(count: int) -> None:
    drawing = plan_painting(drawn_seven(), find_brush("oil"), count, options=QUICK)
    assert len(drawing.strokes) == count


def test_progress_and_interruption() -> None:
    seen: list[Progress] = []

    def stop_early(progress: Progress) -> None:
        seen.append(progress)
        if progress.stage == "Propose" and progress.done == 4:
            raise KeyboardInterrupt

    drawing = plan_painting(drawn_face(), find_brush("oil"), 8, progress=stop_early, options=QUICK)
    assert drawing.interrupted and len(drawing.strokes) == 4
    assert [each.done for each in seen if each.stage == "Propose"] == [1, 2, 3, 4]
    assert seen[-1].stage == "Paint"
    assert seen[-1].mse == pytest.approx(drawing.mse, rel=0.05)


def test_a_dream_without_a_gradient(tmp_path: Path) -> None:
    brush = find_brush("oil")
    for name in ("card.json", "dream.onnx"):
        (tmp_path / name).write_bytes((brush.dream_folder() / name).read_bytes())
    with pytest.raises(ModelError, match=r"gradient\.onnx"):
        plan_painting(drawn_seven(), replace(brush, dream=tmp_path), 2)
