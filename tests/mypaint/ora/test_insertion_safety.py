"""Adding layers to a file itself: backups, and what happens if it fails."""

from __future__ import annotations

import contextlib
import os
import resource
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dreambrush.errors import OpenrasterError, OutputError, UsageError
from dreambrush.mypaint.layer import PIGMENT
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.insertion import insert_layers, insert_layers_in_place
from dreambrush.mypaint.ora.render import render_document
from tests.mypaint.insertion_files import GROUP, HEIGHT, WIDTH, krita, layers, ours, record
from tests.mypaint.ora_files import OraFile, noise


def write(folder: Path, file: str = "ours") -> Path:
    path = folder / "work.ora"
    if file == "krita":
        krita(path)
    else:
        ours(path, 1.0)
    return path


def state(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_in_place_keeps_every_older_state(tmp_path: Path) -> None:
    (tmp_path / "work (backup).ora").write_bytes(b"an older backup")
    path = write(tmp_path)
    path.chmod(0o640)
    states = []
    for number in (2, 3):
        states.append(path.read_bytes())
        before = path.stat()
        picture, copy = insert_layers_in_place(path, layers(), GROUP, record=record, selected=0)
        assert copy == tmp_path / f"work (backup {number}).ora"
        assert (copy.stat().st_mode, copy.stat().st_mtime) == (before.st_mode, before.st_mtime)
        assert path.stat().st_mode == before.st_mode
        with read_document(path) as document:
            assert np.array_equal(render_document(document), picture)
            assert sum(node.name == GROUP for node in document.root.walk()) == number - 1
            assert sum(node.selected for node in document.root.walk()) == 1
    assert [(tmp_path / f"work (backup {number}).ora").read_bytes() for number in (2, 3)] == states
    assert (tmp_path / "work (backup).ora").read_bytes() == b"an older backup"
    assert len(os.listdir(tmp_path)) == 4


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    path = write(tmp_path / "real")
    (tmp_path / "link.ora").symlink_to(path)
    before = path.read_bytes()
    _picture, copy = insert_layers_in_place(tmp_path / "link.ora", layers(), GROUP, record=record)
    assert (tmp_path / "link.ora").is_symlink() and path.read_bytes() != before
    assert copy == tmp_path / "real" / "work (backup).ora" and copy.read_bytes() == before


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    path = write(tmp_path)
    for name in ("a.ora", "b.ora"):
        insert_layers(path, tmp_path / name, layers(), GROUP, record=record)
    assert (tmp_path / "a.ora").read_bytes() == (tmp_path / "b.ora").read_bytes()


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-500])


def damaged(path: Path) -> None:
    """A layer's pixels, which are copied as they are, but cannot be rendered."""
    data = bytearray(path.read_bytes())
    at = data.index(b"IDAT") + 500
    data[at : at + 50] = bytes(50)
    path.write_bytes(data)


def strange_mode(path: Path) -> None:
    ora = OraFile(WIDTH, HEIGHT)
    ora.layer(noise(1, HEIGHT, WIDTH), composite_op="krita:grain_merge")
    ora.save(path)


def resized(path: Path) -> None:
    ora = OraFile(WIDTH + 1, HEIGHT)
    ora.layer(noise(1, HEIGHT, WIDTH))
    ora.save(path)


def misplaced(path: Path) -> None:
    """The header of a member names another one."""
    path.write_bytes(path.read_bytes().replace(b"data/layer-01.png", b"data/layer-xx.png", 1))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (truncated, "damaged or incomplete"),
        (damaged, "damaged"),
        (strange_mode, "krita:grain_merge"),
        (resized, "151 x 130 pixels"),
        (misplaced, "damaged or incomplete"),
        (Path.unlink, "There is no file"),
    ],
)
def test_a_broken_file_stays_as_it_was(tmp_path: Path, spoil: Any, message: str) -> None:
    path = write(tmp_path)
    spoil(path)
    before = state(tmp_path)
    with pytest.raises(OpenrasterError, match=message) as caught:
        insert_layers_in_place(path, layers(), GROUP, record=record)
    assert "work.ora" in str(caught.value) and ".tmp" not in str(caught.value)
    assert state(tmp_path) == before


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
@pytest.mark.slow
def test_no_flipped_bits_get_through(tmp_path: Path, seed: int) -> None:
    """Each file is either refused in two sentences, or the new one can be read."""
    sound, rng = write(tmp_path).read_bytes(), np.random.default_rng(seed)
    path, target, refused = tmp_path / "flipped.ora", tmp_path / "new.ora", 0
    for _ in range(40):
        data = np.frombuffer(sound, np.uint8).copy()
        first = len(data) - 3000 if rng.integers(2) else 0  # stack.xml and the directory, or anywhere
        data[rng.integers(first, len(data), 3)] ^= np.uint8(1 << rng.integers(8))
        path.write_bytes(data.tobytes())
        try:
            insert_layers(path, target, layers(), GROUP, record=record, overwrite=True)
        except (OpenrasterError, OutputError) as error:
            assert "\n" not in error.message and ".tmp" not in error.message
            refused += 1
        else:
            with read_document(target) as document:
                assert next(document.root.walk()).name == GROUP
    assert 5 < refused < 40
    assert sorted(os.listdir(tmp_path)) in (["flipped.ora", "new.ora", "work.ora"], ["flipped.ora", "work.ora"])


@contextlib.contextmanager
def full_disk(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("share", [0.3, 1.0, 1.3])
def test_a_full_disk_changes_nothing(tmp_path: Path, share: float) -> None:
    path = write(tmp_path)
    before = state(tmp_path)
    with full_disk(int(path.stat().st_size * share)), pytest.raises(OutputError, match="Free some space on the disk"):
        insert_layers_in_place(path, layers(), GROUP, record=record)
    assert state(tmp_path) == before


def test_a_backup_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path)
    path = path.rename(tmp_path / f"{'n' * 250}.ora")  # a name that leaves no room for a longer one
    before = state(tmp_path)
    with pytest.raises(OutputError, match="too long"):
        insert_layers_in_place(path, layers(), GROUP, record=record)
    assert state(tmp_path) == before


def test_a_file_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    path = write(tmp_path)
    (tmp_path / "new.ora").write_bytes(b"old")
    with pytest.raises(OutputError, match=r"new\.ora exists already"):
        insert_layers(path, tmp_path / "new.ora", layers(), GROUP, record=record)
    assert (tmp_path / "new.ora").read_bytes() == b"old"
    insert_layers(path, tmp_path / "new.ora", layers(), GROUP, record=record, overwrite=True)
    assert zipfile.is_zipfile(tmp_path / "new.ora")


@pytest.mark.parametrize(
    ("file", "changes", "error", "message"),
    [
        ("ours", {"above": (7,)}, OpenrasterError, "no layer number 8"),
        ("ours", {"above": ()}, OpenrasterError, "no layer number"),
        ("ours", {"selected": 3}, ValueError, r"within 0\.\.2"),
        ("ours", {"layers": []}, ValueError, "at least one layer"),
        ("ours", {"record": lambda _old: {"x": float("nan")}}, ValueError, "JSON compliant"),
        ("krita", {"layers": layers(composite_op=PIGMENT)}, UsageError, "change the colours"),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, file: str, changes: dict[str, Any], error: type[Exception], message: str
) -> None:
    path = write(tmp_path, file)
    before = state(tmp_path)
    with pytest.raises(error, match=message):
        insert_layers_in_place(path, **{"layers": layers(), "group": GROUP, "record": record, **changes})
    assert state(tmp_path) == before
