from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from dreambrush.arrays import Float64, Mask
from dreambrush.reference.marks import ROUND
from dreambrush.reference.shapes import shape_of_mask
from dreambrush.reference.tracing import Piece, trace


def pieces_of(mask: Mask, half: float = 5.0) -> list[Piece]:
    shape = shape_of_mask(mask)
    assert shape is not None
    return trace(shape, ROUND, half, half)


def drawn(x: Float64, y: Float64, half: int, height: int = 300, width: int = 400) -> Mask:
    """A line of round dots."""
    mask = np.zeros((height, width), bool)
    for row in range(-half, half + 1):
        for column in range(-half, half + 1):
            if row * row + column * column <= half * half:
                mask[(y + row).astype(int), (x + column).astype(int)] = True
    return mask


T = np.linspace(0, 1, 4000)


def test_a_line_ends_a_radius_before_its_round_ends() -> None:
    (piece,) = pieces_of(drawn(50 + 200 * T, 100 + 50 * T, 5))
    assert piece.path[[0, 2]] == pytest.approx(np.array([[50.5, 100.5], [250.5, 150.5]]), abs=1.5)
    assert piece.width == pytest.approx(11, abs=0.7)


def test_a_dot_is_as_good_as_a_point() -> None:
    y, x = np.mgrid[0:100, 0:100] + 0.5
    (piece,) = pieces_of(np.hypot(x - 40, y - 60) < 5)
    assert piece.path.mean(0) == pytest.approx([40, 60], abs=0.5)
    assert np.hypot(*(piece.path[2] - piece.path[0])) < 2.5 and piece.width == pytest.approx(10, rel=0.15)
    (pixel,) = pieces_of(np.ones((1, 1), bool))
    assert pixel.path.mean(0) == pytest.approx([0.5, 0.5], abs=0.1)


def test_a_wave_is_one_line_of_several_pieces() -> None:
    found = pieces_of(drawn(30 + 340 * T, 150 + 60 * np.sin(4 * np.pi * T), 5))
    assert {piece.line for piece in found} == {0} and 4 <= len(found) <= 10
    joints = [np.hypot(*(one.path[2] - other.path[0])) for one, other in pairwise(found)]
    assert max(joints) < 1e-6


def test_touches_side_by_side_stay_apart() -> None:
    mask = np.zeros((200, 300), bool)
    for row in range(20, 180, 20):
        mask[row : row + 8, 30:270] = True
    found = pieces_of(mask, 4.0)
    assert len(found) == len({piece.line for piece in found}) == 8
    assert all(np.ptp(piece.path[:, 1]) < 1 for piece in found)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (200 + 100 * np.cos(2 * np.pi * T), 150 + 100 * np.sin(2 * np.pi * T)),
        (200 + 100 * np.sin(2 * np.pi * T), 150 + 80 * np.sin(4 * np.pi * T)),
        (50 + 300 * T, 150 + 100 * np.sin(16 * np.pi * T)),
    ],
    ids=["ring", "eight", "scribble"],
)
def test_loops_crossings_and_scribbles_are_covered_by_their_pieces(x: Float64, y: Float64) -> None:
    found = pieces_of(drawn(x, y, 5))
    t = np.linspace(0, 1, 40)[:, None]
    at = np.concatenate([(1 - t) ** 2 * p[0] + 2 * t * (1 - t) * p[1] + t**2 * p[2] for p in (f.path for f in found)])
    line = np.stack([x, y], 1)[::4]
    far = np.sqrt(((line[:, None] - at[None]) ** 2).sum(-1)).min(1)
    assert np.mean(far < 8) > 0.85, "most of the line is near a piece"
    back = np.sqrt(((at[:, None] - line[None]) ** 2).sum(-1)).min(1)
    assert np.mean(back < 8) > 0.9, "most of the pieces are near the line"
