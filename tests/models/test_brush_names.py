from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dreambrush.errors import BrushError, ModelError
from dreambrush.models.brush_names import find_name, near_names
from dreambrush.models.catalogue import CARD_FILE, BrushFile, find_brush, list_brushes, read_card, user_dreams
from dreambrush.mypaint.brushes.folders import user_folder
from dreambrush.mypaint.engine.myb import read_myb

NAMES = dict.fromkeys(["oil", "charcoal", "mine/charcoal_04", "classic/charcoal", "classic/pen", "ramon/Pen"], Path())


@pytest.fixture
def mypaint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """MyPaint's folder of stock brushes, with two; the user has one of their own and one that hides a stock one."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "usr"))
    stock = tmp_path / "usr" / "mypaint-data" / "2.0" / "brushes"
    for hardness, path in enumerate(
        (stock / "classic/charcoal.myb", stock / "classic/pen.myb", user_folder() / "mine/rake.myb"), 1
    ):
        make_brush(path, hardness / 10)
    return stock


def make_brush(path: Path, hardness: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(read_myb(find_brush("oil").path).with_values(hardness=hardness).to_json())
    return path


def dream_of(name: str, folder: Path) -> Path:
    """Puts a dream of that brush into a folder: the shipped one of oil with another card."""
    brush = find_brush(name)
    shutil.copytree(find_brush("oil").dream_folder(), folder)
    card = read_card(folder) | {"brush": brush.name, "brush_digest": read_myb(brush.path).digest()}
    (folder / CARD_FILE).write_text(json.dumps(card))
    return folder


def test_a_bare_name_means_the_most_important_brush_of_that_name() -> None:
    assert find_name("charcoal", NAMES) == "charcoal"
    assert find_name("classic/charcoal", NAMES) == "classic/charcoal"
    assert find_name("charcoal_04", NAMES) == "mine/charcoal_04"
    assert find_name("pen", NAMES) == "classic/pen"
    assert find_name("dreambrush/oil", NAMES) == "oil"
    for word in ("dreambrush/pen", "ramon/charcoal", "Oil", "", "/", "classic/"):
        assert find_name(word, NAMES) is None


def test_near_names_are_the_best_first_whatever_the_group() -> None:
    assert near_names("ramon/pne", NAMES)[0] == "ramon/Pen"
    assert near_names("Charcoal 04", NAMES)[0] == "mine/charcoal_04"
    assert near_names("pens/pen", NAMES)[:2] == ["classic/pen", "ramon/Pen"]
    assert near_names("zzz", NAMES) == near_names("oil", {}) == []
    assert all(len(near_names(word, NAMES)) <= 3 for word in ("c", "pen", "classic/c", "charcoal"))


def test_brushes_of_mypaint_are_found_by_their_names(mypaint: Path) -> None:
    found = find_brush("classic/charcoal")
    assert found == BrushFile("classic/charcoal", mypaint / "classic/charcoal.myb", None)
    assert (found.group, found.origin, found.mypaint_name) == ("classic", "stock", "classic/charcoal")
    assert find_brush("pen").name == "classic/pen"
    mine = find_brush("rake")
    assert (mine.name, mine.group, mine.origin, mine.mypaint_name) == ("mine/rake", "mine", "user", "mine/rake")
    oil = find_brush("charcoal")
    assert (oil.name, oil.group, oil.origin, oil.mypaint_name) == (
        "charcoal",
        "dreambrush",
        "ours",
        "dreambrush/charcoal",
    )
    with pytest.raises(BrushError, match="Did you mean classic/charcoal or charcoal"):
        find_brush("clasic/charcol")
    with pytest.raises(BrushError, match=r"wet-oil, mine/rake; .*: dreambrush brushes --all"):
        find_brush("zzz")
    with pytest.raises(ModelError, match="dreambrush train 'classic/charcoal'"):
        find_brush("classic/charcoal").dream_folder()


def test_the_name_of_a_loose_file_in_mypaint_is_the_one_that_it_gives(mypaint: Path, tmp_path: Path) -> None:
    loose = shutil.copy(find_brush("oil").path, tmp_path / "loose.myb")
    assert find_brush(str(loose)).mypaint_name == "dreambrush/oil"
    Path(loose).write_text('{"version": 3, "settings": {}}')
    assert (find_brush(str(loose)).mypaint_name, find_brush(str(loose)).origin) == ("", "user")
    assert find_brush(str(mypaint / "classic/pen.myb")).name == "classic/pen"  # not loose: MyPaint knows it


def test_the_users_brush_hides_the_stock_one_of_the_same_name_and_none_hides_ours(mypaint: Path) -> None:
    theirs = make_brush(user_folder() / "classic/pen.myb", 0.77)
    assert find_brush("pen") == BrushFile("classic/pen", theirs, None)
    make_brush(user_folder() / "oil.myb", 0.77)
    make_brush(user_folder() / "zoo/oil.myb", 0.78)
    assert find_brush("oil").origin == "ours"


def test_ours_in_mypaint_are_not_listed_twice_unless_the_artist_has_changed_one(mypaint: Path) -> None:
    before = list_brushes()
    installed = user_folder() / "dreambrush" / "oil.myb"
    installed.parent.mkdir()
    shutil.copy(find_brush("oil").path, installed)
    assert list_brushes() == before and find_brush("dreambrush/oil").name == "oil"
    make_brush(installed, 0.3)
    changed = find_brush("dreambrush/oil")
    assert (changed.name, changed.path, changed.dream) == ("dreambrush/oil", installed, None)
    assert find_brush("oil").origin == "ours"


def test_stock_brushes_are_listed_on_demand_or_with_a_dream(mypaint: Path) -> None:
    ours = [brush.name for brush in list_brushes() if brush.origin == "ours"]
    assert [brush.name for brush in list_brushes()] == [*ours, "mine/rake"]
    all_names = [*ours, "mine/rake", "classic/charcoal", "classic/pen"]
    assert [brush.name for brush in list_brushes(stock=True)] == all_names
    dream_of("classic/pen", user_dreams() / "classic" / "pen")
    assert [brush.name for brush in list_brushes()] == [*ours, "mine/rake", "classic/pen"]


def test_brushes_of_one_bare_name_have_dreams_of_their_own(mypaint: Path) -> None:
    make_brush(user_folder() / "mine/pen.myb", 0.9)
    stock = dream_of("classic/pen", user_dreams() / "classic" / "pen")
    assert find_brush("classic/pen").dream == stock and find_brush("mine/pen").dream is None
    mine = dream_of("mine/pen", user_dreams() / "mine" / "pen")
    assert find_brush("classic/pen").dream == stock and find_brush("mine/pen").dream == mine
    assert find_brush(str(stock)) == BrushFile("classic/pen", mypaint / "classic/pen.myb", stock)
    # A dream that was trained on the loose file, before groups were known, still counts.
    old = dream_of("mine/rake", user_dreams() / "rake")
    assert find_brush("mine/rake").dream == old


def test_a_dream_keeps_a_brush_that_is_gone_from_mypaint(mypaint: Path) -> None:
    loose = make_brush(user_dreams() / "loose" / "loose.myb", 0.6)
    assert find_brush("loose") == BrushFile("loose", loose, None)
    stock = dream_of("classic/pen", user_dreams() / "classic" / "pen")
    copy = Path(shutil.copy(mypaint / "classic/pen.myb", stock / "pen.myb"))
    assert find_brush("classic/pen").path == mypaint / "classic/pen.myb"
    (mypaint / "classic/pen.myb").unlink()
    found = find_brush("pen")
    assert found == BrushFile("classic/pen", copy, stock)
    assert (found.mypaint_name, found.origin) == ("classic/pen", "user")
