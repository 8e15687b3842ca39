"""MyPaint is found wherever it may be, and what it knows of our brushes."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreambrush.doctor import mypaint
from dreambrush.doctor.mypaint import brushes_in_mypaint, mypaint_itself
from dreambrush.models.catalogue import shipped_folder
from dreambrush.mypaint.brushes.folders import user_folder
from dreambrush.mypaint.brushes.pack import install


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One without MyPaint."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(mypaint, "SYSTEM_FLATPAKS", tmp_path / "flatpak")
    monkeypatch.setattr(mypaint, "MAC_APPS", (tmp_path / "MyPaint.app",))
    return tmp_path


def test_without_mypaint() -> None:
    assert "not found" in mypaint_itself().found and mypaint_itself().mend
    assert brushes_in_mypaint() is None


def test_a_program_on_the_path(machine: Path) -> None:
    program = machine / "bin" / "mypaint"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert mypaint_itself() == (f"{program}.", "")
    told = brushes_in_mypaint()
    assert (
        told is not None and "lacks dreambrush's brushes." in told.found and "dreambrush brushes --install" in told.mend
    )
    install(shipped_folder("brushes"), user_folder())
    told = brushes_in_mypaint()
    assert told is not None and not told.mend
    (user_folder() / "dreambrush" / "ink.myb").unlink()
    told = brushes_in_mypaint()
    assert told is not None and "lacks some of dreambrush's brushes: ink." in told.found and told.mend


@pytest.mark.parametrize("root", ["data/flatpak", "flatpak"])
def test_a_flatpak_keeps_brushes_of_its_own(machine: Path, root: str) -> None:
    (machine / root / "app" / "org.mypaint.MyPaint").mkdir(parents=True)
    assert not mypaint_itself().mend
    told = brushes_in_mypaint()
    assert told is not None and "dreambrush brushes --pack" in told.mend
    install(shipped_folder("brushes"), machine / "home/.var/app/org.mypaint.MyPaint/data/mypaint/brushes")
    told = brushes_in_mypaint()
    assert told is not None and not told.mend


def test_an_app_of_macos(machine: Path) -> None:
    (machine / "MyPaint.app").mkdir()
    assert mypaint_itself().found == f"{machine / 'MyPaint.app'}."
