from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.mypaint.brushes.order import (
    homeless,
    lists_brushes,
    with_brushes,
    without_brushes,
    without_empty_groups,
)

NAMES = ["dreambrush/ink", "dreambrush/oil"]
GROUP = "Dreambrush"
ADDED = b"Group: Dreambrush\ndreambrush/ink\ndreambrush/oil\n"
BEFORE = b"# mine\nGroup: Classic\nclassic/pen\n\nGroup: favorites\n"


def add(content: bytes) -> bytes:
    return with_brushes(content, GROUP, NAMES)


def remove(content: bytes) -> bytes:
    return without_brushes(content, GROUP, NAMES)


def test_a_new_group_comes_last_and_the_rest_stays() -> None:
    assert add(BEFORE) == BEFORE + ADDED
    assert add(b"") == ADDED
    assert add(BEFORE + ADDED) == BEFORE + ADDED


LINES = st.sampled_from(
    [b"Group: Classic", b"Group: Dreambrush", b"Group: f\xfcr mich", b"classic/pen", b"  x ", b"", b"# dreambrush/oil"]
)


@given(st.lists(LINES), st.sampled_from([b"\n", b"\r\n", b"\r"]), st.booleans())
def test_removing_undoes_adding_to_the_byte(lines: list[bytes], end: bytes, ended: bool) -> None:
    before = end.join(lines) + (end if ended else b"")
    added = add(before)
    assert homeless(added, NAMES) == [] and add(added) == added
    if b"Group: Dreambrush" not in lines:
        assert remove(added) == before
        assert remove(before) == before


def test_a_group_that_is_there_is_filled_up() -> None:
    there = b"Group: Dreambrush\ndreambrush/ink\nclassic/pen\n\nGroup: Classic\nclassic/pen"
    filled = there.replace(b"pen\n\n", b"pen\ndreambrush/oil\n\n")
    assert add(there) == filled
    assert remove(filled) == there.replace(b"dreambrush/ink\n", b"")  # the artist's brush keeps the group


def test_brushes_that_the_artist_has_moved_stay_where_they_are() -> None:
    moved = BEFORE + b"dreambrush/oil\ndreambrush/ink\n"
    assert add(moved) == moved
    assert remove(moved) == BEFORE.replace(b"Group: favorites\n", b"")


@pytest.mark.parametrize("group", [b"Group: lost&found\n", b"Group: deleted\n", b""])
def test_lost_brushes_come_home(group: bytes) -> None:
    lost = group + b"dreambrush/oil\ndreambrush/ink\nGroup: Classic\nclassic/pen\n"
    assert homeless(lost, NAMES) == NAMES
    assert add(lost) == b"Group: Classic\nclassic/pen\n" + ADDED
    assert add(group + b"x/y\n" + lost[len(group) :]) == group + b"x/y\nGroup: Classic\nclassic/pen\n" + ADDED


def test_an_emptied_group_of_ours_goes_too() -> None:
    assert remove(b"Group: Dreambrush\nGroup: Classic\nclassic/pen\n") == b"Group: Classic\nclassic/pen\n"


def test_empty_groups_are_left_out_but_for_the_favourites() -> None:
    order = b"# x\nGroup: Leer\n\nGroup: Classic\nclassic/pen\nGroup: favorites\nGroup: Favorites"
    assert without_empty_groups(order) == b"# x\n\nGroup: Classic\nclassic/pen\nGroup: favorites\n"


def test_what_counts_as_nothing() -> None:
    assert not any(map(lists_brushes, (b"", b"# only\n\n  \r\n# words")))
    assert lists_brushes(b"Group: x") and lists_brushes(b"x/y")
