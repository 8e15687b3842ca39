"""A manner as a table of a style's file, which people can read and change.

Distributions are eleven numbers in one text, from about the least over the median to about the greatest::

    [manner]
    of = "wave.jpg"
    found_by = "patches"
    ground = "#d8c4a0"
    open = 0.2
    palette = "#d8c4a0 41.5, #1b2c3d 12.1"

    [[manner.strokes]]
    where = "everywhere"
    breadth = "broad"
    share = 0.334
    width = "7.4 7.8 8.5 9.2 10 12 14 16 16 17 18"

Widths are per cent of the longer side, lengths are in widths, angles in degrees; the palette's numbers and the flow's
second ones are per cent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from dreambrush.manner.distribution import LEVELS, Quantiles
from dreambrush.manner.manner import (
    BREADTHS,
    FIGURES,
    FLOW_SIDE,
    LEAST_SHARE,
    MOST_COLOURS,
    PLACES,
    FlowCell,
    Manner,
    StrokeGroup,
    Swatch,
)

KEY = "manner"
STROKES = "strokes"
NEEDED = ("width", "length", "bend")
LONGEST_SOURCE = 400  # characters
MEANS = ("patches", "recipe", "stroke maps", "several ways")
_COLOUR = re.compile(r"#([0-9a-fA-F]{6})")
Table = Mapping[str, Any]


def to_text(manner: Manner) -> str:
    """The table of a manner, as TOML."""
    lines = [
        f"[{KEY}]",
        f"of = {quoted(manner.source[:LONGEST_SOURCE])}",
        f"found_by = {quoted(manner.means)}",
        f'ground = "{hexadecimal(manner.ground)}"',
        f"open = {manner.open:.4g}",
    ]
    if manner.order is not None:
        lines.append(f"order = {manner.order:.3g}")
    palette = ", ".join(f"{hexadecimal(each.colour)} {100 * each.share:.4g}" for each in manner.swatches)
    lines.append(f'palette = "{palette}"')
    if manner.flow:
        rows = (" ".join(f"{cell.angle:.0f}/{100 * cell.strength:.0f}" for cell in row) for row in manner.flow)
        lines += ['flow = """', *rows, '"""']
    for group in manner.groups:
        lines += [
            "",
            f"[[{KEY}.{STROKES}]]",
            f'where = "{group.place}"',
            f'breadth = "{group.breadth}"',
            f"share = {group.share:.4g}",
            *(f'{name} = "{" ".join(f"{each:.4g}" for each in found)}"' for name, found in group.figures.items()),
        ]
    return "\n".join(lines) + "\n"


def read_manner(table: Any) -> Manner:
    """Reads the table of a manner.

    Raises:
        ValueError: something is wrong, and what.
    """
    if not isinstance(table, dict):
        raise ValueError("its manner is no [manner] table")
    known = {"of", "found_by", "ground", "open", "order", "palette", "flow", STROKES}
    for key in table:
        if key not in known:
            raise ValueError(f"its manner has no key '{key[:40]}'")
    groups = table.get(STROKES)
    if not isinstance(groups, list) or not groups or len(groups) > len(PLACES) * len(BREADTHS):
        raise ValueError("its manner has no [[manner.strokes]], or too many")
    found = tuple(sorted(map(_group, groups), key=_number_of))
    if len({(each.place, each.breadth) for each in found}) < len(found):
        raise ValueError("two [[manner.strokes]] of its manner have the same place and breadth")
    if not any(each.place == PLACES[0] for each in found):
        raise ValueError('its manner has no [[manner.strokes]] with where = "everywhere"')
    source, means = table.get("of", ""), table.get("found_by", MEANS[0])
    if not isinstance(source, str) or not source.isprintable() or len(source) > LONGEST_SOURCE:
        raise ValueError("'of' in its manner is not a short text")
    if means not in MEANS:
        raise ValueError(f"'found_by' in its manner is none of: {', '.join(MEANS)}")
    order = None if "order" not in table else _number(table["order"], "order", -1, 1)
    open_ = _number(table.get("open", 0), "open", 0, 0.95)
    return Manner(
        source,
        means,
        found,
        _swatches(table.get("palette")),
        _colour(table.get("ground"), "ground"),
        open_,
        order,
        _flow(table.get("flow", "")),
    )


def _group(table: Any) -> StrokeGroup:
    if not isinstance(table, dict):
        raise ValueError("its [[manner.strokes]] are no tables")
    place, breadth = table.get("where"), table.get("breadth")
    if place not in PLACES or breadth not in BREADTHS:
        raise ValueError(
            f"[[manner.strokes]] need where ({', '.join(PLACES)}) and breadth ({', '.join(BREADTHS)}) in its manner"
        )
    share = _number(table.get("share", 1 / len(BREADTHS)), "share", LEAST_SHARE, 1)
    figures = {}
    for key, value in table.items():
        if key in ("where", "breadth", "share"):
            continue
        if key not in FIGURES:
            raise ValueError(f"[[manner.strokes]] have no key '{key[:40]}'")
        figures[key] = _quantiles(key, value)
    missing = [name for name in NEEDED if name not in figures]
    if missing:
        raise ValueError(f"a [[manner.strokes]] lacks {' and '.join(missing)}")
    return StrokeGroup(place, breadth, share, figures)


def _number_of(group: StrokeGroup) -> int:
    """Where a group stands in its manner: those of a place follow each other, the broad ones first."""
    return len(BREADTHS) * PLACES.index(group.place) + BREADTHS.index(group.breadth)


def _quantiles(name: str, text: Any) -> Quantiles:
    low, high = FIGURES[name]
    try:
        values = tuple(float(each) for each in str(text).split())
    except ValueError:
        values = ()
    if len(values) != len(LEVELS) or not all(before <= each for before, each in pairwise(values)):
        raise ValueError(f"'{name}' in [[manner.strokes]] is not {len(LEVELS)} rising numbers in one text")
    if not all(low <= each <= high for each in values):
        raise ValueError(f"'{name}' in [[manner.strokes]] is not from {low:g} to {high:g}")
    return values


def _swatches(text: Any) -> tuple[Swatch, ...]:
    words = [each.split() for each in text.split(",")] if isinstance(text, str) else []
    if not 1 <= len(words) <= MOST_COLOURS or any(len(each) != 2 for each in words):
        raise ValueError(f"'palette' in its manner is not 1 to {MOST_COLOURS} colours such as \"#d8c4a0 41.5\"")
    shares = [_number(share, "palette", 0, 100) / 100 for _, share in words]
    if not any(shares):
        raise ValueError("no colour of 'palette' in its manner has a share")
    return tuple(Swatch(_colour(word[0], "palette"), share) for word, share in zip(words, shares, strict=True))


def _flow(text: Any) -> tuple[tuple[FlowCell, ...], ...]:
    if not isinstance(text, str):
        raise ValueError("'flow' in its manner is no text")
    rows = [line.split() for line in text.strip().splitlines()]
    if not rows:
        return ()
    if len(rows) > 4 * FLOW_SIDE or not 1 <= len(rows[0]) <= 4 * FLOW_SIDE or len(set(map(len, rows))) > 1:
        raise ValueError("'flow' in its manner has rows of different lengths, or too many")
    return tuple(tuple(_flow_cell(each) for each in row) for row in rows)


def _flow_cell(text: str) -> FlowCell:
    parts = text.split("/")
    if len(parts) != 2:
        raise ValueError(f"'{text[:20]}' in 'flow' is not degrees/per cent, such as 45/80")
    return FlowCell(_number(parts[0], "flow", 0, 180), _number(parts[1], "flow", 0, 100) / 100)


def _number(value: Any, name: str, low: float, high: float) -> float:
    try:
        number = float("nan") if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = float("nan")
    if not low <= number <= high:
        raise ValueError(f"'{name}' in its manner is not from {low:g} to {high:g}")
    return number


def _colour(text: Any, name: str) -> tuple[float, float, float]:
    found = _COLOUR.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"'{name}' in its manner is no colour such as #d8c4a0")
    red, green, blue = (level / 255 for level in bytes.fromhex(found[1]))
    return red, green, blue


def hexadecimal(colour: Sequence[float]) -> str:
    """A colour, sRGB 0..1, such as #d8c4a0."""
    return "#" + bytes(round(255 * each) for each in colour).hex()


def quoted(text: str) -> str:
    """A text in TOML's quotes; what cannot be printed becomes a question mark."""
    kept = "".join(each if each.isprintable() else "?" for each in text)
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"') + '"'
