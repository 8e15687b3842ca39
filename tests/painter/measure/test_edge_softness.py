from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.painter.measure.edge_softness import (
    CLASSES,
    COARSE,
    HARD,
    LEAST_UNIT,
    LOST,
    SOFT,
    UNIT,
    edges_at,
    find_contours,
    measure_edges,
    rank_correlation,
    sampled,
)
from dreambrush.painter.see.gaussian import blurred

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures

SIDE = 384
TINT = np.array([1, 0.7, 0.4])  # how much each channel changes across an edge


def across(angle: float, side: int = SIDE) -> Float32:
    """How far each pixel lies beyond a line through the middle, in pixels."""
    y, x = np.mgrid[:side, :side] + 0.5 - side / 2
    return np.asarray(x * np.cos(angle) + y * np.sin(angle), np.float32)


def step(blur: float, angle: float = 0.3, side: int = SIDE, contrast: float = 0.4) -> Float32:
    """A blurred edge between two colours, (side, side, 3); the blur in pixels."""
    at = across(angle, side)
    share = np.vectorize(math.erf, otypes=[np.float64])(at / (blur * math.sqrt(2)))
    return np.asarray(0.3 + contrast * 0.5 * (1 + share)[..., None] * TINT, np.float32)


def brushed(picture: Float32, amount: float, seed: int = 0) -> Float32:
    """The same with streaks of a brush, which are a pixel wide and run across the edge."""
    noise = np.random.default_rng(seed).standard_normal(picture.shape[:2], np.float32)
    streaks = blurred(noise, 1.0)
    return np.asarray(picture + amount * (streaks / streaks.std())[..., None], np.float32)


@pytest.mark.parametrize("angle", [0.0, 0.3, 2.0])
@pytest.mark.parametrize("blur", [0.6, 1, 2, 3, 4, 6])
def test_the_blur_of_an_edge_is_told(blur: float, angle: float) -> None:
    picture = step(blur, angle)
    edges = edges_at(picture, find_contours(picture))
    assert np.median(edges.blur) == pytest.approx(blur, rel=0.12, abs=0.25)
    assert np.median(edges.contrast) == pytest.approx(0.4 * np.sqrt(np.mean(TINT**2)), rel=0.1)


@pytest.mark.parametrize("blur", [0.6, 1, 2, 3])
def test_streaks_of_a_brush_do_not_pass_for_edges(blur: float) -> None:
    picture = step(blur)
    edges = edges_at(brushed(picture, 0.03), find_contours(picture))
    assert np.median(edges.blur) == pytest.approx(blur, rel=0.2, abs=0.2)


def test_it_is_the_same_at_another_size() -> None:
    found = [
        edges_at(step(3 * side / SIDE, side=side), find_contours(step(3 * side / SIDE, side=side)))
        for side in (192, 768)
    ]
    small, large = (float(np.median(each.blur)) for each in found)
    assert small == pytest.approx(large, rel=0.06)
    assert LEAST_UNIT / 192 == UNIT


def test_contours_lie_on_edges_and_have_their_length() -> None:
    for angle in (0.0, 0.3, math.pi / 4):
        contours = find_contours(step(1.5, angle))
        aside = contours.place - SIDE / 2
        assert np.abs(aside @ np.array([math.cos(angle), math.sin(angle)])).max() < 1
        assert np.abs(np.abs(contours.normal @ np.array([math.cos(angle), math.sin(angle)])) - 1).max() < 0.01
        inner = SIDE - 2 * math.ceil(COARSE)  # at the border none are looked for
        whole = inner / max(abs(math.cos(angle)), abs(math.sin(angle)))
        assert float(contours.length.sum()) == pytest.approx(whole, rel=0.03)
    assert not len(find_contours(np.full((SIDE, SIDE, 3), 0.4, np.float32)))
    assert not len(find_contours(step(1, contrast=0.04)))


def test_shares_say_what_became_of_edges() -> None:
    sharp, soft = step(0.6), step(3.5)
    same = measure_edges(sharp, sharp)
    assert same.picture == same.painting and same.distance == 0
    assert same.painting[HARD] > 0.95 and sum(same.painting.values()) == pytest.approx(1)
    assert measure_edges(sharp, soft).painting[SOFT] > 0.95
    assert measure_edges(sharp, soft).distance == pytest.approx(2, abs=0.1)
    flat = np.full_like(sharp, 0.5)
    for lost in (
        flat,
        step(9),
        0.5 + 0.1 * (sharp - 0.5),
        sharp.max() - sharp,
    ):  # nothing, a haze, faint, the other way
        assert measure_edges(sharp, lost.astype(np.float32)).painting[LOST] > 0.9
    assert tuple(same.picture) == CLASSES


def test_an_edge_that_a_brush_laid_a_little_aside_is_the_same_edge() -> None:
    aside = np.roll(step(0.6, 0.0), 2, 1)
    assert measure_edges(step(0.6, 0.0), aside).painting[HARD] > 0.9


def test_agreement_tells_whether_soft_edges_are_soft_in_the_same_places() -> None:
    halves = [(step(upper, 0.0)[: SIDE // 2], step(lower, 0.0)[SIDE // 2 :]) for upper, lower in ((0.6, 3), (3, 0.6))]
    up, down = (np.concatenate(each) for each in halves)
    assert measure_edges(up, up).agreement == pytest.approx(1)
    assert measure_edges(up, brushed(up, 0.02)).agreement > 0.7
    assert measure_edges(up, down).agreement < -0.6
    upper = np.zeros((SIDE, SIDE), bool)
    upper[: SIDE // 2 - 8] = True
    assert measure_edges(up, down, upper).picture[HARD] > 0.95
    assert measure_edges(up, down, upper).painting[SOFT] > 0.95


def test_a_photograph_has_edges_of_all_kinds(astronaut: Pictures) -> None:
    picture = astronaut(192)
    found = measure_edges(picture, picture)
    assert found.picture == found.painting and found.agreement == pytest.approx(1)
    assert all(share > 0.02 for share in found.picture.values())
    hazy = measure_edges(picture, blurred(picture, 2.0))
    assert hazy.painting[HARD] < 0.05 < 0.4 < hazy.picture[HARD]


def test_rank_correlation_weighs_and_shares_ranks() -> None:
    ones = np.ones(4)
    assert rank_correlation(np.array([1, 2, 3, 4.0]), np.array([1, 4, 9, np.inf]), ones) == pytest.approx(1)
    assert rank_correlation(np.array([1, 2, 3, 4.0]), np.array([4, 3, 2, 1.0]), ones) == pytest.approx(-1)
    assert rank_correlation(np.array([1, 1, 2, 2.0]), np.array([1, 2, 1, 2.0]), ones) == pytest.approx(0)
    # As scipy.stats.spearmanr has it, ties included.
    assert rank_correlation(np.array([1, 2, 2, 3.0]), np.array([1, 3, 2, 2.0]), ones) == pytest.approx(0.5)
    twice = rank_correlation(np.array([1, 2, 2, 3.0]), np.array([3, 1, 1, 2.0]), ones)
    assert rank_correlation(np.array([1, 2, 3.0]), np.array([3, 1, 2.0]), np.array([1, 2, 1.0])) == pytest.approx(twice)
    assert rank_correlation(ones, np.arange(4.0), ones) == 0 == rank_correlation(ones[:0], ones[:0], ones[:0])


def test_it_reads_between_pixels() -> None:
    picture = np.arange(6, dtype=np.float32).reshape(2, 3, 1)
    x, y = np.array([0.5, 1.0, 2.5, 9.0]), np.array([0.5, 1.0, 1.5, -9.0])
    assert sampled(picture, x, y)[:, 0].tolist() == [0, 2, 5, 2]


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (3, 2), (16, 16)])
def test_tiny_pictures_have_no_contours(shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).random((*shape, 3), np.float32)
    found = measure_edges(picture, picture)
    assert found.distance == 0 and set(found.picture) == set(CLASSES)
