"""Parcels: what is unpacked is what was packed, and nothing lands outside the folder."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.errors import DreambrushError, PictureError
from dreambrush.jobs.message import pack, unpack
from dreambrush.jobs.parcel import KEPT, Parcel, check_name, unpacked

PARTS = st.from_regex(re.compile(r"[a-z][a-z0-9 ._-]{0,20}", re.ASCII), fullmatch=True)
NAMES = st.lists(PARTS, min_size=1, max_size=3).map("/".join)


def free_of_clashes(files: dict[str, bytes]) -> bool:
    """Whether no name is also a folder of another."""
    return not any(other.startswith(f"{name}/") for name in files for other in files)


@given(st.dictionaries(NAMES, st.binary(max_size=200), max_size=5).filter(free_of_clashes))
def test_files_arrive_as_they_left(tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]) -> None:
    folder = tmp_path_factory.mktemp("unpacked")
    unpack(pack(Parcel(files))).unpack(folder)
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found == files


@given(st.text(alphabet="ab./\\\0 ", max_size=12))
def test_a_name_that_is_accepted_stays_in_the_folder(name: str) -> None:
    try:
        check_name(name)
    except DreambrushError as error:
        assert error.id == "strange-parcel"
        return
    folder = Path("/some/folder")
    path = Path(f"{folder}/{name}")
    assert folder in path.parents and ".." not in path.parts and "\0" not in name


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "", ".", "a//x", "a\0"])
def test_nothing_is_written_if_one_name_leads_out(tmp_path: Path, name: str) -> None:
    with pytest.raises(DreambrushError) as caught:
        Parcel({"good": b"1", name: b"2"}).unpack(tmp_path)
    assert caught.value.id == "strange-parcel" and not list(tmp_path.iterdir())


@given(st.dictionaries(NAMES, st.binary(max_size=20), max_size=3), st.dictionaries(NAMES, st.binary(max_size=20)))
def test_a_digest_tells_parcels_apart(first: dict[str, bytes], second: dict[str, bytes]) -> None:
    assert (Parcel(first).digest() == Parcel(second).digest()) == (first == second)


def test_what_is_no_file_is_left_out(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "there").write_bytes(b"1")
    assert Parcel.of({name: tmp_path / name for name in ("gone", "pipe", ".", "there")}).files == {"there": b"1"}


def test_a_file_that_may_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").write_bytes(b"1")

    def refuse(path: Path) -> bytes:
        raise PermissionError

    monkeypatch.setattr(Path, "read_bytes", refuse)  # root may read everything
    with pytest.raises(PictureError, match=r"may not read .*mine") as caught:
        Parcel.of({"a": tmp_path / "mine"})
    assert caught.value.id == "picture-not-permitted"


def test_one_parcel_is_unpacked_once_and_few_are_kept() -> None:
    first = Parcel({"a": b"one"})
    folder = unpacked(first)
    assert unpacked(Parcel({"a": b"one"})) == folder and (folder / "a").read_bytes() == b"one"
    for number in range(KEPT):
        unpacked(Parcel({"a": bytes([number])}))
    assert not folder.exists()
    assert (unpacked(first) / "a").read_bytes() == b"one"
