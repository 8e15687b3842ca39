"""Which drawings are saved as files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dreambrush.film.painted import key_frames


@given(st.integers(1, 300), st.integers(1, 60), st.integers(1, 4))
def test_every_nth_frame_has_the_drawing_that_is_held_there(frames: int, every: int, on: int) -> None:
    found = key_frames(frames, every, on)
    wanted = range(0, frames, every)
    assert found == [frame for frame in range(frames) if any(frame <= each < frame + on for each in wanted)]


def test_for_example() -> None:
    assert key_frames(5, 2, 1) == [0, 2, 4]
    assert key_frames(10, 3, 2) == [0, 2, 3, 5, 6, 8, 9]  # a cut may begin a drawing at any of them
