"""Which drawings are saved as files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dreambrush.film.painted import key_frames


@given(st.integers(1, 300), st.integers(1, 60), st.integers(1, 4))
def test_every_nth_frame_has_the_drawing_that_is_held_there(frames: int, every: int, on: int) -> None:
    found = key_frames(frames, every, on)
    assert found[0] == 0 and all(frame % on == 0 for frame in found)
    for frame in range(0, frames, every):
        assert sum(each <= frame < each + on for each in found) == 1
    assert len(found) <= len(range(0, frames, every))


def test_for_example() -> None:
    assert key_frames(5, 2, 1) == [0, 2, 4]
    assert key_frames(10, 3, 2) == [0, 2, 6, 8]
