from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.painter.see.values import keyed
from dreambrush.painter.see.zones import tone_of

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures

PAPER, INK = np.array([0.96, 0.94, 0.9], np.float32), np.array([0.1, 0.1, 0.12], np.float32)


@pytest.mark.parametrize("bare", [0.1, 0.4])
def test_greys_lie_between_ink_and_paper_and_keep_their_order(bare: float, astronaut: Pictures) -> None:
    picture = astronaut(64)
    drawn = keyed(picture, PAPER, bare, INK)
    assert drawn.dtype == np.float32 and (drawn >= INK - 1e-6).all() and (drawn <= PAPER + 1e-6).all()
    paper = np.abs(drawn - PAPER).max(2) < 1e-5
    assert bare - 0.02 < paper.mean() < bare + 0.05
    order = np.argsort(tone_of(picture).ravel(), kind="stable")
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
