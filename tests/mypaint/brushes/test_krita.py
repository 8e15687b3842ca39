"""Our brushes in Krita's folder: there with their previews, out again, and nothing of the artist's is touched."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from dreambrush.errors import OutputError
from dreambrush.models.catalogue import shipped_folder
from dreambrush.mypaint.brushes.krita import RECORD, install_in_krita, krita_folder, uninstall_from_krita

OURS = shipped_folder("brushes")


@pytest.fixture
def krita(tmp_path: Path) -> Path:
    """Krita's folder with a preset of the artist's."""
    folder = tmp_path / "krita"
    (folder / "paintoppresets").mkdir(parents=True)
    (folder / "paintoppresets/mine.kpp").write_bytes(b"mine")
    return folder


def all_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_they_come_with_their_previews_and_go_again(krita: Path) -> None:
    before = all_in(krita)
    changes = install_in_krita(OURS, krita)
    assert (changes.folder, changes.kept) == (krita / "paintoppresets", ())
    assert len(changes.done) == len(list(OURS.glob("*.myb"))) >= 8
    presets = krita / "paintoppresets"
    for brush in OURS.glob("*.myb"):
        assert (presets / f"dreambrush_{brush.name}").read_bytes() == brush.read_bytes()
        preview = f"{brush.stem}_prev.png"
        assert (presets / f"dreambrush_{preview}").read_bytes() == (OURS / preview).read_bytes()
    installed = all_in(krita)
    assert install_in_krita(OURS, krita).done == () and all_in(krita) == installed
    assert uninstall_from_krita(OURS, krita).done == changes.done
    assert all_in(krita) == before
    assert uninstall_from_krita(OURS, krita).done == ()


def test_where_krita_has_never_run(tmp_path: Path) -> None:
    krita = tmp_path / "data/krita"
    install_in_krita(OURS, krita)
    assert stat.S_ISDIR(krita.stat().st_mode)
    install_in_krita(OURS, krita)
    uninstall_from_krita(OURS, krita)
    assert not krita.exists()


def test_a_brush_that_the_artist_changed_stays(krita: Path) -> None:
    install_in_krita(OURS, krita)
    oil = krita / "paintoppresets/dreambrush_oil.myb"
    oil.write_text("{}")
    again = install_in_krita(OURS, krita)
    assert (again.done, again.kept) == ((), ("oil",)) and oil.read_text() == "{}"
    gone = uninstall_from_krita(OURS, krita)
    assert gone.kept == ("oil",) and "oil" not in gone.done and oil.read_text() == "{}"


def test_an_older_brush_of_ours_is_brought_up_to_date(krita: Path, tmp_path: Path) -> None:
    older = tmp_path / "older"
    older.mkdir()
    for name in ("oil", "lost"):
        (older / f"{name}.myb").write_text("{}")
        (older / f"{name}_prev.png").write_bytes(b"old")
    install_in_krita(older, krita)
    assert "oil" in install_in_krita(OURS, krita).done
    assert (krita / "paintoppresets/dreambrush_oil.myb").read_bytes() == (OURS / "oil.myb").read_bytes()
    assert "lost" in uninstall_from_krita(OURS, krita).done
    assert list(all_in(krita)) == ["paintoppresets/mine.kpp"]


def test_without_the_record_what_is_ours_is_known_by_its_content(krita: Path) -> None:
    install_in_krita(OURS, krita)
    (krita / RECORD).write_text("[")
    assert len(uninstall_from_krita(OURS, krita).done) == len(list(OURS.glob("*.myb")))


def test_a_record_cannot_lead_out_of_the_folder(krita: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim.myb"
    victim.write_text("mine")
    (krita / RECORD).write_text(json.dumps({"files": {"dreambrush_../../victim.myb": "x"}, "made": []}))
    uninstall_from_krita(OURS, krita)
    assert victim.read_text() == "mine"


def test_a_folder_that_cannot_be_changed(tmp_path: Path) -> None:
    (tmp_path / "krita").write_text("a file")
    with pytest.raises(OutputError) as caught:
        install_in_krita(OURS, tmp_path / "krita")
    assert caught.value.id == "krita-folder-not-writable"


@pytest.mark.parametrize(
    ("settings", "folder"),
    [
        (None, "data/krita"),
        ("[General]\nx=1\n", "data/krita"),
        ("ResourceDirectory={0}/mine \n[General]\n", "mine"),
        ("ResourceDirectory=relative\n", "data/krita"),
    ],
)
def test_where_krita_keeps_its_resources(
    settings: str | None, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    if settings is not None:
        (tmp_path / "kritarc").write_text(settings.format(tmp_path))
    assert krita_folder() == tmp_path / folder
