"""``dreambrush brushes``."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from dreambrush.cli.shared.options import DEFAULT_BRUSH
from dreambrush.errors import ExitCode
from dreambrush.models import stock_table
from dreambrush.models.catalogue import shipped_folder
from dreambrush.mypaint.brushes.folders import user_folder
from dreambrush.mypaint.engine.myb import read_myb

if TYPE_CHECKING:
    from tests.cli.conftest import Command

OURS = tuple(sorted(path.stem for path in shipped_folder("brushes").glob("*.myb")))


@pytest.fixture(autouse=True)
def stock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """MyPaint's stock brushes: one, and no more."""
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "usr"))
    copy_oil(tmp_path / "usr/mypaint-data/2.0/brushes/classic/pen.myb")


def copy_oil(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(shipped_folder("brushes") / "oil.myb", path)


def test_list(command: Command) -> None:
    listed = command("brushes")
    title, *lines = listed.stdout.splitlines()
    assert title == "Dreambrush:" and [line.split()[0] for line in lines] == sorted(OURS)
    assert all(" ready " in line and "to train" not in line for line in lines)
    assert DEFAULT_BRUSH in OURS
    assert listed.stderr == "--all lists MyPaint's own brushes too (1).\n"


def test_list_by_group(command: Command) -> None:
    for name in ("b001", "mine/rake", "zoo/emu", "mine/Äpfel"):
        copy_oil(user_folder() / f"{name}.myb")
    (user_folder() / "zoo/broken.myb").write_text("[")
    listed = command("brushes", "--all")
    lines = listed.stdout.splitlines()[1 + len(OURS) :]
    assert [line.partition("  to train")[0].rstrip() for line in lines] == [
        *("Yours:", "  b001", "Yours, mine:", "  mine/rake", "  mine/Äpfel"),
        *("Yours, zoo:", "  zoo/broken", "  zoo/emu", "MyPaint, classic:", "  classic/pen"),
    ]
    assert lines[6].endswith("is not a MyPaint brush: it is not valid JSON (line 1).") and listed.stderr == ""


def test_what_is_known_of_brushes_of_mypaint(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pen = tmp_path / "usr/mypaint-data/2.0/brushes/classic/pen.myb"
    table = {"classic/pen": {"kind": "wet", "digest": read_myb(pen).digest(), "explained": 0.971}}
    (tmp_path / stock_table.TABLE_FILE).write_text(json.dumps(table))
    monkeypatch.setattr(stock_table, "shipped_folder", lambda kind: tmp_path)
    stock_table._table.cache_clear()
    try:
        last = command("brushes", "--all").stdout.splitlines()[-1]
        assert last.split()[:8] == ["classic/pen", "to", "train", "wet,", "learns", "well", "(97", "%)"]
        assert "learns well" not in "".join(line for line in command("brushes").stdout.splitlines())
    finally:
        stock_table._table.cache_clear()


def test_list_as_json(command: Command) -> None:
    found = [json.loads(line) for line in command("brushes", "--json").stdout.splitlines()]
    assert [brush["name"] for brush in found] == sorted(OURS)
    for brush in found:
        assert set(brush) == {"name", "group", "origin", "path", "dream"}
        assert Path(brush["path"]).is_file() and Path(brush["dream"]).is_dir()
        assert (brush["group"], brush["origin"]) == ("dreambrush", "ours")
    last = json.loads(command("brushes", "--all", "--json").stdout.splitlines()[-1])
    assert (last["name"], last["group"], last["origin"], last["dream"]) == ("classic/pen", "classic", "stock", None)


def test_install_and_uninstall(command: Command) -> None:
    added = command("brushes", "--install")
    assert added.code == ExitCode.OK and added.stdout == "" and f"added dreambrush/{OURS[0]}" in added.stderr
    assert len(list(user_folder().glob("dreambrush/*.myb"))) == len(OURS)
    assert "are already there" in command("brushes", "--install").stderr
    changed = user_folder() / "dreambrush/oil.myb"
    changed.write_text(changed.read_text() + "\n")
    assert "Kept, because you changed them: dreambrush/oil." in command("brushes", "--install").stderr
    assert "  dreambrush/oil " in command("brushes").stdout
    removed = command("brushes", "--uninstall").stderr
    assert f"removed dreambrush/{OURS[0]}" in removed and "changed them: dreambrush/oil." in removed
    changed.unlink()
    (user_folder() / "dreambrush/oil_prev.png").unlink()
    assert "nothing to remove" in command("brushes", "--uninstall").stderr


@pytest.mark.slow
def test_a_pack_and_a_sheet_are_saved_and_replaced_only_on_demand(command: Command) -> None:
    for option, name in (("--pack", "ours.zip"), ("--sheet", "ours.png")):
        assert command("brushes", option, name).code == ExitCode.OK
        before = Path(name).read_bytes()
        again = command("brushes", option, name)
        assert again.code == ExitCode.OUTPUT and "exists already" in again.stderr
        Path(name).write_text("something else")
        assert command("brushes", option, name, "--force").code == ExitCode.OK
        assert Path(name).read_bytes() == before
    assert zipfile.ZipFile("ours.zip").testzip() is None
    with Image.open("ours.png") as sheet:
        assert sheet.width > 1000 and sheet.height > 500


@pytest.mark.parametrize(
    "words",
    ["--json --install", "--pack a --sheet b", "--install --uninstall", "--all --pack a", "--force", "--all --install"],
)
def test_options_that_do_not_go_together_are_told(command: Command, words: str) -> None:
    outcome = command("brushes", *words.split())
    assert outcome.code == ExitCode.USAGE and outcome.stderr.count("\n") == 2
    assert bool(outcome.stdout) == ("--json" in words)  # which has the error
    assert not user_folder().exists() and not Path("a").exists()


def test_install_in_krita_and_uninstall(command: Command, tmp_path: Path) -> None:
    presets = tmp_path / "data/krita/paintoppresets"
    told = command("brushes", "--install", "krita")
    assert told.code == ExitCode.OK and "Krita shows them when it starts" in told.stderr
    assert {path.name for path in presets.glob("*.myb")} == {f"dreambrush_{name}.myb" for name in OURS}
    assert not user_folder().exists(), "MyPaint is left alone"
    assert "already there" in command("brushes", "--install", "krita").stderr
    (presets / "dreambrush_ink.myb").write_text("{}")
    assert "Delete them in Krita" in command("brushes", "--uninstall", "krita").stderr
    assert [path.name for path in presets.glob("*.myb")] == ["dreambrush_ink.myb"]


def test_install_means_mypaint(command: Command) -> None:
    assert "as group Dreambrush" in command("brushes", "--install", "mypaint").stderr
    assert "already there" in command("brushes", "--install").stderr
