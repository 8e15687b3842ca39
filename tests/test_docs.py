"""What README, CONTRIBUTING and docs/ name is there: files, modules, and the places that links lead to."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}

# Where a page's paths begin, besides the root, docs/ and dreambrush/.
BELOW = {"painter.md": "dreambrush/painter", "provenance.md": "dreambrush/mypaint"}
PATH = re.compile(r"[\w.*-]+(?:/[\w.*-]+)*/?")
SOURCE = re.compile(r".*(?:\.(?:py|c|h|sh|md|mjs)|/)")
PLACEHOLDER = re.compile(r".*\b(?:NAME|X|Y|TASK)(?:\b|_).*|test_(?:NAME|Y)\.py|.*/test_(?:NAME|Y)\.py")
FILES = {"dreambrush.toml", "dreambrush.zip"}  # names of files that look like modules
# What is not in this repository.
ELSEWHERE = {
    "benchmarks.md": re.compile(r"strokes/"),  # a folder that the command makes
    "programs.md": re.compile(r"dreambrush/(?:oil|installed\.json)"),  # in MyPaint's folder of brushes
    "provenance.md": re.compile(  # MyPaint's and libmypaint's own files
        r"(?:lib|gui|stdlib)/.*|(?:helpers|mypaint-[a-z-]+|brushmodes|operationqueue)\.c|fast(?:log|exp)\.h"
    ),
}


def without_blocks(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def named_paths(page: Path) -> Iterator[tuple[str, list[str]]]:
    """Paths in backticks, each with the folders that stand before it in its row of a table."""
    text = without_blocks(page.read_text("utf-8"))
    for part in re.split(r"\n(?=\|)|\n\n", text):
        folders: list[str] = []
        for code in re.findall(r"`([^`]+)`", part):
            for word in code.split():
                name = word.strip("\"',;:()")
                ours = SOURCE.fullmatch(name) or ("/" in name and name.split("/")[0] in FOLDERS)
                if not ours or not PATH.fullmatch(name) or PLACEHOLDER.fullmatch(name):
                    continue
                if page.name in ELSEWHERE and ELSEWHERE[page.name].fullmatch(name):
                    continue
                yield name, list(folders) if part.startswith("|") else []
                if name.endswith("/"):
                    folders.append(name)


def exists(page: Path, name: str, folders: list[str]) -> bool:
    bases = [ROOT, ROOT / "docs", ROOT / "dreambrush"]
    if page.name in BELOW:
        bases.append(ROOT / BELOW[page.name])
    places = [base / folder for base in bases for folder in ("", *folders)]
    return any(any(place.glob(name.rstrip("/"))) for place in places if place.is_dir())


def test_paths_in_backticks_exist() -> None:
    count = 0
    for page in PAGES:
        for name, folders in named_paths(page):
            count += 1
            assert exists(page, name, folders), f"{page.name} names {name}, which is not there"
    assert count > 150


@pytest.mark.parametrize(
    ("row", "missing"),
    [
        ("so `target/faces.py` looks for faces", "target/faces.py"),
        ("the room `target/`", "target/"),
        ("| `painter/` | `paint.py`, then `look/` |", "look/"),
        ("see `docs/nothing.toml` and `see/faces.py`", "docs/nothing.toml"),
        ("run `python scripts/none.py --write /tmp/a.json`", "scripts/none.py"),
    ],
)
def test_what_is_not_there_is_noticed(tmp_path: Path, row: str, missing: str) -> None:
    page = tmp_path / "painter.md"
    page.write_text(f"# A page\n\n{row}\n")
    assert [name for name, folders in named_paths(page) if not exists(page, name, folders)] == [missing]


def test_dotted_names_can_be_imported() -> None:
    names = set()
    for page in PAGES:
        found = re.findall(r"(?<![\w/.@])(?:dreambrush|benchmarks|research|scripts)(?:\.\w+)+", page.read_text("utf-8"))
        names |= {name for name in found if name not in FILES}
    assert {"dreambrush.replay.repaint", "benchmarks.paint"} <= names
    for name in names:
        assert is_there(name), f"a page names {name}, which cannot be imported"
    assert not is_there("dreambrush.painter.target") and not is_there("dreambrush.replay.repaint.nothing")


def is_there(name: str) -> bool:
    """Whether it is a module, or something in one."""
    try:
        if find_spec(name) is not None:
            if name.startswith("dreambrush."):
                importlib.import_module(name)
            return True
    except ModuleNotFoundError:
        pass
    module, _, attribute = name.rpartition(".")
    try:
        return hasattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError:
        return False


def test_links_lead_somewhere() -> None:
    count = 0
    for page in PAGES:
        for link in re.findall(r"\]\(([^)\s]+)\)", without_blocks(page.read_text("utf-8"))):
            if re.match(r"https?:", link):
                continue
            count += 1
            path, _, heading = link.partition("#")
            target = page.parent / path if path else page
            assert target.exists(), f"{page.name} links to {link}"
            if heading:
                assert heading in headings(target), f"{page.name} links to {link}, but there is no such heading"
    assert count > 50


def headings(page: Path) -> set[str]:
    """As GitHub names them in links."""
    titles = re.findall(r"^#+ (.+)$", without_blocks(page.read_text("utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
