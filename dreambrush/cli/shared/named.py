"""Finds styles, brushes and sets of brushes by name, and says so when one is named where another is meant.

``--style oil`` names a brush, ``--brush poster`` a style.  The advice then has the option that is meant, with the name.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from dreambrush.errors import BrushError, UsageError

if TYPE_CHECKING:
    from dreambrush.models.catalogue import BrushFile
    from dreambrush.styles import Style

SET = "set:"
BRUSH_SETS = {
    "painter": ("gouache", "sable", "bristle", "scumble"),
    "studio": ("oil", "bristle", "ink", "pastel"),
    "drawing": ("pencil", "charcoal", "ink"),
}

ALIKE = 0.75  # least ratio of difflib, 0..1, at which a name is suggested beside one that fits, or of the other kind
MOST = 2  # such names, at most


def style_named(word: str) -> Style:
    """The style of that name, or in that .toml file.

    Raises:
        UsageError: there is no such style, or it is broken.  If brushes are called so, or almost so, the advice names
            them.
    """
    from dreambrush.styles import load_style

    try:
        return load_style(word)
    except UsageError as error:
        if error.id != "no-such-style":
            raise
        advice = _advice(word, "brush", _brush_called(word), _brush_names(), "style", _style_names())
        raise UsageError(error.message, advice or error.advice, id="no-such-style") from None


def brush_named(word: str) -> BrushFile:
    """The brush of that name, in that .myb file, or in that folder of a dream.

    Raises:
        BrushError: there is none.  If a style or a set of brushes is called so, or almost so, the advice names it.
        ModelError: a folder has a dream, but of a brush that is not there.
    """
    from dreambrush.models.catalogue import find_brush

    try:
        return find_brush(word)
    except BrushError as error:
        if error.id != "no-such-brush":
            raise
        if word in BRUSH_SETS:
            advice = f"{SET}{word} is a set of brushes, so write --brush {SET}{word}"
        else:
            styles = _style_names()
            known = word.casefold() if word.casefold() in styles else None
            advice = _advice(word, "style", known, styles, "brush", _brush_names())
        raise BrushError(error.message, advice or error.advice, id="no-such-brush") from None


def _advice(word: str, other: str, known: str | None, others: Sequence[str], own: str, names: Sequence[str]) -> str:
    """What to write instead; "" if no name of the other kind is meant.

    Args:
        word: what the user wrote.
        other: the kind that was perhaps meant, and the name of its option: "brush" or "style".
        known: the one of that kind that the user certainly meant, or None.
        others: all of that kind.
        own: the kind that was asked for.
        names: all of that.
    """
    if known is not None:
        beside = [f"--{own} {name}" for name in _alike(word, names)]
        also = f"; or did you mean {' or '.join(beside)}?" if beside else ""
        kind = "set of brushes" if known.startswith(SET) else other
        return f"{known} is a {kind}, so write --{other} {known}{also}"
    meant = [f"--{other} {name}" for name in _alike(word, others)]
    if not meant:
        return ""
    return f"Did you mean {' or '.join([*(f'--{own} {name}' for name in _alike(word, names)), *meant])}?"


def _alike(word: str, names: Iterable[str]) -> list[str]:
    """The names most alike to a word, and those that have it as one of their parts, as "oil-impasto" has "oil"."""
    word = _plain(word)
    ratios = {name: difflib.SequenceMatcher(a=word, b=_plain(name), autojunk=False).ratio() for name in names}
    parts = {name for name in ratios if word in _plain(name).split("-")}
    found = [name for name, ratio in ratios.items() if ratio >= ALIKE or name in parts]
    return sorted(found, key=lambda name: (-ratios[name], name))[:MOST]


def _plain(name: str) -> str:
    return name.casefold().replace(" ", "-").replace("_", "-")


def _brush_called(word: str) -> str | None:
    """The brush or the set of brushes that the user certainly means, or None."""
    from dreambrush.models.brush_names import find_name
    from dreambrush.models.catalogue import list_brushes

    name = find_name(word, {brush.name: brush.path for brush in list_brushes(stock=True)})
    if name is None and word.removeprefix(SET) in BRUSH_SETS:
        return SET + word.removeprefix(SET)
    return name


def _brush_names() -> list[str]:
    """Our brushes and the user's; the stock ones have too many names, and most have no dream."""
    from dreambrush.models.catalogue import list_brushes

    return [brush.name for brush in list_brushes()]


def _style_names() -> list[str]:
    from dreambrush.styles import style_names

    return style_names()
