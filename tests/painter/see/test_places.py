"""Subject, background and faces are told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dreambrush.painter.see.places import BACKGROUND, EVERYWHERE, FACE, SUBJECT, place_map, places_at

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures


def test_a_portrait_has_all_places(astronaut: Pictures) -> None:
    places = place_map(astronaut(256))
    assert places.shape == (256, 256) and set(np.unique(places)) == {SUBJECT, BACKGROUND, FACE}
    assert places[60, 112] == FACE, "her face"
    assert places[230, 90] == SUBJECT, "her suit"
    assert (places[:40, :20] == BACKGROUND).mean() > 0.9
    assert (places == FACE).mean() < 0.2 < (places == SUBJECT).mean()


def test_where_nothing_stands_out_all_is_everywhere() -> None:
    assert (place_map(np.full((64, 48, 3), 0.5, np.float32)) == EVERYWHERE).all()


def test_points_beyond_the_picture_have_the_place_of_its_edge() -> None:
    places = np.array([[0, 1, 2], [3, 2, 1]])
    points = np.array([[0, 0], [2.9, 0.9], [1.5, 1], [-5, 9], [1e6, -1e6]])
    assert places_at(places, points).tolist() == [0, 2, 2, 3, 2]
