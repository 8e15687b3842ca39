"""Errors that only a broken machine brings about, which is simulated here: its disk, its memory, its installation."""

from __future__ import annotations

import errno
import io
import sys
import zipfile
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from PIL import Image

from dreambrush.cli.shared.inputs import STDIN, opened_inputs
from dreambrush.doctor import packages, painting
from dreambrush.errors import DreambrushError
from dreambrush.mypaint.engine import library
from dreambrush.mypaint.ora.document import read_document
from dreambrush.pictures.picture_sets import open_picture_set
from dreambrush.pictures.reading import load_picture
from tests.mypaint import hostile_files


def refuse(*_: object, **__: object) -> NoReturn:
    raise PermissionError(errno.EACCES, "Permission denied")


def test_a_picture_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "photo.png")
    monkeypatch.setattr("PIL.Image.open", refuse)
    with pytest.raises(DreambrushError) as caught:
        load_picture(tmp_path / "photo.png")
    assert caught.value.id == "picture-not-permitted"


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(DreambrushError) as caught:
        open_picture_set(tmp_path)
    assert caught.value.id == "folder-unreadable"


def test_standard_input_that_finds_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def read(self, *_: object) -> NoReturn:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(Full()))
    with pytest.raises(DreambrushError) as caught, opened_inputs([STDIN], print):
        pass
    assert caught.value.id == "stdin-not-kept"


def test_a_member_for_which_there_is_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(*_: object) -> NoReturn:
        raise MemoryError

    hostile_files.sound().save(tmp_path / "work.ora")
    monkeypatch.setattr(zipfile.ZipFile, "open", greedy)
    with pytest.raises(DreambrushError) as caught:
        read_document(tmp_path / "work.ora")
    assert caught.value.id == "ora-needs-more-memory"


def test_a_binding_that_is_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dreambrush.mypaint.engine._engine", None)
    monkeypatch.delattr("dreambrush.mypaint.engine._engine", raising=False)
    with pytest.raises(DreambrushError) as caught:
        library.engine.__wrapped__()
    assert caught.value.id == "binding-missing"


def test_a_libmypaint_with_too_few_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dreambrush.mypaint.engine.library.setting_ids", lambda: {"opaque": 0})
    with pytest.raises(DreambrushError) as caught:
        painting.libmypaint()
    assert caught.value.id == "libmypaint-too-old"


def test_a_libmypaint_that_paints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dreambrush.mypaint.engine.canvas.Canvas.read8", lambda _: np.zeros((64, 64, 4), np.uint8))
    with pytest.raises(DreambrushError) as caught:
        painting.stroke()
    assert caught.value.id == "libmypaint-paints-nothing"


def test_no_brushes_are_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dreambrush.models.catalogue.shipped_folder", lambda _: tmp_path)
    with pytest.raises(DreambrushError) as caught:
        painting.brushes()
    assert caught.value.id == "shipped-brushes-missing"


def test_dreambrush_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_: str) -> NoReturn:
        raise PackageNotFoundError

    monkeypatch.setattr("importlib.metadata.requires", absent)
    with pytest.raises(DreambrushError) as caught:
        packages.requirements()
    assert caught.value.id == "dreambrush-not-installed"
