from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.bezier import path_length, path_nodes
from dreambrush.painter.geometry import dotness
from dreambrush.painter.plan.hand import DEFAULT, EXACT, FREE, SLANT, Hand, hand_for
from dreambrush.painter.see.orientation import OrientationField

if TYPE_CHECKING:
    from tests.painter.conftest import Sketches

SIDE = 64


def stripes(side: int = SIDE) -> Float32:
    """Light and dark stripes that run from left to right."""
    wave = 0.5 + 0.4 * np.sin(np.arange(side) / 2)
    return np.broadcast_to(wave[:, None, None], (side, side, 3)).astype(np.float32)


def hand(freedom: float, narrowest: float | None = None, widest: float | None = None, side: int = SIDE) -> Hand:
    picture = stripes(side)
    return hand_for(freedom, picture, OrientationField(picture), narrowest, widest)


def straight(angle: float, length: float, radius: float = 3) -> Float32:
    half = 0.5 * length * np.array([np.cos(angle), np.sin(angle)])
    middle = np.full(2, SIDE / 2)
    return np.array([[*(middle - half), *middle, *(middle + half), 1, 1, radius]], np.float32)


def score(freedom: float, stroke: Float32, gain: float = 2.0) -> float:
    return float(hand(freedom).score(np.array([gain], np.float32), stroke)[0])


def test_an_exact_hand_takes_gain_for_merit(random_sketch: Sketches) -> None:
    gains = np.random.default_rng(0).normal(0, 1, 20).astype(np.float32)
    assert np.array_equal(hand(EXACT).score(gains, random_sketch(20, SIDE).strokes), gains)


@pytest.mark.parametrize("freedom", [DEFAULT, FREE])
def test_merit_is_a_part_of_gain_and_harm_stays_harm(freedom: float, random_sketch: Sketches) -> None:
    strokes = random_sketch(60, SIDE).strokes
    gains = np.random.default_rng(0).normal(0, 1, 60).astype(np.float32)
    merits = hand(freedom).score(gains, strokes)
    good = gains > 0
    assert good.any() and (merits[good] > 0).all() and (merits[good] < gains[good]).all()
    assert np.array_equal(merits[~good], gains[~good])
    assert merits.dtype == np.float32


def test_a_free_hand_prefers_long_strokes() -> None:
    lengths = [score(FREE, straight(0, length)) for length in (0.1, 6, 12, 24, 48)]
    assert lengths == sorted(lengths) and lengths[0] < 0.6 * lengths[-1]
    assert score(DEFAULT, straight(0, 48)) > score(DEFAULT, straight(0, 3))


def test_a_free_hand_follows_the_form() -> None:
    angles = [score(FREE, straight(angle, 30)) for angle in np.linspace(0, np.pi / 2, 5)]
    assert angles == sorted(angles, reverse=True) and angles[-1] < 0.6 * angles[0]
    assert score(FREE, straight(np.pi, 30)) == pytest.approx(angles[0], rel=1e-4)  # to and fro are alike


def test_where_there_is_no_form_strokes_lie_side_by_side() -> None:
    flat = replace(hand(FREE), form=OrientationField(np.full((SIDE, SIDE, 3), 0.5, np.float32)))
    gain = np.ones(1, np.float32)
    angles = [SLANT + turn for turn in (0.0, 0.5, 1.0, np.pi / 2)]
    along, *turned, across = (float(flat.score(gain, straight(angle, 30))[0]) for angle in angles)
    assert along > turned[0] > turned[1] > across > 0.4 * along
    assert along == pytest.approx(1 - flat.long * dotness(straight(0, 30))[0], rel=1e-4)
    even = replace(flat, slant=0.0)
    assert float(even.score(gain, straight(SLANT + np.pi / 2, 30))[0]) == pytest.approx(along, rel=1e-4)


def test_where_a_form_runs_strokes_follow_it_rather_than_the_slant() -> None:
    along, slanted = (score(FREE, straight(angle, 30)) for angle in (0.0, SLANT))
    assert along > 1.1 * slanted


def test_where_the_form_does_not_count_strokes_hatch_over_it() -> None:
    formless = replace(hand(FREE), formed=np.zeros((4, 4), np.float32))
    gain = np.ones(1, np.float32)
    along, slanted = (float(formless.score(gain, straight(angle, 30))[0]) for angle in (0.0, SLANT))
    assert slanted > 1.1 * along
    half = replace(formless, formed=np.full((4, 4), 0.5, np.float32))
    free, formed = (float(each.score(gain, straight(np.pi / 2, 30))[0]) for each in (half, hand(FREE)))
    assert formed < free


def test_strokes_are_broadest_where_nothing_is_sharp(random_sketch: Sketches) -> None:
    side = 400
    picture, looked = stripes(side), np.zeros((8, 8), np.float32)
    formed = looked.copy()
    formed[:, :4] = 1
    some = hand_for(DEFAULT, picture, OrientationField(picture), looked=looked, formed=formed)
    assert some.breadth is not None
    sharp, vague = some.breadth[:, :4], some.breadth[:, 4:]
    assert np.ptp(sharp) == np.ptp(vague) == 0 and some.smallest < sharp[0, 0] < 0.7 * vague[0, 0]


def test_beside_edges_strokes_may_be_shorter() -> None:
    side = 400
    picture, edged = stripes(side), np.zeros((8, 8), np.float32)
    edged[:, 3:5] = 1
    free = hand_for(FREE, picture, OrientationField(picture), 8.0, edged=edged)
    dots = np.repeat(straight(0.3, 1, 4.0), 2, 0)
    dots[:, 0:6] += np.array([[60, 200], [200, 200]], np.float32).repeat(3, 0).reshape(2, 6) - SIDE / 2
    chord = free.constrain(dots)
    widths = np.hypot(*(chord[:, 4:6] - chord[:, 0:2]).T) / (2 * chord[:, 8])
    assert widths[0] == pytest.approx(free.shortest, rel=0.01)
    assert widths[1] == pytest.approx(free.careful, rel=0.01) and free.careful < 0.8 * free.shortest
    exact = hand_for(DEFAULT, picture, OrientationField(picture), 8.0, longest=2.0, edged=edged)
    assert exact.careful == exact.shortest == 1.0


def test_faces_have_fine_strokes_whatever_the_hand() -> None:
    side = 400
    picture, looked, care = stripes(side), np.zeros((8, 8), np.float32), np.zeros((8, 8), np.float32)
    care[:, :4] = 3
    free = hand_for(FREE, picture, OrientationField(picture), looked=looked, care=care)
    assert free.breadth is not None
    assert 2 * free.breadth[:, :4].max() <= 0.0061 * side < 3 * free.breadth[:, 4:].min()
    asked = hand_for(FREE, picture, OrientationField(picture), 9.0, looked=looked, care=care)
    assert asked.breadth is None and asked.smallest == 4.5


def test_strokes_are_broad_where_nobody_looks(random_sketch: Sketches) -> None:
    side = 400
    picture = stripes(side)
    looked = np.zeros((8, 8), np.float32)
    looked[:, :4] = 1
    some = hand_for(DEFAULT, picture, OrientationField(picture), looked=looked)
    strokes = some.constrain(random_sketch(400, side).strokes)
    middle, radius = path_nodes(strokes, 2)[:, 1, 0], strokes[:, 8]
    left, right = radius[middle < side / 2 - 1].min(), radius[middle > side / 2 + 1].min()
    assert left == pytest.approx(some.smallest, rel=0.2) and right > 1.5 * left
    assert hand_for(EXACT, picture, OrientationField(picture), looked=looked).breadth is None
    assert hand_for(DEFAULT, picture, OrientationField(picture), 3.0, looked=looked).breadth is None


@pytest.mark.parametrize("freedom", [EXACT, DEFAULT, FREE])
def test_strokes_are_brought_within_what_the_hand_does(freedom: float, random_sketch: Sketches) -> None:
    some = hand(freedom)
    wild = random_sketch(200, 10 * SIDE).strokes
    constrain = some.constrain(wild)
    assert (constrain[:, 8] >= some.smallest).all() and (constrain[:, 8] <= some.largest).all()
    assert (constrain[:, [0, 1, 4, 5]] <= SIDE + some.largest).all() and (
        constrain[:, [0, 1, 4, 5]] >= -some.largest
    ).all()
    inland = some.constrain(straight(0.3, 1, some.smallest))
    chord = np.hypot(*(inland[0, 4:6] - inland[0, 0:2]))
    assert chord >= 2 * some.smallest * some.shortest * 0.999


def test_the_freer_the_longer_and_wider() -> None:
    hands = [hand(freedom, side=800) for freedom in np.linspace(EXACT, FREE, 5)]
    for name in ("long", "along", "shortest", "smallest"):
        values = [getattr(each, name) for each in hands]
        assert values == sorted(values) and values[-1] > values[0]


@pytest.mark.parametrize("freedom", [EXACT, DEFAULT, FREE])
@pytest.mark.parametrize(("narrowest", "widest"), [(3.0, 9.0), (3.0, None), (None, 9.0), (0.5, 0.7), (30.0, 30.0)])
def test_limits_are_respected(freedom: float, narrowest: float | None, widest: float | None) -> None:
    found = hand(freedom, narrowest, widest)
    assert found.smallest <= found.largest
    assert narrowest is None or found.smallest == pytest.approx(narrowest / 2)
    assert widest is None or found.largest == pytest.approx(widest / 2)


@pytest.mark.parametrize(("freedom", "side"), [(EXACT, SIDE), (DEFAULT, 256), (FREE, 256)])
def test_the_widest_stroke_may_be_narrower_than_the_hand_likes(freedom: float, side: int) -> None:
    assert hand(freedom, widest=1.5, side=side).largest == pytest.approx(0.75)


@pytest.mark.parametrize("side", [1, 2, 5, 4000])
def test_pictures_of_any_size(side: int) -> None:
    picture = np.zeros((1, side, 3), np.float32)
    some = hand_for(DEFAULT, picture, OrientationField(picture), None, None)
    assert 0 < some.smallest <= some.largest


@pytest.mark.parametrize("freedom", [EXACT, DEFAULT, FREE])
@pytest.mark.parametrize("longest", [0.2, 2.0, 50.0])
def test_strokes_have_room_below_the_longest(freedom: float, longest: float, random_sketch: Sketches) -> None:
    picture = stripes()
    some = hand_for(freedom, picture, OrientationField(picture), longest=longest, lightest=0.5)
    assert some.shortest <= min(longest / 2, hand(freedom).shortest)
    constrain = some.constrain(random_sketch(100, SIDE).strokes)
    assert (path_length(constrain) <= 2.002 * longest * constrain[:, 8]).all() and constrain[:, 6:8].min() >= 0.5
