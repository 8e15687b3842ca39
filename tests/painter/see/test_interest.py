"""Where one looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.painter.see.interest import EVEN, LEAST, interest
from dreambrush.painter.see.saliency import detail_weight
from dreambrush.painter.see.target import Target

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures


def test_a_mask_says_where_one_looks() -> None:
    mask = np.zeros((128, 192), np.float32)
    mask[:, :96] = 1
    found = interest(Target(np.full((128, 192, 3), 0.5, np.float32), None), mask)
    assert found.cells.min() == pytest.approx(LEAST, abs=0.01) and found.cells.max() == pytest.approx(1, abs=0.01)
    columns = found.cells.shape[1]
    assert found.cells[:, : columns // 4].min() > 0.9 and found.cells[:, -columns // 4 :].max() < 0.3


def test_where_nothing_stands_out_one_looks_everywhere_alike() -> None:
    found = interest(Target(np.full((64, 64, 3), 0.5, np.float32), None), None)
    np.testing.assert_allclose(found.cells, EVEN)


def test_one_looks_at_a_face_first(astronaut: Pictures) -> None:
    target = Target(astronaut(256), None)
    target.attention = detail_weight(target.picture)
    cells = interest(target, None).cells
    rows, columns = cells.shape
    face, corner = cells[rows // 5, int(columns * 0.44)], cells[rows // 10, -columns // 10]
    assert face > 0.95 and corner < 0.6


@pytest.mark.parametrize("side", [64, 1000, 3000])
def test_cells_are_a_small_share_of_pictures_of_any_size(side: int) -> None:
    found = interest(Target(np.zeros((8, side, 3), np.float32), None), np.ones((8, side), np.float32))
    assert found.cell & (found.cell - 1) == 0 and found.cell * found.unit == pytest.approx(max(side / 384, 0.5))
    assert found.cells.shape == (-(-8 // found.cell), -(-side // found.cell))
