"""Strokes take the shapes of a manner by rank: order kept, quantiles reached, and by halves where likeness says so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.arrays import Float32, Float64
from dreambrush.bezier import PATH, RADIUS, control_points, path_length, point_at
from dreambrush.manner.distribution import distance
from dreambrush.manner.manner import Manner, StrokeGroup, Swatch
from dreambrush.painter.in_manner import InManner, in_manner, rotate, visible_areas
from dreambrush.painter.plan.hand import hand_for
from dreambrush.painter.see.orientation import OrientationField
from dreambrush.painter.see.target import Target

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures

SIDE = 256


def stripes() -> Float32:
    """A picture whose form runs from left to right."""
    y = np.arange(SIDE, dtype=np.float32)
    rows = 0.5 + 0.4 * np.sin(y / 4)
    return np.repeat(np.repeat(rows[:, None, None], SIDE, 1), 3, 2).astype(np.float32)


FORM = OrientationField(stripes())
FLAT = OrientationField(np.full((SIDE, SIDE, 3), 0.5, np.float32))


def rising(low: float, high: float) -> tuple[float, ...]:
    return tuple(np.linspace(low, high, 11).tolist())


def group(breadth: str = "broad", share: float = 1.0, **figures: tuple[float, ...]) -> StrokeGroup:
    usual = {"width": rising(4, 6), "length": rising(2, 8), "bend": rising(0, 0.3), "angle": rising(0, 20)}
    return StrokeGroup("everywhere", breadth, share, {**usual, **figures})


def named(figures: dict[str, tuple[float, ...]]) -> StrokeGroup:
    """The same with figures by name."""
    return replace(group(), figures={**group().figures, **figures})


def manner(*groups: StrokeGroup) -> Manner:
    return Manner("a.png", "patches", groups or (group(),), (Swatch((0.5, 0.5, 0.5), 1),), (1, 1, 1))


def shaper(likeness: float, *groups: StrokeGroup, form: OrientationField = FLAT) -> InManner:
    everywhere = lambda points: np.zeros(len(points), np.int64)  # noqa: E731
    return InManner(manner(*groups), likeness, (SIDE, SIDE), form, everywhere)


def any_strokes(count: int = 80, seed: int = 0) -> Float32:
    """Strokes (n, 9) of all kinds, bent and straight."""
    rng = np.random.default_rng(seed)
    middle, angle = rng.uniform(0, SIDE, (count, 2)), rng.uniform(0, np.pi, count)
    radius = np.exp(rng.uniform(0.5, 3.5, count))
    half = radius * rng.uniform(0.3, 8, count)
    ahead = np.stack([np.cos(angle), np.sin(angle)], 1) * half[:, None]
    aside = np.stack([-ahead[:, 1], ahead[:, 0]], 1) * rng.uniform(-0.8, 0.8, (count, 1))
    rows = [middle - ahead, middle + aside, middle + ahead, rng.uniform(0.2, 1, (count, 2)), radius[:, None]]
    return np.concatenate(rows, 1).astype(np.float32)


def lengths(strokes: Float32) -> Float64:
    return path_length(strokes).astype(np.float64) / (2 * strokes[:, RADIUS])


def widths(strokes: Float32) -> Float64:
    return 200 / SIDE * strokes[:, RADIUS].astype(np.float64)


def bends(strokes: Float32) -> Float64:
    """With their signs, as a share of the chord."""
    start, control, end = (each.astype(np.float64) for each in control_points(strokes))
    chord, arm = end - start, control - start
    return np.asarray((chord[:, 0] * arm[:, 1] - chord[:, 1] * arm[:, 0]) / (chord**2).sum(1))


def middles(strokes: Float32) -> Float32:
    return np.asarray(point_at(*control_points(strokes), 0.5))


def angles(strokes: Float32) -> Float64:
    """Degrees 0..90 to the stripes."""
    start, _, end = control_points(strokes)
    return np.asarray(np.degrees(np.arctan2(*np.abs((end - start).astype(np.float64)).T[::-1])))


@settings(max_examples=8)
@given(st.integers(0, 1000), st.floats(0, 1))
def test_the_order_is_kept_and_so_are_the_places(seed: int, likeness: float) -> None:
    before = any_strokes(seed=seed)
    kept = before.copy()
    after = shaper(likeness).shaped(before)
    assert np.array_equal(before, kept) and after.shape == before.shape and after.dtype == np.float32
    assert np.isfinite(after).all() and (after[:, RADIUS] > 0).all()
    for measure, slack in ((widths, 1e-4), (lambda each: np.abs(bends(each)), 2e-3)):
        order = np.argsort(measure(before), kind="stable")
        assert np.diff(measure(after)[order]).min() > -slack
    clear = np.abs(bends(after)) > 0.01
    assert (np.sign(bends(after)) == np.sign(bends(before)))[clear].all(), "each bends the way that it did"
    assert np.abs(lines(after) - lines(before)).max() < 0.05, "they keep their directions"


def lines(strokes: Float32) -> Float64:
    """Unit vectors along the chords."""
    start, _, end = control_points(strokes)
    chord = (end - start).astype(np.float64)
    return np.asarray(chord / np.hypot(*chord.T)[:, None])


def test_likeness_0_changes_nothing() -> None:
    before = any_strokes()
    wished = shaper(0.0, form=FORM)
    for after in (wished.shaped(before), wished.settled(before, 1.0)):
        assert np.abs(after - before).max() < 0.01


@pytest.mark.parametrize("seed", range(3))
def test_likeness_1_reaches_the_quantiles(seed: int) -> None:
    before = any_strokes(400, seed)
    after = shaper(1.0).shaped(before)
    figures = group().figures
    area = after[:, RADIUS].astype(np.float64) ** 2 * (lengths(after) + 1)
    for name, of, weights, most in (
        ("bend", lambda each: np.abs(bends(each)), np.ones(len(after)), 0.02),
        ("length", lengths, area, 0.3),
    ):
        assert distance(figures[name], of(after), weights) < most < distance(figures[name], of(before), weights)
    low, high = figures["width"][0], figures["width"][-1]
    assert low - 0.01 <= widths(after).min() and widths(after).max() <= high + 0.01


@pytest.mark.parametrize(("low", "high"), [(1.0, 3.0), (8.0, 12.0)])
def test_of_a_whole_plan_so_much_of_each_width_is_seen_as_in_the_reference(low: float, high: float) -> None:
    before = any_strokes(300)
    wanted = rising(low, high)
    after = shaper(1.0, group(width=wanted)).settled(before, 1.0)

    def off(strokes: Float32) -> float:
        return distance(wanted, widths(strokes), visible_areas(strokes, (SIDE, SIDE)))

    assert off(after) < 0.15 * (high - low) + 0.05 < 0.3 * off(before)
    figures = group().figures["length"]
    seen = visible_areas(after, (SIDE, SIDE))
    assert distance(figures, lengths(after), seen) < 0.8


def test_between_them_likeness_goes_in_a_straight_line() -> None:
    before = any_strokes()
    pressed = group(pressure=rising(0.6, 0.8), taper=rising(0, 0.2))
    none, half, whole = (shaper(each, pressed).shaped(before) for each in (0.0, 0.5, 1.0))
    for measure in (lambda each: np.log(widths(each)), bends):
        reached, ends = measure(half), (measure(none), measure(whole))
        if measure is bends:
            free = np.abs(ends[0]) < 0.4  # the freest are held back
            reached, ends = reached[free], (ends[0][free], ends[1][free])
        assert reached == pytest.approx((ends[0] + ends[1]) / 2, abs=0.01)
    mean = [each[:, 6:8].mean(1) for each in (none, half, whole)]
    assert mean[1] == pytest.approx((mean[0] + mean[2]) / 2, abs=0.02)
    assert mean[2].min() > 0.55 and mean[2].max() < 0.85


@pytest.mark.parametrize("wanted", [0.0, 45.0, 85.0])
def test_strokes_are_turned_to_the_form_as_far_as_asked(wanted: float) -> None:
    before = any_strokes(150)
    figure = group(angle=(wanted,) * 11, bend=(0.0,) * 11)
    after, half = (shaper(each, figure, form=FORM).shaped(before) for each in (1.0, 0.5))
    off, off_half, off_before = (np.abs(angles(each) - wanted).mean() for each in (after, half, before))
    assert off < 0.5 * off_before and off < off_half < off_before
    assert np.abs(middles(after) - middles(before)).max() < 0.1 * SIDE, "straightened strokes move a little"


def test_each_place_has_its_own_manner() -> None:
    fine, broad = group(width=rising(1, 2)), group(width=rising(10, 12))
    own = replace(fine, place="subject")
    left = lambda points: np.where(points[:, 0] < SIDE / 2, 1, 0)  # noqa: E731
    wished = InManner(manner(broad, own), 1.0, (SIDE, SIDE), FLAT, left)
    before = any_strokes(200)
    for after in (wished.shaped(before), wished.settled(before, 1.0)):
        at = middles(before)[:, 0] < SIDE / 2
        sure = np.abs(middles(before)[:, 0] - SIDE / 2) > 0.1 * SIDE
        assert widths(after)[at & sure].max() < 3 < 9 < widths(after)[~at & sure].min()


def test_parts_of_a_painting_go_from_broad_to_fine() -> None:
    wished = shaper(1.0, group(width=rising(1, 12)))
    strokes = any_strokes()
    first, last = wished.shaped(strokes, 0.0, 0.2), wished.shaped(strokes, 0.8, 1.0)
    assert widths(first).mean() > 1.5 * widths(last).mean() and widths(first).min() >= widths(last).max() - 0.01


@pytest.mark.parametrize("name", ["pressure", "taper"])
def test_pressure_and_taper_may_be_known_alone(name: str) -> None:
    before = any_strokes()
    after = shaper(1.0, named({name: rising(0.3, 0.5)})).shaped(before)
    mean, taper = after[:, 6:8].mean(1), np.abs(after[:, 7] - after[:, 6])
    found = mean if name == "pressure" else taper
    assert found.max() < 0.55 and np.abs(found - 0.4).mean() < 0.15


def test_the_hand_is_freed_to_be_as_broad_and_as_fine_as_the_reference() -> None:
    picture = stripes()
    hand = hand_for(0.5, picture, FORM, None, None, 100)
    free = shaper(1.0, group(width=rising(1, 20))).freed(hand)
    assert 200 / SIDE * free.smallest < 2 and 200 / SIDE * free.largest > 18
    assert (free.shortest, free.longest, free.breadth) == (0.0, None, None)


def test_what_was_asked_for_goes_before_the_manner() -> None:
    wide = group(width=rising(1, 20), length=rising(1, 30))
    asked = replace(shaper(1.0, wide), least=6.0, most=9.0, longest=4.0)
    for found in (asked.shaped(any_strokes()), asked.settled(any_strokes(), 1.0)):
        assert found[:, RADIUS].min() == 6 and found[:, RADIUS].max() == 9
        assert lengths(found).max() < 4.001
    hand = hand_for(0.5, stripes(), FORM, 12.0, 18.0, 100, 4.0)
    free = asked.freed(hand)
    assert (free.smallest, free.largest, free.longest) == (6, 9, 4)
    above = replace(asked, least=40.0, most=np.inf).freed(hand)  # than all that the reference has
    assert (above.smallest, above.largest) == (40, 40)


def test_without_likeness_or_manner_there_is_nothing_to_shape(astronaut: Pictures) -> None:
    target = Target(astronaut(32), None)
    assert in_manner(None, 1.0, target) is None
    assert in_manner(manner(), 0.0, target) is None
    found = in_manner(manner(), 0.5, target)
    assert found is not None and found.size == (32, 32) and found.likeness == 0.5


def test_nothing_to_shape_is_no_error() -> None:
    nothing = np.zeros((0, 9), np.float32)
    assert len(shaper(1.0).shaped(nothing)) == 0
    assert len(shaper(1.0).settled(nothing, 1.0)) == 0
    one = any_strokes(1)
    assert np.isfinite(shaper(1.0).settled(one, 1.0)).all()


def test_dots_become_strokes_without_losing_their_place() -> None:
    dots = any_strokes(20)
    dots[:, PATH] = np.tile(middles(dots), 3)
    after = shaper(1.0, form=FORM).settled(dots, 1.0)
    assert np.isfinite(after).all() and middles(after) == pytest.approx(middles(dots), abs=0.5)


def test_turning_is_about_the_middle() -> None:
    before = any_strokes(10)
    after = before.copy()
    rotate(after, np.array([1, 4]), np.radians([90.0, 180.0]))
    assert middles(after) == pytest.approx(middles(before), abs=1e-3)
    assert path_length(after) == pytest.approx(path_length(before), rel=1e-4)
    assert np.array_equal(np.delete(after, [1, 4], 0), np.delete(before, [1, 4], 0))
    assert (lines(after)[[1, 4]] * lines(before)[[1, 4]]).sum(1) == pytest.approx([0, -1], abs=1e-4)


def test_what_lies_on_top_is_seen() -> None:
    one = any_strokes(1)
    one[:, PATH] = 100, 128, 128, 128, 156, 128
    one[:, RADIUS] = 8
    seen = visible_areas(np.concatenate([one, one]), (SIDE, SIDE))
    assert seen[1] == pytest.approx(16 * (56 + 16), rel=0.02) and seen[0] < 0.03 * seen[1]
