"""Files appear whole or not at all, and never over another one by accident."""

from __future__ import annotations

import contextlib
import os
import resource
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from dreambrush.errors import OutputError
from dreambrush.files.output import open_output


@pytest.fixture
def no_hard_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on FAT; Linux answers EPERM there."""

    def refuse(*_args: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)


@contextlib.contextmanager
def ordinary_user() -> Iterator[None]:
    """Root may write everywhere, so root becomes nobody for a while."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.fixture(params=[False, True], ids=["hard links", "no hard links"])
def either_file_system(request: pytest.FixtureRequest) -> None:
    if request.param:
        request.getfixturevalue("no_hard_links")


@pytest.mark.usefixtures("either_file_system")
class TestOnAnyFileSystem:
    def test_a_new_file_appears_whole(self, tmp_path: Path) -> None:
        with open_output(tmp_path / "new") as file:
            file.write(b"paint")
            assert not (tmp_path / "new").exists()
        assert (tmp_path / "new").read_bytes() == b"paint"
        assert os.listdir(tmp_path) == ["new"]

    def test_a_file_created_meanwhile_is_kept(self, tmp_path: Path) -> None:
        with (
            pytest.raises(OutputError, match="new exists already"),
            open_output(tmp_path / "new") as file,
        ):
            file.write(b"ours")
            (tmp_path / "new").write_bytes(b"theirs")
        assert (tmp_path / "new").read_bytes() == b"theirs"
        assert os.listdir(tmp_path) == ["new"]

    @pytest.mark.parametrize("overwrite", [False, True])
    def test_ctrl_c_leaves_nothing(self, tmp_path: Path, overwrite: bool) -> None:
        with (
            pytest.raises(KeyboardInterrupt),
            open_output(tmp_path / "new", overwrite=overwrite) as file,
        ):
            file.write(b"half")
            raise KeyboardInterrupt
        assert os.listdir(tmp_path) == []


def test_a_name_claimed_in_vain_is_given_back(
    tmp_path: Path, no_hard_links: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OutputError, match="Input/output error"), open_output(tmp_path / "new") as file:
        file.write(b"paint")
    assert os.listdir(tmp_path) == []


def test_an_existing_file_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    with pytest.raises(OutputError, match="old exists already"), open_output(tmp_path / "old"):
        pytest.fail("the block must not run")


def test_a_dangling_link_counts_as_existing(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(OutputError, match="exists already"), open_output(tmp_path / "link"):
        pytest.fail("the block must not run")


def test_overwriting_replaces_the_whole_file_and_keeps_its_mode(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_bytes(b"a longer old text")
    old.chmod(0o640)
    with open_output(old, overwrite=True) as file:
        file.write(b"new")
        file.flush()
        assert old.read_bytes() == b"a longer old text"
    assert old.read_bytes() == b"new"
    assert stat.S_IMODE(old.stat().st_mode) == 0o640


def test_overwriting_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    with open_output(tmp_path / "link", overwrite=True) as file:
        file.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_a_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    with open_output(tmp_path / "new") as file:
        file.write(b"x")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_full_disk_leaves_the_old_file_alone(tmp_path: Path, overwrite: bool) -> None:
    target = tmp_path / "picture"
    if overwrite:
        target.write_bytes(b"old")
    before = os.listdir(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with (
            pytest.raises(OutputError, match=r"cannot be written.* Free some space on the disk"),
            open_output(target, overwrite=overwrite) as file,
        ):
            file.write(bytes(100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert os.listdir(tmp_path) == before
    if overwrite:
        assert target.read_bytes() == b"old"


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_without_permission_is_named(tmp_path: Path, overwrite: bool) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(0o500)
    with (
        ordinary_user(),
        pytest.raises(OutputError, match=r"new cannot be written: Permission denied\. Choose a folder"),
        open_output(locked / "new", overwrite=overwrite),
    ):
        pytest.fail("the block must not run")
    assert os.listdir(locked) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing/new", "Create the folder first"),
        ("file/new", "Create the folder first"),
        ("folder", "exists already"),
        ("n" * 300, "too long"),
    ],
)
def test_impossible_places_are_explained(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match=message), open_output(tmp_path / name) as file:
        file.write(b"x")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_a_folder_is_never_replaced(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match="name of a file, not of a folder"),
        open_output(tmp_path, overwrite=True),
    ):
        pytest.fail("the block must not run")
