"""``dreambrush inspect --at``: the place that is asked for, and the strokes there in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import click


def pixel_place(value: str) -> tuple[int, int]:
    """An option type: x and y of a pixel, such as ``120,80``."""
    found = re.fullmatch(r"\s*([0-9]{1,6})\s*,\s*([0-9]{1,6})\s*", value)
    if not found:
        raise click.BadParameter(f"'{value}' is not the place of a pixel, such as 120,80.")
    return int(found[1]), int(found[2])


def pixel_lines(report: dict[str, Any]) -> Iterator[str]:
    """The lines about the pixel of a report that has one; docs/report.md explains the report."""
    at = report["at"]
    yield f"{report['file']} at {at['x']},{at['y']}, the topmost layer first:"
    names = [layer["name"] or "(no name)" for layer in at["layers"]]
    width = max(map(len, names), default=0)
    for name, layer in zip(names, at["layers"], strict=True):
        words = "no stroke" if layer["stroke"] is None else _stroke_words(layer["stroke"], report["paintings"])
        yield f"  {name:{width}}  {words}{'' if layer['visible'] else ', hidden'}"


def _stroke_words(stroke: dict[str, Any], paintings: list[dict[str, Any]]) -> str:
    in_layer = f"number {stroke['index_in_layer'] + 1:,} in its layer"
    if stroke["painting"] is None:
        words = [f"a stroke that dreambrush did not paint, {in_layer}"]
    else:
        total = paintings[stroke["painting"]]["strokes"]
        which = f" of painting {stroke['painting'] + 1}" if len(paintings) > 1 else ""
        words = [f"stroke {stroke['index'] + 1:,} of {total:,}{which}, {in_layer}"]
    looks = [stroke["brush"] or None, stroke["colour"]]
    if stroke["width"] is not None:
        looks.append(f"{stroke['width']:.3g} pixels wide")
    if stroke["pressure"] is not None:
        looks.append("pressure {:.2f} to {:.2f}".format(*stroke["pressure"]))
    return ": ".join([*words, ", ".join(filter(None, looks))]).removesuffix(": ")
