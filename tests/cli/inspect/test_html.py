"""``dreambrush inspect --html``: the file; what it shows is tested in tests/gallery."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dreambrush.errors import ExitCode
from tests.cli.inspect.test_command import ours, stranger, two_paintings

if TYPE_CHECKING:
    from tests.cli.conftest import Command


def data(page: str) -> list[dict[str, object]]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    works: list[dict[str, object]] = json.loads(found[1])
    return works


def test_a_page_beside_the_report(command: Command) -> None:
    ours()
    outcome = command("inspect", "ours.ora", "--html")
    assert outcome.code == 0 and outcome.stdout == command("inspect", "ours.ora").stdout
    assert re.fullmatch(r"ours\.html: a page of 0\.\d MB\.  Open it in a browser\.\n", outcome.stderr)
    page = Path("ours.html").read_text()
    (work,) = data(page)
    assert len(work["strokes"]) == work["total"] == 30  # type: ignore[arg-type]
    assert "dreambrush inspect ours.ora" in page and "Unchanged since then." in page


def test_the_same_file_gives_the_same_bytes(command: Command) -> None:
    ours()
    for folder in ("a", "b"):
        Path(folder).mkdir()
        assert command("inspect", "ours.ora", "--html", f"{folder}/p.html", "--json").code == 0
    first, second = (Path(folder, "p.html").read_text() for folder in ("a", "b"))
    assert first.replace("a/p.html", "b/p.html") == second


def test_each_painting_of_a_file_is_on_it(command: Command) -> None:
    two_paintings("two.ora")
    assert command("inspect", "two.ora", "--html", "two.htm", "--json").code == 0
    page = Path("two.htm").read_text()
    assert [work["total"] for work in data(page)] == [9, 12]
    assert "Painting 2 of 2" in page and "How painting 1 was painted" in page


def test_files_of_others_and_lost_recipes(command: Command) -> None:
    stranger()
    assert command("inspect", "hers.ora", "--html", "hers.html").code == 0
    page = Path("hers.html").read_text()
    assert "no strokes to show" in page and data(page) == [] and 'id="stage"' not in page


def test_an_older_page_stays_without_force(command: Command) -> None:
    ours()
    Path("ours.html").write_text("mine")
    outcome = command("inspect", "ours.ora", "--html")
    assert outcome.code == ExitCode.OUTPUT and "'ours.html' exists already." in outcome.stderr
    assert Path("ours.html").read_text() == "mine"
    assert command("inspect", "ours.ora", "--html", "--force").code == 0
    assert data(Path("ours.html").read_text())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--html ours.ora", "'ours.ora' is not the name of a page, such as page.html."),
        ("ours.ora --html page.txt", "'page.txt' is not the name of a page, such as page.html."),
        ("ours.ora --html a.html --svg ./a.html", "--svg and --html name the same file."),
        ("ours.ora --html a.html --painting 1", "--painting is only for --strokes and --svg."),
        ("ours.ora --force", "--force is only for --strokes, --svg and --html."),
    ],
)
def test_what_cannot_be_done_is_explained(command: Command, words: str, message: str) -> None:
    ours()
    before = {path: path.read_bytes() for path in Path().iterdir()}
    outcome = command("inspect", *words.split())
    assert outcome.code == ExitCode.USAGE and message in outcome.stderr
    assert {path: path.read_bytes() for path in Path().iterdir()} == before


def test_all_files_or_none(command: Command) -> None:
    ours()
    words = ("--html", "a.html", "--strokes", "a.json", "--svg", "a.svg")
    assert command("inspect", "ours.ora", *words).code == 0
    assert all(Path(name).stat().st_size > 100 for name in ("a.html", "a.json", "a.svg"))
    Path("a.html").unlink()
    Path("a.json").unlink()
    assert command("inspect", "ours.ora", *words).code == ExitCode.OUTPUT
    assert not Path("a.html").exists() and not Path("a.json").exists()
