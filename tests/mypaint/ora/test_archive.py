"""An .ora from anybody: read as it is meant, or refused in two sentences."""

from __future__ import annotations

import os
import struct
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambrush.errors import ExitCode, OpenrasterError
from dreambrush.mypaint.ora import archive
from dreambrush.mypaint.ora.archive import OraArchive
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.render import render_document
from tests.mypaint.hostile_files import BYTES, LAYER, make, packed, sound, with_members


@pytest.mark.parametrize("name", BYTES)
def test_hostile_files_are_refused_in_two_sentences(tmp_path: Path, name: str) -> None:
    path = make(name, tmp_path)
    before, start = path.read_bytes(), time.process_time()
    with pytest.raises(OpenrasterError) as caught, read_document(path) as document:
        render_document(document)
    error = caught.value
    assert error.exit_code == ExitCode.BAD_ORA
    for sentence in (error.message, error.advice):
        assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 500
    assert path.name in error.message
    assert time.process_time() - start < 5
    assert path.read_bytes() == before and os.listdir(tmp_path) == [path.name]


def test_the_file_that_they_are_made_from_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "sound.ora"
    path.write_bytes(packed(sound()))
    with read_document(path) as document:
        assert render_document(document).shape == (70, 100, 3)


@given(st.data())
def test_one_wrong_byte_never_surprises(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """It is harmless or an OpenrasterError, never anything else."""
    content = bytearray(packed(sound(), data.draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))))
    directory = content.rindex(b"PK\1\2")
    place = data.draw(st.one_of(st.integers(0, len(content) - 1), st.integers(directory - 150, len(content) - 1)))
    content[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("wrong") / "wrong.ora"
    path.write_bytes(content)
    try:
        with read_document(path) as document:
            render_document(document)
    except OpenrasterError:
        pass


@pytest.mark.parametrize(
    ("path", "message"), [("none.ora", "no file"), (".", "folder"), ("x" * 5000, "cannot be read")]
)
def test_what_is_no_file_is_said_to_be_none(path: str, message: str) -> None:
    with pytest.raises(OpenrasterError, match=message):
        OraArchive(path)


def test_a_pipe_does_not_make_it_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ora")
    with pytest.raises(OpenrasterError, match="not a regular file"):
        OraArchive(tmp_path / "pipe.ora")


def test_members_are_found_by_name_and_read_up_to_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "sound.ora"
    path.write_bytes(with_members(("data/notes.txt", b"0123456789" * 1000)))
    with OraArchive(path) as ora:
        assert "data/notes.txt" in ora and "data/none" not in ora
        assert ora.members[0].filename == "mimetype"
        assert ora.read("data/notes.txt", 10_000) == b"0123456789" * 1000
        assert ora.read_start("data/notes.txt", 12) == b"012345678901"
        assert ora.read_start("mimetype", 500) == b"image/openraster"
        with pytest.raises(OpenrasterError, match=r"declares 10,000 bytes for “data/notes\.txt”, more than the 9,999"):
            ora.read("data/notes.txt", 9_999)


def test_what_is_damaged_elsewhere_does_not_matter(tmp_path: Path) -> None:
    content = bytearray(packed(sound(), zipfile.ZIP_STORED))
    content[content.index(b"IDAT") + 50] ^= 1
    path = tmp_path / "damaged.ora"
    path.write_bytes(content)
    with OraArchive(path) as ora:
        assert ora.read_start(LAYER, 8) == b"\x89PNG\r\n\x1a\n"
        with pytest.raises(OpenrasterError, match=f"damaged or incomplete at “{LAYER}”"):
            ora.read(LAYER)


def test_names_of_old_programs_are_understood(tmp_path: Path) -> None:
    """They wrote UTF-8 without saying so."""
    content = bytearray(with_members(("data/höhe", b"x")))
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        entry = content.rindex(signature)
        (flags,) = struct.unpack_from("<H", content, entry + offset)
        assert flags & 0x800
        struct.pack_into("<H", content, entry + offset, flags & ~0x800)
    path = tmp_path / "old.ora"
    path.write_bytes(content)
    with OraArchive(path) as ora:
        assert ora.read("data/höhe") == b"x"


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MEMBER_COUNT_LIMIT", 3)
    path = tmp_path / "many.ora"
    path.write_bytes(packed(sound()))
    with pytest.raises(OpenrasterError, match="has 4 members, more than the 3 accepted"):
        OraArchive(path)
