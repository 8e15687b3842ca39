"""Figures of how mechanical a painting is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.painters import (
    detail_in_subject,
    direction_entropy,
    edges_of_masses,
    figures_of,
    looks,
    near_variation,
    scanned,
    summary,
)
from dreambrush.painter.see.gaussian import blurred
from dreambrush.strokes import Strokes

SIDE = 200


def strokes_of(angles: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Strokes:
    """Strokes of one size, in rows and columns."""
    n = len(angles)
    y, x = np.divmod(np.arange(n), 10)
    middle = (np.stack([x, y], -1) * 20 + 10).astype(np.float32)
    reach = 9 * np.stack([np.cos(angles), np.sin(angles)], -1)
    path = np.concatenate([middle - reach, middle, middle + reach], 1)
    rows = np.concatenate([path, np.ones((n, 2)), np.full((n, 1), 3)], 1).astype(np.float32)
    return Strokes.of_rows(rows, (SIDE, SIDE), brush="oil", layer="Paint")


@pytest.mark.parametrize("angle", [0.0, 0.3, np.pi / 2, np.pi - 1e-3])
def test_parallel_strokes_have_no_entropy(angle: float) -> None:
    wavering = angle + np.random.default_rng(0).normal(0, 0.03, 100)
    assert direction_entropy(strokes_of(wavering)) == pytest.approx(0)


def test_strokes_of_all_directions_have_much() -> None:
    chance = np.random.default_rng(0).uniform(0, np.pi, 100)
    swirl = np.arctan2(*np.divmod(np.arange(100), 10)) + np.pi / 2
    assert direction_entropy(strokes_of(chance)) > 0.7
    assert 0.1 < direction_entropy(strokes_of(swirl)) < 0.5
    assert direction_entropy(strokes_of(chance)[:3]) == 1


def test_neighbours_may_be_alike_where_all_are_not() -> None:
    strokes = strokes_of(np.zeros(100))
    width = np.where(np.arange(100) < 50, 1.0, 9.0)
    mixed = np.random.default_rng(0).permutation(width)
    assert near_variation(strokes, width) < 0.5 * near_variation(strokes, mixed)
    assert near_variation(strokes, np.full(100, 2.0)) == pytest.approx(0)


def test_edges_of_masses_are_hard_until_they_are_blurred() -> None:
    picture = np.full((SIDE, SIDE, 3), 0.2, np.float32)
    picture[50:150, 60:140] = 0.8
    sharp, soft = edges_of_masses(picture), edges_of_masses(blurred(picture, 4.0))
    assert sharp["hard"] > 0.9
    assert soft["hard"] < 0.1
    assert soft["soft"] + soft["lost"] > 0.9


def test_detail_is_where_strokes_are() -> None:
    strokes, subject = strokes_of(np.zeros(100)), np.zeros((SIDE, SIDE), np.float32)
    subject[:, : SIDE // 2] = 1
    assert detail_in_subject(strokes, subject) == pytest.approx(1)
    left = strokes[(strokes.path[:, 1, 0] < SIDE / 2) | (np.arange(100) % 4 == 0)]
    ratio = detail_in_subject(left, subject)
    assert ratio is not None
    assert ratio > 2
    assert detail_in_subject(strokes, None) is None


def test_a_picture_is_measured_and_the_same_each_time() -> None:
    picture = np.random.default_rng(0).random((8, 8, 3)).astype(np.float32)
    picture = np.kron(picture, np.ones((8, 8, 1), np.float32))
    assert figures_of(picture, 20) == figures_of(picture, 20)
    assert figures_of(picture, 20).widths > 0


def test_the_summary_says_what_lies_outside() -> None:
    inside = {
        "widths": 1.0,
        "widths_near": 1,
        "lengths": 1,
        "directions": 0.5,
        "hard": 0.5,
        "lost": 0.1,
        "detail": None,
    }
    rows = [
        {"look": "real", **inside},
        {"look": "real", **inside, "widths": 2.0, "detail": 2.0},
        {"look": "default", **inside, "widths": 1.5, "detail": 1.0},
        {"look": "pencil", **inside, "widths": 2.5},
    ]
    found = summary(rows)
    assert found["outside"] == {"real": [], "default": ["detail"], "pencil": ["widths"]}
    assert found["range"]["widths"] == [1, 2]  # type: ignore[index]


def test_every_style_is_a_look() -> None:
    assert {"default", "hand-0", "hand-1", "charcoal"} <= looks().keys()


def test_a_scan_shows_the_same_picture() -> None:
    from PIL import Image

    picture = np.full((16, 16, 3), 100, np.uint8)
    assert np.abs(scanned(Image.fromarray(picture)) * 255 - 100).max() < 2


def test_wider_strokes_do_not_change_what_is_relative() -> None:
    strokes = strokes_of(np.random.default_rng(1).uniform(0, np.pi, 100))
    wider = replace(strokes, radius=strokes.radius * 1.5)
    assert direction_entropy(strokes) == direction_entropy(wider)
