from __future__ import annotations

import os
from pathlib import Path

import pytest

from dreambrush.mypaint.brushes.folders import brushes_in, name_in_mypaint, stock_folder, user_folder


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_folders_follow_the_xdg_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "")
    assert user_folder() == Path.home() / ".local/share/mypaint/brushes"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert user_folder() == tmp_path / "mypaint/brushes"
    monkeypatch.setenv("XDG_DATA_DIRS", f"relative::{tmp_path}/a:{tmp_path}/b")
    assert stock_folder() is None
    for place in ("b/mypaint-data/1.0", "a/mypaint-data/1.0", "b/mypaint-data/2.0"):  # the later the better
        (tmp_path / place / "brushes").mkdir(parents=True)
        assert stock_folder() == tmp_path / place / "brushes"


def test_brushes_have_the_names_of_mypaint(tmp_path: Path) -> None:
    for name in ("b/P._Shade.myb", "b/sub/deep.myb", "loose.myb", "b/context.myb", "a/ü #1.myb"):
        touch(tmp_path / name)
    for name in ("context03.myb", "history_1.myb", "devbrush_xyz.myb", "a/x_prev.png", "order.conf", "a/line\nend.myb"):
        touch(tmp_path / name)
    found = brushes_in(tmp_path)
    assert list(found) == ["a/ü #1", "b/P._Shade", "b/context", "b/sub/deep", "loose"]
    assert all(path.is_file() for path in found.values())
    assert brushes_in(tmp_path / "nowhere") == {}


def test_links_to_folders_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    touch(tmp_path / "elsewhere/pen.myb")
    folder = tmp_path / "brushes"
    folder.mkdir()
    os.symlink(tmp_path / "elsewhere", folder / "linked")
    os.symlink(folder, tmp_path / "elsewhere" / "circle")
    assert list(brushes_in(folder)) == ["linked/pen"]


def test_only_files_in_mypaints_folders_have_a_name_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert name_in_mypaint(user_folder() / "mine/rake.myb") == "mine/rake"
    assert name_in_mypaint(Path("mypaint/brushes/b001.myb")) == "b001"
    assert name_in_mypaint(tmp_path / "rake.myb") is None
