from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.arrays import Float32
from dreambrush.bezier import PATH, PRESSURES, RADIUS, path_nodes
from dreambrush.painter.plan.follow import kept_along, led
from dreambrush.painter.plan.hand import hand_for
from dreambrush.painter.see.drawn_flow import Flow
from dreambrush.painter.see.guide import Guide
from dreambrush.painter.see.orientation import OrientationField

SIDE = 128
FLAT = np.full((SIDE, SIDE, 3), 0.5, np.float32)


def straight(degrees: float, length: float = 30, bend: float = 0.0) -> Float32:
    """A stroke through the middle of the picture, bent sideways by that share of its length."""
    ahead = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    aside = np.array([-ahead[1], ahead[0]])
    middle = np.full(2, SIDE / 2)
    control = middle + bend * length * aside
    return np.array([[*(middle - length / 2 * ahead), *control, *(middle + length / 2 * ahead), 1, 1, 3]], np.float32)


def guide(degrees: float, strength: float) -> Guide:
    cells = np.full((16, 16), np.radians(degrees), np.float32)
    return Guide(Flow(cells, np.full((16, 16), strength, np.float32)), FLAT)


def whirl(x: float = SIDE / 2, y: float = SIDE / 2) -> Guide:
    """Round a place, with full strength."""
    rows, columns = np.mgrid[:SIDE, :SIDE] + 0.5
    direction = np.arctan2(rows - y, columns - x) + np.pi / 2
    return Guide(Flow(direction.astype(np.float32), np.ones((SIDE, SIDE), np.float32)), FLAT)


def angle_between(strokes: Float32, degrees: float) -> float:
    """The greatest angle in degrees between chords and a direction."""
    chord = strokes[:, 4:6] - strokes[:, 0:2]
    away = np.arctan2(chord[:, 1], chord[:, 0]) - np.radians(degrees)
    return float(np.degrees(np.abs((away + np.pi / 2) % np.pi - np.pi / 2)).max())


@given(st.floats(-85, 85), st.floats(0, 1), st.floats(-0.3, 0.3))
@settings(max_examples=60)
def test_a_new_stroke_turns_by_as_much_as_the_flow_is_strong(degrees: float, strength: float, bend: float) -> None:
    before = straight(degrees, bend=bend)
    after = led(before, guide(0, strength))
    assert angle_between(after, 0) == pytest.approx((1 - strength) * abs(degrees), abs=0.5)
    np.testing.assert_allclose(path_nodes(after, 2)[:, 1], path_nodes(before, 2)[:, 1], atol=0.01)
    assert np.array_equal(after[:, PATH.stop :], before[:, PATH.stop :])


@given(st.floats(-85, 85), st.floats(0, 1), st.floats(-0.3, 0.3))
@settings(max_examples=60)
def test_a_stroke_strays_no_farther_than_the_strength_allows(degrees: float, strength: float, bend: float) -> None:
    before, flow = straight(degrees, bend=bend), guide(0, strength)
    after = kept_along(before, flow)
    assert angle_between(after, 0) <= (1 - strength) * 90 + 0.5
    np.testing.assert_allclose(kept_along(after, flow), after, atol=0.02)
    if abs(degrees) < (1 - strength) * 90 - 0.5 and abs(bend) < 2 * (1 - strength) - 0.05:
        assert np.array_equal(after, before)


@pytest.mark.parametrize("degrees", [0, 40, 90])
def test_strokes_bend_as_the_flow_does(degrees: float) -> None:
    stroke = straight(degrees, 40)
    stroke[:, [0, 2, 4]] += 35  # beside the middle of the whirl
    after = stroke
    for _ in range(3):
        after = kept_along(after, whirl())
    assert np.hypot(*(path_nodes(stroke, 2)[0, 1] - path_nodes(after, 2)[0, 1])) < 0.01, "its middle stays"
    nodes = path_nodes(after, 8)[0]
    radius = np.hypot(*(nodes - SIDE / 2).T)
    assert np.ptp(radius) < 3 and radius.mean() == pytest.approx(35, abs=1), "it lies on a circle"


def test_where_the_flow_turns_sharply_strokes_are_shorter() -> None:
    long = straight(20, 60)
    long[:, [0, 2, 4]] += 8
    after = long
    for _ in range(4):
        after = kept_along(after, whirl())
    chords = [np.hypot(*(each[0, 4:6] - each[0, 0:2])) for each in (long, after)]
    assert chords[1] < 0.6 * chords[0]


def test_no_strokes_are_no_trouble() -> None:
    none = np.zeros((0, 9), np.float32)
    assert len(kept_along(none, whirl())) == len(led(none, whirl())) == 0


@pytest.mark.parametrize("freedom", [0.0, 0.5, 1.0])
def test_any_hand_prefers_strokes_along_its_guide(freedom: float) -> None:
    free = hand_for(freedom, FLAT, OrientationField(FLAT))
    led_hand = free.guided(guide(30, 1.0))
    gain = np.ones(1, np.float32)
    scores = [float(led_hand.score(gain, straight(30 + turn))[0]) for turn in (0, 30, 60, 90)]
    assert scores == sorted(scores, reverse=True) and scores[-1] < 0.3 * scores[0]
    assert (
        angle_between(led_hand.constrain(straight(100)), 30) < 1
        and angle_between(free.constrain(straight(100)), 100) < 1
    )


def test_a_guide_of_no_strength_leaves_a_hand_as_it_is() -> None:
    free = hand_for(0.5, FLAT, OrientationField(FLAT))
    idle = free.guided(guide(30, 0.0))
    strokes = np.concatenate([straight(angle, 20 + angle / 4, 0.1) for angle in range(-80, 90, 10)])
    gain = np.ones(len(strokes), np.float32)
    assert np.array_equal(idle.constrain(idle.lead(strokes)), free.constrain(strokes))
    np.testing.assert_allclose(idle.score(gain, strokes), free.score(gain, strokes), rtol=1e-5)
    assert free.lead(strokes) is strokes and PRESSURES.start < RADIUS
