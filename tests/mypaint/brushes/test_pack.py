"""Our brushes in MyPaint: the files, and what the real MyPaint makes of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from dreambrush.errors import OutputError
from dreambrush.models.catalogue import shipped_folder
from dreambrush.mypaint.brushes.pack import install, uninstall, write_pack
from dreambrush.mypaint.engine.myb import read_myb
from tests.mypaint.in_mypaint import run_in_mypaint

OURS = shipped_folder("brushes")
NAMES = [f"dreambrush/{path.stem}" for path in sorted(OURS.glob("*.myb"))]
OWN_ORDER = (
    "# mine\nGroup: favorites\nclassic/pen\ndeevad/chalk\nGroup: Leer\nGroup: Classic\nclassic/brush\nclassic/pen"
)
needs_mypaint = pytest.mark.skipif(not Path("/usr/lib/mypaint").is_dir(), reason="MyPaint is not installed")


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder, and its folders as names of nothing."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


def user(tmp_path: Path) -> Path:
    return tmp_path / "mypaint" / "brushes"


def in_mypaint(home: Path, *words: str | Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run_in_mypaint("mypaint_brushes.py", home, *words))
    return found


def test_a_fresh_user_gets_our_group_and_nothing_is_left_of_it(tmp_path: Path) -> None:
    changes = install(OURS, user(tmp_path))
    assert (changes.done, changes.kept) == (tuple(NAMES), ())
    assert (user(tmp_path) / "order.conf").read_text() == "\n".join(["Group: Dreambrush", *NAMES, ""])
    before = files(tmp_path)
    again = install(OURS, user(tmp_path))
    assert (again.done, again.kept) == ((), ()) and files(tmp_path) == before
    assert uninstall(OURS, user(tmp_path)).done == tuple(NAMES)
    assert files(tmp_path) == {}
    assert uninstall(OURS, user(tmp_path)).done == () and files(tmp_path) == {}


def test_a_user_with_brushes_of_their_own_gets_them_back_as_they_were(tmp_path: Path) -> None:
    (user(tmp_path) / "mine").mkdir(parents=True)
    (user(tmp_path) / "mine" / "rake.myb").write_text("mine")
    for order in (None, b"", b"Group: Mine\nmine/rake", OWN_ORDER.encode(), b"# \xff\r\nGroup: a\r\nmine/rake\r\n"):
        for default in (None, b"Group: Classic\nclassic/pen\nGroup: Leer\n"):
            for name, content in (("order.conf", order), ("order_default.conf", default)):
                (user(tmp_path) / name).unlink(missing_ok=True)
                if content is not None:
                    (user(tmp_path) / name).write_bytes(content)
            before = files(tmp_path)
            install(OURS, user(tmp_path))
            start = order or (b"Group: Classic\nclassic/pen\nGroup: Dream" if default else b"Group: Dream")
            assert (user(tmp_path) / "order.conf").read_bytes().startswith(start)
            uninstall(OURS, user(tmp_path))
            after = files(tmp_path)
            if order == b"" and default is not None:
                # To MyPaint that means the same as none.
                assert after.pop("mypaint/brushes/order.conf") == b"Group: Classic\nclassic/pen\n"
                del before["mypaint/brushes/order.conf"]
            assert after == before


@pytest.mark.parametrize("file", ["oil.myb", "oil_prev.png"])
def test_a_brush_that_the_artist_has_changed_is_left_alone(tmp_path: Path, file: str) -> None:
    install(OURS, user(tmp_path))
    edited = user(tmp_path) / "dreambrush" / file
    edited.write_bytes(edited.read_bytes() + b" ")
    before = files(tmp_path)
    changes = install(OURS, user(tmp_path))
    assert (changes.done, changes.kept) == ((), ("dreambrush/oil",)) and files(tmp_path) == before
    changes = uninstall(OURS, user(tmp_path))
    assert changes.kept == ("dreambrush/oil",) and len(changes.done) == len(NAMES) - 1
    left = {name.removeprefix("mypaint/brushes/") for name in files(tmp_path)}
    assert left == {"mypaint", "mypaint/brushes", "dreambrush", "dreambrush/oil.myb", "dreambrush/oil_prev.png"} | {
        "order.conf"
    }
    assert (user(tmp_path) / "order.conf").read_text() == "Group: Dreambrush\ndreambrush/oil\n"
    assert install(OURS, user(tmp_path)).kept == ("dreambrush/oil",)


def test_an_older_version_of_ours_is_brought_up_to_date_and_a_deleted_one_comes_back(tmp_path: Path) -> None:
    older = shutil.copytree(OURS, tmp_path / "older")
    (older / "oil.myb").write_text(read_myb(OURS / "oil.myb").with_values(hardness=0.1).to_json())
    install(older, user(tmp_path))
    (user(tmp_path) / "dreambrush" / "ink.myb").unlink()
    (user(tmp_path) / "dreambrush" / "ink_prev.png").unlink()
    changes = install(OURS, user(tmp_path))
    assert (changes.done, changes.kept) == (("dreambrush/ink", "dreambrush/oil"), ())
    assert (user(tmp_path) / "dreambrush" / "oil.myb").read_bytes() == (OURS / "oil.myb").read_bytes()
    shutil.rmtree(older)
    uninstall(OURS, user(tmp_path))
    assert files(tmp_path) == {}


def test_a_hostile_record_cannot_reach_other_files(tmp_path: Path) -> None:
    install(OURS, user(tmp_path))
    outside = user(tmp_path) / "mine.myb"
    outside.write_bytes(b"")
    record = user(tmp_path) / "dreambrush" / "installed.json"
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for text in (json.dumps({"files": {"../mine.myb": empty, "mine.myb": empty}, "made": []}), "[", '{"files": 1}'):
        record.write_text(text)
        uninstall(OURS, user(tmp_path))
        assert outside.exists() and not record.exists()
        install(OURS, user(tmp_path))


def test_a_folder_that_cannot_be_changed_is_told(tmp_path: Path) -> None:
    user(tmp_path).parent.mkdir()
    user(tmp_path).write_text("a file")
    with pytest.raises(OutputError, match=r"MyPaint's folder .* cannot be changed"):
        install(OURS, user(tmp_path))


def test_the_pack_has_the_same_bytes_each_time_and_replaces_nothing(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        write_pack(OURS, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with pytest.raises(OutputError, match="exists already"):
        write_pack(OURS, tmp_path / "a.zip")


@pytest.mark.slow
@needs_mypaint
def test_mypaint_imports_the_pack(tmp_path: Path) -> None:
    write_pack(OURS, tmp_path / "pack.zip")
    (shown,) = in_mypaint(tmp_path, "--import", tmp_path / "pack.zip", tmp_path / "user")
    assert shown["imported"] == ["Dreambrush"]
    check_ours(shown)
    # What was imported counts as installed.
    assert install(OURS, tmp_path / "user").done == ()
    uninstall(OURS, tmp_path / "user")
    (shown,) = in_mypaint(tmp_path, tmp_path / "user")
    assert "Dreambrush" not in shown["groups"] and "lost&found" not in shown["groups"]


@pytest.mark.slow
@needs_mypaint
def test_mypaint_shows_our_group_beside_what_it_showed_before(tmp_path: Path) -> None:
    """Users in every state that MyPaint leaves; each is looked at before, with our brushes, and after."""
    users = {name: tmp_path / name for name in ("fresh", "ran", "reset", "upgraded", "own", "own, upgraded")}
    in_mypaint(tmp_path, *(folder for name, folder in users.items() if name != "fresh"))
    users["fresh"].mkdir()
    (users["reset"] / "order.conf").unlink()
    (users["own"] / "order.conf").write_text(OWN_ORDER)
    (users["own, upgraded"] / "order.conf").write_text(OWN_ORDER)
    for name in ("upgraded", "own, upgraded"):  # an older MyPaint had no brushes of Ramon's
        older = (users[name] / "order_default.conf").read_text().partition("Group: Ramon")[0]
        (users[name] / "order_default.conf").write_text(older)
    (users["upgraded"] / "order.conf").unlink()
    copies = {name: shutil.copytree(folder, tmp_path / f"{name} before") for name, folder in users.items()}
    before = {name: shown["groups"] for name, shown in zip(users, in_mypaint(tmp_path, *copies.values()), strict=True)}
    untouched = {name: files(folder) for name, folder in users.items()}

    for folder in users.values():
        install(OURS, folder)
        uninstall(OURS, folder)
    assert {name: files(folder) for name, folder in users.items()} == untouched
    for folder in users.values():
        install(OURS, folder)
    for _ in range(2):  # MyPaint saves the order when it has merged it, so it is looked at once more
        for name, shown in zip(users, in_mypaint(tmp_path, *users.values()), strict=True):
            check_ours(shown)
            del shown["groups"]["Dreambrush"]
            assert shown["groups"] == before[name], name
    for folder in users.values():
        assert install(OURS, folder).done == ()
        uninstall(OURS, folder)
    assert (users["own"] / "order.conf").read_text() == OWN_ORDER
    for name, shown in zip(users, in_mypaint(tmp_path, *users.values()), strict=True):
        assert shown["groups"] == before[name], name


def check_ours(shown: dict[str, Any]) -> None:
    assert shown["groups"]["Dreambrush"] == NAMES and len(shown["groups"]) > 1
    assert shown["previews"] == {name: [128, 128] for name in NAMES}
    wanted = {name: read_myb(OURS / f"{Path(name).name}.myb").settings["hardness"].base_value for name in NAMES}
    assert shown["hardness"] == pytest.approx(wanted)
