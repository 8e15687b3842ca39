"""What a learned controller sees and proposes; its answers do not depend on how the picture is cut."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.bezier import END, RADIUS, START
from dreambrush.errors import ModelError
from dreambrush.kernel.library import LEVELS, using
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.propose import round_controller
from dreambrush.painter.propose.round_controller import FEWEST_CELLS, GridView, RoundController, grid_sides
from dreambrush.painter.propose.round_weights import PLANES, STRIDE

OIL = find_brush("oil").dream_folder()


def pictures(height: int, width: int, seed: int = 0) -> tuple[Float32, Float32, Float32]:
    """A target, a canvas of its mean colour, and weights."""
    rng = np.random.default_rng(seed)
    coarse = rng.random((8, 8, 3), np.float32)
    target = np.kron(coarse, np.ones((height // 8 + 1, width // 8 + 1, 1), np.float32))[:height, :width]
    return target, np.broadcast_to(target.mean((0, 1)), target.shape).copy(), np.ones((height, width), np.float32)


@pytest.mark.parametrize(("height", "width", "strokes"), [(64, 64, 10), (64, 200, 50), (33, 80, 1), (256, 171, 1000)])
def test_about_two_strokes_for_each_that_there_will_be(height: int, width: int, strokes: int) -> None:
    rows, columns = grid_sides(height, width, strokes)
    assert min(rows, columns) >= FEWEST_CELLS
    if min(rows, columns) > FEWEST_CELLS:
        assert rows * columns == pytest.approx(2 * strokes, rel=0.25)
    found = RoundController(OIL).propose(*pictures(height, width), strokes)
    assert found.strokes.shape == (rows * columns, 9) and found.promise.shape == (rows * columns,)
    assert found.strokes.dtype == found.promise.dtype == np.float32


def test_strokes_lie_near_their_cells_and_are_no_dots() -> None:
    height, width, strokes = 96, 144, 60
    rows, columns = grid_sides(height, width, strokes)
    found = RoundController(OIL).propose(*pictures(height, width), strokes).strokes
    middle = 0.5 * (found[:, START] + found[:, END]).reshape(rows, columns, 2)
    across, down = width / columns, height / rows
    cells = np.stack(np.meshgrid((np.arange(columns) + 0.5) * across, (np.arange(rows) + 0.5) * down), -1)
    assert np.abs(middle - cells).max() <= 1.21 * max(across, down)
    chord = np.hypot(*(found[:, END] - found[:, START]).T)
    assert (chord >= 1.8 * 2 * found[:, RADIUS]).all()


def test_more_is_promised_where_the_error_is() -> None:
    target, _, weight = pictures(96, 96)
    canvas = target.copy()
    canvas[:, 48:] = 1 - canvas[:, 48:]
    rows, columns = grid_sides(96, 96, 30)
    promise = RoundController(OIL).propose(target, canvas, weight, 30).promise.reshape(rows, columns)
    assert promise[:, columns // 2 + 1 :].mean() > promise[:, : columns // 2 - 1].mean() + 0.7  # 1.4 here


def test_a_picture_in_parts_gives_the_same_strokes(monkeypatch: pytest.MonkeyPatch) -> None:
    given = pictures(160, 240, seed=1)
    whole = RoundController(OIL).propose(*given, 300)
    monkeypatch.setattr(round_controller, "TILE", 7)
    parts = RoundController(OIL).propose(*given, 300)
    assert whole.strokes.shape == parts.strokes.shape
    # To the bit: each part is seen with a margin as wide as the network looks.
    assert np.sort(whole.promise).tobytes() == np.sort(parts.promise).tobytes()
    by_place = [each[np.lexsort(each.T)] for each in (whole.strokes, parts.strokes)]
    assert by_place[0].tobytes() == by_place[1].tobytes()


def test_the_kernel_proposes_what_onnxruntime_does() -> None:
    given = pictures(120, 90, seed=2)
    found, expected = (RoundController(OIL, compiled).propose(*given, 200) for compiled in (True, False))
    np.testing.assert_allclose(found.strokes, expected.strokes, atol=1e-3 * 120 / 10)
    np.testing.assert_allclose(found.promise, expected.promise, atol=1e-3)


def test_all_instructions_propose_the_same_bits() -> None:
    answers = set()
    for level in LEVELS:
        with using(level):
            found = RoundController(OIL).propose(*pictures(75, 113, seed=3), 150)
            answers.add(found.strokes.tobytes() + found.promise.tobytes())
    assert len(answers) == 1


def test_what_the_network_sees() -> None:
    target, canvas, weight = pictures(40, 40)
    view = GridView(target, canvas, weight, 5, 5)
    planes = view.planes(slice(0, 5), slice(0, 5))
    assert planes.shape == (1, PLANES, 5 * STRIDE, 5 * STRIDE) and planes.dtype == np.float32
    np.testing.assert_allclose(planes[0, :3], target.transpose(2, 0, 1) - 0.5, atol=1e-6)
    np.testing.assert_allclose(planes[0, 7:10], (target - canvas).transpose(2, 0, 1), atol=1e-6)
    part = view.planes(slice(1, 3), slice(2, 9))
    np.testing.assert_allclose(part, planes[..., 8:24, 16:40], atol=1e-5)


def test_a_broken_controller(tmp_path: Path) -> None:
    (tmp_path / "controller.onnx").write_bytes(b"no network")
    with pytest.raises(ModelError, match=r"controller\.onnx cannot be loaded"):
        RoundController(tmp_path)
