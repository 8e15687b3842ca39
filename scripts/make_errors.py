"""Writes docs/errors.md from the catalogue in docs/errors.toml: ``python scripts/make_errors.py``.

The same catalogue gives the same bytes.  What the exit codes are called is taken from dreambrush itself.
"""

from __future__ import annotations

import sys
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


from dreambrush.errors import ExitCode  # noqa: E402

CATALOGUE = ROOT / "docs" / "errors.toml"
PAGE = ROOT / "docs" / "errors.md"
WIDTH = 120
HEAD = """\
<!-- Made by scripts/make_errors.py from docs/errors.toml; do not edit. -->

# When something goes wrong
"""


@dataclass(frozen=True)
class Kind:
    """A kind of error.

    Attributes:
        id: of it.
        code: that dreambrush leaves with.
        shown: how its messages read; "..." stands for what varies.
        do: what to do about it.
    """

    id: str
    code: ExitCode
    shown: tuple[str, ...]
    do: str


def read_catalogue() -> dict[str, Any]:
    """The catalogue as it stands in the file."""
    return tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))


def kinds(catalogue: dict[str, Any]) -> list[Kind]:
    """All kinds of errors, in the order of the page."""
    return [
        Kind(error["id"], ExitCode(code["code"]), tuple(error["shown"]), " ".join(error["do"].split()))
        for code in catalogue["code"]
        for error in code.get("error", ())
    ]


def page(catalogue: dict[str, Any]) -> str:
    """The whole of docs/errors.md."""
    rows = [f"| {code['code']} | {ExitCode(code['code']).name} | {code['meaning']} |" for code in catalogue["code"]]
    table = "\n".join(["| code | name | meaning |", "|---|---|---|", *rows])
    parts = [HEAD.rstrip(), *_paragraphs(catalogue["intro"]), table, *_paragraphs(catalogue["after_table"])]
    found = kinds(catalogue)
    for code in catalogue["code"]:
        if "title" not in code:
            continue
        entries = [_entry(kind) for kind in found if kind.code == code["code"]]
        parts += [f"## {code['code']}: {code['title']}", *_paragraphs(code.get("text", ""))]
        parts += ["\n".join(entries)] if entries else []
        parts += _paragraphs(code.get("after", ""))
    return "\n\n".join(parts) + "\n"


def _entry(kind: Kind) -> str:
    """A line with the id and how it reads, and below it what to do."""
    shown = ", ".join(f"*{words}*" for words in kind.shown)
    return f"{_wrapped(f'`{kind.id}`: {shown}', '- ')}\\\n{_wrapped(kind.do, '  ')}"


def _paragraphs(text: str) -> Iterator[str]:
    return (_wrapped(paragraph) for paragraph in text.strip().split("\n\n") if paragraph)


def _wrapped(text: str, first: str = "") -> str:
    return textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )


def main() -> None:
    """Writes the page."""
    PAGE.write_text(page(read_catalogue()), encoding="utf-8")


if __name__ == "__main__":
    main()
