"""Writes HTML so that no name can become markup, whoever chose it."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Sequence
from typing import Any

_JOINERS = "\u200c\u200d"  # invisible, and part of words in many languages
_SIGNS = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}  # the same text for JSON, and no tag or entity for HTML


def plain(text: str) -> str:
    """The text without control characters and signs that turn the direction of writing; a mark is in their place."""
    return "".join(sign if sign.isprintable() or sign in _JOINERS else "\ufffd" for sign in text)


def said(text: object) -> str:
    """Text as HTML; fit for attributes in double quotes, too."""
    return html.escape(plain(str(text)), quote=True)


def name(text: str, otherwise: str = "no name") -> str:
    """A name that a person chose, as HTML; what stands around it keeps its direction of writing."""
    return f"<bdi>{said(text)}</bdi>" if text.strip() else f"<em>{said(otherwise)}</em>"


def json_for_script(data: Any) -> str:
    """Plain data as the text of a ``<script type="application/json">``, which nothing in it can end."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return "".join(_SIGNS.get(sign, sign) for sign in text)


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """A list of facts: what it is in words, and the fact as HTML."""
    items = "".join(f"<div><dt>{said(what)}</dt><dd>{fact}</dd></div>" for what, fact in rows)
    return f'<dl class="facts">{items}</dl>'


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: int = 0) -> str:
    """A table.

    Args:
        caption: what it shows, in words.
        heads: the head of each column, in words.
        rows: cells as HTML.
        numbers: so many columns at the right hold numbers.
    """
    first = len(heads) - numbers
    kinds = [' class="number"' if column >= first else "" for column in range(len(heads))]
    head = "".join(f'<th scope="col"{kind}>{said(text)}</th>' for text, kind in zip(heads, kinds, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(row, kinds, strict=True)) + "</tr>\n"
        for row in rows
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{said(caption)}"><table><caption>{said(caption)}'
        f"</caption><thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>"
    )


def section(title: str, *parts: str) -> str:
    """A section of a page: its title in words, and what is in it as HTML."""
    return f"<section><h2>{said(title)}</h2>\n" + "\n".join(part for part in parts if part) + "\n</section>"


def paragraph(text: str) -> str:
    """A paragraph of plain words."""
    return f"<p>{said(text)}</p>"


def listed(words: Sequence[str]) -> str:
    """Words in a row: "oil, ink and sable"."""
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)
