from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dreambrush.cli import run
from tests.gallery.browser import Browser, browser_path, open_browser


@pytest.fixture(scope="session")
def one_browser() -> Iterator[Browser]:
    if browser_path() is None:
        pytest.skip("no chromium is installed; scripts/test.sh installs chromium-headless-shell")
    with open_browser() as browser:
        yield browser


@pytest.fixture
def browser(one_browser: Browser) -> Iterator[Browser]:
    """A real browser.  Its page must not complain, and must fetch nothing but itself."""
    one_browser.own = True
    yield one_browser
    one_browser.finish()
    if one_browser.own:
        assert one_browser.said == []
        assert len(one_browser.fetched) == 1 and one_browser.fetched[0].startswith("file:")


def inspected(ora: Path, *words: str) -> Path:
    """The page that ``inspect --html`` makes of a file."""
    page = ora.with_suffix(".html")
    assert run(["inspect", str(ora), "--html", str(page), "--force", *words]) == 0
    return page
