from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.painter.see.values import drawn_tones, keyed
from dreambrush.painter.see.zones import tone_of

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures

PAPER, INK = np.array([0.96, 0.94, 0.9], np.float32), np.array([0.1, 0.1, 0.12], np.float32)


@pytest.mark.parametrize("bare", [0.1, 0.4])
def test_greys_lie_between_ink_and_paper_and_keep_the_order_of_tones_as_drawn(bare: float, astronaut: Pictures) -> None:
    picture = astronaut(64)
    drawn = keyed(picture, PAPER, bare, INK)
    assert drawn.dtype == np.float32 and (drawn >= INK - 1e-6).all() and (drawn <= PAPER + 1e-6).all()
    paper = np.abs(drawn - PAPER).max(2) < 1e-5
    assert bare - 0.02 < paper.mean() < bare + 0.05 or (paper.mean() < bare and drawn_tones(picture)[paper].min() > 0.6)
    order = np.argsort(drawn_tones(picture).ravel(), kind="stable")
    assert (np.diff(tone_of(drawn).ravel()[order]) > -1e-5).all(), "what was darker became lighter"
    assert np.abs(drawn - INK).max(2).min() < 0.01, "nothing is black"


def test_colours_stay_where_they_are_no_white() -> None:
    picture = np.zeros((40, 40, 3), np.float32)
    picture[:10], picture[10:20], picture[20:30], picture[30:] = 0.95, (0.95, 0.8, 0.1), (0.2, 0.3, 0.7), 0.1
    washed = keyed(picture, PAPER, 0.2)
    assert np.allclose(washed[5, 5], PAPER, atol=0.01)
    yellow, blue, black = washed[15, 5], washed[25, 5], washed[35, 5]
    assert yellow[0] - yellow[2] > 0.6, "a bright yellow is no paper"
    assert blue[2] - blue[0] > 0.35 and black.max() < 0.2


def test_of_a_dark_picture_not_all_is_lifted() -> None:
    night = np.full((20, 20, 3), 0.1, np.float32)
    night[:4] = 0.25
    assert keyed(night, PAPER, 0.1).max() <= 1 and keyed(night, PAPER, 0.0)[10, 10].max() < 0.2


def test_a_blue_sky_is_no_paper_beside_snow() -> None:
    view = np.full((60, 60, 3), (0.25, 0.42, 0.65), np.float32)
    view[30:] = 0.2
    view[26:30] = 0.95
    drawn = keyed(view, PAPER, 0.4, INK)
    assert np.allclose(drawn[28, 30], PAPER, atol=0.05), "snow is paper"
    assert tone_of(drawn)[10, 30] < tone_of(drawn)[28, 30] - 0.2


def test_what_differs_in_hue_only_is_told_apart_in_a_drawing() -> None:
    leaf = np.full((50, 50, 3), (0.45, 0.5, 0.3), np.float32)
    leaf[20:30, 20:30] = (0.85, 0.31, 0.28)  # as light as what is around it
    assert abs(tone_of(leaf)[25, 25] - tone_of(leaf)[5, 5]) < 0.02
    assert drawn_tones(leaf)[25, 25] < drawn_tones(leaf)[5, 5] - 0.08


def test_light_skin_and_yellow_leaves_keep_their_colours() -> None:
    picture = np.full((40, 40, 3), (0.3, 0.2, 0.1), np.float32)
    picture[:10], picture[10:20] = (0.95, 0.78, 0.3), (0.9, 0.72, 0.6)
    leaf, skin = (keyed(picture, PAPER, 0.5)[row, 5] for row in (5, 15))
    assert leaf[0] - leaf[2] > 0.5 and skin[0] - skin[2] > 0.2
