"""Stages of a style: ``[[stage]]`` tables in its file, in the order in which a painter works.

Each has a name, which its layer gets, and any of the keys below.  What it does not say is as in the whole style.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any

Table = Mapping[str, Any]

NUMBER = (int, float)
# Each key and what its value may be: types; then a range, or the words that there are.
STAGE_KEYS: dict[str, tuple[tuple[type, ...], tuple[float, float] | tuple[str, ...] | None]] = {
    "name": ((str,), None),
    "brush": ((list, str), None),
    "share": (NUMBER, (0.001, 1000.0)),
    "where": ((str,), ("everywhere", "subject", "background", "face", "dark", "light", "edges")),
    "tones": ((str,), ("both", "darker", "lighter")),
    "spread": ((str,), ("error", "even")),
    "same_layer": ((bool,), None),
    "focus": ((str,), ("auto", "none")),
    "hand": (NUMBER, (0.0, 1.0)),
    "min_size": ((str, int, float), None),
    "max_size": ((str, int, float), None),
    "max_length": (NUMBER, (0.1, 100.0)),
    "min_pressure": (NUMBER, (0.05, 1.0)),
    "jitter": (NUMBER, (0.0, 1.0)),
    "edges": (NUMBER, (0.0, 1.0)),
    "simplify": (NUMBER, (0.0, 1.0)),
    "temperature": (NUMBER, (0.0, 1.0)),
    "palette": ((str,), None),
    "bare": (NUMBER, (0.0, 0.95)),
    "depth": (NUMBER, (0.05, 1.0)),
    "grey": ((bool,), None),
    "shapes": ((str, int, float), None),
    "rims": (NUMBER, (0.0, 1.0)),
}
MOST_STAGES, LONGEST_NAME = 20, 60
WIDTHS = ("min_size", "max_size", "shapes")
WIDTH = re.compile(r"(\d+\.?\d*|\.\d+)\s*(px|%)?")


def read_stages(tables: Any) -> tuple[Table, ...]:
    """Checks the stages of a style.

    Args:
        tables: what the file has of that name.

    Returns:
        The tables; brushes are lists.

    Raises:
        ValueError: something is wrong, and what.
    """
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ValueError("its stages are no [[stage]] tables")
    if len(tables) > MOST_STAGES:
        raise ValueError(f"it has more than {MOST_STAGES} stages")
    names: set[str] = set()
    found = []
    for table in tables:
        name = table.get("name")
        if not isinstance(name, str) or not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
            raise ValueError(f"a stage has no name of 1 to {LONGEST_NAME} characters")
        if name in names:
            raise ValueError(f"two stages have the name '{name}'")
        names.add(name)
        for key, value in table.items():
            _check(name, key, value)
        found.append(table | {"brush": [table["brush"]]} if isinstance(table.get("brush"), str) else table)
    return tuple(found)


def brushes_of(stages: Sequence[Table]) -> list[str]:
    """The brushes of all stages, each once, as the file names them."""
    return list(dict.fromkeys(word for table in stages for word in table.get("brush", ())))


def in_pixels(width: Any, side: int) -> float:
    """A width of a stage in pixels; one in per cent is of a painting with that longer side.

    Raises:
        ValueError: it is no width.
    """
    found = WIDTH.fullmatch(str(width).strip())
    if found is None:
        raise ValueError(f"'{width}' is not a width")
    return float(found[1]) * (side / 100 if found[2] == "%" else 1)


def _check(stage: str, key: str, value: Any) -> None:
    """Checks one entry of a stage.

    Raises:
        ValueError: it is wrong.
    """
    if key not in STAGE_KEYS:
        near = difflib.get_close_matches(key, STAGE_KEYS, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise ValueError(f"stage '{stage}' has no key '{key[:40]}'{hint}")
    types, allowed = STAGE_KEYS[key]
    right = isinstance(value, types) and (bool in types) == isinstance(value, bool)
    if not right or (isinstance(value, list) and not (value and all(isinstance(each, str) for each in value))):
        raise ValueError(f"the value of '{key}' in stage '{stage}' has the wrong type")
    if isinstance(value, int) and value.bit_length() > 64:
        raise ValueError(f"the number of '{key}' in stage '{stage}' is too large")
    if key in WIDTHS and not WIDTH.fullmatch(str(value).strip()):
        raise ValueError(f"'{key}' in stage '{stage}' is not a width such as 12 (in pixels) or 2%")
    if allowed is None:
        return
    if isinstance(value, str):
        if value not in allowed:
            raise ValueError(f"'{key}' in stage '{stage}' is none of: {', '.join(map(str, allowed))}")
    elif not allowed[0] <= value <= allowed[1]:  # true for what is not a number, too
        raise ValueError(f"'{key}' in stage '{stage}' is not from {allowed[0]:g} to {allowed[1]:g}")
