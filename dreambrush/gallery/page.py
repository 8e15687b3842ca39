"""A page: one HTML file with pictures, style and script inside.

The page may load and send nothing: its Content-Security-Policy forbids all but the one style and the one script that
this file puts in, each by its digest, and pictures that are data.  So even a name that were markup could do nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from dreambrush.gallery.markup import json_for_script, said
from dreambrush.gallery.work import Work
from dreambrush.replay.stroke_looks import NARROWEST, TAPERED

FOLDER = Path(__file__).parent
TEMPLATE, STAGE, STYLE = "page.html", "stage.html", "page.css"
SCRIPTS = ("strokes.js", "grain.js", "painter.js", "player.js")  # in the order in which they run
_PLACE = re.compile(r"\{\{(\w+)\}\}")


def make_page(title: str, *, kind: str, lead: str, body: str, works: Sequence[Work]) -> str:
    """The text of a page.

    Args:
        title: title of the page, in words.
        kind: what kind of page it is, in words.
        lead: the first paragraphs, as HTML.
        body: what comes below the stage and the works, as HTML.
        works: paintings, whose strokes the page draws.  Without any there is no stage.
    """
    style, script = _read(STYLE), _script() if works else ""
    figures = "\n".join(work.figures(number) for number, work in enumerate(works))
    alone = "" if len(works) != 1 else " one" if len(works[0].views) > 1 else " alone"
    drawn = [work.for_script for work in works]
    policy = (
        f"default-src 'none'; img-src data:; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = {
        "policy": policy,
        "title": said(title),
        "kind": said(kind),
        "lead": lead,
        "body": body,
        "style": style,
        "stage": _read(STAGE) if works else "",
        "works": f'<section class="works{alone}" id="works"><h2>Pictures</h2>\n{figures}\n</section>' if works else "",
        "data": json_for_script(drawn),
        "script": script,
    }
    return _PLACE.sub(lambda place: parts[place[1]], _read(TEMPLATE))


def _script() -> str:
    """All scripts, with the numbers that Python needs as well."""
    first, *others = map(_read, SCRIPTS)
    numbers = f"const TAPERED = {TAPERED}, NARROWEST = {NARROWEST}; // replay/stroke_looks.py\n"
    return "".join((first, numbers, *others))  # not before the first, which begins with "use strict"


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
