"""What the artist has painted goes along with the motion, as sharp as she painted it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.arrays import Float32, Pixels
from dreambrush.film.camera import as_frame, filmed
from dreambrush.film.hers import Hers, Key

HEIGHT, WIDTH = 48, 64
RED = (220, 20, 30)


def ours() -> Pixels:
    return np.full((2 * HEIGHT, 2 * WIDTH, 3), 128, np.uint8)


def painted() -> Hers:
    """A red square of 16 x 16 pixels of a frame, from (20, 16) on."""
    merged = ours()
    merged[32:64, 40:72] = RED
    hers = Key(0, merged).changes(ours())
    assert hers is not None
    return hers


def even(x: float, y: float) -> Float32:
    return np.broadcast_to(np.array([x, y], np.float32), (HEIGHT, WIDTH, 2))


def picture() -> Float32:
    return filmed(ours())


def test_nothing_changed_is_nothing_of_hers() -> None:
    nearly = ours()
    nearly[3:9] += 2  # rounding
    assert Key(0, ours()).changes(ours()) is None and Key(0, nearly).changes(ours()) is None


def test_her_paint_is_seen_where_she_painted_it() -> None:
    frame = as_frame(painted().over(picture()))
    assert np.abs(frame[24, 28].astype(int) - RED).max() <= 2
    assert np.array_equal(frame[:10], as_frame(picture())[:10]) and np.array_equal(
        frame[:, 45:], as_frame(picture())[:, 45:]
    )


@given(st.floats(-12, 12, width=32), st.floats(-12, 12, width=32))
def test_her_paint_moves_along(x: float, y: float) -> None:
    hers = painted().carried(even(x, y))
    frame = as_frame(hers.over(picture())).astype(int)
    middle = round(24 + y), round(28 + x)
    assert np.abs(frame[middle] - RED).max() <= 2
    away = round(24 - y), round(28 - x)
    if max(abs(2 * x), abs(2 * y)) > 14:
        assert np.abs(frame[away] - 128).max() <= 2
    sheet = hers.on_sheet()
    assert sheet[2 * middle[0], 2 * middle[1]].tolist() == [*RED, 255]


def test_it_does_not_become_blurred_on_the_way() -> None:
    hers = painted()
    for _ in range(20):
        hers = hers.carried(even(0.5, 0.25))
    for _ in range(20):
        hers = hers.carried(even(-0.5, -0.25))
    assert np.abs(hers.over(picture()) - painted().over(picture())).max() < 0.02


def test_what_comes_into_the_frame_is_not_hers() -> None:
    hers = painted()
    for _ in range(30):
        before, hers = hers.share.sum(), hers.carried(even(-1.5, 0))
        assert hers.share.sum() < before + 1
    assert not hers.share.any()


def test_what_has_left_the_frame_is_there_again_when_the_camera_comes_back() -> None:
    hers = painted().carried(even(60, 0))
    assert not hers.share.any()
    assert np.abs(hers.carried(even(-60, 0)).over(picture()) - painted().over(picture())).max() < 0.02
