"""What a manner tells of each place, and how many strokes were laid for what is seen."""

from __future__ import annotations

import numpy as np
import pytest

from dreambrush.manner.manner import PLACES, Manner, Place, StrokeGroup, Swatch, laid_of


def group(place: Place = "everywhere", breadth: str = "broad", width: float = 4, share: float = 1 / 3) -> StrokeGroup:
    figures = {"width": (width,) * 11, "length": (3.0,) * 11, "bend": (0.1,) * 11, "angle": (10.0,) * 11}
    return StrokeGroup(place, breadth, share, figures)


def manner(*groups: StrokeGroup) -> Manner:
    return Manner("a.png", "patches", groups, (Swatch((0, 0, 0), 1),), (1, 1, 1))


THREE = tuple(group("everywhere", breadth, width) for breadth, width in (("broad", 8), ("middle", 4), ("fine", 1)))


def test_what_is_unknown_of_a_place_is_that_of_everywhere_and_faces_are_finer() -> None:
    own = group("subject", "fine", 2)
    found = manner(*THREE, own)
    assert found.of_place("subject") == (own,)
    assert found.of_place("background") == THREE
    faces, everywhere = ([each.figures["width"][5] for each in found.of_place(place)] for place in ("face", PLACES[0]))
    assert len(faces) == 2 and max(faces) < max(everywhere) and min(faces) <= min(everywhere)
    assert found.places == {"everywhere", "subject"}


def test_finer_strokes_are_more_and_come_last() -> None:
    laid = laid_of(THREE)
    assert (np.diff(laid.widths) <= 0).all() and (laid.counts > 0).all() and (np.diff(laid.breadth) >= 0).all()
    number = [laid.counts[laid.breadth == breadth].sum() for breadth in range(3)]
    assert number[0] < number[1] < number[2]
    widths, breadths = laid.at(np.array([0.0, 0.5, 1.0]))
    assert widths[0] == pytest.approx(8, rel=1e-3) and widths[-1] == pytest.approx(1, rel=1e-3) and breadths[0] == 0


@pytest.mark.parametrize("width", [1.0, 5.0])
def test_strokes_of_half_the_width_are_four_times_as_many(width: float) -> None:
    one, other = (manner(group(width=each)).strokes for each in (width, width / 2))
    assert other == pytest.approx(4 * one, rel=0.02)


def test_leaves_that_fall_at_random_hide_as_many_as_is_said() -> None:
    """Strokes as they were laid are dropped at random: of each breadth so much is seen as the manner said."""
    laid, rng, side = laid_of(THREE), np.random.default_rng(0), 200
    count = np.rint(laid.counts).astype(int)
    widths, breadths = (np.repeat(each, count) for each in (laid.widths, laid.breadth))
    canvas = np.full((side, side), -1)
    for width, breadth in zip(widths / 100 * side, breadths, strict=True):
        long = width * 4  # path and round ends
        x, y = rng.uniform(-long, side), rng.uniform(-width, side)
        canvas[max(int(y), 0) : max(int(y + width), 0), max(int(x), 0) : max(int(x + long), 0)] = breadth
    seen = np.bincount(canvas[canvas >= 0], minlength=3) / canvas.size
    assert seen == pytest.approx(1 / 3, abs=0.12)
