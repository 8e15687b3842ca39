"""The names of brushes: ours, the user's, those that dreambrush was trained on, and MyPaint's stock ones.

Ours are called by a bare name ("oil"), those in MyPaint's folders as MyPaint calls them ("classic/charcoal").  A bare
name that is not exact ("charcoal_04") means the first brush called so: ours before the user's before MyPaint's.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from dreambrush.mypaint.brushes.folders import GROUP, SUFFIX, bare_name, brushes_in, stock_folder, user_folder

ALIKE = 0.5  # least ratio of difflib at which a name is suggested for another
MUCH_LESS = 0.15  # a ratio so far below the best is not suggested
SUGGESTIONS = 3


def known_brushes(shipped: Path, dreams: Path) -> dict[str, Path]:
    """The files of all brushes that can be named: ours, then the user's, then MyPaint's stock ones.

    Args:
        shipped: the folder of our brushes.
        dreams: the folder of the user's dreams; each holds a copy of its brush.
    """
    found = {path.stem: path for path in sorted(shipped.glob("*" + SUFFIX))}
    for name, path in brushes_in(user_folder()).items():
        ours = found.get(bare_name(name)) if name.startswith(GROUP + "/") else None
        if ours is None or path.read_bytes() != ours.read_bytes():  # installed, and as we made it: not another one
            found.setdefault(name, path)
    folder = stock_folder()
    stock = brushes_in(folder) if folder else {}
    for name, path in _trained(dreams).items():
        if name not in stock:
            found.setdefault(name, path)
    return found | {name: path for name, path in stock.items() if name not in found}


def find_name(word: str, names: Mapping[str, Path]) -> str | None:
    """The name of the brush that the user meant, or None.

    Args:
        word: a name, "dreambrush/" and one of ours, or the bare name of a brush that is in a group.
        names: names of all brushes, the more important first.
    """
    if word in names:
        return word
    if word.startswith(GROUP + "/") and bare_name(word) in names:
        return bare_name(word)
    return next((name for name in names if bare_name(name) == word), None)


def near_names(word: str, names: Mapping[str, Path]) -> list[str]:
    """The names most alike to what the user wrote, in full or without the groups; the best first, at most three."""
    alike = {name: max(_ratio(word, name), 0.95 * _ratio(bare_name(word), bare_name(name))) for name in names}
    least = max(ALIKE, max(alike.values(), default=0.0) - MUCH_LESS)
    return sorted((name for name in names if alike[name] >= least), key=lambda name: -alike[name])[:SUGGESTIONS]


def _ratio(one: str, other: str) -> float:
    """How alike two names are, 0..1, whatever their capitals and whether they are written with blanks."""
    one, other = (name.casefold().replace(" ", "_") for name in (one, other))
    return difflib.SequenceMatcher(a=one, b=other, autojunk=False).ratio()


def _trained(dreams: Path) -> dict[str, Path]:
    """The copies of brushes that lie beside their dreams; that of "classic/charcoal" lies in a folder of this name."""
    found: dict[str, Path] = {}
    for path in sorted(path for path in dreams.rglob("*" + SUFFIX) if path.is_file()):
        folder = path.parent.relative_to(dreams).as_posix()
        found.setdefault(folder if bare_name(folder) == path.stem else path.stem, path)
    return found
